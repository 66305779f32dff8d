#include "mod/mls/feed_query.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "http/url.h"
#include "mod/mls/feed_filter.h"

int feed_query_number(struct str name, struct str value, int64_t max, int64_t *ret_n, struct err *e)
{
	int64_t n;

	if (!str_to_i64(value, &n) || n < 0)
		return err_set(e, E_INPUT, STR_FMT " takes a whole number, not '" STR_FMT "'",
			STR_ARG(name), STR_ARG(value));
	if (n > max)
		return err_set(e, E_INPUT, STR_FMT " may be %" PRId64 " at most here",
			STR_ARG(name), max);
	*ret_n = n;
	return 0;
}

/* What a plain server does not have: the one timestamp is ModificationTimestamp, and Media a resource of its own. */
static bool is_bridges_own(const struct gen_field *f)
{
	return f->kind == GEN_MEDIA || !strcmp(f->name, "BridgeModificationTimestamp");
}

static const struct gen_field *find_bridge(struct str name)
{
	int i = gen_field_find(name);

	return i < 0 ? NULL : &gen_fields[i];
}

static const struct gen_field *find_reso(struct str name)
{
	const struct gen_field *f = find_bridge(name);

	return f && !is_bridges_own(f) ? f : NULL;
}

static feed_field_fn *finder(const struct feed_query *q)
{
	return q->rules.is_reso ? find_reso : find_bridge;
}

static int field_named(const struct feed_query *q, struct str option, struct str name,
	struct err *e)
{
	const struct gen_field *f = finder(q)(name);
	int i = f ? (int)(f - gen_fields) : -1;

	if (i < 0)
		err_set(e, E_INPUT, STR_FMT ": there is no field '" STR_FMT "'", STR_ARG(option),
			STR_ARG(name));
	return i;
}

/* $select and $unselect: a flag for each field. */
static int take_fields(struct arena *a, struct str option, struct str list, bool wanted,
	struct feed_query *q, struct err *e)
{
	bool *fields = arena_array(a, GEN_FIELDS_MAX, sizeof(*fields));

	if (q->fields)
		return err_set(e, E_INPUT, "$select and $unselect do not go together");
	for (unsigned i = 0; i < gen_fields_n; i++)
		fields[i] = !wanted;
	for (struct str rest = list; rest.p;) {
		int i = field_named(q, option, str_trim(str_cut(&rest, ',')), e);
		if (i < 0)
			return e->code;
		fields[i] = wanted;
	}
	q->fields = fields;
	return 0;
}

static bool may_order(const struct gen_field *f)
{
	static const char *const names[] = {"ModificationTimestamp", "BridgeModificationTimestamp",
		"ListPrice", "ListingKey"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_eq(str_of(f->name), str_of(names[i])))
			return true;
	return false;
}

static int take_order(struct str item, struct feed_query *q, struct err *e)
{
	struct str way = item, name = str_cut(&way, ' ');
	int i = field_named(q, STR("$orderby"), name, e);

	if (i < 0)
		return e->code;
	if (!may_order(&gen_fields[i]))
		return err_set(e, E_INPUT, "$orderby: listings cannot be ordered by %s here",
			gen_fields[i].name);
	if (q->orders_n == FEED_ORDERS)
		return err_set(e, E_INPUT, "$orderby takes %d fields at most", FEED_ORDERS);
	way = str_trim(way);
	bool down = str_eq(way, STR("desc"));
	if (way.len && !down && !str_eq(way, STR("asc")))
		return err_set(e, E_INPUT, "$orderby: '" STR_FMT "' is neither asc nor desc",
			STR_ARG(way));
	q->orders[q->orders_n++] = (struct feed_order){&gen_fields[i], down};
	return 0;
}

static int take_orders(struct str list, struct feed_query *q, struct err *e)
{
	for (struct str rest = list; rest.p;)
		if (take_order(str_trim(str_cut(&rest, ',')), q, e))
			return e->code;
	return 0;
}

static bool take_hex(struct str text, uint64_t *ret_n)
{
	uint64_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		const char *digits = "0123456789abcdef", *at = memchr(digits, text.p[i], 16);
		if (!at)
			return false;
		n = n << 4 | (uint64_t)(at - digits);
	}
	*ret_n = n;
	return true;
}

/* 16 digits of time, 16 of the key and 16 of when the link was given. */
static int take_cursor(struct str text, struct feed_query *q, struct err *e)
{
	uint64_t at, as_of;

	if (text.len != 48 || !take_hex(str_sub(text, 0, 16), &at) ||
		!take_hex(str_sub(text, 16, 32), &q->cursor.key) ||
		!take_hex(str_sub(text, 32, 48), &as_of))
		return err_set(e, E_INPUT, "next: this link does not come from this feed");
	q->cursor.at = (int64_t)at;
	q->cursor.as_of_us = (int64_t)as_of;
	q->cursor.is_set = true;
	return 0;
}

/* What replication refuses. */
static bool is_refused(struct str name)
{
	return str_eq(name, STR("$skip")) || str_eq(name, STR("$orderby")) ||
		str_eq(name, STR("$count")) || str_eq(name, STR("$apply"));
}

int feed_query_truth(struct str name, struct str value, bool *ret_b, struct err *e)
{
	*ret_b = str_eq(value, STR("true"));
	if (!*ret_b && !str_eq(value, STR("false")))
		return err_set(e, E_INPUT, STR_FMT " takes true or false, not '" STR_FMT "'",
			STR_ARG(name), STR_ARG(value));
	return 0;
}

static int take_filter(struct arena *a, struct str value, struct feed_query *q, struct err *e)
{
	q->filter_text = value;
	q->filter = feed_filter_parse(a, value, finder(q), e);
	return e->code;
}

