/* Typed rows into the tables: by way of temporary ones, and only what has changed. */
#include "mod/mls/remap_local.h"

#include <string.h>

#include "base/arena.h"
#include "db/result.h"
#include "db/session.h"

#define COPY_PIECE 65536

/* The columns of mapping_copy_typed(), each as prefix.name; without mapping_hash when it is about what a row says. */
static void add_columns(struct buf *b, const char *prefix, bool with_hash)
{
	const char *comma = "";

	for (const char *const *c = mapping_copy_typed_columns; *c; c++) {
		if (!with_hash &&
			(!strcmp(*c, "mapping_hash") || !strcmp(*c, "source_listing_key")))
			continue;
		if (!with_hash && !strcmp(*c, "media_hash") && prefix[0] == 's')
			buf_printf(b, "%scoalesce(s.media_hash, l.media_hash)", comma);
		else
			buf_printf(b, "%s%s%s", comma, prefix, *c);
		comma = ", ";
	}
}

static const char *taken(struct arena *a, struct buf *b)
{
	const char *text = str_cstr(a, buf_view(b));

	buf_done(b);
	return text;
}

int remap_prepare(struct remap *m, struct err *e)
{
	static const char *const settings[] = {
		"set synchronous_commit = off",
		"set enable_seqscan = off",
		("create temp table remap_media on commit delete rows as select listing_id, url, sort_order, caption, media_key, category, is_public "
		 "from mls.listing_media with no data"),
	};
	struct buf b;

	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		if (session_exec(m->s, m->arena, settings[i], 0, NULL, NULL, e))
			return err_prefix(e, "preparing the staging tables");
	buf_init(&b, 0);
	buf_cstr(&b, "create temp table remap_listings on commit delete rows as select id, ");
	add_columns(&b, "", true);
	buf_cstr(&b, " from mls.listings with no data");
	return session_exec(m->s, m->arena, taken(m->arena, &b), 0, NULL, NULL, e);
}

static int copy(struct remap *m, const char *sql, const struct buf *text, struct err *e)
{
	if (session_copy_in_start(m->s, sql, e))
		return e->code;
	for (size_t at = 0; at < text->len; at += COPY_PIECE) {
		size_t n = text->len - at < COPY_PIECE ? text->len - at : COPY_PIECE;
		if (session_copy_in_put(m->s, text->p + at, n, e)) {
			session_copy_in_abort(m->s);
			return e->code;
		}
	}
	return session_copy_in_end(m->s, NULL, e);
}

static const char *copy_sql(struct arena *a)
{
	struct buf b;

	buf_init(&b, 0);
	buf_cstr(&b, "copy remap_listings (id, ");
	add_columns(&b, "", true);
	buf_cstr(&b, ") from stdin");
	return taken(a, &b);
}

/* Rows that say something else than before. */
static const char *update_sql(struct arena *a)
{
	struct buf b;

	buf_init(&b, 0);
	buf_cstr(&b, "update mls.listings l set (mapping_hash, ");
	add_columns(&b, "", false);
	buf_cstr(&b, ") = row(s.mapping_hash, ");
	add_columns(&b, "s.", false);
	buf_cstr(&b, ") from remap_listings s where l.workspace_id = $1 and l.id = s.id and (");
	add_columns(&b, "l.", false);
	buf_cstr(&b, ") is distinct from (");
	add_columns(&b, "s.", false);
	buf_cstr(&b, ")");
	return taken(a, &b);
}

/* The rest is only known to be typed by these rules: for whoever follows updated_at nothing happened. */
static const char *const rest_sql[] = {
	"select set_config('mls.keep_updated_at', 'on', true)",
	("update mls.listings l set mapping_hash = s.mapping_hash from remap_listings s "
	 "where l.workspace_id = $1 and l.id = s.id and l.mapping_hash is distinct from s.mapping_hash"),
	"select set_config('mls.keep_updated_at', '', true)",
};

static const char *const media_sql[] = {
	("delete from mls.listing_media m using remap_listings r "
	 "where m.workspace_id = $1 and m.listing_id = r.id and r.media_hash is not null "
	 "and not exists (select from remap_media s where s.listing_id = r.id and s.url = m.url)"),
	("insert into mls.listing_media as m (workspace_id, listing_id, url, sort_order, caption, media_key, category, is_public) "
	 "select $1, s.listing_id, s.url, s.sort_order, s.caption, s.media_key, s.category, s.is_public from remap_media s "
	 "on conflict (workspace_id, listing_id, url) do update set sort_order = excluded.sort_order, caption = excluded.caption, "
	 "media_key = excluded.media_key, category = excluded.category, is_public = excluded.is_public "
	 "where (m.sort_order, m.caption, m.media_key, m.category, m.is_public) "
	 "is distinct from (excluded.sort_order, excluded.caption, excluded.media_key, excluded.category, excluded.is_public)"),
};

static int write_media(struct remap *m, struct arena *a, const struct remap_lines *lines,
	struct err *e)
{
	struct db_param workspace = db_str(m->o->workspace_id);
	struct result *r;

	if (lines->n_media &&
		copy(m, "copy remap_media (listing_id, url, sort_order, caption, media_key, category, is_public) from stdin",
			&lines->media, e))
		return e->code;
	for (int i = 0; i < 2; i++) {
		if (session_exec(m->s, a, media_sql[i], 1, &workspace, &r, e))
			return e->code;
		m->stats.media += result_affected(r);
	}
	return 0;
}

int remap_write(struct remap *m, struct arena *a, const struct remap_lines *lines, struct err *e)
{
	struct db_param workspace = db_str(m->o->workspace_id);
	struct result *r;

	if (copy(m, copy_sql(a), &lines->listings, e) ||
		session_exec(m->s, a, update_sql(a), 1, &workspace, &r, e))
		return err_prefix(e, "writing a batch");
	m->stats.changed += result_affected(r);
	for (int i = 0; i < 3; i++)
		if (session_exec(m->s, a, rest_sql[i], i == 1, &workspace, NULL, e))
			return e->code;
	return write_media(m, a, lines, e);
}
