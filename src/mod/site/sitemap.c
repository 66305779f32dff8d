/* sitemap: every listing that may be displayed, for search engines (sitemaps.org 0.9): an index of parts, and the parts.
 *
 * A part begins with a listing's id and holds at most 10,000 (50,000 are allowed), so that it can be made at once and kept. The index begins a
 * new one every 9,000, so what is added between them afterwards still fits. Parts cost by their rows: anybody can name any beginning. */
#include "app/module.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "db/result.h"
#include "http/request.h"
#include "mod/site/call.h"
#include "mod/site/markup.h"
#include "mod/site/row.h"
#include "mod/site/site_local.h"

#define PART_MAX 10000
#define PART_USUAL 9000
#define ROWS 1000
#define CACHE_CONTROL "public, max-age=600"
#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define SCHEMA " xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"

/* --- the index ------------------------------------------------------------------------------------ */

static int write_index(struct site_call *c)
{
	struct result *r = site_call_ask(c, "select mls.site_page_starts($1, $2)", 1,
		(struct db_param[]){db_i64(c->arena, PART_USUAL)});

	if (!r)
		return -1;
	buf_cstr(&c->out, HEAD "<sitemapindex" SCHEMA);
	for (int i = 0; i < result_rows(r); i++) {
		buf_cstr(&c->out, "<sitemap>");
		site_markup_element(&c->out, "loc",
			STR_JOIN(c->arena, c->place.root, STR("/site/v1/sitemap.xml?from="),
				result_text(r, i, 0)));
		buf_cstr(&c->out, "</sitemap>\n");
	}
	buf_cstr(&c->out, "</sitemapindex>\n");
	c->cost = result_rows(r);
	return 0;
}

/* --- a part --------------------------------------------------------------------------------------- */

struct part {
	struct site_call *call;
	struct str from;
	char last[UUID_SIZE]; /* of the rows so far; "": none */
	int n;
};

static void add_page(struct site_call *c, const struct result *r, int i)
{
	char iso[CLOCK_ISO_SIZE];
	int64_t us;

	buf_cstr(&c->out, "<url>");
	site_markup_element(&c->out, "loc", site_row_url(c, r, i));
	if (clock_parse_iso(site_row_text(r, i, "updated_at"), &us))
		site_markup_element(&c->out, "lastmod", str_of(clock_format_iso(iso, us)));
	buf_cstr(&c->out, "</url>\n");
}

/* The next rows; *ret_n of them. Their memory is given back after each piece: the request's arena would grow with the part. */
static int add_rows(struct part *p, int *ret_n)
{
	struct site_call *c = p->call;
	struct arena *own = c->arena, *piece = arena_new();
	int most = PART_MAX - p->n < ROWS ? PART_MAX - p->n : ROWS;
	struct result *r;

	c->arena = piece;
	r = site_call_ask(c, "select * from mls.site_pages($1, $2, nullif($3, '')::uuid, $4)", 3,
		(struct db_param[]){db_str(p->from), db_text(p->last), db_i64(piece, most)});
	for (int i = 0; r && i < result_rows(r); i++)
		add_page(c, r, i);
	if (r && result_rows(r)) {
		struct str id = result_text(r, result_rows(r) - 1, 0);
		for (size_t i = 0; i <= UUID_LEN; i++)
			p->last[i] = id.p[i];
	}
	*ret_n = r ? result_rows(r) : 0;
	p->n += *ret_n;
	c->message = str_copy(own, c->message);
	c->arena = own;
	arena_free(piece);
	return r ? 0 : -1;
}

static int write_part(struct site_call *c)
{
	struct part p = {.call = c, .from = site_call_query(c, "from")};
	struct uuid id;
	int n = ROWS;

	if (!uuid_parse(p.from, &id))
		return site_fault(c, 400, "from has to be an id that the index names");
	buf_cstr(&c->out, HEAD "<urlset" SCHEMA);
	while (n == ROWS && p.n < PART_MAX)
		if (add_rows(&p, &n))
			return -1;
	buf_cstr(&c->out, "</urlset>\n");
	c->cost = p.n / ROWS;
	return 0;
}

void site_sitemap(struct req *r)
{
	static const struct site_page index = {.name = "sitemap",
		.type = "application/xml; charset=utf-8",
		.life = SITE_FIGURES,
		.cache_control = CACHE_CONTROL,
		.write = write_index};
	static const struct site_page part = {.name = "sitemap part",
		.type = "application/xml; charset=utf-8",
		.life = SITE_FIGURES,
		.cache_control = CACHE_CONTROL,
		.is_kept_packed = true,
		.write = write_part};

	site_call_start(r, str_find(r->http->query, STR("from=")) >= 0 ? &part : &index);
}
