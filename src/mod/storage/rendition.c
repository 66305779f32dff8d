#include "mod/storage/rendition.h"

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "http/url.h"

static const char *const resizes[] = {"cover", "contain", "fill", NULL};
static const char *const formats[] = {"origin", "jpeg", "png", "webp", "avif", NULL};

static int number(const char *name, struct str value, int min, int max, int *ret_n, struct err *e)
{
	int64_t n;

	if (!str_to_i64(value, &n) || n < min || n > max)
		return err_set(e, E_INPUT, "%s must be a whole number from %d to %d", name, min,
			max);
	*ret_n = (int)n;
	return 0;
}

static int word(const char *name, struct str value, const char *const *words, const char **ret_word,
	struct err *e)
{
	for (; *words; words++)
		if (str_eq(value, str_of(*words))) {
			*ret_word = *words;
			return 0;
		}
	return err_set(e, E_INPUT, "%s is not one of those that there are", name);
}

static int set(struct rendition *r, struct str name, struct str value, struct err *e)
{
	if (str_eq(name, STR("width")))
		return number("width", value, 1, RENDITION_SIDE_MAX, &r->width, e);
	if (str_eq(name, STR("height")))
		return number("height", value, 1, RENDITION_SIDE_MAX, &r->height, e);
	if (str_eq(name, STR("quality")))
		return number("quality", value, 20, 100, &r->quality, e);
	if (str_eq(name, STR("resize")))
		return word("resize", value, resizes, &r->resize, e);
	if (str_eq(name, STR("format")))
		return word("format", str_eq(value, STR("jpg")) ? STR("jpeg") : value, formats,
			&r->format, e);
	return 0;
}

int rendition_of_query(struct arena *a, struct str query, struct rendition *ret_want, struct err *e)
{
	struct http_pair pair;
	struct str rest = query;
	int more, code = 0;

	*ret_want = RENDITION_PLAIN;
	while (!code && (more = http_query_next(a, &rest, &pair, e)) != 0)
		code = more < 0 ? more : set(ret_want, pair.name, pair.value, e);
	return code;
}

/* Numbers may be told as numbers or as text. */
static struct str text_of(struct arena *a, const struct json *v)
{
	struct str text;

	return json_to_str(v, &text) ? text : json_text_dup(a, v);
}

int rendition_of_json(struct arena *a, const struct json *transform, struct rendition *ret_want,
	struct err *e)
{
	int code = 0;

	*ret_want = RENDITION_PLAIN;
	for (struct json_iter it = json_each(transform); !code && json_next(&it);)
		if (json_type(it.value) != JSON_NULL)
			code = set(ret_want, it.key, text_of(a, it.value), e);
	return code;
}

void rendition_settle(struct rendition *want, struct str accept)
{
	if (!want->format)
		want->format = str_find(accept, STR("image/webp")) >= 0 ? "webp" : "origin";
}

struct str rendition_name(struct arena *a, const struct rendition *want)
{
	return str_printf(a, "%dx%d-%s-%d-%s", want->width, want->height, want->resize,
		want->quality, want->format);
}
