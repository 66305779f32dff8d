#include "cmd/mapping_preview.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "cmd/login.h"
#include "cmd/task.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/mls/mapping.h"
#include "mod/mls/preview.h"

#define WIDTH 40

static void put_cell(struct str s)
{
	size_t len = s.len > WIDTH ? str_utf8_prefix(str_sub(s, 0, WIDTH - 1)) : s.len;

	printf("%-*.*s", WIDTH, (int)len, s.p);
}

static struct str shown(struct arena *a, const struct json *v)
{
	return json_type(v) <= JSON_NULL ? STR("-") : json_text_dup(a, v);
}

static void put_problems(const struct json *list, const char *what)
{
	for (struct json_iter it = json_each(list); json_next(&it);)
		printf("  %s " STR_FMT ": " STR_FMT " " STR_FMT "\n", what,
			STR_ARG(json_scalar(json_get(it.value, "field"))),
			STR_ARG(json_scalar(json_get(it.value, "value"))),
			STR_ARG(json_scalar(json_get(it.value, "reason"))));
}

static void put_sample(struct arena *a, const struct json *sample)
{
	printf("\nlisting " STR_FMT ", " STR_FMT " columns change\n",
		STR_ARG(json_scalar(json_get(sample, "source_listing_key"))),
		STR_ARG(json_scalar(json_get(sample, "changed"))));
	for (struct json_iter it = json_each(json_get(sample, "fields")); json_next(&it);) {
		bool changed = false;
		json_to_bool(json_get(it.value, "changed"), &changed);
		struct str column = json_scalar(json_get(it.value, "column"));
		printf("%c %-22.*s ", changed ? '*' : ' ', (int)column.len, column.p);
		put_cell(shown(a, json_get(it.value, "before")));
		printf(" ");
		put_cell(shown(a, json_get(it.value, "after")));
		printf("\n");
	}
	put_problems(json_get(sample, "problems"), "emptied");
	put_problems(json_get(sample, "put_right"), "put right");
}

static void put_all(struct arena *a, const struct json *answer)
{
	printf("  %-22s %-*s %s\n", "column", WIDTH, "before", "after");
	for (struct json_iter it = json_each(json_get(answer, "samples")); json_next(&it);)
		put_sample(a, it.value);
	printf("\n" STR_FMT " of %zu listings change\n",
		STR_ARG(json_scalar(json_get(answer, "changed"))),
		json_len(json_get(answer, "samples")));
	for (struct json_iter it = json_each(json_get(answer, "warnings")); json_next(&it);)
		printf("warning: " STR_FMT ", from " STR_FMT ": " STR_FMT "\n",
			STR_ARG(json_scalar(json_get(it.value, "column"))),
			STR_ARG(json_scalar(json_get(it.value, "field"))),
			STR_ARG(json_scalar(json_get(it.value, "problem"))));
}

static int compose(struct arena *a, const struct mapping_preview_wish *wish, struct batch *b,
	struct buf *out, struct err *e)
{
	const struct result *rows = batch_result(b, 1);
	struct preview_sample *samples;
	const struct json *document = json_parse(a, wish->mapping, e);
	struct preview p = {.mapping = document ? mapping_new(a, document, e) : NULL,
		.n = (size_t)result_rows(rows),
		.warnings = result_text(batch_result(b, 0), 0, 0)};

	if (!p.mapping || preview_samples(a, rows, &samples, e))
		return e->code;
	if (!p.n)
		return err_set(e, E_ABSENT, "there are no listings of " STR_FMT " to try it on",
			STR_ARG(wish->provider));
	p.samples = samples;
	preview_write(&p, a, out);
	return 0;
}

int mapping_preview_print(struct task *t, struct login *l, const struct mapping_preview_wish *wish,
	struct err *e)
{
	struct db_param params[] = {db_str(wish->workspace_id), db_str(wish->provider),
		db_str(wish->mapping)};
	struct db_param wanted[] = {db_str(wish->provider), db_i64(t->arena, wish->most),
		db_str(wish->workspace_id)};
	struct batch *b = batch_new(t->arena);
	struct buf out;

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_add(b,
		"select coalesce(jsonb_agg(to_jsonb(p)), '[]') from mls.check_mapping($1::uuid, $2, $3::jsonb) p",
		3, params);
	batch_add(b,
		"select id, source_listing_key, raw, stored from mls.mapping_samples($1, $2::int, null, $3::uuid)",
		3, wanted);
	if (db_run(l->db, b, e))
		return e->code;
	buf_init(&out, 0);
	int code = compose(t->arena, wish, b, &out, e);
	const struct json *answer = code ? NULL : json_parse(t->arena, buf_view(&out), e);
	if (answer)
		put_all(t->arena, answer);
	buf_done(&out);
	return answer ? 0 : e->code;
}
