#include "mod/mls/feed_query.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "http/url.h"

/* What a next link seals beside the options. */
struct place {
	struct feed_cursor cursor;
	int64_t skip, wants, prefers;
};

/* A link leads on for the resource and the way that it was given for. */
static struct str audience(const struct feed_rules *rules, const char *resource)
{
	return str_of(rules->is_replication ? "Property/replication" : resource);
}

static unsigned options_of(const struct feed_rules *rules)
{
	const unsigned all = ODATA_OPT_FILTER | ODATA_OPT_SELECT | ODATA_OPT_TOP |
		ODATA_OPT_FORMAT | ODATA_OPT_SKIPTOKEN;
	const unsigned pages = ODATA_OPT_ORDERBY | ODATA_OPT_SKIP | ODATA_OPT_COUNT;

	if (rules->is_reso)
		return all | pages | ODATA_OPT_EXPAND;
	return all | ODATA_OPT_UNSELECT | (rules->is_replication ? 0 : pages);
}

static int64_t top_max(const struct feed_rules *rules)
{
	if (rules->is_reso)
		return 0;
	return rules->is_replication ? FEED_PAGE_MAX : FEED_TOP_MAX;
}

static int read(struct arena *a, struct str query, const struct feed_rules *rules,
	const char *resource, struct odata_query *ret_query, struct odata_fault *f)
{
	const struct odata_manners manners = {
		.options = options_of(rules),
		.where = rules->is_replication ? "Property/replication" : resource,
		.top_max = top_max(rules),
		.now_us = rules->now_us,
		.link_key = rules->link_key,
		.link_audience = audience(rules, resource),
	};

	return odata_query_parse(a, odata_model_resource(rules->model, str_of(resource)), query,
		&manners, ret_query, f);
}

/* What OData's reader found, apart from fields and orders; and the place that a link names. */
static struct feed_query begun(struct arena *a, struct str query, const struct feed_rules *rules,
	const struct odata_query *o)
{
	struct feed_query q = {
		.rules = *rules,
		.filter = o->filter,
		.top = o->top,
		.skip = o->skip,
		.wants = o->top,
		.count = o->count,
		.filter_text = o->filter_text,
		.order_text = o->order_text,
		.options = o->options,
		.access_token = http_query_get(a, query, "access_token"),
	};
	struct place place;

	if (o->cursor.len == sizeof(place)) {
		memcpy(&place, o->cursor.p, sizeof(place));
		q.cursor = place.cursor;
		q.skip = place.skip;
		q.wants = place.wants;
		q.rules.prefers = place.prefers;
	}
	return q;
}

/* --- listings ------------------------------------------------------------------------------------------- */

/* The model's fields as flags of gen_fields. */
static void take_fields(struct arena *a, const struct odata_query *o, struct feed_query *q)
{
	bool *fields = arena_array(a, GEN_FIELDS_MAX, sizeof(*fields));

	for (size_t i = 0; i < o->resource->fields_n; i++) {
		const struct gen_field *of = o->resource->fields[i]->of;
		if (of)
			fields[of - gen_fields] = !o->selected || o->selected[i];
	}
	for (unsigned i = 0; q->rules.is_reso && i < gen_fields_n; i++)
		if (gen_fields[i].kind == GEN_MEDIA)
			fields[i] = q->expands_media;
	if (o->selected || q->rules.is_reso)
		q->fields = fields;
}

static bool may_order(const struct odata_field *f)
{
	static const char *const names[] = {"ModificationTimestamp", "BridgeModificationTimestamp",
		"ListPrice", "ListingKey"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_eq(f->name, str_of(names[i])))
			return true;
	return false;
}

static int take_orders(const struct odata_query *o, struct feed_query *q, struct odata_fault *f)
{
	for (size_t i = 0; i < o->orders_n; i++) {
		const struct odata_field *field = o->orders[i].field;
		if (!may_order(field))
			return odata_fault_set(f, 400, "$orderby", 0,
				"$orderby: listings cannot be ordered by " STR_FMT " here",
				STR_ARG(field->name));
		if (i == FEED_ORDERS)
			return odata_fault_set(f, 400, "$orderby", 0,
				"$orderby takes %d fields at most", FEED_ORDERS);
		q->orders[q->orders_n++] =
			(struct feed_order){field->of, o->orders[i].is_descending};
	}
	return 0;
}

static int take_expand(const struct odata_query *o, struct feed_query *q, struct odata_fault *f)
{
	const struct odata_expand *x = o->expands;

	q->expands_media = o->expands_n > 0;
	if (o->expands_n && (x->selected || x->top >= 0 || x->skip || x->orders_n))
		return odata_fault_set(f, 501, "$expand", 0,
			"$expand: Media comes whole and in its order here, without options");
	return 0;
}

