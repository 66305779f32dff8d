/* Parts of the answer: what is marked, and facets. */
#include <string.h>

#include "base/arena.h"
#include "base/jsonw.h"
#include "mod/search/answer_local.h"

struct str answer_u64(struct arena *a, uint64_t n)
{
	return str_printf(a, "%llu", (unsigned long long)n);
}

void answer_write_key(struct jsonw *w, enum search_type type, struct str text)
{
	double x;

	if (type != SEARCH_STRING && type != SEARCH_BOOL && text.p && str_to_f64(text, &x))
		jsonw_f64(w, x);
	else if (type == SEARCH_BOOL && text.p)
		jsonw_bool(w, str_eq(text, STR("t")) || str_eq(text, STR("true")));
	else
		jsonw_str(w, text);
}

/* --- marks ---------------------------------------------------------------------------------------- */

struct marked {
	int field;
	struct search_highlight mark;
};

static void write_tokens(struct jsonw *w, const struct search_highlight *h)
{
	jsonw_key(w, "matched_tokens"), jsonw_arr(w);
	for (size_t i = 0; i < h->tokens_n; i++)
		jsonw_str(w, h->tokens[i]);
	jsonw_arr_end(w);
}

static void write_mark(struct jsonw *w, const struct marked *m, bool with_field)
{
	jsonw_obj(w);
	if (with_field)
		jsonw_key(w, "field"), jsonw_cstr(w, search_fields[m->field].name);
	write_tokens(w, &m->mark);
	jsonw_key(w, "snippet"), jsonw_str(w, m->mark.snippet);
	if (m->mark.value.p)
		jsonw_key(w, "value"), jsonw_str(w, m->mark.value);
	jsonw_obj_end(w);
}

void answer_write_marks(struct jsonw *w, struct answer *s, const struct search_document *d)
{
	const struct search_look *look = &s->asked.look;
	struct marked marked[SEARCH_FIELDS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < look->marked_n; i++) {
		int field = look->marked[i];
		struct str text = search_document_text(d, field);
		marked[n].field = field;
		if (text.p &&
			search_highlight(s->arena, text, s->words, look, look->is_full[field],
				&marked[n].mark))
			n++;
	}
	jsonw_key(w, "highlight"), jsonw_obj(w);
	for (size_t i = 0; i < n; i++) {
		jsonw_key(w, search_fields[marked[i].field].name);
		write_mark(w, &marked[i], false);
	}
	jsonw_obj_end(w);
	if (!look->is_v1)
		return;
	jsonw_key(w, "highlights"), jsonw_arr(w);
	for (size_t i = 0; i < n; i++)
		write_mark(w, &marked[i], true);
	jsonw_arr_end(w);
}

/* --- facets --------------------------------------------------------------------------------------- */

static void write_stats(struct jsonw *w, const struct search_facet_result *f)
{
	jsonw_key(w, "stats"), jsonw_obj(w);
	if (f->has_stats) {
		jsonw_key(w, "avg"), jsonw_f64(w, f->avg);
		jsonw_key(w, "max"), jsonw_f64(w, f->max);
		jsonw_key(w, "min"), jsonw_f64(w, f->min);
		jsonw_key(w, "sum"), jsonw_f64(w, f->sum);
	}
	jsonw_key(w, "total_values"), jsonw_i64(w, (int64_t)f->total_values);
	jsonw_obj_end(w);
}

static void write_count(struct jsonw *w, const struct answer *s, const struct search_facet *facet,
	const struct search_facet_count *count)
{
	const struct search_query *q = &s->asked.query;
	struct str shown = count->value;

	if (q->facet_query_field == facet->field && !facet->ranges_n)
		shown = search_highlight_facet(s->arena, shown, q->facet_query, &s->asked.look);
	jsonw_obj(w);
	jsonw_key(w, "count"), jsonw_i64(w, (int64_t)count->count);
	jsonw_key(w, "highlighted"), jsonw_str(w, shown);
	jsonw_key(w, "value"), jsonw_str(w, count->value);
	jsonw_obj_end(w);
}

void answer_write_facets(struct jsonw *w, struct answer *s)
{
	const struct search_query *q = &s->asked.query;

	jsonw_key(w, "facet_counts"), jsonw_arr(w);
	for (size_t i = 0; i < q->facets_n; i++) {
		const struct search_facet_result *f = &s->found.facets[i];
		jsonw_obj(w);
		jsonw_key(w, "counts"), jsonw_arr(w);
		for (size_t j = 0; j < f->counts_n; j++)
			write_count(w, s, &q->facets[i], &f->counts[j]);
		jsonw_arr_end(w);
		jsonw_key(w, "field_name"), jsonw_cstr(w, search_fields[q->facets[i].field].name);
		jsonw_key(w, "sampled"), jsonw_bool(w, false);
		write_stats(w, f);
		jsonw_obj_end(w);
	}
	jsonw_arr_end(w);
}
