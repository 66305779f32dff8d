#include "support_rest_cache.h"

/* Functions of every sort, computed fields and relationships, media type handlers. */
static const char script[] =
	"drop schema if exists test, extra, private cascade;"
	"create schema test; create schema extra; create schema private;"
	"create table test.items (id int primary key, name text);"
	"create table test.parts (id int primary key, item_id int constraint parts_item references test.items);"
	"create table private.rows (id int primary key, tags text[]);"
	"create type private.pair as (a int, b int[]);"
	"create domain test.item_row as test.items;"
	"create domain test.item_row2 as test.item_row;"
	"create function test.nothing() returns void language sql as '';"
	"create function test.one(a int, b text default 'x', c jsonb default null) returns int language sql immutable as 'select 1';"
	"create function test.many(variadic v int[]) returns setof int language sql stable as 'select 1';"
	"create function test.item(id int) returns test.items language sql as 'select null::test.items';"
	"create function test.all_items() returns setof test.items language sql rows 1 as 'select * from test.items';"
	"create function test.by_domain() returns test.item_row2 language sql as 'select null::test.item_row2';"
	"create function test.hidden_rows() returns setof private.rows language sql as 'select * from private.rows';"
	"create function test.a_pair() returns private.pair language sql as 'select null::private.pair';"
	"create function test.a_record() returns record language sql as 'select 1, 2';"
	"create function test.a_table(n int) returns table(x int, \"Y y\" text) language sql as 'select 1, ''a''';"
	"create function test.outs(i int, out o int, in out io text) language sql as 'select 1, ''a''';"
	"create function test.one_out(out total int) language sql as 'select 1';"
	"create function test.settings() returns int language sql set statement_timeout = '2s' set search_path = test, extra"
	"  set default_transaction_isolation = 'repeatable read' as 'select 1';"
	/* by unnamed arguments */
	"create function test.body(json) returns int language sql as 'select 1';"
	"create function test.body_xml(xml) returns int language sql as 'select 1';"
	"create function test.body_int(int) returns int language sql as 'select 1';"
	"create function test.two_bodies(json, json) returns int language sql as 'select 1';"
	"create function test.half_named(a int, json) returns int language sql as 'select 1';"
	/* overloads */
	"create function test.over(a int, b int, c int) returns int language sql as 'select 3';"
	"create function test.over(a int) returns int language sql as 'select 1';"
	"create function test.over(a text) returns int language sql as 'select 1';"
	"create function test.over() returns int language sql as 'select 0';"
	/* no functions for us */
	"create function test.on_row() returns trigger language plpgsql as 'begin return null; end';"
	"create procedure test.do_it() language sql as '';"
	"create aggregate test.total(int) (sfunc = int4pl, stype = int);"
	"create function private.secret() returns int language sql as 'select 1';"
	"create function extra.helper(a int) returns int language sql as 'select 1';"
	"comment on function test.one(int, text, jsonb) is 'The one';"
	/* computed */
	"create function test.full_name(test.items) returns text language sql stable as 'select ($1).name';"
	"create function extra.shout(test.items) returns text language sql stable as 'select upper(($1).name)';"
	"create function test.parts(test.items) returns setof test.parts language sql stable as 'select null::test.parts where false';"
	"create function test.first_part(i test.items) returns setof test.parts language sql stable rows 1 as 'select null::test.parts';"
	"create function test.owner(test.parts) returns test.items language sql stable as 'select null::test.items';"
	"create function test.hidden_of(test.items) returns setof private.rows language sql stable as 'select null::private.rows';"
	"create function test.with_more(test.items, int) returns int language sql as 'select 1';";

static const char handlers[] =
	"create domain test.\"text/xml\" as xml; create domain test.\"Image/PNG\" as bytea; create domain test.\"*/*\" as bytea;"
	"create domain test.\"application/vnd.geo+json\" as jsonb; create domain test.\"no media/type\" as text;"
	"create domain test.\"a/b/c\" as text;"
	"create function test.page() returns test.\"text/xml\" language sql as 'select null::test.\"text/xml\"';"
	"create function test.picture(id int) returns test.\"Image/PNG\" language sql as 'select null::test.\"Image/PNG\"';"
	"create function test.anything() returns test.\"*/*\" language sql as 'select null::test.\"*/*\"';"
	"create function test.pages() returns setof test.\"text/xml\" language sql as 'select null::test.\"text/xml\"';"
	"create function test.no_media() returns test.\"no media/type\" language sql as 'select null::test.\"no media/type\"';"
	"create function test.step(test.\"application/vnd.geo+json\", anyelement) returns test.\"application/vnd.geo+json\""
	"  language sql as 'select $1';"
	"create aggregate test.geo(anyelement) (sfunc = test.step, stype = test.\"application/vnd.geo+json\");"
	"create function test.step_items(test.\"text/xml\", test.items) returns test.\"text/xml\" language sql as 'select $1';"
	"create aggregate test.items_xml(test.items) (sfunc = test.step_items, stype = test.\"text/xml\");"
	"drop schema if exists test2 cascade; create schema test2;";

