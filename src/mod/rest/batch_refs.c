#include "mod/rest/batch_refs.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/enc.h"
#include "base/json.h"
#include "mod/rest/fault.h"

#define OPEN "{{"
#define CLOSE "}}"

/* Where a reference is looked up. */
struct refs {
	struct arena *a;
	const struct rest_batch *b;
	size_t part;                       /* that has it */
	const struct json *const *answers; /* NULL: it is only checked */
	struct rest_fault *f;
};

static int refuse(const struct refs *x, struct str ref, const char *why)
{
	struct str id = x->b->parts[x->part].id;

	x->f->request = str_cstr(x->a, id);
	return rest_fault(x->f, 400, "PGRST102",
		"Request '" STR_FMT "': the reference '" STR_FMT "' %s", STR_ARG(id), STR_ARG(ref),
		why);
}

static const struct json *step_into(const struct json *v, struct str step)
{
	int64_t n;

	if (json_type(v) == JSON_OBJECT)
		return json_get_str(v, step);
	return str_to_i64(step, &n) && n >= 0 ? json_at(v, (size_t)n) : NULL;
}

/* "a.0.id" -> the value; NULL in *ret_value while references are only checked. */
static int look_up(const struct refs *x, struct str ref, const struct json **ret_value)
{
	struct str rest = ref, id = str_cut(&rest, '.');
	const struct json *v;
	size_t i = 0;

	while (i < x->part && !str_eq(x->b->parts[i].id, id))
		i++;
	if (i == x->part)
		return refuse(x, ref, "names no earlier request");
	*ret_value = NULL;
	if (!x->answers)
		return 0;
	v = x->answers[i];
	while (v && rest.p)
		v = step_into(v, str_cut(&rest, '.'));
	*ret_value = v;
	return v ? 0 : refuse(x, ref, "leads to nothing in the answer of that request");
}

static bool is_reference(const struct json *v)
{
	return json_type(v) == JSON_OBJECT && json_len(v) == 1 && json_get(v, "$ref");
}

static int put_reference(const struct refs *x, struct buf *out, const struct json *v)
{
	const struct json *value;
	struct str ref;

	if (!json_to_str(json_get(v, "$ref"), &ref))
		return refuse(x, STR("$ref"), "is no text");
	if (look_up(x, ref, &value))
		return -1;
	json_text(out, value);
	return 0;
}

static int put_value(const struct refs *x, struct buf *out, const struct json *v)
{
	bool is_object = json_type(v) == JSON_OBJECT;
	const char *comma = "";

	if (is_reference(v))
		return put_reference(x, out, v);
	if (!is_object && json_type(v) != JSON_ARRAY) {
		json_text(out, v);
		return 0;
	}
	buf_char(out, is_object ? '{' : '[');
	for (struct json_iter it = json_each(v); json_next(&it); comma = ",") {
		buf_cstr(out, comma);
		if (is_object)
			json_quote(out, it.key), buf_char(out, ':');
		if (put_value(x, out, it.value))
			return -1;
	}
	buf_char(out, is_object ? '}' : ']');
	return 0;
}

/* Between double quotes a quote and a backslash have a backslash in front. */
static struct str escaped(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, 2 * s.len);
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			out[n++] = '\\';
		out[n++] = s.p[i];
	}
	return str_from(out, n);
}

static int put_in_path(const struct refs *x, struct buf *out, struct str ref)
{
	struct str before = buf_view(out), text;
	const struct json *v;

	if (look_up(x, ref, &v))
		return -1;
	if (!v)
		return 0;
	if (json_type(v) == JSON_ARRAY || json_type(v) == JSON_OBJECT)
		return refuse(x, ref, "is no single value, as a path needs it");
	text = json_type(v) == JSON_NULL ? STR("null") : json_scalar(v);
	if (str_ends(before, STR("\"")) || str_ends(before, STR("%22")))
		text = escaped(x->a, text);
	buf_str(out, enc_percent(x->a, text));
	return 0;
}

static int put_path(const struct refs *x, struct buf *out)
{
	struct str rest = x->b->parts[x->part].path;

	for (;;) {
		ptrdiff_t open = str_find(rest, STR(OPEN));
		if (open < 0)
			break;
		buf_str(out, str_sub(rest, 0, (size_t)open));
		rest = str_sub(rest, (size_t)open + 2, rest.len);
		ptrdiff_t close = str_find(rest, STR(CLOSE));
		if (close < 0)
			return refuse(x, rest, "is not closed by }}");
		if (put_in_path(x, out, str_sub(rest, 0, (size_t)close)))
			return -1;
		rest = str_sub(rest, (size_t)close + 2, rest.len);
	}
	buf_str(out, rest);
	return 0;
}

/* What fn writes, as a text in the arena. */
static int write_with(const struct refs *x, int (*fn)(const struct refs *, struct buf *),
	struct str *ret_text)
{
	struct buf b;

	buf_init(&b, 0);
	int code = fn(x, &b);
	if (code == 0)
		*ret_text = str_copy(x->a, buf_view(&b));
	buf_done(&b);
	return code;
}

static int put_body(const struct refs *x, struct buf *out)
{
	return put_value(x, out, x->b->parts[x->part].body);
}

int rest_batch_path(struct arena *a, const struct rest_batch *b, size_t i,
	const struct json *const *answers, struct str *ret_path, struct rest_fault *f)
{
	struct refs x = {a, b, i, answers, f};

	return write_with(&x, put_path, ret_path);
}

static bool is_text(const struct rest_batch_part *p)
{
	struct str type = rest_batch_header(p, "content-type");

	return json_type(p->body) == JSON_STRING && type.p &&
		!str_eq_nocase(str_trim(str_cut(&type, ';')), STR("application/json"));
}

int rest_batch_body(struct arena *a, const struct rest_batch *b, size_t i,
	const struct json *const *answers, struct str *ret_text, struct rest_fault *f)
{
	struct refs x = {a, b, i, answers, f};

	*ret_text = STR_NULL;
	if (!b->parts[i].body)
		return 0;
	if (is_text(&b->parts[i])) {
		*ret_text = json_scalar(b->parts[i].body);
		return 0;
	}
	return write_with(&x, put_body, ret_text);
}

int rest_batch_check(struct arena *a, const struct rest_batch *b, size_t i, struct rest_fault *f)
{
	struct refs x = {a, b, i, NULL, f};
	struct str text;

	if (write_with(&x, put_path, &text))
		return -1;
	return b->parts[i].body ? write_with(&x, put_body, &text) : 0;
}
