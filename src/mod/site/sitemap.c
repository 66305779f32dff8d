/* sitemap: every listing that may be displayed, for search engines (sitemaps.org 0.9): an index of parts, and the parts, each in flat memory.
 *
 * A part begins with a listing's id and holds at most 50,000. The index begins a new one every 45,000, so what is added between them
 * afterwards still fits. */
#include "app/module.h"
#include "app/req_fiber.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/pack.h"
#include "base/uuid.h"
#include "db/result.h"
#include "http/reply.h"
#include "http/request.h"
#include "mod/site/answer.h"
#include "mod/site/call.h"
#include "mod/site/markup.h"
#include "mod/site/row.h"
#include "mod/site/site_local.h"

#define PART_MAX 50000
#define PART_USUAL 45000
#define ROWS 1000
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
	return 0;
}

/* --- a part --------------------------------------------------------------------------------------- */

struct part {
	struct site_call *call;
	struct str from;
	char last[UUID_SIZE]; /* of the rows so far; "": none */
	int n;
	struct pack *pack; /* NULL: not compressed */
	struct buf packed;
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

/* What was added to call->out, sent. */
static int send(struct part *p, bool last)
{
	struct site_call *c = p->call;
	struct buf *from = &c->out;
	int code = 0;

	if (p->pack) {
		buf_clear(&p->packed);
		pack_add(p->pack, buf_view(&c->out), false, last, &p->packed);
		from = &p->packed;
	}
	if (from->len)
		code = req_fiber_write(c->req, buf_view(from));
	buf_clear(&c->out);
	return code;
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

static void begin(struct part *p)
{
	struct site_call *c = p->call;

	site_call_open(c);
	http_reply_header(c->http, "Content-Type", STR("application/xml; charset=utf-8"));
	http_reply_header(c->http, "Cache-Control",
		STR("public, max-age=3600, stale-while-revalidate=86400"));
	http_reply_header(c->http, "Vary", STR("Host, Accept-Encoding"));
	http_reply_header(c->http, "X-Cache", STR("miss"));
	http_reply_header(c->http, "Surrogate-Key",
		STR_JOIN(c->arena, STR("workspace-"), c->place.workspace_id));
	if (site_answer_may_pack(c)) {
		p->pack = pack_new(c->arena, PACK_GZIP);
		http_reply_header(c->http, "Content-Encoding", STR("gzip"));
	}
	http_reply_begin(c->http, 200);
}

static int stream(struct part *p)
{
	struct site_call *c = p->call;
	int n = ROWS;

	while (n && p->n < PART_MAX) {
		if (send(p, false))
			return E_CANCEL;
		if (add_rows(p, &n))
			return err_set(&c->err, E_BUSY, STR_FMT, STR_ARG(c->message));
	}
	buf_cstr(&c->out, "</urlset>\n");
	return send(p, true);
}

static void run_part(struct site_call *c)
{
	struct part p = {.call = c, .from = site_call_query(c, "from")};
	struct uuid id;
	int n, code;

	if (!uuid_parse(p.from, &id))
		site_fault(c, 400, "from has to be an id that the index names");
	buf_init(&p.packed, 0);
	buf_cstr(&c->out, HEAD "<urlset" SCHEMA);
	if (c->status || site_call_place(c) || site_call_limit(c) || add_rows(&p, &n)) {
		site_call_refuse(c);
		buf_done(&p.packed);
		return;
	}
	begin(&p);
	code = stream(&p);
	buf_done(&p.packed);
	if (code == E_CANCEL)
		http_drop(c->http);
	else if (code)
		http_reply_err(c->http, &c->err);
	else
		http_reply_end(c->http);
}

void site_sitemap(struct req *r)
{
	static const struct site_page page = {.name = "sitemap",
		.type = "application/xml; charset=utf-8",
		.life = SITE_FIGURES,
		.write = write_index};

	if (str_find(r->http->query, STR("from=")) >= 0)
		site_call_bare(r, run_part);
	else
		site_call_start(r, &page);
}