static int setup(void **state)
{
	(void)state;
	rct_admin(script);
	rct_admin(handlers);
	return 0;
}

static struct rest_func *func(struct rct *t, const char *name)
{
	return rct_func(t, "test", name);
}

static void arguments_with_defaults_and_variadic(struct rct *t)
{
	const struct rest_func *one = func(t, "one"), *many = func(t, "many");

	assert_int_equal(one->n, 3);
	rct_eq(one->args[0].name, "a");
	rct_eq(one->args[2].type->name, "jsonb");
	assert_false(one->args[0].has_default);
	assert_true(one->args[1].has_default && one->args[2].has_default);
	assert_int_equal(one->volatility, REST_IMMUTABLE);
	rct_eq(one->comment, "The one");
	rct_eq(one->sql, "\"test\".\"one\"");
	assert_true(many->args[0].is_variadic);
	rct_eq(many->args[0].type_sql, "integer[]");
	assert_true(many->returns_set && !many->returns_table_like && !many->table);
	assert_int_equal(many->volatility, REST_STABLE);
	assert_int_equal(func(t, "nothing")->volatility, REST_VOLATILE);
}

static void what_comes_back(struct rct *t)
{
	struct rest_table *items = rct_table(t, "test", "items");

	assert_true(func(t, "nothing")->returns_void);
	assert_ptr_equal(func(t, "item")->table, items);
	assert_true(func(t, "item")->returns_table_like && !func(t, "item")->returns_set);
	assert_ptr_equal(func(t, "all_items")->table, items);
	assert_true(func(t, "all_items")->returns_one_row);
	assert_ptr_equal(func(t, "by_domain")->table, items);
	assert_non_null(func(t, "by_domain")->returns->base);
	assert_true(func(t, "a_record")->returns_record);
	assert_false(func(t, "a_record")->returns_table_like);
}

static void rows_of_what_is_not_exposed_have_their_columns(struct rct *t)
{
	struct rest_table *rows = func(t, "hidden_rows")->table, *pair = func(t, "a_pair")->table;

	assert_non_null(rows);
	assert_false(rows->is_exposed);
	assert_int_equal(rct_column(rows, "tags")->type->kind, REST_KIND_WRAP);
	assert_null(rest_cache_table(t->cache, STR("private"), STR("rows")));
	assert_non_null(pair);
	assert_int_equal(pair->kind, REST_COMPOSITE);
	assert_int_equal(pair->n, 2);
}

static void columns_that_come_out(struct rct *t)
{
	const struct rest_func *table = func(t, "a_table"), *outs = func(t, "outs");
	const struct rest_func *one = func(t, "one_out");

	assert_int_equal(table->n, 1);
	assert_int_equal(table->n_out, 2);
	rct_eq(table->out[1].name, "Y y");
	rct_eq(table->out[1].sql, "\"Y y\"");
	assert_true(table->returns_set && table->returns_table_like && !table->returns_record);
	assert_int_equal(outs->n, 2);
	rct_eq(outs->args[1].name, "io");
	assert_int_equal(outs->n_out, 2);
	rct_eq(outs->out[0].name, "o");
	assert_true(outs->returns_table_like && !outs->returns_set && !outs->returns_record);
	assert_int_equal(one->n_out, 1);
	assert_true(one->returns_table_like && !one->table);
	rct_eq(one->returns->name, "integer");
}

static void settings_are_those_to_be_hoisted(struct rct *t)
{
	const struct rest_func *f = func(t, "settings");

	assert_int_equal(f->n_settings, 4);
	rct_eq(f->settings[0], "statement_timeout");
	rct_eq(f->settings[1], "2s");
	rct_eq(f->settings[2], "default_transaction_isolation");
	rct_eq(f->settings[3], "repeatable read");
	assert_int_equal(func(t, "one")->n_settings, 0);
}

static bool has(struct rct *t, const char *name)
{
	return rest_cache_func(t->cache, STR("test"), str_of(name)) != NULL;
}

