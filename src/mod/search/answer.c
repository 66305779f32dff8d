#include "mod/search/answer.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "mod/search/answer_local.h"
#include "mod/search/asked.h"
#include "mod/search/call.h"
#include "mod/search/search.h"
#include "mod/search/search_local.h"

/* --- hits ----------------------------------------------------------------------------------------- */

static void write_text(struct jsonw *w, const struct answer *s, const struct search_hit *h)
{
	char room[STR_DECIMAL_SIZE];
	int words = 0;

	for (size_t i = 0; i < s->asked.query.terms_n; i++)
		if (!s->asked.query.terms[i].is_excluded)
			words += (int)s->asked.query.terms[i].n;
	jsonw_key(w, "text_match");
	jsonw_raw(w, answer_u64(s->arena, h->text_match));
	jsonw_key(w, "text_match_info"), jsonw_obj(w);
	jsonw_key(w, "best_field_score"), jsonw_str(w, answer_u64(s->arena, h->best_field_score));
	jsonw_key(w, "best_field_weight"), jsonw_i64(w, h->best_field_weight);
	jsonw_key(w, "fields_matched"), jsonw_i64(w, h->fields_matched);
	jsonw_key(w, "num_tokens_dropped");
	jsonw_i64(w, words > h->words_matched ? words - h->words_matched : 0);
	jsonw_key(w, "score"), jsonw_str(w, answer_u64(s->arena, h->text_match));
	jsonw_key(w, "tokens_matched"), jsonw_raw(w, str_decimal(room, h->words_matched));
	jsonw_key(w, "typo_prefix_score"), jsonw_i64(w, h->typos);
	jsonw_obj_end(w);
}

/* Not of a place that the key keeps back: three of them would tell it. */
static void write_distances(struct jsonw *w, const struct search_query *q,
	const struct search_look *look, const struct search_hit *h)
{
	bool any = false;

	for (size_t i = 0; i < q->sorts_n; i++) {
		double m = h->distance_m[i];
		if (q->sorts[i].key != SEARCH_BY_DISTANCE || m < 0 || isnan(m) || any ||
			look->is_hidden[q->sorts[i].field])
			continue;
		jsonw_key(w, "geo_distance_meters"), jsonw_obj(w);
		jsonw_key(w, search_fields[q->sorts[i].field].name),
			jsonw_i64(w, (int64_t)round(m));
		jsonw_obj_end(w);
		any = true;
	}
}

static void write_hit(struct jsonw *w, struct answer *s, const struct search_hit *h,
	const struct search_document *d)
{
	jsonw_obj(w);
	if (h->is_pinned)
		jsonw_key(w, "curated"), jsonw_bool(w, true);
	jsonw_key(w, "document");
	search_document_write(d, &s->asked.look, w);
	write_distances(w, &s->asked.query, &s->asked.look, h);
	answer_write_marks(w, s, d);
	write_text(w, s, h);
	jsonw_obj_end(w);
}

/* Those that are still there, and may still be shown. */
static void write_hits(struct jsonw *w, struct answer *s, const struct search_hit *hits, size_t n)
{
	jsonw_key(w, "hits"), jsonw_arr(w);
	for (size_t i = 0; i < n; i++) {
		struct search_document d = {.rows = &s->documents, .query = &s->asked.query};
		if (s->is_from_index)
			d.hit = &hits[i];
		else
			d.row = search_document_find(&s->documents, hits[i].id);
		if (d.row >= 0)
			write_hit(w, s, &hits[i], &d);
	}
	jsonw_arr_end(w);
}

static void write_groups(struct jsonw *w, struct answer *s)
{
	const struct search_query *q = &s->asked.query;

	jsonw_key(w, "grouped_hits"), jsonw_arr(w);
	for (size_t i = 0; i < s->found.groups_n; i++) {
		const struct search_group *g = &s->found.groups[i];
		jsonw_obj(w);
		jsonw_key(w, "found"), jsonw_i64(w, (int64_t)g->found);
		jsonw_key(w, "group_key"), jsonw_arr(w);
		for (size_t k = 0; k < q->group_n; k++)
			answer_write_key(w, search_fields[q->group_fields[k]].type, g->key[k]);
		jsonw_arr_end(w);
		write_hits(w, s, g->hits, g->hits_n);
		jsonw_obj_end(w);
	}
	jsonw_arr_end(w);
}

/* --- the whole ------------------------------------------------------------------------------------ */

static void write_request(struct jsonw *w, const struct answer *s)
{
	struct str q = s->asked.q.p ? s->asked.q : STR("");

	jsonw_key(w, "request_params"), jsonw_obj(w);
	jsonw_key(w, "collection_name"), jsonw_cstr(w, "listings");
	jsonw_key(w, "first_q"), jsonw_str(w, q);
	jsonw_key(w, "per_page"), jsonw_i64(w, (int64_t)s->asked.query.limit);
	jsonw_key(w, "q"), jsonw_str(w, q);
	jsonw_obj_end(w);
}

