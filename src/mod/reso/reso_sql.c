#include "mod/reso/reso_sql.h"

#include <string.h>

#include "base/arena.h"
#include "mod/reso/catalog.h"
#include "mod/reso/reso_sql_local.h"

static void release(void *p)
{
	struct reso_sql *q = p;

	buf_done(&q->where);
	buf_done(&q->text);
}

void reso_sql_init(struct reso_sql *q, struct arena *a, const struct reso_source *source,
	const struct reso_catalog *catalog, struct odata_fault *f)
{
	memset(q, 0, sizeof *q);
	q->arena = a;
	q->source = source;
	q->catalog = catalog;
	q->fault = f;
	buf_init(&q->where, 0);
	buf_init(&q->text, 0);
	arena_defer(a, release, q);
	reso_sql_text(q, catalog->workspace_id);
	if (source->extra.p)
		reso_sql_text(q, source->extra);
	buf_cstr(&q->where, source->where);
}

const char *reso_sql_param(struct reso_sql *q, struct db_param p)
{
	if (q->params_n == q->params_cap) {
		int cap = q->params_cap ? 2 * q->params_cap : 32;
		struct db_param *more = arena_alloc(q->arena, (size_t)cap * sizeof *more);
		if (q->params_n)
			memcpy(more, q->params, (size_t)q->params_n * sizeof *more);
		q->params = more;
		q->params_cap = cap;
	}
	q->params[q->params_n++] = p;
	return arena_printf(q->arena, "$%d", q->params_n);
}

const char *reso_sql_text(struct reso_sql *q, struct str s)
{
	return reso_sql_param(q, db_str(s));
}

void reso_sql_and(struct reso_sql *q, const char *condition)
{
	buf_printf(&q->where, " and %s", condition);
}

void reso_sql_key(struct reso_sql *q, struct str key)
{
	reso_sql_and(q,
		arena_printf(q->arena, "%s = %s::text", q->source->key, reso_sql_text(q, key)));
}

/* --- fields --------------------------------------------------------------------------------------- */

const char *reso_sql_reader(enum odata_type type)
{
	switch (type) {
	case ODATA_BOOLEAN: return "mls.reso_boolean";
	case ODATA_INT16:
	case ODATA_INT32:
	case ODATA_INT64:
	case ODATA_DECIMAL:
	case ODATA_DOUBLE: return "mls.reso_number";
	case ODATA_DATE: return "mls.reso_date";
	case ODATA_TIMESTAMP: return "mls.reso_time";
	case ODATA_TIME: return "mls.reso_clock";
	case ODATA_NULL:
	case ODATA_STRING:
	case ODATA_DURATION:
	case ODATA_POINT:
	case ODATA_COMPLEX: break;
	}
	return "mls.reso_text";
}

bool reso_sql_is_address(const struct reso_sql *q, struct str name)
{
	return q->source->is_property && reso_catalog_is_address(q->catalog, name);
}

static int field_of(struct reso_sql *q, struct str name)
{
	for (int i = 0; i < q->fields_n; i++)
		if (str_eq(q->fields[i].name, name))
			return i;
	q->fields[q->fields_n].name = name;
	q->fields[q->fields_n].is_address = reso_sql_is_address(q, name);
	return q->fields_n++;
}

void reso_sql_field(struct reso_sql *q, struct buf *b, const struct odata_field *f)
{
	int i = field_of(q, f->name);

	if (f->is_list)
		buf_printf(b, "mls.reso_list(f.f%d)", i);
	else
		buf_printf(b, "%s(f.f%d)", reso_sql_reader(f->type), i);
}

