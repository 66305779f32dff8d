#include "support_search_print.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "mod/search/words.h"

static const char *name_of(int field)
{
	return search_fields[field].name;
}

static void words(struct buf *b, const struct search_word *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_cstr(b, i ? " " : "");
		buf_str(b, w[i].text);
	}
}

static void operand(struct buf *b, int field, const struct search_operand *o)
{
	switch (o->test) {
	case SEARCH_EQUAL:
	case SEARCH_HAS:
		if (search_fields[field].type != SEARCH_STRING) {
			buf_printf(b, "%.15g", o->low);
			break;
		}
		buf_cstr(b, o->test == SEARCH_EQUAL ? "=" : "~");
		words(b, o->words, o->words_n);
		buf_cstr(b, o->is_prefix ? "*" : "");
		break;
	case SEARCH_RANGE:
		buf_printf(b, "%s%.15g..%.15g%s", o->is_open_low ? ">" : "", o->low, o->high,
			o->is_open_high ? "<" : "");
		break;
	case SEARCH_RADIUS:
		buf_printf(b, "%.15g m of %.15g %.15g", o->radius_m, o->centre.lat, o->centre.lng);
		break;
	case SEARCH_POLYGON:
		buf_cstr(b, "within");
		for (size_t i = 0; i < o->corners_n; i++)
			buf_printf(b, " %.15g %.15g", o->corners[i].lat, o->corners[i].lng);
		break;
	}
}

static void filter(struct buf *b, const struct search_filter *f)
{
	switch (f->op) {
	case SEARCH_AND:
	case SEARCH_OR:
		buf_char(b, '(');
		filter(b, f->left);
		buf_cstr(b, f->op == SEARCH_AND ? " & " : " | ");
		filter(b, f->right);
		buf_char(b, ')');
		break;
	case SEARCH_NOT:
		buf_char(b, '!');
		filter(b, f->left);
		break;
	case SEARCH_ALL: buf_cstr(b, "all"); break;
	case SEARCH_MATCH:
		buf_printf(b, "%s{", name_of(f->field));
		for (size_t i = 0; i < f->operands_n; i++) {
			buf_cstr(b, i ? ", " : "");
			operand(b, f->field, &f->operands[i]);
		}
		buf_char(b, '}');
		break;
	}
}

static const char *text(struct arena *a, struct buf *b)
{
	const char *s = str_cstr(a, buf_view(b));

	buf_done(b);
	return s;
}

const char *search_print_filter(struct arena *a, const struct search_filter *f)
{
	struct buf b;

	if (!f)
		return "none";
	buf_init(&b, 0);
	filter(&b, f);
	return text(a, &b);
}

static void evals(struct buf *b, const struct search_sort *s)
{
	buf_cstr(b, "eval");
	for (size_t i = 0; i < s->evals_n; i++) {
		buf_char(b, ' ');
		filter(b, s->evals[i].filter);
		buf_printf(b, ":%lld", (long long)s->evals[i].weight);
	}
}

static void sort(struct buf *b, const struct search_sort *s)
{
	switch (s->key) {
	case SEARCH_BY_FIELD: buf_cstr(b, name_of(s->field)); break;
	case SEARCH_BY_TEXT_MATCH: buf_printf(b, "text %d", s->buckets); break;
	case SEARCH_BY_DISTANCE:
		buf_printf(b, "%s %.15g %.15g without %.15g by %.15g", name_of(s->field),
			s->centre.lat, s->centre.lng, s->exclude_radius_m, s->precision_m);
		break;
	case SEARCH_BY_EVAL: evals(b, s); break;
	}
	buf_printf(b, "%s %s", s->is_missing_first ? " missing first" : "",
		s->is_ascending ? "asc" : "desc");
}

const char *search_print_sorts(struct arena *a, const struct search_query *q)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < q->sorts_n; i++) {
		buf_cstr(&b, i ? ", " : "");
		sort(&b, &q->sorts[i]);
	}
	return text(a, &b);
}

const char *search_print_facets(struct arena *a, const struct search_query *q)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < q->facets_n; i++) {
		const struct search_facet *f = &q->facets[i];
		buf_printf(&b, "%s%s", i ? ", " : "", name_of(f->field));
		for (size_t k = 0; k < f->ranges_n; k++)
			buf_printf(&b, " " STR_FMT "[%.15g %.15g]", STR_ARG(f->ranges[k].label),
				f->ranges[k].low, f->ranges[k].high);
		buf_cstr(&b, !f->by_alpha ? "" : f->is_ascending ? " a-z" : " z-a");
	}
	return text(a, &b);
}

const char *search_print_terms(struct arena *a, const struct search_query *q)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < q->terms_n; i++) {
		const struct search_term *t = &q->terms[i];
		buf_printf(&b, "%s%s%s", i ? ", " : "", t->is_excluded ? "-" : "",
			t->is_phrase ? "'" : "");
		words(&b, t->words, t->n);
		buf_cstr(&b, t->is_phrase ? "'" : "");
	}
	return text(a, &b);
}
