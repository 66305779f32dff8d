#include "mod/site/notice.h"

#include "base/arena.h"
#include "base/json.h"
#include "db/result.h"
#include "mod/site/call.h"

/* A workspace without a compliance profile shows nothing. */
int site_notice_read(struct site_call *c, struct site_notice *ret)
{
	struct result *r = site_call_ask(c,
		"select mls.display_notice($1), (select ',' || array_to_string(p.hidden_fields, ',') || ','"
		" from mls.compliance_profiles p where p.workspace_id = $1)",
		0, NULL);
	struct site_notice n = {0};
	const struct json *o;

	if (!r)
		return -1;
	n.json = result_text(r, 0, 0);
	o = n.json.p ? json_parse(c->arena, n.json, &c->err) : NULL;
	json_to_bool(json_get(o, "display_on_search"), &n.on_search);
	json_to_bool(json_get(o, "display_on_detail"), &n.on_detail);
	json_to_i64(json_get(o, "max_results"), &n.max_results);
	n.hidden = result_text(r, 0, 1);
	n.copyright = json_scalar(json_get(o, "copyright"));
	*ret = n;
	return 0;
}
