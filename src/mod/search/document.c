#include "mod/search/document.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/db.h"
#include "db/result.h"
#include "mod/search/access.h"
#include "mod/search/search_local.h"

#define STATEMENT_MS 30000

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

struct batch *search_document_batch(struct arena *a)
{
	struct batch *b = batch_new(a);

	batch_as(b,
		&(struct db_caller){.role = STR("plat_worker"),
			.statement_timeout_ms = STATEMENT_MS});
	batch_read_only(b);
	return b;
}

int search_document_run(struct batch *b, struct err *e)
{
	int code = db_run(search_site()->db, b, e);
	const struct db_error *why = batch_db_error(b);

	if (why)
		log_warn("search.sql", LOG_CSTR("sqlstate", why->sqlstate),
			LOG_CSTR("message", why->message));
	return code;
}

int search_document_fetch(struct arena *a, const struct search_access *who,
	const struct search_look *look, const uint8_t (*ids)[16], size_t n,
	struct search_documents *ret, struct err *e)
{
	struct batch *b = search_document_batch(a);

	*ret = (struct search_documents){0};
	if (!n)
		return 0;
	batch_add(b, select_of(a, look, ret->columns), 3,
		(struct db_param[]){db_text(who->workspace), db_str(array_of(a, ids, n)),
			db_text(who->who == SEARCH_AGENTS ? "agents" : "public")});
	if (search_document_run(b, e))
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

struct str search_document_column(const struct search_document *d, int i)
{
	int column = d->rows->columns[i];

	return column < 0 ? STR_NULL : result_text(d->rows->rows, d->row, column);
}