static int take_top(struct str name, struct str value, struct feed_query *q, struct err *e)
{
	int64_t most = q->rules.is_reso   ? INT64_MAX
		: q->rules.is_replication ? FEED_PAGE_MAX
					  : FEED_TOP_MAX;

	q->has_top = true;
	return feed_query_number(name, value, most, &q->top, e);
}

static int take_expand(struct str value, struct feed_query *q, struct err *e)
{
	q->expands_media = str_eq(value, STR("Media"));
	if (!q->expands_media)
		return err_set(e, E_INPUT, "$expand: this feed expands Media, not '" STR_FMT "'",
			STR_ARG(value));
	return 0;
}

static int take_option(struct arena *a, const struct http_pair *p, struct feed_query *q,
	struct err *e)
{
	struct str name = p->name, value = p->value;

	if (q->rules.is_replication && is_refused(name))
		return err_set(e, E_INPUT, STR_FMT " cannot be used with replication",
			STR_ARG(name));
	if (str_eq(name, STR("$top")))
		return take_top(name, value, q, e);
	if (str_eq(name, STR("$skip")))
		return feed_query_number(name, value, INT64_MAX, &q->skip, e);
	if (str_eq(name, STR("$count")))
		return feed_query_truth(name, value, &q->count, e);
	if (q->rules.is_reso && str_eq(name, STR("$expand")))
		return take_expand(value, q, e);
	if (str_eq(name, STR("$filter")))
		return take_filter(a, value, q, e);
	if (str_eq(name, STR("$select")))
		return take_fields(a, name, q->select_text = value, true, q, e);
	if (!q->rules.is_reso && str_eq(name, STR("$unselect")))
		return take_fields(a, name, q->unselect_text = value, false, q, e);
	if (str_eq(name, STR("$orderby")))
		return take_orders(q->order_text = value, q, e);
	return err_set(e, E_INPUT, STR_FMT " is not served by this feed", STR_ARG(name));
}

static int take_pair(struct arena *a, const struct http_pair *p, struct feed_query *q,
	struct err *e)
{
	if (str_starts(p->name, STR("$")))
		return take_option(a, p, q, e);
	if (str_eq(p->name, STR("access_token")))
		q->access_token = p->value;
	if ((q->rules.is_replication || q->rules.is_reso) && str_eq(p->name, STR("next")))
		return take_cursor(p->value, q, e);
	if (q->rules.is_reso && str_eq(p->name, STR("pagesize")))
		return feed_query_number(p->name, p->value, FEED_PAGE_MAX, &q->rules.prefers, e);
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

/* What a plain server makes of $top, of the page that is preferred, and of fields that nobody named. */
static void settle_reso(struct arena *a, struct feed_query *q)
{
	int64_t page = q->rules.prefers ? q->rules.prefers : FEED_TOP_MAX;
	bool *fields = arena_array(a, GEN_FIELDS_MAX, sizeof(*fields));

	q->wants = q->has_top ? q->top : -1;
	q->top = q->has_top && q->top < page ? q->top : page;
	q->is_walk = is_by_time(q);
	for (unsigned i = 0; i < gen_fields_n; i++)
		fields[i] = gen_fields[i].kind == GEN_MEDIA
			? q->expands_media
			: !is_bridges_own(&gen_fields[i]) && (!q->fields || q->fields[i]);
	q->fields = fields;
}

int feed_query_parse(struct arena *a, struct str query, const struct feed_rules *rules,
	struct feed_query *ret_query, struct err *e)
{
	struct feed_query q = {
		.rules = *rules,
		.is_walk = rules->is_replication,
		.top = rules->is_replication ? FEED_PAGE_MAX : FEED_TOP,
		.wants = -1,
	};
	struct http_pair pair;
	int n;

	for (struct str rest = query; (n = http_query_next(a, &rest, &pair, e)) > 0;)
		if (take_pair(a, &pair, &q, e))
			return e->code;
	if (n < 0)
		return e->code;
	if (rules->is_reso)
		settle_reso(a, &q);
	else if (!rules->is_replication && (q.skip > FEED_DEPTH || q.skip + q.top > FEED_DEPTH))
		return err_set(e, E_INPUT,
			"$skip and $top reach beyond %d rows: use Property/replication",
			FEED_DEPTH);
	if (q.top > rules->page_max)
		q.top = rules->page_max;
	*ret_query = q;
	return 0;
}

static void add(struct buf *b, const char *name, struct str value)
{
	if (value.p)
		http_url_add_query(b, str_of(name), value);
}

static void add_number(struct buf *b, const char *name, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, n);
	add(b, name, str_of(text));
}

void feed_query_link(struct buf *b, const struct feed_query *q, const struct feed_cursor *after,
	int64_t skip)
{
	char cursor[52];

	if (!q->is_walk) {
		add_number(b, "$skip", skip);
	} else if (after->is_set) {
		snprintf(cursor, sizeof(cursor), "%016" PRIx64 "%016" PRIx64 "%016" PRIx64,
			(uint64_t)after->at, after->key, (uint64_t)after->as_of_us);
		add(b, "next", str_of(cursor));
	}
	if (q->has_top)
		add_number(b, "$top", q->wants < 0 ? q->top : q->wants - q->top);
	if (q->rules.is_reso && q->rules.prefers)
		add_number(b, "pagesize", q->rules.prefers);
	add(b, "$filter", q->filter_text);
	add(b, "$select", q->select_text);
	add(b, "$unselect", q->unselect_text);
	add(b, "$orderby", q->order_text);
	if (q->count)
		add(b, "$count", STR("true"));
	if (q->expands_media)
		add(b, "$expand", STR("Media"));
	add(b, "access_token", q->access_token);
}
