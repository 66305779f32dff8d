#include "mod/auth/email.h"

#include <string.h>

#include "base/arena.h"
#include "mod/auth/call.h"

#define EMAIL_MAX 255

bool email_is_valid(struct str text)
{
	ptrdiff_t at = str_find_char(text, '@');

	if (at < 1 || text.len > EMAIL_MAX || (size_t)at + 1 == text.len || !str_is_utf8(text))
		return false;
	if (str_find_char(str_sub(text, (size_t)at + 1, text.len), '@') >= 0)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.p[i] <= ' ' || strchr("<>\"(),:;\\[]\x7f", text.p[i]))
			return false;
	return true;
}

int email_of_body(struct auth_call *c, struct str *ret_address)
{
	struct str text;

	if (auth_body_need(c, "email", &text))
		return -1;
	text = str_lower(c->arena, str_trim(text));
	if (!email_is_valid(text))
		return auth_fault(c, 400, "validation_failed",
			"Unable to validate email address: invalid format");
	*ret_address = text;
	return 0;
}
