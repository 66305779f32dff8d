#include "mod/search/document.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/log.h"
#include "base/sieve.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/db.h"
#include "db/result.h"
#include "mod/search/access.h"
#include "mod/search/search_local.h"

#define STATEMENT_MS 30000
#define NOTICE_KEPT_US (3 * US_PER_SECOND)

/* --- fetching ------------------------------------------------------------------------------------- */

/* photos stand once, for themselves and for photo_url. */
static const char *const extra_sql[SEARCH_EXTRAS] = {
	[SEARCH_PHOTOS] = "d.photos",
	[SEARCH_PHOTO_URL] = "d.photos -> 0 ->> 'url'",
	[SEARCH_OFFICE_CONTACT] = "d.office_contact",
	[SEARCH_SOURCE_NAME] = "d.source_name",
	[SEARCH_AS_OF] = "extract(epoch from d.as_of)::bigint",
};

static void add_field(struct buf *sql, int field)
{
	const struct search_field *f = &search_fields[field];

	buf_char(sql, ',');
	if (f->type == SEARCH_INT64)
		buf_printf(sql, "extract(epoch from d.%s)::bigint", f->name);
	else if (f->type == SEARCH_GEOPOINT)
		buf_cstr(sql, "d.latitude || ',' || d.longitude");
	else
		buf_printf(sql, "d.%s", f->name);
}

static bool is_marked(const struct search_look *look, int field)
{
	for (size_t i = 0; i < look->marked_n; i++)
		if (look->marked[i] == field)
			return true;
	return false;
}

static const char *select_of(struct arena *a, const struct search_look *look, int columns[LOOK_ALL])
{
	struct buf sql;
	int n = 1;

	buf_init(&sql, 0);
	buf_cstr(&sql, "select d.id");
	for (int i = 0; i < LOOK_ALL; i++) {
		bool is_field = i < SEARCH_FIELDS_MAX;
		columns[i] = -1;
		if (!look->is_shown[i] && !(is_field && i < search_fields_n && is_marked(look, i)))
			continue;
		columns[i] = n++;
		if (is_field)
			add_field(&sql, i);
		else
			buf_printf(&sql, ",%s", extra_sql[i - SEARCH_FIELDS_MAX]);
	}
	buf_cstr(&sql, " from mls.displayed($1::uuid, $2::uuid[], $3) d");
	char *text = str_cstr(a, buf_view(&sql));
	buf_done(&sql);
	return text;
}

static struct str array_of(struct arena *a, const uint8_t (*ids)[16], size_t n)
{
	char *text = arena_alloc(a, n * (UUID_LEN + 1) + 3), *p = text;
	struct uuid id;

	*p++ = '{';
	for (size_t i = 0; i < n; i++) {
		memcpy(id.b, ids[i], sizeof id.b);
		if (i)
			*p++ = ',';
		uuid_format(p, id);
		p += UUID_LEN;
	}
	*p++ = '}';
	return str_from(text, (size_t)(p - text));
}

static int run(struct batch *b, struct err *e)
{
	int code = db_run(search_site()->db, b, e);
	const struct db_error *why = batch_db_error(b);

	if (why)
		log_warn("search.sql", LOG_CSTR("sqlstate", why->sqlstate),
			LOG_CSTR("message", why->message));
	return code;
}

static struct batch *batch(struct arena *a)
{
	struct batch *b = batch_new(a);

	batch_as(b,
		&(struct db_caller){.role = STR("plat_worker"),
			.statement_timeout_ms = STATEMENT_MS});
	batch_read_only(b);
	return b;
}

int search_document_fetch(struct arena *a, const struct search_access *who,
	const struct search_look *look, const uint8_t (*ids)[16], size_t n,
	struct search_documents *ret, struct err *e)
{
	struct batch *b = batch(a);

	*ret = (struct search_documents){0};
	if (!n)
		return 0;
	batch_add(b, select_of(a, look, ret->columns), 3,
		(struct db_param[]){db_text(who->workspace), db_str(array_of(a, ids, n)),
			db_text(who->who == SEARCH_AGENTS ? "agents" : "public")});
	if (run(b, e))
		return e->code;
	ret->rows = batch_result(b, 0);
	return 0;
}

int search_document_find(struct search_documents *d, const uint8_t id[16])
{
	struct uuid there;

	if (!d->rows || d->at >= result_rows(d->rows))
		return -1;
	if (!uuid_parse(result_text(d->rows, d->at, 0), &there) || memcmp(there.b, id, 16) != 0)
		return -1;
	return d->at++;
}

