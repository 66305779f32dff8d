#include "mod/site/detail.h"

#include "app/module.h"
#include "base/arena.h"
#include "base/jsonw.h"
#include "db/result.h"
#include "mod/site/call.h"
#include "mod/site/notice.h"
#include "mod/site/row.h"
#include "mod/site/site_local.h"
#include "mod/site/slug.h"

#define SIMILAR 6
#define SIMILAR_MAX 24

/* As an array of PostgreSQL. Numbers hold nothing that would have to be escaped there. */
static struct str array_of(struct arena *a, const struct site_slug *s)
{
	struct buf b;

	buf_init(&b, 0);
	buf_char(&b, '{');
	for (size_t i = 0; i < s->numbers_n; i++) {
		buf_cstr(&b, i ? ",\"" : "\"");
		buf_str(&b, s->numbers[i]);
		buf_char(&b, '"');
	}
	buf_char(&b, '}');
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

int site_detail_find(struct site_call *c, struct result **ret)
{
	struct str wanted = c->req->params[0];
	struct site_slug slug;

	if (site_slug_read(c->arena, wanted, &slug)) {
		struct result *r = site_call_ask(c,
			"select d.* from mls.displayed($1, mls.find_listing($1, $2, $3), 'public') d",
			2, (struct db_param[]){db_str(slug.id), db_str(array_of(c->arena, &slug))});
		if (!r)
			return -1;
		if (result_rows(r)) {
			site_call_of(c, site_row_text(r, 0, "id"));
			*ret = r;
			return 0;
		}
	}
	return site_fault(c, 404, "there is no listing '" STR_FMT "' here", STR_ARG(wanted));
}

static void write_links(struct site_call *c, struct jsonw *w, struct str slug)
{
	struct str self = STR_JOIN(c->arena, STR("/site/v1/listings/"), slug);

	jsonw_key(w, "links");
	jsonw_obj(w);
	jsonw_key(w, "self"), jsonw_str(w, self);
	jsonw_key(w, "similar"), jsonw_str(w, STR_JOIN(c->arena, self, STR("/similar")));
	jsonw_key(w, "jsonld"), jsonw_str(w, STR_JOIN(c->arena, self, STR("/jsonld")));
	jsonw_end(w);
}

static int write_listing(struct site_call *c)
{
	struct site_notice notice;
	struct result *r;
	struct jsonw w;

	if (site_detail_find(c, &r) || site_notice_read(c, &notice))
		return -1;
	w = jsonw_to(&c->out);
	jsonw_obj(&w);
	jsonw_key(&w, "listing"), site_row_write(c, &w, r, 0);
	jsonw_key(&w, "display"), jsonw_raw(&w, notice.on_detail ? notice.json : STR_NULL);
	write_links(c, &w, site_row_slug(c->arena, r, 0));
	jsonw_end(&w);
	return 0;
}

void site_listing(struct req *r)
{
	static const struct site_page page = {.name = "listing",
		.type = "application/json",
		.life = SITE_LISTINGS,
		.write = write_listing};

	site_call_start(r, &page);
}

static int write_similar(struct site_call *c)
{
	struct site_notice notice;
	int64_t most = SIMILAR;
	struct result *me, *r;
	struct jsonw w;

	if (site_call_int(c, "per_page", 1, SIMILAR_MAX, &most) || site_detail_find(c, &me) ||
		site_notice_read(c, &notice))
		return -1;
	r = site_call_ask(c,
		"select d.*, jsonb_path_query_array(d.photos, '$[0 to 4]') as few_photos"
		" from mls.displayed($1, mls.similar_listings($1, $2, $3), 'public') d",
		2, (struct db_param[]){db_str(site_row_text(me, 0, "id")), db_i64(c->arena, most)});
	if (!r)
		return -1;
	w = jsonw_to(&c->out);
	jsonw_obj(&w);
	jsonw_key(&w, "listings");
	jsonw_arr(&w);
	for (int i = 0; i < result_rows(r); i++) {
		site_call_of(c, site_row_text(r, i, "id"));
		site_row_write(c, &w, r, i);
	}
	jsonw_end(&w);
	jsonw_key(&w, "display"), jsonw_raw(&w, notice.on_search ? notice.json : STR_NULL);
	jsonw_end(&w);
	return 0;
}

void site_similar(struct req *r)
{
	static const struct site_page page = {.name = "similar",
		.type = "application/json",
		.life = SITE_LISTINGS,
		.write = write_similar};

	site_call_start(r, &page);
}
