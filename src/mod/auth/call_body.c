/* What a call was sent: members of its body, parameters of its query. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "app/module.h"
#include "http/request.h"
#include "http/url.h"
#include "mod/auth/call.h"

/* NULL for null as well. */
static const struct json *member(const struct auth_call *c, const char *name)
{
	const struct json *v = json_get(c->body, name);

	return json_type(v) == JSON_NULL ? NULL : v;
}

static int wrong(struct auth_call *c, const char *name, const char *wanted)
{
	return auth_fault(c, 400, "validation_failed", "%s must be %s", name, wanted);
}

int auth_body_str(struct auth_call *c, const char *name, struct str *ret_text)
{
	const struct json *v = member(c, name);
	struct str text = STR_NULL;

	if (v && !json_to_str(v, &text))
		return wrong(c, name, "a string");
	if (str_find_char(text, '\0') >= 0)
		return wrong(c, name, "without NUL");
	*ret_text = text;
	return 0;
}

int auth_body_bool(struct auth_call *c, const char *name, bool *ret_value)
{
	const struct json *v = member(c, name);

	if (v && !json_to_bool(v, ret_value))
		return wrong(c, name, "true or false");
	return 0;
}

int auth_body_object(struct auth_call *c, const char *name, const struct json **ret_object)
{
	const struct json *v = member(c, name);

	if (v && json_type(v) != JSON_OBJECT)
		return wrong(c, name, "an object");
	*ret_object = v;
	return 0;
}

int auth_body_data(struct auth_call *c, struct str *ret_data)
{
	const struct json *data;
	struct buf b;

	if (auth_body_object(c, "data", &data))
		return -1;
	*ret_data = STR_NULL;
	if (!data)
		return 0;
	buf_init(&b, AUTH_DATA_MAX);
	json_text_pg(&b, data);
	bool is_too_large = b.failed;
	if (!is_too_large)
		*ret_data = str_copy(c->arena, buf_view(&b));
	buf_done(&b);
	return is_too_large ? auth_fault(c, 400, "validation_failed",
				      "data is larger than %d bytes", AUTH_DATA_MAX)
			    : 0;
}

int auth_body_need(struct auth_call *c, const char *name, struct str *ret_text)
{
	struct str text;

	if (auth_body_str(c, name, &text))
		return -1;
	if (!text.len)
		return auth_fault(c, 400, "validation_failed", "%s is required", name);
	*ret_text = text;
	return 0;
}

struct str auth_query(struct auth_call *c, const char *name)
{
	return http_query_get(c->arena, c->req->http->query, name);
}
