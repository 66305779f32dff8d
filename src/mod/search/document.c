#include "mod/search/document.h"

#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/uuid.h"
#include "db/batch.h"
#include "db/db.h"
#include "db/result.h"
#include "mod/search/access.h"
#include "mod/search/document_select.h"
#include "mod/search/search_local.h"

#define STATEMENT_MS 30000

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
	struct search_select select;

	*ret = (struct search_documents){0};
	if (!n)
		return 0;
	search_document_select(a, look, ret->columns, &select);
	struct db_param params[] = {db_text(who->workspace), db_str(array_of(a, ids, n)),
		db_text(who->who == SEARCH_AGENTS ? "agents" : "public"), db_str(select.parts)};
	if (search_document_is_usual(search_site()->usual, select.fields))
		batch_add_prepared(b, &select.stmt, 4, params);
	else
		batch_add(b, select.stmt.sql, 4, params);
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
