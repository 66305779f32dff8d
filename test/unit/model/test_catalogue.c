/* Held for every table of the catalogue: what the constants say, and that PostgreSQL takes every statement made of them. */
#include "support_model.h"

#include <stdio.h>
#include <stdlib.h>

#include "db/result.h"
#include "model/member.h"
#include "model/run.h"
#include "model/sql.h"
#include "model/tables.h"

static const struct model_table *const *const tables = model_tables;

static void *member(const struct model_table *t, int column, void *row)
{
	return (char *)row + t->columns[column].offset;
}

static struct str sample_vector(struct mt *t, const struct model_column *c)
{
	int dimensions;

	assert_int_equal(sscanf(c->type, "vector(%d)", &dimensions), 1);
	return str_of(ask(t,
		arena_printf(t->arena, "select array_fill(0.5::real, '{%d}')::extensions.vector",
			dimensions)));
}

static struct str sample_text(struct mt *t, const struct model_column *c, int round)
{
	switch ((int)c->kind) {
	case MODEL_UUID: return fresh_uuid(t);
	case MODEL_NUMERIC: return round ? STR("-0.5") : STR("1.5");
	case MODEL_JSON: return round ? STR("[]") : STR("{\"a\": [1.10, null, \"\\\"x\"]}");
	case MODEL_BYTES: return round ? STR("") : STR("\0\xff\x01");
	case MODEL_ENUM:
		return str_of(ask(t,
			arena_printf(t->arena, "select (enum_range(null::%s))[1]", c->type)));
	case MODEL_ARRAY:
		if (strcmp(c->type, "uuid[]") == 0)
			return str_printf(t->arena, "{" STR_FMT ",NULL}", STR_ARG(fresh_uuid(t)));
		return round ? STR("{}") : STR("{a,\"b, \\\"c\\\" \\\\\",NULL,\"null\",\"\"}");
	case MODEL_OTHER: /* interval, inet, xid8 */
		return strcmp(c->type, "interval") == 0 ? STR("1 day")
			: strcmp(c->type, "xid8") == 0  ? STR("7")
							: STR("10.0.0.1");
	case MODEL_VECTOR: return sample_vector(t, c);
	default: return round ? STR("") : STR("\xc3\x9cn 'quoted' \"x\" \\ $1\n");
	}
}

/* A value of the column's kind; round makes it another one. */
static void set_sample(struct mt *t, const struct model_table *table, int i, void *row, int round)
{
	void *p = member(table, i, row);

	switch ((int)table->columns[i].kind) {
	case MODEL_INT: *(struct model_int *)p = model_int(round ? -32768 : 7); break;
	case MODEL_FLOAT: *(struct model_float *)p = model_float(round ? -1e-300 : 0.1); break;
	case MODEL_BOOL: *(struct model_bool *)p = model_bool(round == 0); break;
	case MODEL_TIME:
		*(struct model_time *)p =
			model_time(round ? MODEL_TIME_END : INT64_C(1780000000123456));
		break;
	case MODEL_DATE: *(struct model_date *)p = model_date(round ? -25567 : 20600); break;
	default: *(struct str *)p = sample_text(t, &table->columns[i], round);
	}
}

static void *sample_row(struct mt *t, const struct model_table *table, int round, unsigned without)
{
	void *row = arena_zalloc(t->arena, table->size);

	for (int i = 0; i < table->n; i++)
		if (!(table->columns[i].flags & without))
			set_sample(t, table, i, row, round);
	return row;
}

