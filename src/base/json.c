#include "base/json.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json_local.h"

static void *on_malloc(void *ctx, size_t size)
{
	return arena_alloc(ctx, size);
}

static void *on_realloc(void *ctx, void *p, size_t old_size, size_t size)
{
	return arena_resize(ctx, p, old_size, size);
}

static void on_free(void *ctx, void *p)
{
	(void)ctx, (void)p; /* the arena does it */
}

/* Values lie in the order of the text, a container before its content: one pass with a stack of
 * ends. */
static bool is_too_deep(const yyjson_doc *doc)
{
	yyjson_val *v = doc->root, *end[JSON_MAX_DEPTH];
	size_t depth = 0;

	for (size_t left = doc->val_read; left; left--, v++) {
		while (depth && v == end[depth - 1])
			depth--;
		if (!unsafe_yyjson_is_ctn(v))
			continue;
		if (depth == JSON_MAX_DEPTH)
			return true;
		end[depth++] = unsafe_yyjson_get_next(v);
	}
	return false;
}

static size_t bom_len(struct str text)
{
	return str_starts(text, STR("\xef\xbb\xbf")) ? 3 : 0;
}

static const struct json *finish(yyjson_doc *doc, struct err *e)
{
	if (is_too_deep(doc)) {
		err_set(e, E_LIMIT, "JSON nested deeper than %d levels", JSON_MAX_DEPTH);
		return NULL;
	}
	return json_of(doc->root);
}

static void explain(struct err *e, struct str text, const yyjson_read_err *why, size_t skipped)
{
	size_t line = 1, start = 0;

	for (size_t i = 0; i < why->pos && i < text.len; i++)
		if (text.p[i] == '\n')
			line++, start = i + 1;
	err_set(e, E_INPUT, "not JSON: %s at byte %zu (line %zu, column %zu)", why->msg,
		why->pos + skipped, line, why->pos - start + 1);
}

const struct json *json_parse(struct arena *a, struct str text, struct err *e)
{
	yyjson_alc alc = {on_malloc, on_realloc, on_free, a};
	yyjson_read_err why;
	size_t skip = bom_len(text);

	if (text.len == skip) {
		err_set(e, E_INPUT, "not JSON: the text is empty");
		return NULL;
	}
	text = str_sub(text, skip, text.len);
	yyjson_doc *doc = yyjson_read_opts((char *)(uintptr_t)text.p, text.len,
		YYJSON_READ_NUMBER_AS_RAW, &alc, &why);
	if (!doc) {
		explain(e, text, &why, skip);
		return NULL;
	}
	return finish(doc, e);
}

const struct json *json_parse_insitu(struct arena *a, struct buf *b, struct err *e)
{
	yyjson_alc alc = {on_malloc, on_realloc, on_free, a};
	yyjson_read_err why;
	size_t skip = bom_len(buf_view(b));

	static_assert(BUF_SLACK >= YYJSON_PADDING_SIZE, "the slack is the parser's padding");
	if (b->len == skip) {
		err_set(e, E_INPUT, "not JSON: the text is empty");
		return NULL;
	}
	memset(b->p + b->len, 0, BUF_SLACK);
	yyjson_doc *doc = yyjson_read_opts(b->p + skip, b->len - skip,
		YYJSON_READ_INSITU | YYJSON_READ_NUMBER_AS_RAW, &alc, &why);
	if (!doc) {
		/* Escapes are already undone, so lines can no longer be counted. */
		err_set(e, E_INPUT, "not JSON: %s at byte %zu", why.msg, why.pos + skip);
		return NULL;
	}
	return finish(doc, e);
}

enum json_type json_type(const struct json *v)
{
	switch (yyjson_get_type(val_of(v))) {
	case YYJSON_TYPE_NULL: return JSON_NULL;
	case YYJSON_TYPE_BOOL: return JSON_BOOL;
	case YYJSON_TYPE_RAW: return JSON_NUMBER;
	case YYJSON_TYPE_STR: return JSON_STRING;
	case YYJSON_TYPE_ARR: return JSON_ARRAY;
	case YYJSON_TYPE_OBJ: return JSON_OBJECT;
	default: return JSON_ABSENT;
	}
}

const char *json_type_name(enum json_type type)
{
	static const char *const names[] = {
		[JSON_ABSENT] = "nothing",
		[JSON_NULL] = "null",
		[JSON_BOOL] = "boolean",
		[JSON_NUMBER] = "number",
		[JSON_STRING] = "string",
		[JSON_ARRAY] = "array",
		[JSON_OBJECT] = "object",
	};

	return names[type];
}