/* The order of the index, in words. */
static bool is_by_time(const struct feed_query *q)
{
	const struct feed_order *o = q->orders;

	return !q->orders_n ||
		(q->orders_n <= 2 && !strcmp(o->field->name, "ModificationTimestamp") &&
			!o->is_descending &&
			(q->orders_n == 1 ||
				(!strcmp(o[1].field->name, "ListingKey") && !o[1].is_descending)));
}

/* A plain server's page: as many as are preferred, and no more than are still wanted. */
static void settle_reso(struct feed_query *q)
{
	int64_t page = q->rules.prefers ? q->rules.prefers : FEED_TOP_MAX;

	q->top = q->wants >= 0 && q->wants < page ? q->wants : page;
	q->is_walk = is_by_time(q);
}

/* Bridge's: $top is the page, and there is an end of how deep one may go. */
static int settle_bridge(struct feed_query *q, struct odata_fault *f)
{
	q->wants = -1;
	q->is_walk = q->rules.is_replication;
	if (q->top < 0)
		q->top = q->is_walk ? FEED_PAGE_MAX : FEED_TOP;
	if (!q->is_walk && (q->skip > FEED_DEPTH || q->skip + q->top > FEED_DEPTH))
		return odata_fault_set(f, 400, "$skip", 0,
			"$skip and $top reach beyond %d rows: use Property/replication",
			FEED_DEPTH);
	return 0;
}

int feed_query_parse(struct arena *a, struct str query, const struct feed_rules *rules,
	struct feed_query *ret_query, struct odata_fault *f)
{
	struct odata_query o;
	struct feed_query q;

	if (read(a, query, rules, "Property", &o, f))
		return -1;
	q = begun(a, query, rules, &o);
	if (take_orders(&o, &q, f) || take_expand(&o, &q, f))
		return -1;
	take_fields(a, &o, &q);
	if (rules->is_reso)
		settle_reso(&q);
	else if (settle_bridge(&q, f))
		return -1;
	if (q.top > rules->page_max)
		q.top = rules->page_max;
	*ret_query = q;
	return 0;
}

/* --- photos --------------------------------------------------------------------------------------------- */

/* Their order is by listing and then by number, whichever of the two is asked for. */
static bool is_media_order(const struct odata_query *o)
{
	static const char *const names[] = {"ResourceRecordKey", "Order"};
	size_t at = 0;

	for (size_t i = 0; i < o->orders_n; i++) {
		while (at < 2 && !str_eq(o->orders[i].field->name, str_of(names[at])))
			at++;
		if (at++ >= 2 || o->orders[i].is_descending)
			return false;
	}
	return true;
}

int feed_query_media(struct arena *a, struct str query, const struct feed_rules *rules,
	struct feed_query *ret_query, struct odata_fault *f)
{
	struct odata_query o;

	if (read(a, query, rules, "Media", &o, f))
		return -1;
	if (!is_media_order(&o))
		return odata_fault_set(f, 400, "$orderby", 0,
			"$orderby: Media comes by ResourceRecordKey,Order here");
	*ret_query = begun(a, query, rules, &o);
	ret_query->media_fields = o.selected;
	ret_query->top = rules->page_max;
	if (ret_query->wants >= 0 && ret_query->wants < rules->page_max)
		ret_query->top = ret_query->wants;
	return 0;
}

/* --- links ---------------------------------------------------------------------------------------------- */

void feed_query_link(struct arena *a, struct buf *b, const struct feed_query *q,
	const struct feed_cursor *after, int64_t skip)
{
	struct place place;
	struct odata_link link = {q->options, str_from(&place, sizeof(place))};
	const char *resource = after ? "Property" : "Media";
	bool is_first = after && !after->is_set && !skip;

	memset(&place, 0, sizeof(place));
	if (q->is_walk && after && after->is_set) {
		place.cursor.is_set = true;
		place.cursor.at = after->at;
		place.cursor.key = after->key;
		place.cursor.as_of_us = after->as_of_us;
	}
	place.skip = q->is_walk ? 0 : skip;
	place.wants = q->wants < 0 || is_first ? q->wants : q->wants - q->top;
	place.prefers = q->rules.prefers;
	if (q->access_token.p)
		http_url_add_query(b, STR("access_token"), q->access_token);
	http_url_add_query(b, STR("$skiptoken"),
		odata_link_seal(a, q->rules.link_key, audience(&q->rules, resource), &link));
}