static void unnamed_arguments_only_as_the_whole_body(struct rct *t)
{
	assert_true(has(t, "body") && has(t, "body_xml"));
	rct_eq(func(t, "body")->args[0].name, "");
	assert_false(has(t, "body_int") || has(t, "two_bodies") || has(t, "half_named"));
	assert_false(has(t, "full_name"));
}

static void overloads_by_number_of_arguments(struct rct *t)
{
	const struct rest_func *f = func(t, "over");

	assert_int_equal(f->n, 0);
	assert_int_equal(f->next->n, 1);
	rct_eq(f->next->args[0].type->name, "integer");
	rct_eq(f->next->next->args[0].type->name, "text");
	assert_int_equal(f->next->next->next->n, 3);
	assert_null(f->next->next->next->next);
	assert_null(func(t, "one")->next);
}

static void what_is_no_function_for_us(struct rct *t)
{
	assert_false(has(t, "on_row") || has(t, "do_it") || has(t, "total"));
	assert_null(rest_cache_func(t->cache, STR("private"), STR("secret")));
	assert_null(rest_cache_func(t->cache, STR("extra"), STR("helper")));
	assert_null(rest_cache_func(t->cache, STR("extra"), STR("shout")));
	for (size_t i = 1; i < rest_cache_funcs(t->cache); i++)
		assert_true(str_cmp(rest_cache_func_at(t->cache, i - 1)->name,
				    rest_cache_func_at(t->cache, i)->name) <= 0);
}

static void computed_fields_and_relationships(struct rct *t)
{
	const struct rest_table *items = rct_table(t, "test", "items");

	assert_non_null(rest_table_computed(items, STR("full_name")));
	assert_true(rest_table_computed(items, STR("full_name"))->is_exposed);
	assert_false(rest_table_computed(items, STR("shout"))->is_exposed);
	assert_null(rest_table_computed(items, STR("with_more")));
	assert_null(rest_table_computed(items, STR("owner")));
	/* parts() takes the place of the foreign key; hidden_of() leads out of what is exposed */
	assert_string_equal(rct_links(t, items),
		"computed parts first_part() one\n"
		"computed parts parts() many\n");
	assert_string_equal(rct_links(t, rct_table(t, "test", "parts")),
		"m2o items parts_item (item_id)=(id)\n"
		"computed items owner() one\n");
}

static const struct rest_handler *handler(struct rct *t, const char *schema, const char *media)
{
	const struct rest_handler *h = rest_cache_handlers(t->cache, str_of(schema));

	while (h && !str_eq(h->media, str_of(media)))
		h = h->next;
	return h;
}

static void handlers_by_domains_named_like_media_types(struct rct *t)
{
	const struct rest_handler *geo = handler(t, "test", "application/vnd.geo+json");
	const struct rest_handler *xml = handler(t, "test", "text/xml");
	const struct rest_handler *png = handler(t, "test", "image/png");
	const struct rest_handler *any = handler(t, "test", "*/*");

	rct_eq(geo->aggregate, "\"test\".\"geo\"");
	assert_true(!geo->table && !geo->func);
	rct_eq(xml->aggregate, "\"test\".\"items_xml\"");
	assert_ptr_equal(xml->table, rct_table(t, "test", "items"));
	assert_ptr_equal(xml->next->func, func(t, "anything"));
	assert_true(any->is_any && !xml->is_any);
	assert_ptr_equal(png->func, func(t, "picture"));
	assert_false(png->aggregate.p);
	assert_null(handler(t, "test", "no media/type"));
	assert_null(handler(t, "test", "a/b/c"));
}

static void handlers_serve_all_schemas(struct rct *t)
{
	assert_non_null(handler(t, "test2", "application/vnd.geo+json"));
	assert_ptr_equal(handler(t, "test2", "image/png")->func, func(t, "picture"));
	assert_null(rest_cache_handlers(t->cache, STR("extra")));
}

int main(void)
{
	rct_schemas = "test,test2";
	rct_extra = "extra";
	const struct CMUnitTest tests[] = {
		RCT(arguments_with_defaults_and_variadic),
		RCT(what_comes_back),
		RCT(rows_of_what_is_not_exposed_have_their_columns),
		RCT(columns_that_come_out),
		RCT(settings_are_those_to_be_hoisted),
		RCT(unnamed_arguments_only_as_the_whole_body),
		RCT(overloads_by_number_of_arguments),
		RCT(what_is_no_function_for_us),
		RCT(computed_fields_and_relationships),
		RCT(handlers_by_domains_named_like_media_types),
		RCT(handlers_serve_all_schemas),
	};
	return cmocka_run_group_tests_name("mod/rest_cache_funcs", tests, setup, NULL);
}
