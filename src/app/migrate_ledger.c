#include "app/migrate_ledger.h"

#include <string.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "db/result.h"
#include "db/session.h"
#include "model/read.h"
#include "sql_files.h"

#define BEFORE "-- plat: before migrations"
#define ALONE "-- plat: no-transaction"

static const char create_text[] =
	"create schema if not exists plat;\n"
	"create table if not exists plat.migrations (\n"
	"  name       text        primary key,\n"
	"  checksum   text        not null,\n"
	"  took_us    bigint      not null,\n"
	"  applied_at timestamptz not null default now()\n"
	");\n"
	"comment on table plat.migrations is 'local: which SQL files were applied, with the SHA-256 of their text.';\n"
	"alter table plat.migrations enable row level security;\n";

/* A row of plat.migrations. Described here, not by the catalogue: it is read before the schema is up to date. */
struct applied {
	struct str name, checksum;
	struct str applied_at; /* ISO 8601, in UTC */
};

struct applied_list {
	struct applied *row;
	size_t n;
};

#define AT(member) offsetof(struct applied, member)
static const struct model_column applied_columns[] = {
	{"name", "text", MODEL_TEXT, 0, AT(name)},
	{"checksum", "text", MODEL_TEXT, 0, AT(checksum)},
	{"applied_at", "text", MODEL_TEXT, 0, AT(applied_at)},
};
static const struct model_table applied_table = {.label = "migration",
	.size = sizeof(struct applied),
	.columns = applied_columns,
	.n = sizeof applied_columns / sizeof *applied_columns};
#undef AT

static bool is_live(const char *name)
{
	return !strncmp(name, "live/", 5);
}

enum sql_stage ledger_file_stage(const struct sql_file *f)
{
	if (!is_live(f->name))
		return SQL_MIGRATION;
	return strncmp(f->text, BEFORE, strlen(BEFORE)) ? SQL_AFTER : SQL_BEFORE;
}

bool ledger_file_is_alone(const struct sql_file *f)
{
	return !strncmp(f->text, ALONE, strlen(ALONE));
}

static const char *checksum(struct arena *a, const struct sql_file *f)
{
	unsigned char sum[CRYPTO_SHA256_LEN];

	crypto_sha256(str_from(f->text, f->len), sum);
	return enc_hex(a, str_from(sum, sizeof sum)).p;
}

static int look_for_table(struct session *s, struct arena *a, bool *ret_there, struct err *e)
{
	struct result *r;

	if (session_exec(s, a, "select to_regclass('plat.migrations') is not null as is_there", 0,
		    NULL, &r, e))
		return e->code;
	*ret_there = result_bool(r, 0, result_col(r, "is_there"));
	return 0;
}

int ledger_create(struct session *s, struct arena *a, struct err *e)
{
	bool there;

	if (look_for_table(s, a, &there, e))
		return e->code;
	return there ? 0 : session_exec_script(s, str_of(create_text), e);
}

static const struct applied *find_row(const struct applied_list *rows, const char *name)
{
	for (size_t i = 0; i < rows->n; i++)
		if (str_eq(rows->row[i].name, str_of(name)))
			return &rows->row[i];
	return NULL;
}

static void add_file(struct ledger *l, struct arena *a, const struct sql_file *f,
	const struct applied_list *rows)
{
	const struct applied *row = find_row(rows, f->name);
	struct migration *m = &l->list[l->n++];

	*m = (struct migration){.name = f->name, .state = MIGRATION_PENDING};
	if (!row)
		return;
	bool same = str_eq(row->checksum, str_of(checksum(a, f)));
	m->state = same ? MIGRATION_APPLIED : MIGRATION_EDITED;
	m->applied_at = row->applied_at.p;
}

static bool is_known(const char *name)
{
	for (const struct sql_file *f = sql_files; f->name; f++)
		if (!strcmp(f->name, name))
			return true;
	return false;
}

static size_t count_files(void)
{
	size_t n = 0;

	while (sql_files[n].name)
		n++;
	return n;
}

static void fill(struct ledger *l, struct arena *a, const struct applied_list *rows)
{
	l->list = arena_array(a, count_files() + rows->n, sizeof *l->list);
	for (int stage = SQL_BEFORE; stage <= SQL_AFTER; stage++)
		for (const struct sql_file *f = sql_files; f->name; f++)
			if ((int)ledger_file_stage(f) == stage)
				add_file(l, a, f, rows);
	/* A live file that is no more left nothing behind that anybody needs to know of. */
	for (size_t i = 0; i < rows->n; i++) {
		const char *name = rows->row[i].name.p;
		if (!is_live(name) && !is_known(name))
			l->list[l->n++] = (struct migration){.name = name,
				.state = MIGRATION_UNKNOWN,
				.applied_at = rows->row[i].applied_at.p};
	}
}

int ledger_read(struct session *s, struct arena *a, struct ledger *ret_ledger, struct err *e)
{
	struct ledger l = {0};
	struct applied_list rows = {0};
	struct result *r;
	bool there;

	if (look_for_table(s, a, &there, e))
		return e->code;
	l.is_empty = !there;
	if (there &&
		(session_exec(s, a,
			 "select name, checksum, "
			 "to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') as applied_at "
			 "from plat.migrations order by name",
			 0, NULL, &r, e) ||
			model_read(r, a, &applied_table, &rows, e)))
		return e->code;
	fill(&l, a, &rows);
	*ret_ledger = l;
	return 0;
}

int ledger_write(struct session *s, struct arena *a, const struct sql_file *f, int64_t took_us,
	struct err *e)
{
	struct db_param params[] = {db_text(f->name), db_text(checksum(a, f)), db_i64(a, took_us)};

	return session_exec(s, a,
		"insert into plat.migrations (name, checksum, took_us) values ($1, $2, $3) "
		"on conflict (name) do update set checksum = excluded.checksum, took_us = excluded.took_us, "
		"applied_at = now()",
		3, params, NULL, e);
}

enum migration_state ledger_state(const struct ledger *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->list[i].name, name))
			return l->list[i].state;
	return MIGRATION_PENDING;
}

int ledger_check(const struct ledger *l, struct err *e)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct migration *m = &l->list[i];
		if (is_live(m->name))
			continue;
		if (m->state == MIGRATION_EDITED)
			return err_set(e, E_CONFLICT,
				"sql/%s was edited after it was applied at %s; restore its text and put the change into a new "
				"migration",
				m->name, m->applied_at);
		if (m->state == MIGRATION_UNKNOWN)
			return err_set(e, E_CONFLICT,
				"the database has the migration %s of %s, which this program does not know; it was made by a newer "
				"plat",
				m->name, m->applied_at);
	}
	return 0;
}