/* What is hidden in a row is not found by it either. */
static void add_fields(struct reso_sql *q)
{
	if (!q->fields_n)
		return;
	buf_printf(&q->text, " cross join lateral (select %s as p offset 0) p", q->source->payload);
	buf_cstr(&q->text, " cross join lateral (select ");
	for (int i = 0; i < q->fields_n; i++) {
		const char *name = reso_sql_text(q, q->fields[i].name);
		if (q->fields[i].is_address)
			buf_printf(&q->text,
				"%scase when " RESO_SHOWS_ADDRESS
				" then p.p -> %s::text end as f%d",
				i ? ", " : "", name, i);
		else
			buf_printf(&q->text, "%sp.p -> %s::text as f%d", i ? ", " : "", name, i);
	}
	buf_cstr(&q->text, " offset 0) f");
}

/* --- order ---------------------------------------------------------------------------------------- */

/* A row's place among the others: by what it is compared, and the type of that. */
struct key {
	const char *sql;
	bool is_descending;
	bool may_be_null; /* null is before everything else, or after it when descending */
	const char *type;
};

const char *reso_sql_type(enum odata_type type)
{
	switch (type) {
	case ODATA_BOOLEAN: return "boolean";
	case ODATA_INT16:
	case ODATA_INT32:
	case ODATA_INT64:
	case ODATA_DECIMAL:
	case ODATA_DOUBLE: return "numeric";
	case ODATA_DATE: return "date";
	case ODATA_TIMESTAMP: return "timestamptz";
	case ODATA_TIME: return "time";
	case ODATA_NULL:
	case ODATA_STRING:
	case ODATA_DURATION:
	case ODATA_POINT:
	case ODATA_COMPLEX: break;
	}
	return "text";
}

static struct key key_of(struct reso_sql *q, const struct odata_order *o)
{
	const char *type = reso_sql_type(o->field->type);
	struct buf b;

	buf_init(&b, 0);
	reso_sql_field(q, &b, o->field);
	if (!strcmp(type, "text"))
		buf_cstr(&b, " collate \"C\"");
	struct key k = {str_cstr(q->arena, buf_view(&b)), o->is_descending, true, type};
	buf_done(&b);
	return k;
}

/* Who reads by stamp and key, page after page with a filter, gets them by the index of replications. */
static bool column_of(struct reso_sql *q, const struct reso_page *page, size_t i,
	struct key *ret_key)
{
	const struct odata_order *o = page->query->orders;

	if (!q->has_stamps || o[0].is_descending || !reso_sql_is_stamp(q, o[0].field))
		return false;
	if (i == 0) {
		*ret_key = (struct key){.sql = "r.source_modified_at", .type = "timestamptz"};
		return true;
	}
	if (i > 1 || o[1].is_descending || !o[1].field->is_key ||
		!(q->catalog->plain & RESO_PLAIN_KEY))
		return false;
	*ret_key = (struct key){.sql = "r.source_listing_key collate \"C\"", .type = "text"};
	return true;
}

static int keys_of(struct reso_sql *q, const struct reso_page *page, struct key *keys)
{
	const struct reso_source *s = q->source;
	size_t orders = page->query ? page->query->orders_n : 0;
	int n = 0;

	for (size_t i = 0; i < orders; i++, n++)
		if (!column_of(q, page, i, &keys[n]))
			keys[n] = key_of(q, &page->query->orders[i]);
	for (int i = orders ? s->stamps : 0; i < 4 && s->orders[i]; i++) {
		const char *type = strchr(s->orders[i], ':');
		keys[n++] = (struct key){.sql = s->orders[i], .type = type ? type + 2 : "text"};
	}
	return n;
}

/* Rows that come after the value, by this key alone. */
static void add_after(struct reso_sql *q, struct buf *b, const struct key *k, struct str value)
{
	if (!value.p) {
		buf_printf(b, k->is_descending ? "false" : "%s is not null", k->sql);
		return;
	}
	const char *p = reso_sql_text(q, value);
	if (k->is_descending && k->may_be_null)
		buf_printf(b, "(%s < %s::%s or %s is null)", k->sql, p, k->type, k->sql);
	else
		buf_printf(b, "%s %s %s::%s", k->sql, k->is_descending ? "<" : ">", p, k->type);
}

