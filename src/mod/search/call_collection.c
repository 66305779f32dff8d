/* The collection: what it is, and one document of it. */
#include "app/module.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "base/uuid.h"
#include "mod/search/asked.h"
#include "mod/search/call.h"
#include "mod/search/document.h"
#include "mod/search/search_local.h"
#include "mod/search/store.h"

/* --- schema --------------------------------------------------------------------------------------- */

static void write_flag(struct jsonw *w, const char *name, bool value)
{
	jsonw_key(w, name), jsonw_bool(w, value);
}

static void write_field(struct jsonw *w, const struct search_field *f)
{
	jsonw_obj(w);
	write_flag(w, "facet", f->flags & SEARCH_FACET);
	write_flag(w, "index", true);
	write_flag(w, "infix", f->flags & SEARCH_WORDS);
	jsonw_key(w, "locale"), jsonw_cstr(w, "");
	jsonw_key(w, "name"), jsonw_cstr(w, f->name);
	write_flag(w, "optional", !(f->flags & SEARCH_REQUIRED));
	write_flag(w, "sort", f->flags & SEARCH_SORT);
	write_flag(w, "stem", false);
	write_flag(w, "store", true);
	jsonw_key(w, "type"), jsonw_cstr(w, search_type_name(f->type));
	jsonw_obj_end(w);
}

/* `id` is understood, as with Typesense. */
static void write_fields(struct jsonw *w, enum search_audience who, const bool *is_hidden)
{
	jsonw_key(w, "fields"), jsonw_arr(w);
	for (int i = 1; i < search_fields_n; i++)
		if (!is_hidden[i] &&
			(who == SEARCH_AGENTS || !(search_fields[i].flags & SEARCH_AGENT)))
			write_field(w, &search_fields[i]);
	jsonw_arr_end(w);
}

static int write_collection(struct search_call *c, struct jsonw *w)
{
	struct search_notice notice = {0};
	size_t n;

	if ((c->who.who == SEARCH_PUBLIC &&
		    search_document_notice(c->arena, c->who.workspace, &notice, &c->err)) ||
		search_store_len(c->site->store, str_of(c->who.workspace), c->who.who, &n, &c->err))
		return -1;
	jsonw_obj(w);
	jsonw_key(w, "created_at"), jsonw_i64(w, 0);
	jsonw_key(w, "default_sorting_field"), jsonw_cstr(w, "");
	write_flag(w, "enable_nested_fields", false);
	write_fields(w, c->who.who, notice.is_hidden);
	jsonw_key(w, "name"), jsonw_cstr(w, "listings");
	jsonw_key(w, "num_documents"), jsonw_i64(w, (int64_t)n);
	jsonw_key(w, "symbols_to_index"), jsonw_arr(w), jsonw_arr_end(w);
	jsonw_key(w, "token_separators"), jsonw_arr(w), jsonw_arr_end(w);
	jsonw_obj_end(w);
	return 0;
}

int search_call_collection_info(struct search_call *c)
{
	struct buf b;

	if (search_call_collection(c))
		return -1;
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	return write_collection(c, &w) ? (buf_done(&b), -1) : search_call_reply(c, 200, &b);
}

int search_call_collections(struct search_call *c)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_arr(&w);
	if (write_collection(c, &w)) {
		buf_done(&b);
		return -1;
	}
	jsonw_arr_end(&w);
	return search_call_reply(c, 200, &b);
}

/* --- one document --------------------------------------------------------------------------------- */

int search_call_document(struct search_call *c)
{
	struct str text = c->req->params[1];
	struct search_documents d;
	struct search_look look;
	struct uuid id;
	struct buf b;

	if (search_call_collection(c) ||
		search_look_read(c->arena, c->url, NULL, c->who.who, &look, &c->err))
		return -1;
	bool is_id = uuid_parse(text, &id);
	look.marked_n = 0;
	if (is_id &&
		search_document_fetch(c->arena, &c->who, &look, (const uint8_t(*)[16]) & id.b, 1,
			&d, &c->err))
		return -1;
	int row = is_id ? search_document_find(&d, id.b) : -1;
	if (row < 0)
		return err_set(&c->err, E_ABSENT, "Could not find a document with id: " STR_FMT,
			STR_ARG(str_sub(text, 0, 100)));
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	search_document_write(&(struct search_document){.rows = &d, .row = row}, &look, &w);
	return search_call_reply(c, 200, &b);
}
