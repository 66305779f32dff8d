/* about: whose site it is. */
#include "base/arena.h"
#include "base/jsonw.h"
#include "db/result.h"
#include "mod/site/call.h"
#include "mod/site/notice.h"
#include "mod/site/site_local.h"

static int write_about(struct site_call *c)
{
	struct site_notice notice;
	struct result *r;
	struct jsonw w;

	if (site_notice_read(c, &notice))
		return -1;
	r = site_call_ask(c,
		"select coalesce(jsonb_agg(jsonb_build_object('domain', d.domain, 'is_primary', d.is_primary)"
		" order by d.is_primary desc, d.domain), '[]')"
		" from mls.workspace_domains d where d.workspace_id = $1 and d.verified_at is not null",
		0, NULL);
	if (!r)
		return -1;
	w = jsonw_to(&c->out);
	jsonw_obj(&w);
	jsonw_key(&w, "name"), jsonw_str(&w, c->place.name);
	jsonw_key(&w, "slug"), jsonw_str(&w, c->place.slug);
	jsonw_key(&w, "url"), jsonw_str(&w, c->place.root);
	jsonw_key(&w, "domains"), jsonw_raw(&w, result_text(r, 0, 0));
	jsonw_key(&w, "display"), jsonw_raw(&w, notice.json);
	jsonw_key(&w, "sitemap"),
		jsonw_str(&w, STR_JOIN(c->arena, c->place.root, STR("/sitemap.xml")));
	jsonw_key(&w, "rss"),
		jsonw_str(&w, STR_JOIN(c->arena, c->place.root, STR("/site/v1/rss.xml")));
	jsonw_end(&w);
	return 0;
}

void site_about(struct req *r)
{
	static const struct site_page page = {.name = "site",
		.type = "application/json",
		.life = SITE_LISTINGS,
		.write = write_about};

	site_call_start(r, &page);
}