static void descriptions_hold_together(struct mt *t)
{
	int n = 0;

	for (; tables[n]; n++) {
		const struct model_table *table = tables[n];
		assert_in_range(table->n, 1, MODEL_COLUMNS_MAX);
		for (int i = 0; i < table->n; i++) {
			assert_true(table->columns[i].offset < table->size);
			assert_int_equal(model_column_find(table, table->columns[i].name), i);
		}
		for (int i = 0; i < table->primary_n; i++)
			assert_true(table->columns[table->primary[i]].flags & MODEL_PRIMARY);
		if (table->class == MODEL_TENANT)
			assert_int_equal(table->primary[0], model_workspace_column(table));
		for (int i = 0; i < table->relations_n; i++) {
			const struct model_relation *r = &table->relations[i];
			assert_ptr_equal(r->child, table);
			assert_ptr_equal(model_relation_find(table, r->name), r);
			for (int k = 0; k < r->n; k++)
				assert_int_equal(table->columns[r->child_columns[k]].kind,
					r->parent->columns[r->parent_columns[k]].kind);
		}
	}
	assert_string_equal(
		ask(t,
			"select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace "
			"where relkind in ('r', 'p') and nspname in "
			"('auth', 'crm', 'marketing', 'mls', 'ops', 'org', 'plat', 'storage')"),
		arena_printf(t->arena, "%d", n));
}

static void every_column_of_every_table_can_be_read(struct mt *t)
{
	struct model_rows rows;

	for (int n = 0; tables[n]; n++) {
		struct model_query q = {.every_workspace = true, .limit = 3};
		ok(t, model_list(t->worker, t->arena, tables[n], &q, &rows, &t->err));
		q.columns = MODEL_EVERY;
		ok(t, model_list(t->worker, t->arena, tables[n], &q, &rows, &t->err));
	}
}

/* A role reads a whole row without secrets, or nothing of the table: never a refusal because of some column. */
static void what_is_read_by_default_suits_every_role(struct mt *t)
{
	static const char *const roles[] = {"anon", "authenticated", "service_role"};
	struct model_rows rows;

	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		struct db_caller caller = {.role = str_of(roles[i])};
		struct session *s = session_open(t->db, &caller, &t->err);
		assert_non_null(s);
		for (int n = 0; tables[n]; n++) {
			const char *may = ask(t,
				arena_printf(t->arena,
					"select has_any_column_privilege('%s', '\"%s\".\"%s\"', 'select')",
					roles[i], tables[n]->schema, tables[n]->name));
			struct model_query q = {.every_workspace = true, .limit = 3};
			int code = model_list(s, t->arena, tables[n], &q, &rows, &t->err);
			expect_code_at(t, code, *may == 't' ? 0 : E_RIGHT, tables[n]->name, n);
			err_clear(&t->err);
		}
		session_close(s);
	}
}

static void secrets_are_hidden(struct mt *t)
{
	static const char *const secrets[][2] = {{"encrypted_password", "user"},
		{"secret", "mfa factor"}, {"token_ciphertext", "connection"},
		{"access_token_encrypted", "social media account"},
		{"refresh_token_encrypted", "social media account"}, {"password_hash", "user"},
		{"api_key", "key store"}, {"key_ciphertext", "api key"}, {"nonce", "api key"},
		{"salt", "api key"}, {"raw", "listing"}};

	(void)t;
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
		int found = 0;
		for (int n = 0; tables[n]; n++) {
			int c = model_column_find(tables[n], secrets[i][0]);
			if (c < 0 || strcmp(tables[n]->label, secrets[i][1]) != 0)
				continue;
			found++;
			assert_true(tables[n]->columns[c].flags & MODEL_HIDDEN);
		}
		assert_true(found);
	}
}

/* PostgreSQL reads and plans the statement, and does not run it. */
static void explain(struct mt *t, struct session *s, const struct model_sql *q)
{
	const char *sql = arena_printf(t->arena, "explain %s", q->text);

	if (session_exec(s, t->arena, sql, q->n, q->params, NULL, &t->err)) {
		const struct db_error *d = session_db_error(s);
		fail_msg("%s: %s", q->text, d ? d->message : t->err.msg);
	}
}

