#include "mod/reso/odata_query.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/buf.h"
#include "http/url.h"
#include "mod/reso/odata_filter.h"
#include "mod/reso/odata_link.h"
#include "mod/reso/odata_query_local.h"

static const struct option {
	const char *name;
	enum odata_option option; /* 0: known to OData, not served */
} known[] = {
	{"$filter", ODATA_OPT_FILTER},
	{"$select", ODATA_OPT_SELECT},
	{"$unselect", ODATA_OPT_UNSELECT},
	{"$orderby", ODATA_OPT_ORDERBY},
	{"$top", ODATA_OPT_TOP},
	{"$skip", ODATA_OPT_SKIP},
	{"$count", ODATA_OPT_COUNT},
	{"$expand", ODATA_OPT_EXPAND},
	{"$format", ODATA_OPT_FORMAT},
	{"$skiptoken", ODATA_OPT_SKIPTOKEN},
	{"$search", 0},
	{"$apply", 0},
	{"$compute", 0},
	{"$levels", 0},
	{"$index", 0},
	{"$deltatoken", 0},
	{"$schemaversion", 0},
	{"$id", 0},
};

/* By name, with or without the $; NULL: the server's own, or unknown. */
static const struct option *option_of(struct str name)
{
	bool has_sign = str_starts(name, STR("$"));

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (!has_sign && !known[i].option)
			continue; /* "id", "index": the server may use such words */
		if (str_eq_nocase(name, str_of(known[i].name + !has_sign)))
			return &known[i];
	}
	return NULL;
}

/* --- the simple ones ------------------------------------------------------------------------------------- */

int odata_query_number(const char *target, struct str value, int64_t max, int64_t *ret_n,
	struct odata_fault *f)
{
	int64_t n;

	if (!str_to_i64(value, &n) || n < 0)
		return odata_fault_set(f, 400, target, 0,
			"%s takes a whole number, not '" STR_FMT "'", target, STR_ARG(value));
	if (max && n > max)
		return odata_fault_set(f, 400, target, 0, "%s may be %" PRId64 " at most here",
			target, max);
	*ret_n = n;
	return 0;
}

static int take_count(struct str value, struct odata_query *q, struct odata_fault *f)
{
	q->count = str_eq(value, STR("true"));
	if (!q->count && !str_eq(value, STR("false")))
		return odata_fault_set(f, 400, "$count", 0,
			"$count takes true or false, not '" STR_FMT "'", STR_ARG(value));
	return 0;
}

static int take_format(struct str value, struct odata_query *q, struct odata_fault *f)
{
	struct str rest = value, type = str_trim(str_cut(&rest, ';'));

	if (str_eq_nocase(type, STR("json")) || str_eq_nocase(type, STR("application/json")))
		q->format = ODATA_FORMAT_JSON;
	else if (str_eq_nocase(type, STR("xml")) || str_eq_nocase(type, STR("application/xml")))
		q->format = ODATA_FORMAT_XML;
	else
		return odata_fault_set(f, 406, "$format", 0,
			"$format takes json or xml, not '" STR_FMT "'", STR_ARG(value));
	return 0;
}

/* --- options -------------------------------------------------------------------------------------------- */

struct reader {
	struct arena *a;
	const struct odata_manners *manners;
	struct odata_query q;
	struct odata_fault *f;
	struct str token;   /* of $skiptoken */
	struct buf options; /* OData's own, raw, for the next link */
};

static int take_option(struct reader *r, enum odata_option option, struct str value)
{
	struct odata_query *q = &r->q;

	switch (option) {
	case ODATA_OPT_FILTER:
		q->filter_text = value;
		q->filter = odata_filter_parse(r->a, q->resource, value, r->manners->now_us, r->f);
		return r->f->status ? -1 : 0;
	case ODATA_OPT_SELECT: return odata_query_select(r->a, value, q, r->f);
	case ODATA_OPT_UNSELECT: return odata_query_unselect(r->a, value, q, r->f);
	case ODATA_OPT_ORDERBY:
		q->order_text = value;
		return odata_query_orders(r->a, q->resource, value, q->orders, &q->orders_n, r->f);
	case ODATA_OPT_TOP:
		return odata_query_number("$top", value, r->manners->top_max, &q->top, r->f);
	case ODATA_OPT_SKIP: return odata_query_number("$skip", value, 0, &q->skip, r->f);
	case ODATA_OPT_COUNT: return take_count(value, q, r->f);
	case ODATA_OPT_EXPAND: return odata_query_expand(r->a, value, q, r->f);
	case ODATA_OPT_FORMAT: return take_format(value, q, r->f);
	case ODATA_OPT_SKIPTOKEN: r->token = value; return 0;
	case ODATA_OPT_ALL: break;
	}
	return 0;
}

