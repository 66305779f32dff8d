#include "mod/alerts/listing.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/uuid.h"
#include "db/result.h"
#include "db/session.h"

enum { COL_ID, COL_IS_PUBLIC, COL_IS_ADDRESS_PUBLIC, COL_HIDDEN, COLS };

static const char as_they_are[] = "mls.listings l";

/* A row like any other, so that what is made of it is made in the same way. */
static const char as_they_were[] =
	"jsonb_to_recordset($2::jsonb) b (id uuid, was jsonb) join mls.listings r on r.workspace_id = $1::uuid and r.id = b.id"
	" cross join lateral jsonb_populate_record(r, b.was) l";

static const char *sql_of(struct arena *a, const char *rows, const char *chosen)
{
	struct buf b;

	buf_init(&b, 0);
	buf_cstr(&b,
		"select l.id, mls.is_displayed(l, p) is true, mls.is_address_displayed(l), array_to_string(p.hidden_fields, ',')");
	for (int i = 0; i < search_fields_n; i++)
		buf_printf(&b, ", %s", search_fields[i].sql ? search_fields[i].sql : "null");
	buf_printf(&b,
		" from %s left join mls.compliance_profiles p on p.workspace_id = l.workspace_id"
		" where l.workspace_id = $1::uuid and l.is_active and %s",
		rows, chosen);
	const char *sql = str_cstr(a, buf_view(&b));
	buf_done(&b);
	return sql;
}

static void read_hidden(struct str names, bool *hidden)
{
	for (struct str rest = names; rest.p;) {
		int field = search_field_find(str_cut(&rest, ','), SEARCH_AGENTS);
		if (field >= 0)
			hidden[field] = true;
	}
}

static void read_row(const struct result *r, int row, struct search_doc *doc)
{
	struct str texts[COLS + SEARCH_FIELDS_MAX];
	struct uuid id = {0};

	result_row(r, row, texts);
	uuid_parse(texts[COL_ID], &id);
	memcpy(doc->id, id.b, sizeof doc->id);
	doc->is_public = str_eq(texts[COL_IS_PUBLIC], STR("t"));
	doc->is_address_public = str_eq(texts[COL_IS_ADDRESS_PUBLIC], STR("t"));
	for (int i = 0; i < search_fields_n; i++)
		doc->values[i] = texts[COLS + i];
}

static void read_rows(struct arena *a, const struct result *r, struct alerts_listings *ret)
{
	*ret = (struct alerts_listings){.n = (size_t)result_rows(r)};
	ret->docs = arena_array(a, ret->n, sizeof *ret->docs);
	ret->ids = arena_array(a, ret->n, sizeof *ret->ids);
	for (size_t i = 0; i < ret->n; i++) {
		read_row(r, (int)i, &ret->docs[i]);
		ret->last_id = ret->ids[i] = result_text(r, (int)i, COL_ID);
	}
	if (ret->n)
		read_hidden(result_text(r, 0, COL_HIDDEN), ret->hidden);
}

int alerts_listing_read(struct session *s, struct arena *a, struct str workspace_id, struct str ids,
	struct alerts_listings *ret, struct err *e)
{
	struct db_param p[] = {db_str(workspace_id), db_str(ids)};
	struct result *r;

	if (session_exec(s, a,
		    sql_of(a, as_they_are,
			    "l.id = any (array(select x::uuid from jsonb_array_elements_text($2::jsonb) x))"),
		    2, p, &r, e))
		return e->code;
	read_rows(a, r, ret);
	return 0;
}

int alerts_listing_read_befores(struct session *s, struct arena *a, struct str workspace_id,
	struct str was, struct alerts_listings *ret, struct err *e)
{
	struct db_param p[] = {db_str(workspace_id), db_str(was)};
	struct result *r;

	if (session_exec(s, a, sql_of(a, as_they_were, "true"), 2, p, &r, e))
		return e->code;
	read_rows(a, r, ret);
	return 0;
}

int alerts_listing_page(struct session *s, struct arena *a, struct str workspace_id,
	struct str after, int64_t most, struct alerts_listings *ret, struct err *e)
{
	struct db_param p[] = {db_str(workspace_id), db_str(after), db_i64(a, most)};
	struct result *r;

	if (session_exec(s, a,
		    sql_of(a, as_they_are,
			    "($2::uuid is null or l.id > $2::uuid) order by l.id limit $3::bigint"),
		    3, p, &r, e))
		return e->code;
	read_rows(a, r, ret);
	return 0;
}
