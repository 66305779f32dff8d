/* Whatever is asked for, the statement is one that PostgreSQL reads: names are there, aliases are in sight, types are known. And
 * rows are the same whether C makes JSON of columns or PostgreSQL does. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"
#include "db/result.h"
#include "support_rest_select.h"

#define QUERIES 400
#define DEPTH 3

static uint64_t state = 0x9e3779b97f4a7c15u;

static unsigned roll(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % n;
}

struct query {
	struct rct *t;
	struct buf select, filters;
	int embeds;
	bool is_sorted; /* there is one answer only: everything has an order, nothing is put together */
};

static const struct rest_column *any_column(const struct rest_table *table)
{
	return &table->columns[roll((unsigned)table->n)];
}

static const struct rest_link *any_link(const struct rest_table *table)
{
	unsigned n = 0, i = 0;

	for (const struct rest_link *k = table->links; k; k = k->next)
		n++;
	if (!n)
		return NULL;
	const struct rest_link *k = table->links;
	for (i = roll(n); i; i--)
		k = k->next;
	/* A junction of a table with itself cannot be named. */
	return k->is_self && k->cardinality == REST_MANY_TO_MANY ? NULL : k;
}

/* "target!hint" that can only mean k. */
static void put_target(struct buf *b, const struct rest_link *k)
{
	if (k->cardinality == REST_COMPUTED)
		buf_printf(b, STR_FMT, STR_ARG(k->func->name));
	else if (k->is_self && k->cardinality == REST_MANY_TO_ONE)
		buf_printf(b, STR_FMT, STR_ARG(k->columns[0]->name));
	else if (k->is_self)
		buf_printf(b, STR_FMT "!" STR_FMT, STR_ARG(k->to->name),
			STR_ARG(k->foreign[0]->name));
	else
		buf_printf(b, STR_FMT "!" STR_FMT, STR_ARG(k->to->name),
			STR_ARG(k->cardinality == REST_MANY_TO_MANY ? k->junction->name
								    : k->constraint));
}

static void put_quoted(struct buf *b, struct str name)
{
	buf_char(b, '"');
	for (size_t i = 0; i < name.len; i++) {
		if (name.p[i] == '"')
			buf_char(b, '\\');
		buf_char(b, name.p[i]);
	}
	buf_char(b, '"');
}

static void put_field(struct buf *b, const struct rest_column *c)
{
	put_quoted(b, c->name);
	if (c->type->kind == REST_KIND_JSON || (c->type->kind == REST_KIND_WRAP && roll(2)))
		buf_cstr(b, roll(2) ? "->x" : "->>0");
}

static void put_filter(struct query *q, const char *path, const struct rest_table *table)
{
	static const char *const tests[] = {"=is.null", "=not.is.null", "=isdistinct.1", "=eq.1",
		"=in.(1,2)", "=eq(any).{1,2}", "=not.gt.1"};

	buf_printf(&q->filters, "&%s", path);
	put_field(&q->filters, any_column(table));
	buf_cstr(&q->filters, tests[roll(sizeof tests / sizeof *tests)]);
}

static void put_order(struct query *q, const char *path, const struct rest_table *table)
{
	static const char *const ways[] = {"", ".desc", ".nullsfirst", ".desc.nullslast"};

	if (!q->is_sorted && roll(3))
		return;
	buf_printf(&q->filters, "&%sorder=", path);
	if (!q->is_sorted) {
		put_field(&q->filters, any_column(table));
		buf_cstr(&q->filters, ways[roll(4)]);
		return;
	}
	for (size_t i = 0; i < table->n_pk; i++) {
		buf_cstr(&q->filters, i ? "," : "");
		put_quoted(&q->filters, table->pk[i]->name);
		buf_cstr(&q->filters, ways[roll(4)]);
	}
}

static void put_items(struct query *q, const char *path, const struct rest_table *table, int depth);