static int take_pair(struct reader *r, const struct http_pair *p)
{
	const struct option *o = option_of(p->name);

	if (!o && !str_starts(p->name, STR("$")))
		return 0;
	if (!o)
		return odata_fault_set(r->f, 400, NULL, 0, "there is no option '" STR_FMT "'",
			STR_ARG(p->name));
	if (!o->option)
		return odata_fault_set(r->f, 501, o->name, 0, "%s is not served here", o->name);
	if (!(r->manners->options & o->option))
		return odata_fault_set(r->f, 400, o->name, 0, "%s cannot be used with %s", o->name,
			r->manners->where);
	if (r->q.given & o->option)
		return odata_fault_set(r->f, 400, o->name, 0, "%s is given twice", o->name);
	r->q.given |= o->option;
	return take_option(r, o->option, p->value);
}

/* Every option, and what the next link must say again: OData's options as they were written. */
static int take_pairs(struct reader *r, struct str query)
{
	struct err e = {.arena = r->a};
	struct http_pair pair;
	struct str rest = query, before = rest;
	int n;

	for (; (n = http_query_next(r->a, &rest, &pair, &e)) > 0; before = rest) {
		const struct option *o = option_of(pair.name);
		if (take_pair(r, &pair))
			return -1;
		if (!o || o->option == ODATA_OPT_SKIPTOKEN)
			continue;
		buf_cstr(&r->options, r->options.len ? "&" : "");
		struct str raw = str_sub(before, 0, before.len - (rest.p ? rest.len : 0));
		while (raw.len && raw.p[0] == '&')
			raw = str_sub(raw, 1, raw.len);
		while (raw.len && raw.p[raw.len - 1] == '&')
			raw.len--;
		buf_str(&r->options, raw);
	}
	return n < 0 ? odata_fault_from(r->f, &e) : 0;
}

static int take_query(struct reader *r, struct str query)
{
	buf_init(&r->options, 0);
	int code = take_pairs(r, query);
	r->q.options = str_copy(r->a, r->options.len ? buf_view(&r->options) : STR(""));
	buf_done(&r->options);
	if (!code && r->q.options.len > ODATA_TEXT_MAX)
		return odata_fault_set(r->f, 413, NULL, 0, "a query longer than %d bytes",
			ODATA_TEXT_MAX);
	return code;
}

/* Goes on where the link says, with the options of the first request. */
static int follow(struct reader *r)
{
	struct odata_link link;
	struct str token = r->token;

	if (r->q.given & ~(unsigned)(ODATA_OPT_SKIPTOKEN | ODATA_OPT_FORMAT))
		return odata_fault_set(r->f, 400, "$skiptoken", 0,
			"$skiptoken: a next link is followed as it is, without other options");
	if (odata_link_open(r->a, r->manners->link_key, r->manners->link_audience, token, &link,
		    r->f))
		return -1;
	r->q = (struct odata_query){.resource = r->q.resource, .top = -1};
	if (take_query(r, link.options))
		return -1;
	r->q.cursor = link.cursor;
	return 0;
}

int odata_query_parse(struct arena *a, const struct odata_resource *resource, struct str query,
	const struct odata_manners *manners, struct odata_query *ret_query, struct odata_fault *f)
{
	struct reader r = {.a = a, .manners = manners, .f = f};

	r.q = (struct odata_query){.resource = resource, .top = -1};
	if (query.len > 2 * ODATA_LINK_MAX)
		return odata_fault_set(f, 413, NULL, 0, "a query longer than %d bytes",
			ODATA_TEXT_MAX);
	if (take_query(&r, query) || (r.token.p && follow(&r)))
		return -1;
	*ret_query = r.q;
	return 0;
}

int64_t odata_query_prefer(struct str header)
{
	for (struct str rest = header; rest.p;) {
		struct str value = str_trim(str_cut(&rest, ',')),
			   name = str_trim(str_cut(&value, '='));
		int64_t n;
		if (!str_eq_nocase(name, STR("maxpagesize")) &&
			!str_eq_nocase(name, STR("odata.maxpagesize")))
			continue;
		value = str_trim(str_cut(&value, ';'));
		if (value.p && str_to_i64(value, &n) && n > 0)
			return n;
	}
	return -1;
}
