#include "mod/reso/page_place.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "mod/reso/call.h"
#include "mod/reso/odata_link.h"
#include "mod/reso/page.h"

/* {"size": 200, "left": -1, "skip": 0, "after": ["2026-…", null, "key"]}: sealed, so it is as it was written. */
int page_place_read(struct reso_call *c, const struct reso_want *want, struct page_place *ret_place)
{
	const struct odata_query *q = want->query;
	struct page_place p = {.size = want->page_size, .left = q->top, .skip = q->skip};

	if (q->cursor.p) {
		const struct json *v = json_parse(c->arena, q->cursor, &c->err);
		if (!v || !json_to_i64(json_get(v, "size"), &p.size) ||
			!json_to_i64(json_get(v, "left"), &p.left) ||
			!json_to_i64(json_get(v, "skip"), &p.skip) ||
			json_len(json_get(v, "after")) > RESO_KEYS)
			return odata_fault_set(&c->fault, 400, "$skiptoken", 0,
				"this next link is not one of ours");
		for (struct json_iter it = json_each(json_get(v, "after")); json_next(&it);)
			p.after.values[p.after.n++] = json_scalar(it.value);
	}
	*ret_place = p;
	return 0;
}

int64_t page_place_rows(struct page_place *p)
{
	return p->left >= 0 && p->left < p->size ? p->left : p->size;
}

static struct str cursor(struct reso_call *c, const struct page_place *p,
	const struct reso_place *after)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "size"), jsonw_i64(&w, p->size);
	jsonw_key(&w, "left"), jsonw_i64(&w, p->left);
	jsonw_key(&w, "skip"), jsonw_i64(&w, p->skip);
	jsonw_key(&w, "after");
	jsonw_arr(&w);
	for (int i = 0; i < after->n; i++)
		jsonw_str(&w, after->values[i]);
	jsonw_arr_end(&w);
	jsonw_end(&w);
	struct str text = str_copy(c->arena, buf_view(&b));
	buf_done(&b);
	return text;
}

/* Rows ordered by long texts are counted off instead of found by their place. */
struct str page_place_link(struct reso_call *c, const struct reso_want *want,
	const struct page_place *place, const struct reso_place *last, int64_t rows)
{
	struct page_place next = {.size = place->size,
		.left = place->left < 0 ? -1 : place->left - rows};
	struct odata_link link = {.options = want->query->options,
		.cursor = cursor(c, &next, last)};

	if (link.cursor.len > ODATA_CURSOR_MAX) {
		next.skip = place->skip + rows;
		link.cursor = cursor(c, &next, &place->after);
	}
	return STR_JOIN(c->arena, c->root, STR("/"), want->path, STR("?$skiptoken="),
		odata_link_seal(c->arena, str_from(c->site->link_key, sizeof c->site->link_key),
			want->audience, &link));
}
