/* One value of a JSON body as the text that PostgreSQL gets: what json_populate_record() makes of it, where a text can say that. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "mod/rest/body_local.h"
#include "mod/rest/cache.h"
#include "mod/rest/fault.h"

#define JSON_OID 114
#define JSONB_OID 3802
#define BOX_OID 603 /* the one type whose arrays have no commas */

const struct rest_type *body_type_root(const struct rest_type *t)
{
	while (t->base)
		t = t->base;
	return t;
}

static bool is_json(const struct rest_type *root)
{
	return root->oid == JSON_OID || root->oid == JSONB_OID;
}

static bool is_flat(const struct json *v)
{
	for (struct json_iter it = json_each(v); json_next(&it);)
		if (json_type(it.value) == JSON_ARRAY || json_type(it.value) == JSON_OBJECT)
			return false;
	return true;
}

static bool may_be_element(const struct rest_type *type)
{
	const struct rest_type *root = body_type_root(type);

	return root->typtype != 'c' && !root->element && !is_json(root) && root->oid != BOX_OID;
}

bool body_cell_is_text(const struct rest_type *type, const struct json *v)
{
	const struct rest_type *root = body_type_root(type);
	enum json_type is = json_type(v);

	if (is == JSON_ABSENT || is == JSON_NULL || is == JSON_STRING)
		return true;
	if (root->typtype == 'c')
		return false;
	if (root->element)
		return is == JSON_ARRAY && may_be_element(root->element) && is_flat(v);
	return true;
}

static void quote_element(struct buf *b, struct str s)
{
	buf_char(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_char(b, '\\');
		buf_char(b, s.p[i]);
	}
	buf_char(b, '"');
}

struct str body_array_text(struct arena *a, const struct str *elements, size_t n)
{
	struct buf b;

	buf_init(&b, 0);
	buf_char(&b, '{');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(&b, ',');
		if (elements[i].p)
			quote_element(&b, elements[i]);
		else
			buf_cstr(&b, "NULL");
	}
	buf_char(&b, '}');
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

static struct str array_of(struct arena *a, const struct json *v)
{
	struct str *elements = arena_array(a, json_len(v), sizeof(*elements));
	size_t n = 0;

	for (struct json_iter it = json_each(v); json_next(&it);)
		elements[n++] = json_scalar(it.value);
	return body_array_text(a, elements, n);
}

static struct str quoted(struct arena *a, struct str s)
{
	struct buf b;

	buf_init(&b, 0);
	json_quote(&b, s);
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

static bool is_container(const struct json *v)
{
	return json_type(v) == JSON_ARRAY || json_type(v) == JSON_OBJECT;
}

bool body_cell_is_raw(const struct rest_type *type, enum rest_way way, const struct json *v)
{
	const struct rest_type *root = body_type_root(type);

	return is_container(v) &&
		(way != REST_WAY_TEXT || (!root->element && root->oid != JSONB_OID));
}

static struct str as_json(struct arena *a, const struct json *v, struct str raw)
{
	struct str s;

	if (is_container(v))
		return raw.p ? raw : json_text_dup(a, v);
	return json_to_str(v, &s) ? quoted(a, s) : json_scalar(v);
}

int body_cell(struct arena *a, const struct rest_type *type, enum rest_way way,
	const struct json *v, struct str raw, struct str *ret_text, struct rest_fault *f)
{
	const struct rest_type *root = body_type_root(type);
	enum json_type is = json_type(v);

	*ret_text = STR_NULL;
	if (is == JSON_ABSENT || is == JSON_NULL)
		return 0;
	if (way == REST_WAY_JSON)
		*ret_text = str_printf(a, "{\"v\":" STR_FMT "}", STR_ARG(as_json(a, v, raw)));
	else if (way == REST_WAY_FUNC || is_json(root))
		*ret_text = as_json(a, v, raw);
	else if (is == JSON_ARRAY && root->element)
		*ret_text = array_of(a, v);
	else
		*ret_text = is_container(v) ? raw : json_scalar(v);
	if ((is == JSON_STRING || root->element) && memchr(ret_text->p, 0, ret_text->len)) {
		rest_fault(f, 400, "22P05", "unsupported Unicode escape sequence");
		return rest_fault_details(f, "\\u0000 cannot be converted to text.");
	}
	return 0;
}