static void write_answer(struct jsonw *w, struct answer *s)
{
	const struct search_query *q = &s->asked.query;

	jsonw_obj(w);
	answer_write_facets(w, s);
	jsonw_key(w, "found"), jsonw_i64(w, (int64_t)s->found.found);
	if (q->group_n) {
		jsonw_key(w, "found_docs"), jsonw_i64(w, (int64_t)s->found.found_docs);
		write_groups(w, s);
	} else {
		write_hits(w, s, s->found.hits, s->found.hits_n);
	}
	if (!s->asked.look.without_out_of)
		jsonw_key(w, "out_of"), jsonw_i64(w, (int64_t)s->found.out_of);
	jsonw_key(w, "page");
	jsonw_i64(w, q->limit ? (int64_t)(q->offset / q->limit) + 1 : 1);
	write_request(w, s);
	jsonw_key(w, "search_cutoff"), jsonw_bool(w, s->found.was_cut_off);
	if (!s->asked.look.without_time)
		jsonw_key(w, "search_time_ms"), jsonw_i64(w, (mono_us() - s->began_us) / US_PER_MS);
	if (s->who->who == SEARCH_PUBLIC && s->notice.is_on_search)
		jsonw_key(w, "display"), jsonw_raw(w, s->notice.json);
	jsonw_obj_end(w);
}

static bool have_values(const struct search_hit *hits, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!hits[i].has_values)
			return false;
	return true;
}

/* The index may show what it shows as long as it is in step, and for the public, as long as the profile is the one it was made with. */
static bool is_enough(const struct answer *s, bool is_kept)
{
	const struct search_result *found = &s->found;

	if (!is_kept || !found->is_current ||
		(s->who->who == SEARCH_PUBLIC && found->profile != s->notice.profile))
		return false;
	for (size_t i = 0; i < found->groups_n; i++)
		if (!have_values(found->groups[i].hits, found->groups[i].hits_n))
			return false;
	return have_values(found->hits, found->hits_n);
}

static int fetch(struct answer *s, struct err *e)
{
	size_t n = s->found.hits_n, at = 0;

	for (size_t i = 0; i < s->found.groups_n; i++)
		n += s->found.groups[i].hits_n;
	uint8_t(*ids)[16] = arena_alloc(s->arena, (n + 1) * sizeof *ids);
	for (size_t i = 0; i < s->found.hits_n; i++)
		memcpy(ids[at++], s->found.hits[i].id, sizeof *ids);
	for (size_t i = 0; i < s->found.groups_n; i++)
		for (size_t j = 0; j < s->found.groups[i].hits_n; j++)
			memcpy(ids[at++], s->found.groups[i].hits[j].id, sizeof *ids);
	return search_document_fetch(s->arena, s->who, &s->asked.look, (const uint8_t(*)[16])ids,
		at, &s->documents, e);
}

/* Hits that may be paged through. With groups limit_hits counts groups, each of which shows several. */
static void bound_hits(struct search_query *q, size_t most)
{
	if (q->group_n) {
		q->group_limit = q->group_limit < most ? q->group_limit : most;
		most = q->group_limit ? most / q->group_limit : most;
	}
	if (!q->limit_hits || q->limit_hits > most)
		q->limit_hits = most;
}

/* What the MLS lets be shown at most bounds what a public search can page through. */
static int bound(struct answer *s, struct err *e)
{
	if (s->who->who != SEARCH_PUBLIC)
		return 0;
	if (search_document_notice(s->arena, s->who->workspace, &s->notice, e))
		return e->code;
	if (s->notice.most)
		bound_hits(&s->asked.query, s->notice.most);
	return 0;
}

static int find(struct search_call *c, struct answer *s, struct err *e)
{
	struct search_query *q = &s->asked.query;
	bool is_kept = search_document_wanted(&s->asked.look, q, s->notice.is_hidden, &q->wanted);

	if (search_run(c->site->service, str_of(s->who->workspace), q, s->arena, &s->found, e))
		return e->code;
	s->is_from_index = is_enough(s, is_kept);
	c->site->from_index += s->is_from_index;
	c->site->from_database += !s->is_from_index;
	return s->is_from_index ? 0 : fetch(s, e);
}

static int answer(struct search_call *c, struct answer *s, const struct json *url,
	const struct json *body, struct jsonw *w, struct err *e)
{
	if (search_asked_read(s->arena, s->who, url, body, &s->asked, e) || bound(s, e) ||
		find(c, s, e))
		return e->code;
	s->words = search_highlight_words(s->arena, s->found.matched, SEARCH_WORDS_MAX);
	write_answer(w, s);
	if (w->b->failed)
		return err_set(e, E_LIMIT,
			"the answer gets larger than %zu MiB; ask for fewer hits or fields",
			ANSWER_MAX / 1024 / 1024);
	return 0;
}

int search_answer(struct search_call *c, const struct search_access *who, const struct json *url,
	const struct json *body, struct jsonw *w, struct err *e)
{
	struct arena *a = arena_new();
	struct answer *s = ARENA_NEW(a, struct answer);
	struct err own = {.arena = a};

	*s = (struct answer){.arena = a, .who = who, .began_us = mono_us()};
	if (answer(c, s, url, body, w, &own))
		err_set(e, (enum err_code)own.code, "%s", arena_printf(c->arena, "%s", own.msg));
	arena_free(a);
	return e->code;
}
