#include "model/array.h"

#include "base/arena.h"
#include "base/buf.h"

struct list {
	struct arena *a;
	struct str *v;
	size_t n, cap;
};

static void add(struct list *l, struct str s)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 8;
		l->v = arena_resize(l->a, l->v, l->cap * sizeof(*l->v), cap * sizeof(*l->v));
		l->cap = cap;
	}
	l->v[l->n++] = s;
}

/* s begins behind the opening quote; what follows the closing one remains. */
static bool take_quoted(struct arena *a, struct str *s, struct str *ret)
{
	char *p = arena_alloc(a, s->len + 1);
	size_t n = 0, i = 0;

	for (; i < s->len && s->p[i] != '"'; i++) {
		if (s->p[i] == '\\' && ++i == s->len)
			return false;
		p[n++] = s->p[i];
	}
	if (i == s->len)
		return false;
	p[n] = 0;
	*ret = str_from(p, n);
	*s = str_sub(*s, i + 1, s->len);
	return true;
}

static bool take_plain(struct str *s, struct str *ret)
{
	size_t n = 0;

	while (n < s->len && s->p[n] != ',' && s->p[n] != '}') {
		if (s->p[n] == '{' || s->p[n] == '"' || s->p[n] == '\\')
			return false;
		n++;
	}
	*ret = str_sub(*s, 0, n);
	*s = str_sub(*s, n, s->len);
	if (str_eq_nocase(*ret, STR("null")))
		*ret = STR_NULL;
	return n > 0;
}

static bool split(struct list *l, struct str s)
{
	struct str item;

	if (!str_starts(s, STR("{")) || !str_ends(s, STR("}")))
		return false;
	s = str_sub(s, 1, s.len);
	if (str_eq(s, STR("}")))
		return true;
	for (;;) {
		bool quoted = str_starts(s, STR("\""));
		if (quoted)
			s = str_sub(s, 1, s.len);
		if (!(quoted ? take_quoted(l->a, &s, &item) : take_plain(&s, &item)) || !s.len)
			return false;
		add(l, item);
		if (s.p[0] == '}')
			return s.len == 1;
		if (s.p[0] != ',')
			return false;
		s = str_sub(s, 1, s.len);
	}
}

int model_array_split(struct arena *a, struct str text, struct str **ret_list, size_t *ret_n,
	struct err *e)
{
	struct list l = {.a = a};

	if (text.p && !split(&l, text))
		return err_set(e, E_INPUT, "this is no list: " STR_FMT,
			STR_ARG(str_sub(text, 0, 80)));
	*ret_list = l.v;
	*ret_n = l.n;
	return 0;
}

struct str model_array_join(struct arena *a, size_t n, const struct str *list)
{
	struct buf b;

	buf_init(&b, 0);
	buf_char(&b, '{');
	for (size_t i = 0; i < n; i++) {
		buf_cstr(&b, i ? "," : "");
		if (!list[i].p) {
			buf_cstr(&b, "NULL");
			continue;
		}
		buf_char(&b, '"');
		for (size_t k = 0; k < list[i].len; k++) {
			if (list[i].p[k] == '"' || list[i].p[k] == '\\')
				buf_char(&b, '\\');
			buf_char(&b, list[i].p[k]);
		}
		buf_char(&b, '"');
	}
	buf_char(&b, '}');
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}
