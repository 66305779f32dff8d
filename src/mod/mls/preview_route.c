/* POST /mls/v1/mappings/preview: preview_route(), declared in preview.h. */
#include "mod/mls/preview.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/mls/caller.h"
#include "mod/mls/mapping.h"
#include "model/array.h"

#define SAMPLE_DEFAULT 5

struct wish {
	struct str provider;
	const struct json *document, *sample;
	int most;
	struct str ids;              /* an array of PostgreSQL; absent: any */
	const struct json *payloads; /* a list; NULL: out of listings */
};

/* "sample": a number, a list of ids of listings, or a list of payloads. */
static int read_sample(struct caller *c, struct wish *w)
{
	size_t n = json_len(w->sample), i = 0;
	int64_t most;

	w->most = SAMPLE_DEFAULT;
	if (json_type(w->sample) <= JSON_NULL)
		return 0;
	if (json_to_i64(w->sample, &most) && most >= 1 && most <= PREVIEW_MOST) {
		w->most = (int)most;
		return 0;
	}
	if (json_type(w->sample) != JSON_ARRAY || n < 1 || n > PREVIEW_MOST)
		return caller_fault(c, 400,
			"sample is a number from 1 to %d, or a list of as many ids of listings, or payloads",
			PREVIEW_MOST);
	w->most = (int)n;
	if (json_type(json_at(w->sample, 0)) == JSON_OBJECT) {
		w->payloads = w->sample;
		for (struct json_iter it = json_each(w->sample); json_next(&it);)
			if (json_type(it.value) != JSON_OBJECT)
				return caller_fault(c, 400, "a payload is an object, not %s",
					json_type_name(json_type(it.value)));
		return 0;
	}
	struct str *ids = arena_array(c->arena, n, sizeof *ids);
	for (struct json_iter it = json_each(w->sample); json_next(&it);)
		if (!json_to_str(it.value, &ids[i]) || !uuid_is_valid(ids[i++]))
			return caller_fault(c, 400,
				"sample holds something that is no id of a listing");
	w->ids = model_array_join(c->arena, n, ids);
	return 0;
}

static int read_wish(struct caller *c, struct wish *w)
{
	static const char *const names[] = {"provider", "mapping", "sample", NULL};

	*w = (struct wish){0};
	if (caller_body_only(c, names) || caller_body_str(c, "provider", &w->provider))
		return -1;
	if (!w->provider.p)
		w->provider = STR("bridge");
	w->document = json_get(c->body, "mapping");
	w->sample = json_get(c->body, "sample");
	if (!w->document)
		return caller_fault(c, 400, "mapping is missing: the document to try");
	return read_sample(c, w);
}

/* The active mapping, warnings and samples, in the caller's name. */
static int read_database(struct caller *c, const struct wish *w, struct batch **ret_batch)
{
	char digits[STR_DECIMAL_SIZE];
	struct db_param params[] = {db_str(c->workspace_id), db_str(w->provider),
		db_str(json_text_dup(c->arena, w->document)), db_str(w->ids),
		db_str(str_decimal(digits, w->payloads ? 1 : w->most))};
	struct batch *b = caller_batch(c);

	batch_read_only(b);
	batch_add(b,
		"select mapping from mls.field_mappings where workspace_id = $1 and provider = $2 and is_active",
		2, params);
	batch_add(b,
		"select coalesce(jsonb_agg(to_jsonb(p)), '[]') from mls.check_mapping($1::uuid, $2, $3::jsonb) p",
		3, params);
	if (!w->payloads)
		batch_add(b,
			"select id, source_listing_key, raw, stored from mls.mapping_samples($2, $5::int, $4::uuid[], $1::uuid) where $3::text <> ''",
			5, params);
	*ret_batch = b;
	return caller_run(c, b);
}

static int take_given(struct caller *c, const struct wish *w, const struct result *active,
	struct preview *p)
{
	struct preview_sample *list = arena_array(c->arena, json_len(w->payloads), sizeof *list);

	if (!result_rows(active))
		return caller_fault(c, 404,
			"this workspace has no active field mapping for " STR_FMT,
			STR_ARG(w->provider));
	const struct json *document = json_parse(c->arena, result_text(active, 0, 0), &c->err);
	p->active = document ? mapping_new(c->arena, document, &c->err) : NULL;
	if (!p->active)
		return caller_fail(c, &c->err);
	for (struct json_iter it = json_each(w->payloads); json_next(&it);)
		list[p->n++].payload = it.value;
	p->samples = list;
	return 0;
}

static int take_stored(struct caller *c, const struct wish *w, const struct result *rows,
	struct preview *p)
{
	struct preview_sample *list;

	if (!result_rows(rows))
		return w->ids.p ? caller_fault(c, 404, "none of these listings is there")
				: caller_fault(c, 404,
					  "there are no listings of " STR_FMT
					  " to try it on: send payloads as sample",
					  STR_ARG(w->provider));
	if (preview_samples(c->arena, rows, &list, &c->err))
		return caller_fail(c, &c->err);
	p->samples = list;
	p->n = (size_t)result_rows(rows);
	return 0;
}

static int answer(struct caller *c)
{
	struct preview p = {0};
	struct wish w;
	struct batch *b;
	struct buf out;

	if (read_wish(c, &w))
		return -1;
	p.mapping = mapping_new(c->arena, w.document, &c->err);
	if (!p.mapping)
		return caller_fail(c, &c->err);
	if (read_database(c, &w, &b))
		return -1;
	p.warnings = result_text(batch_result(b, 1), 0, 0);
	if (w.payloads ? take_given(c, &w, batch_result(b, 0), &p)
		       : take_stored(c, &w, batch_result(b, 2), &p))
		return -1;
	buf_init(&out, 0);
	preview_write(&p, c->arena, &out);
	caller_reply(c, 200, &out);
	buf_done(&out);
	return 0;
}

void preview_route(struct req *r)
{
	caller_start(r, CALLER_BODY | CALLER_AGENT, answer);
}