static void explain_writes(struct mt *t, struct session *s, const struct model_table *table)
{
	void *row = sample_row(t, table, 0, 0);
	void *none = arena_zalloc(t->arena, table->size);
	struct model_columns rest = model_columns_where(table, 0, MODEL_PRIMARY | MODEL_GENERATED);
	struct model_sql q;

	model_sql_insert(t->arena, table, row, MODEL_USUAL, &q);
	explain(t, s, &q);
	model_sql_insert(t->arena, table, none, MODEL_USUAL, &q);
	explain(t, s, &q);
	model_sql_find(t->arena, table, row, MODEL_EVERY, &q);
	explain(t, s, &q);
	model_sql_delete(t->arena, table, row, &q);
	explain(t, s, &q);
	if (!model_columns_is_empty(rest)) {
		model_sql_update(t->arena, table, row, none, rest, &q);
		explain(t, s, &q);
	}
	for (int key = 0; key < table->keys_n; key++) {
		model_sql_upsert(t->arena, table, row, key, MODEL_USUAL, &q);
		explain(t, s, &q);
	}
	for (int i = 0; i < table->relations_n; i++) {
		struct model_query parent = model_query_parent(&table->relations[i], row);
		model_sql_list(t->arena, table->relations[i].parent, &parent, &q);
		explain(t, s, &q);
		void *row_of_parent = sample_row(t, table->relations[i].parent, 0, 0);
		struct model_query all = {.every_workspace = true};
		struct model_query children =
			model_query_children(&table->relations[i], row_of_parent, &all);
		model_sql_list(t->arena, table, &children, &q);
		explain(t, s, &q);
	}
}

static void every_statement_of_every_table_is_understood(struct mt *t)
{
	for (int n = 0; tables[n]; n++)
		explain_writes(t, t->worker, tables[n]);
}

/* Every operator that the column's kind has, and a page behind a row: whose value there is null, or is not. */
static void explain_column(struct mt *t, const struct model_table *table, int i)
{
	enum model_kind kind = table->columns[i].kind;
	void *row = sample_row(t, table, 0, 0), *nulls = sample_row(t, table, 0, 0);
	struct model_value v = model_member_value(table, i, row);
	struct str in[] = {v.type == MODEL_V_STR ? v.s : STR("1"), STR_NULL};
	struct model_query query = {.every_workspace = true,
		.where = {{i, MODEL_NE, model_value_null()}, {i, MODEL_EQ, v}, {i, MODEL_NE, v}},
		.limit = 1};
	struct model_sql q;

	if (kind == MODEL_VECTOR)
		query.where[1].op = MODEL_END;
	if (kind <= MODEL_NUMERIC || kind == MODEL_INT)
		query.where[3] = (struct model_condition){i, MODEL_IN, model_strs(2, in)};
	if (kind == MODEL_TEXT)
		query.where[4] = (struct model_condition){i, MODEL_ILIKE, MODEL_V("%x_")};
	if (kind == MODEL_JSON)
		query.where[4] = (struct model_condition){i, MODEL_CONTAINS, MODEL_V("{}")};
	if (kind == MODEL_ARRAY)
		query.where[4] = (struct model_condition){i, MODEL_CONTAINS, model_strs(1, &in[1])};
	if (kind != MODEL_VECTOR) {
		query.order[0] = (struct model_order){i, i % 2 ? MODEL_ASC : MODEL_DESC};
		query.after = i % 3 ? row : nulls;
		if (!(table->columns[i].flags & MODEL_PRIMARY))
			ok(t, model_member_read(table, i, STR_NULL, t->arena, nulls, &t->err));
	}
	model_sql_list(t->arena, table, &query, &q);
	explain(t, t->worker, &q);
}

static void every_column_can_be_asked_for_and_ordered_by(struct mt *t)
{
	for (int n = 0; tables[n]; n++)
		for (int i = 0; i < tables[n]->n; i++)
			if (tables[n]->columns[i].kind != MODEL_BYTES)
				explain_column(t, tables[n], i);
}