const struct json *json_get(const struct json *obj, const char *key)
{
	return json_get_str(obj, str_of(key));
}

const struct json *json_get_str(const struct json *obj, struct str key)
{
	const struct json *found = NULL;

	if (json_type(obj) != JSON_OBJECT)
		return NULL;
	for (struct json_iter it = json_each(obj); json_next(&it);)
		if (it.key.len == key.len && memcmp(it.key.p, key.p, key.len) == 0)
			found = it.value;
	return found;
}

const struct json *json_at(const struct json *arr, size_t i)
{
	return json_of(yyjson_arr_get(val_of(arr), i));
}

size_t json_len(const struct json *v)
{
	enum json_type type = json_type(v);

	return type == JSON_ARRAY || type == JSON_OBJECT ? unsafe_yyjson_get_len(val_of(v)) : 0;
}

struct json_iter json_each(const struct json *v)
{
	return (struct json_iter){
		.at = json_len(v) ? json_of(val_of(v) + 1) : NULL,
		.left = json_len(v),
		.keyed = json_type(v) == JSON_OBJECT,
	};
}

bool json_next(struct json_iter *it)
{
	if (it->left == 0)
		return false;
	it->left--;
	if (it->keyed) {
		it->key = str_val(val_of(it->at));
		it->at = json_of(val_of(it->at) + 1);
	}
	it->value = it->at;
	it->at = json_of(unsafe_yyjson_get_next(val_of(it->at)));
	return true;
}

bool json_to_str(const struct json *v, struct str *ret_s)
{
	if (json_type(v) != JSON_STRING)
		return false;
	*ret_s = str_val(val_of(v));
	return true;
}

/* mantissa without its point, as an integer, and how many digits stood behind the point. */
static bool read_mantissa(struct str s, int64_t *ret_n, int64_t *ret_decimals)
{
	bool minus = str_starts(s, STR("-")), fraction = false;
	int64_t n = 0, decimals = 0;

	if (str_find_char(s, '.') >= 0)
		while (s.p[s.len - 1] == '0')
			s.len--;
	for (size_t i = minus; i < s.len; i++) {
		if (s.p[i] == '.') {
			fraction = true;
			continue;
		}
		decimals += fraction;
		int digit = s.p[i] - '0';
		if (__builtin_mul_overflow(n, 10, &n) ||
			__builtin_add_overflow(n, minus ? -digit : digit, &n))
			return false;
	}
	*ret_n = n;
	*ret_decimals = decimals;
	return true;
}

/* A JSON number written with point or exponent that is a whole one all the same: 12.0, 1.5e3. */
static bool whole_number(struct str s, int64_t *ret_n)
{
	int64_t n, decimals, scale = 0;
	struct str mantissa = s;
	ptrdiff_t e = str_find_char(s, 'e');

	if (e < 0)
		e = str_find_char(s, 'E');
	if (e >= 0) {
		mantissa = str_sub(s, 0, (size_t)e);
		if (!str_to_i64(str_sub(s, (size_t)e + 1, s.len), &scale))
			return false;
	}
	if (scale > 100 || scale < -10000 || !read_mantissa(mantissa, &n, &decimals))
		return false;
	for (scale -= decimals; n && scale < 0 && n % 10 == 0; scale++)
		n /= 10;
	for (; n && scale > 0; scale--)
		if (__builtin_mul_overflow(n, 10, &n))
			return false;
	if (n && scale)
		return false;
	*ret_n = n;
	return true;
}

bool json_to_i64(const struct json *v, int64_t *ret_n)
{
	if (json_type(v) != JSON_NUMBER)
		return false;
	struct str s = str_val(val_of(v));
	return str_to_i64(s, ret_n) || whole_number(s, ret_n);
}

bool json_to_f64(const struct json *v, double *ret_x)
{
	return json_type(v) == JSON_NUMBER && str_to_f64(str_val(val_of(v)), ret_x);
}

bool json_to_bool(const struct json *v, bool *ret_b)
{
	if (json_type(v) != JSON_BOOL)
		return false;
	*ret_b = yyjson_is_true(val_of(v));
	return true;
}

struct str json_scalar(const struct json *v)
{
	enum json_type type = json_type(v);

	if (type == JSON_STRING || type == JSON_NUMBER)
		return str_val(val_of(v));
	if (type == JSON_BOOL)
		return yyjson_is_true(val_of(v)) ? STR("true") : STR("false");
	return STR_NULL;
}

struct str json_scalar_pg(struct arena *a, const struct json *v)
{
	return str_without_nul(a, json_scalar(v));
}