/* --- writing -------------------------------------------------------------------------------------- */

static void write_number(struct jsonw *w, struct str text)
{
	double x;

	if (str_to_f64(text, &x))
		jsonw_f64(w, x);
	else
		jsonw_null(w);
}

static void write_value(struct jsonw *w, enum search_type type, struct str text)
{
	struct str lng = text, lat;

	switch (type) {
	case SEARCH_INT32:
	case SEARCH_INT64: jsonw_raw(w, text); break;
	case SEARCH_FLOAT: write_number(w, text); break;
	case SEARCH_BOOL: jsonw_bool(w, str_eq(text, STR("t"))); break;
	case SEARCH_GEOPOINT:
		lat = str_cut(&lng, ',');
		jsonw_arr(w);
		write_number(w, lat);
		write_number(w, lng);
		jsonw_arr_end(w);
		break;
	case SEARCH_STRING: jsonw_str(w, text); break;
	}
}

void search_document_write(const struct search_documents *d, int row,
	const struct search_look *look, struct jsonw *w)
{
	jsonw_obj(w);
	for (int i = 0; i < LOOK_ALL; i++) {
		struct str text = d->columns[i] < 0 || !look->is_shown[i]
			? STR_NULL
			: result_text(d->rows, row, d->columns[i]);
		if (!text.p)
			continue;
		if (i < SEARCH_FIELDS_MAX) {
			jsonw_key(w, search_fields[i].name);
			write_value(w, search_fields[i].type, text);
			continue;
		}
		jsonw_key(w, search_extras[i - SEARCH_FIELDS_MAX]);
		if (i == SEARCH_FIELDS_MAX + SEARCH_PHOTOS || i == SEARCH_FIELDS_MAX + SEARCH_AS_OF)
			jsonw_raw(w, text); /* JSON of the database's own */
		else
			jsonw_str(w, text);
	}
	jsonw_obj_end(w);
}

struct str search_document_text(const struct search_documents *d, int row, int field)
{
	return d->columns[field] < 0 ? STR_NULL : result_text(d->rows, row, d->columns[field]);
}

/* --- what stands beside listings ------------------------------------------------------------------ */

struct kept {
	int64_t until_us;
	size_t len;
	char json[];
};

static void read_notice(struct arena *a, struct str json, struct search_notice *ret)
{
	struct err ignored = {.arena = a};
	const struct json *both = json_parse(a, json, &ignored), *v = json_get(both, "notice");
	int64_t most = 0;

	*ret = (struct search_notice){.json = json_text_dup(a, v)};
	json_to_bool(json_get(v, "display_on_search"), &ret->is_on_search);
	json_to_i64(json_get(v, "max_results"), &most);
	ret->most = most > 0 ? (size_t)most : 0;
	for (struct json_iter it = json_each(json_get(both, "hidden")); json_next(&it);) {
		int field = search_field_find(json_scalar(it.value), SEARCH_AGENTS);
		if (field >= 0)
			ret->is_hidden[field] = true;
	}
}

int search_document_notice(struct arena *a, const char *workspace, struct search_notice *ret,
	struct err *e)
{
	struct sieve *s = search_site()->kept;
	struct str key = STR_JOIN(a, STR("notice\n"), str_of(workspace));
	struct kept *k = sieve_get(s, key);
	struct batch *b = batch(a);

	if (k && k->until_us > mono_us()) {
		read_notice(a, str_copy(a, str_from(k->json, k->len)), ret);
		return 0;
	}
	batch_add(b,
		"select jsonb_build_object('notice', coalesce(mls.display_notice($1::uuid), '{}'), 'hidden', "
		"(select to_jsonb(p.hidden_fields) from mls.compliance_profiles p where p.workspace_id = $1::uuid))::text",
		1, (struct db_param[]){db_text(workspace)});
	if (run(b, e))
		return e->code;
	struct str json = result_text(batch_result(b, 0), 0, 0);
	sieve_remove(s, key); /* of an earlier time, and maybe shorter */
	k = sieve_put(s, key, sizeof *k + json.len);
	if (k) {
		k->len = json.len;
		k->until_us = mono_us() + NOTICE_KEPT_US;
		memcpy(k->json, json.p, json.len);
	}
	read_notice(a, json, ret);
	return 0;
}
