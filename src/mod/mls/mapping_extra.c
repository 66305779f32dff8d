/* Further values that a document names under "extra": mls.listings.extra. */
#include "mod/mls/mapping_local.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "mod/mls/normal.h"

#define NAME_MAX_BYTES 63
#define PLACE "extra."

static bool is_name(struct str s)
{
	if (s.len < 1 || s.len > NAME_MAX_BYTES || s.p[0] < 'a' || s.p[0] > 'z')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return true;
}

static struct mapping_extra *place_of(struct mapping *m, const char *name)
{
	for (size_t i = 0; i < m->extra_n; i++)
		if (str_eq(str_of(m->extra[i].name), str_of(name)))
			return &m->extra[i];
	return &m->extra[m->extra_n++];
}

int mapping_extra_new(struct mapping *m, struct arena *a, const struct json *document,
	struct err *e)
{
	m->extra_n = 0;
	if (json_type(document) != JSON_OBJECT)
		return err_set(e, E_INPUT, "extra is an object of names, not %s",
			mapping_type_name(document));
	if (json_len(document) > MAPPING_EXTRA_MAX)
		return err_set(e, E_INPUT, "extra holds %zu values, more than %d",
			json_len(document), MAPPING_EXTRA_MAX);
	m->extra = arena_array(a, json_len(document), sizeof *m->extra);
	for (struct json_iter it = json_each(document); json_next(&it);) {
		if (!is_name(it.key))
			return err_set(e, E_INPUT,
				"'" STR_FMT
				"' cannot be a name in extra: those are a to z, 0 to 9 and _, at most %d, a letter first",
				STR_ARG(it.key), NAME_MAX_BYTES);
		const char *place = str_printf(a, PLACE STR_FMT, STR_ARG(it.key)).p;
		struct mapping_value *value =
			mapping_value_new(&m->index, place, it.value, true, e);
		if (!value)
			return E_INPUT;
		*place_of(m, place) = (struct mapping_extra){place, value};
	}
	return 0;
}

/* Why a value cannot be shown as it is: it is for people to read, and bounded. */
static const char *refusal(struct arena *a, const struct json *v)
{
	struct str s;

	return normal_text(a, v, MAPPING_EXTRA_TEXT_MAX, &s);
}

/* A number that jsonb would refuse becomes a text in json_text_pg(). */
static void add(struct typing *t, struct buf *b, const struct mapping_extra *x)
{
	const char *why;
	const struct json *v = mapping_value_of(x->value, t->a, t->indexed, NULL, &why);
	struct str s;

	if (!why)
		why = refusal(t->a, v);
	if (why || json_type(v) <= JSON_NULL) {
		mapping_note(t->row, t->a, str_of(x->name), v, why);
		return;
	}
	if ((json_to_str(v, &s) && !str_trim(s).len) ||
		(json_type(v) == JSON_ARRAY && !json_len(v)))
		return;
	buf_char(b, b->len ? ',' : '{');
	json_quote(b, str_of(x->name + sizeof PLACE - 1));
	buf_char(b, ':');
	json_text_pg(b, v);
}

void mapping_extra(struct typing *t)
{
	struct buf b;

	if (!t->m->extra_n)
		return;
	buf_init(&b, 0);
	for (size_t i = 0; i < t->m->extra_n; i++)
		add(t, &b, &t->m->extra[i]);
	if (b.len)
		buf_char(&b, '}');
	t->row->extra = b.len ? str_copy(t->a, buf_view(&b)) : STR("{}");
	buf_done(&b);
}
