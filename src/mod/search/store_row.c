/* The statements that read listings for the index, and a listing out of a row of theirs. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "mod/search/store_local.h"

#define SQL_MAX 16384

int search_row_columns(void)
{
	return SEARCH_ROW_FIELDS + search_fields_n;
}

/* A listing whose workspace has no profile is for nobody but its agents. */
static void add_columns(struct buf *b)
{
	buf_cstr(b,
		"l.is_active, coalesce(mls.is_displayed(l, p), false), coalesce(mls.is_address_displayed(l), false)");
	for (int i = 0; i < search_fields_n; i++)
		buf_printf(b, ", %s", search_fields[i].sql ? search_fields[i].sql : "null");
}

static const char *taken(struct arena *a, struct buf *b)
{
	struct str text = str_copy(a, buf_view(b));

	buf_done(b);
	return text.p;
}

#define LOADED "l.workspace_id = current_setting('plat.search_workspace')::uuid and l.is_active"

const char *search_row_expected_sql(void)
{
	return "explain (format json) select from mls.listings l where " LOADED;
}

const char *search_row_load_sql(struct arena *a)
{
	struct buf b;

	buf_init(&b, SQL_MAX);
	buf_cstr(&b, "copy (select l.workspace_id, l.id, ");
	add_columns(&b);
	buf_cstr(&b,
		" from mls.listings l left join mls.compliance_profiles p using (workspace_id)"
		" where " LOADED ") to stdout");
	return taken(a, &b);
}

/* Which rows first, by the index on changed_xid alone: in a workspace with few listings the planner would go through all of them. A stamp
 * that no transaction of this server has given yet came with a dump: such rows are not new. */
#define IS_NEW(x)                                                                           \
	"(" x ".workspace_id = any($2::uuid[])) is true and " x                             \
	".changed_xid >= pg_catalog.pg_snapshot_xmin($1::pg_snapshot) and " x               \
	".changed_xid < pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()) and " \
	"not pg_catalog.pg_visible_in_snapshot(" x                                          \
	".changed_xid, $1::pg_snapshot) limit $3::bigint"

static const char *of_chosen(struct arena *a, const char *chosen)
{
	struct buf b;

	buf_init(&b, SQL_MAX);
	buf_printf(&b, "with chosen as materialized (%s) select c.workspace_id, c.id, ", chosen);
	add_columns(&b);
	buf_cstr(&b,
		" from chosen c left join mls.listings l on l.workspace_id = c.workspace_id and l.id = c.id"
		" left join mls.compliance_profiles p on p.workspace_id = l.workspace_id");
	return taken(a, &b);
}

const char *search_row_changed_sql(struct arena *a)
{
	return of_chosen(a,
		"(select l.workspace_id, l.id from mls.listings l where " IS_NEW(
			"l") ") union all "
			     "(select r.workspace_id, r.listing_id from mls.listing_removals r where " IS_NEW(
				     "r") ")");
}

const char *search_row_expired_sql(struct arena *a)
{
	return of_chosen(a,
		"select l.workspace_id, l.id from mls.listings l join mls.compliance_profiles p using (workspace_id) "
		"where l.workspace_id = any($2::uuid[]) and l.is_active and l.standard_status = 'Closed' "
		"and l.close_date >= $1::date - p.closed_days "
		"and l.close_date < (now() at time zone 'UTC')::date - p.closed_days limit $3::bigint");
}

bool search_row_doc(const struct str *texts, struct search_doc *ret_doc)
{
	struct uuid id;

	*ret_doc = (struct search_doc){0};
	if (!uuid_parse(texts[SEARCH_ROW_ID], &id))
		return false;
	for (size_t i = 0; i < sizeof id.b; i++)
		ret_doc->id[i] = id.b[i];
	if (!str_eq(texts[SEARCH_ROW_IS_ACTIVE], STR("t")))
		return false;
	ret_doc->is_public = str_eq(texts[SEARCH_ROW_IS_PUBLIC], STR("t"));
	ret_doc->is_address_public = str_eq(texts[SEARCH_ROW_IS_ADDRESS_PUBLIC], STR("t"));
	for (int i = 0; i < search_fields_n; i++)
		ret_doc->values[i] = texts[SEARCH_ROW_FIELDS + i];
	return true;
}

static char unescaped(char c)
{
	switch (c) {
	case 'b': return '\b';
	case 'f': return '\f';
	case 'n': return '\n';
	case 'r': return '\r';
	case 't': return '\t';
	case 'v': return '\v';
	default: return c;
	}
}

/* Up to a tab or the end, which is returned. */
static char *unescape(char *p, const char *end, struct str *ret_text)
{
	char *from = p, *to = p;

	for (; p < end && *p != '\t'; p++) {
		if (*p == '\\' && p + 1 < end)
			*to++ = unescaped(*++p);
		else
			*to++ = *p;
	}
	*ret_text = str_from(from, (size_t)(to - from));
	return p;
}

/* The first one from p on, or the end. */
static char *find(char *p, char *end, char c)
{
	char *found = memchr(p, c, (size_t)(end - p));

	return found ? found : end;
}

bool search_row_split(char *line, size_t len, struct str *ret_texts, int n)
{
	char *end = line + len, *escape = find(line, end, '\\');

	for (char *p = line; n--; ret_texts++) {
		char *tab = find(p, end, '\t');
		escape = escape < p ? find(p, end, '\\') : escape;
		bool is_null = escape == p && end - p >= 2 && p[1] == 'N';
		if (escape >= tab)
			*ret_texts = str_from(p, (size_t)(tab - p));
		else
			tab = unescape(p, end, ret_texts);
		if (is_null)
			*ret_texts = STR_NULL;
		if (tab == end)
			return !n;
		p = tab + 1;
	}
	return false;
}