/* What the rows above ask of an embed. */
static void put_tests(struct query *q, const char *path, const char *name,
	const struct rest_link *k)
{
	if (roll(4) == 0)
		buf_printf(&q->filters, "&%s%s=%s", path, name,
			roll(2) ? "is.null" : "not.is.null");
	if (roll(8) == 0)
		buf_printf(&q->filters, "&%sor=(%s.is.null,not.and(%s.not.is.null))", path, name,
			name);
	if (k->is_to_one && !q->is_sorted && roll(4) == 0) {
		buf_printf(&q->filters, "&%sorder=%s(", path, name);
		put_field(&q->filters, any_column(k->to));
		buf_char(&q->filters, ')');
	}
}

static void put_embed(struct query *q, const char *path, const struct rest_table *table, int depth)
{
	const struct rest_link *k = any_link(table);

	if (!k)
		return;
	bool is_spread = roll(4) == 0 && (k->is_to_one || !q->is_sorted);
	/* Spreads have no alias, so what is said of them may mean another one of that name: nothing is said. */
	const char *name = is_spread ? "" : arena_printf(q->t->arena, "e%d", q->embeds++);
	const char *inside =
		path && !is_spread ? arena_printf(q->t->arena, "%s%s.", path, name) : NULL;
	buf_printf(&q->select, ",%s%s", is_spread ? "..." : name, is_spread ? "" : ":");
	put_target(&q->select, k);
	buf_cstr(&q->select, roll(4) ? "(" : "!inner(");
	put_items(q, inside, k->to, depth + 1);
	buf_char(&q->select, ')');
	if (inside)
		put_tests(q, path, name, k);
}

static void put_items(struct query *q, const char *path, const struct rest_table *table, int depth)
{
	static const char *const makes[] = {"count()", "n:count()"};

	if (roll(8) == 0 && !q->is_sorted)
		buf_cstr(&q->select, makes[roll(2)]);
	else if (roll(4) == 0)
		buf_char(&q->select, '*');
	else
		put_field(&q->select, any_column(table));
	for (unsigned n = roll(3); n; n--) {
		buf_char(&q->select, ',');
		put_field(&q->select, any_column(table));
	}
	for (unsigned n = depth < DEPTH ? roll(3) : 0; n; n--)
		put_embed(q, path, table, depth);
	if (!path)
		return;
	for (unsigned n = roll(3); n; n--)
		put_filter(q, path, table);
	put_order(q, path, table);
	if (roll(3) == 0)
		buf_printf(&q->filters, "&%slimit=%u", path, roll(3));
	if (roll(4) == 0)
		buf_printf(&q->filters, "&%soffset=%u", path, roll(2));
}

static const char *any_path(struct query *q)
{
	const struct rest_table *table;

	do
		table = rest_cache_table_at(q->t->cache,
			roll((unsigned)rest_cache_tables(q->t->cache)));
	while (!table->n_pk || !table->links);
	buf_clear(&q->select);
	buf_clear(&q->filters);
	put_items(q, "", table, 0);
	if (roll(8) == 0 && !q->is_sorted)
		buf_cstr(&q->filters, "&distinct=true");
	if (roll(8) == 0)
		buf_cstr(&q->filters, "&after=");
	return arena_printf(q->t->arena, "/" STR_FMT "?select=" STR_FMT STR_FMT,
		STR_ARG(table->name), STR_ARG(buf_view(&q->select)),
		STR_ARG(buf_view(&q->filters)));
}

/* Values, types and groups that do not fit are the client's affair. Not so what only a wrong statement can bring about: syntax, names
 * out of sight or in it twice, parameters without a type. */
static bool is_fair(const char *answer)
{
	static const char *const ours[] = {"42601", "42P01", "42702", "42703", "42P18", "42P02",
		"42P08", "42712", "42P09", "42622", "42846", "XX000", "PGRST200", "PGRST201",
		"PGRST108"};

	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (!strncmp(answer + 4, ours[i], strlen(ours[i])))
			return false;
	return true;
}