static struct str show(struct model_value v)
{
	return v.type == MODEL_V_STR ? v.s : v.type == MODEL_V_NULL ? STR("null") : STR("another");
}

static void assert_same(const struct model_table *table, int i, const void *given, const void *got)
{
	double x, y;
	struct model_value v = model_member_value(table, i, given);
	struct model_value w = model_member_value(table, i, got);

	/* Which transaction changed a listing is nobody else's to say (mls.stamp_change). */
	if (table->columns[i].flags & MODEL_GENERATED ||
		(!strcmp(table->columns[i].name, "changed_xid") &&
			!strcmp(table->name, "mls_listings")))
		return;
	/* 1.5 comes back as 1.5000 from numeric(5,4). */
	if (table->columns[i].kind == MODEL_NUMERIC && v.type && str_to_f64(v.s, &x) &&
		str_to_f64(w.s, &y) && x == y)
		return;
	if (!model_member_is_same(table, i, given, got))
		fail_msg("%s.%s: " STR_FMT " became " STR_FMT, table->name, table->columns[i].name,
			STR_ARG(show(v)), STR_ARG(show(w)));
}

static void round_trip(struct mt *t, const struct model_table *table, const void *given)
{
	struct model_columns all = model_columns_where(table, 0, MODEL_GENERATED);
	struct model_query q = {.every_workspace = true, .columns = MODEL_EVERY};
	void *row = arena_dup(t->arena, given, table->size);
	struct model_rows rows;

	ok(t, session_begin(t->worker, &t->err));
	ok(t, model_insert(t->worker, t->arena, table, row, all, &t->err));
	ok(t, model_list(t->worker, t->arena, table, &q, &rows, &t->err));
	assert_int_equal(rows.n, 1);
	for (int i = 0; i < table->n; i++) {
		assert_same(table, i, given, rows.row);
		assert_same(table, i, given, row);
	}
	ok(t, session_rollback(t->worker, &t->err));
}

/* In a table with the same columns and no constraint but NOT NULL. */
static void every_column_keeps_its_value_and_its_null(struct mt *t)
{
	struct session *s = session_open(t->db, NULL, &t->err);

	ok(t, s ? 0 : t->err.code);
	ok(t, session_exec_script(s, STR("create schema if not exists round_trip"), &t->err));
	for (int n = 0; tables[n]; n++) {
		struct model_table table = *tables[n];
		table.schema = "round_trip";
		table.name = arena_printf(t->arena, "%s_%s", tables[n]->schema, tables[n]->name);
		const char *sql = arena_printf(t->arena,
			"create table round_trip.\"%s\" (like \"%s\".\"%s\" including generated including identity);"
			"grant usage on schema round_trip to plat_worker;"
			"grant all on round_trip.\"%s\" to plat_worker",
			table.name, tables[n]->schema, tables[n]->name, table.name);
		ok(t, session_exec_script(s, str_of(sql), &t->err));
		for (int round = 0; round < 2; round++)
			round_trip(t, &table, sample_row(t, &table, round, MODEL_GENERATED));
		void *nulls = arena_zalloc(t->arena, table.size);
		for (int i = 0; i < table.n; i++)
			if (table.columns[i].flags & MODEL_NOT_NULL)
				set_sample(t, &table, i, nulls, 0);
		round_trip(t, &table, nulls);
	}
	ok(t, session_exec_script(s, STR("drop schema round_trip cascade"), &t->err));
	session_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MODEL_TEST(descriptions_hold_together),
		MODEL_TEST(every_column_of_every_table_can_be_read),
		MODEL_TEST(what_is_read_by_default_suits_every_role),
		MODEL_TEST(secrets_are_hidden),
		MODEL_TEST(every_statement_of_every_table_is_understood),
		MODEL_TEST(every_column_can_be_asked_for_and_ordered_by),
		MODEL_TEST(every_column_keeps_its_value_and_its_null),
	};
	return model_run_tests(tests, "model/catalogue");
}
