/* Fields that nobody but the MLS's own participants may see: mapping_is_hidden(), declared in mapping.h. */
#include "mod/mls/mapping.h"

#include <string.h>

/* As mls.is_hidden_field() has them; a test compares. In lower case; a star stands for anything. */
static const char *const patterns[] = {
	"accesscode",
	"alarmcode",
	"gatecode",
	"*commission*",
	"*compensation*",
	"listingagreement",
	"lockbox*",
	"occupant*",
	"owneraddress",
	"owneremail",
	"ownername",
	"ownername2",
	"ownerphone",
	"private*remarks",
	"showing*",
	"tenantemail",
	"tenantname",
	"tenantphone",
};

static bool matches(struct str pattern, struct str name)
{
	ptrdiff_t star = str_find_char(pattern, '*');

	if (star < 0)
		return str_eq_nocase(pattern, name);
	struct str head = str_sub(pattern, 0, (size_t)star),
		   tail = str_sub(pattern, (size_t)star + 1, pattern.len);
	if (name.len < head.len || !str_eq_nocase(str_sub(name, 0, head.len), head))
		return false;
	for (size_t at = head.len; at <= name.len; at++)
		if (matches(tail, str_sub(name, at, name.len)))
			return true;
	return false;
}

bool mapping_is_hidden(struct str field)
{
	ptrdiff_t mark = str_find_char(field, '_');

	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
		if (matches(str_of(patterns[i]), field))
			return true;
	/* MRD_LockBoxType: a local field behind the prefix of its dataset. */
	return mark > 0 && mapping_is_hidden(str_sub(field, (size_t)mark + 1, field.len));
}