static void whatever_is_asked_can_be_read_by_postgres(struct rct *t)
{
	static const char *const accepts[] = {NULL, NULL, NULL, NULL,
		"application/vnd.pgrst.array+json;nulls=stripped", "text/lines",
		"application/geo+json"};
	struct query q = {.t = t};
	int answered = 0;

	buf_init(&q.select, 0);
	buf_init(&q.filters, 0);
	for (int i = 0; i < QUERIES; i++) {
		const char *path = any_path(&q);
		const char *accept = accepts[roll(sizeof accepts / sizeof *accepts)];
		rst_null_limit = roll(2);
		rst_config.db_max_rows = roll(4) ? -1 : 2;
		rst_more.accept = accept;
		const char *answer = rst_get(t, path);
		answered += answer[0] == '[';
		if (strlen(answer) < 4 || is_fair(answer))
			continue;
		struct rest_fault f = {.status = 0};
		rst_more.accept = accept;
		struct rest_request *r = rst_plan(t, path, &f);
		fail_msg("query %d: %s (%s)\n%s\n%s", i, path, accept ? accept : "", answer,
			r ? r->plan->main.stmt.sql : "");
	}
	buf_done(&q.select);
	buf_done(&q.filters);
	/* Most of them mean something. */
	assert_true(answered > QUERIES / 4);
}

static bool is_same(struct rct *t, const char *columns, const char *geojson)
{
	struct err e = {.arena = t->arena};
	const struct json *a = json_parse(t->arena, str_of(columns), &e);
	const struct json *b = json_get(json_parse(t->arena, str_of(geojson), &e), "features");
	struct json_iter i = json_each(a), j = json_each(b);

	while (json_next(&i)) {
		if (!json_next(&j) ||
			!str_eq(json_text_dup(t->arena, i.value),
				json_text_dup(t->arena, json_get(j.value, "properties"))))
			return false;
	}
	return !e.code && !json_next(&j);
}

/* HEAD, which joins nothing, sees as many rows; and the count is that of all of them. */
static void counts_agree(struct rct *t, const char *path, size_t rows)
{
	struct rest_fault f = {.status = 0};

	rst_more = (struct rst_more){.head = true, .prefer = "count=exact"};
	struct rest_request *r = rst_plan(t, path, &f);
	const struct rest_node *root = &r->query.root;
	size_t seen = (size_t)result_rows(rst_run(t, r, &r->plan->main));
	size_t all = strtoul(result_text(rst_run(t, r, &r->plan->count), 0, 0).p, NULL, 10);
	if (seen != rows || (!root->has_limit && !root->has_offset && all != rows))
		fail_msg("%s has %zu rows, %zu by HEAD, %zu in all", path, rows, seen, all);
}

static void rows_are_the_same_whoever_makes_json_of_them(struct rct *t)
{
	struct query q = {.t = t, .is_sorted = true};
	int compared = 0;

	buf_init(&q.select, 0);
	buf_init(&q.filters, 0);
	rst_setup(NULL);
	for (int i = 0; i < QUERIES / 2; i++) {
		struct err e = {.arena = t->arena};
		const char *path = any_path(&q), *columns = rst_get(t, path);
		if (columns[0] != '[' || strstr(path, "after="))
			continue;
		rst_more.accept = "application/geo+json";
		const char *geojson = rst_get(t, path);
		if (!is_same(t, columns, geojson))
			fail_msg("%s\n%s\n%s", path, columns, geojson);
		counts_agree(t, path, json_len(json_parse(t->arena, str_of(columns), &e)));
		compared++;
	}
	buf_done(&q.select);
	buf_done(&q.filters);
	assert_true(compared > QUERIES / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RCT(whatever_is_asked_can_be_read_by_postgres),
		RCT(rows_are_the_same_whoever_makes_json_of_them),
	};
	return cmocka_run_group_tests_name("mod/rest_select_random", tests, rst_fixture, NULL);
}