static void add_same(struct reso_sql *q, struct buf *b, const struct key *k, struct str value)
{
	if (value.p)
		buf_printf(b, "%s = %s::%s and ", k->sql, reso_sql_text(q, value), k->type);
	else
		buf_printf(b, "%s is null and ", k->sql);
}

/* One comparison of rows where an index may serve. */
static void add_place_row(struct reso_sql *q, const struct key *keys, int n,
	const struct reso_place *after)
{
	struct buf *b = &q->text;

	buf_cstr(b, " and (");
	for (int i = 0; i < n; i++)
		buf_printf(b, "%s%s", i ? ", " : "", keys[i].sql);
	buf_cstr(b, ") > (");
	for (int i = 0; i < n; i++)
		buf_printf(b, "%s%s::%s", i ? ", " : "", reso_sql_text(q, after->values[i]),
			keys[i].type);
	buf_cstr(b, ")");
}

static void add_place(struct reso_sql *q, const struct key *keys, int n,
	const struct reso_place *after)
{
	struct buf *b = &q->text;
	bool are_plain = true;

	for (int i = 0; i < n; i++)
		are_plain = are_plain && !keys[i].may_be_null;
	if (are_plain) {
		add_place_row(q, keys, n, after);
		return;
	}
	buf_cstr(b, " and (");
	for (int i = 0; i < n; i++) {
		buf_cstr(b, i ? " or (" : "(");
		for (int k = 0; k < i; k++)
			add_same(q, b, &keys[k], after->values[k]);
		add_after(q, b, &keys[i], after->values[i]);
		buf_char(b, ')');
	}
	buf_char(b, ')');
}

static void add_order(struct reso_sql *q, const struct key *keys, int n)
{
	buf_cstr(&q->text, " order by ");
	for (int i = 0; i < n; i++)
		buf_printf(&q->text, "%s%s%s", i ? ", " : "", keys[i].sql,
			!keys[i].may_be_null            ? ""
				: keys[i].is_descending ? " desc nulls last"
							: " nulls first");
}

/* --- statements ----------------------------------------------------------------------------------- */

struct str reso_sql_page(struct reso_sql *q, const struct reso_page *page, int *ret_keys)
{
	struct key keys[RESO_KEYS];
	const struct reso_source *s = q->source;
	int n = keys_of(q, page, keys), skipped = 0;
	bool is_plain = s->stamps && !(page->query && page->query->orders_n); /* by stamp first */

	buf_clear(&q->text);
	buf_printf(&q->text, "select %s", s->payload);
	for (int i = 0; i < n; i++)
		buf_printf(&q->text, ", (%s)::text", keys[i].sql);
	if (page->more)
		buf_printf(&q->text, ", %s", page->more);
	buf_printf(&q->text, " from %s", s->from);
	add_fields(q);
	buf_cstr(&q->text, " where ");
	buf_str(&q->text, buf_view(&q->where));
	if (is_plain && page->is_rest) {
		buf_printf(&q->text, " and %s is null", keys[0].sql);
		skipped = 1;
	} else if (is_plain && page->after->n) {
		buf_printf(&q->text, " and %s is not null", keys[0].sql);
	}
	if (page->after->n && (!is_plain || !page->is_rest || !page->after->values[0].p)) {
		struct reso_place after = *page->after;
		memmove(after.values, after.values + skipped,
			(size_t)(n - skipped) * sizeof *after.values);
		add_place(q, keys + skipped, n - skipped, &after);
	}
	add_order(q, keys + skipped, n - skipped);
	buf_printf(&q->text, " limit %lld", (long long)page->limit);
	if (page->skip)
		buf_printf(&q->text, " offset %lld", (long long)page->skip);
	*ret_keys = n;
	return str_copy(q->arena, buf_view(&q->text));
}

struct str reso_sql_count(struct reso_sql *q)
{
	buf_clear(&q->text);
	buf_printf(&q->text, "select count(*) from %s", q->source->from);
	add_fields(q);
	buf_cstr(&q->text, " where ");
	buf_str(&q->text, buf_view(&q->where));
	return str_copy(q->arena, buf_view(&q->text));
}
