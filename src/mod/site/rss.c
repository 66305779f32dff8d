/* rss: the newest listings as a feed (RSS 2.0). */
#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "db/result.h"
#include "mod/site/call.h"
#include "mod/site/markup.h"
#include "mod/site/notice.h"
#include "mod/site/row.h"
#include "mod/site/site_local.h"

#define NEWEST 50

static void add_date(struct buf *b, const char *element, struct str text)
{
	char http[CLOCK_HTTP_SIZE];
	int64_t us;

	if (clock_parse_iso(text, &us))
		site_markup_element(b, element, str_of(clock_format_http(http, us)));
}

/* What it is in a line: "$450,000, 3 beds, 2 baths, 123 Main St, Miami, FL". */
static struct str title(struct site_call *c, const struct result *r, int i)
{
	struct str price = site_row_text(r, i, "list_price"),
		   beds = site_row_text(r, i, "bedrooms"), baths = site_row_text(r, i, "bathrooms"),
		   address = site_row_text(r, i, "address_full");
	struct buf b;

	buf_init(&b, 0);
	if (price.p)
		buf_printf(&b, "$" STR_FMT ", ", STR_ARG(price));
	if (beds.p)
		buf_printf(&b, STR_FMT " beds, ", STR_ARG(beds));
	if (baths.p)
		buf_printf(&b, STR_FMT " baths, ", STR_ARG(baths));
	if (address.p)
		buf_str(&b, address);
	else
		buf_printf(&b, STR_FMT " " STR_FMT, STR_ARG(site_row_text(r, i, "city")),
			STR_ARG(site_row_text(r, i, "state")));
	struct str text = str_copy(c->arena, str_trim(buf_view(&b)));
	buf_done(&b);
	return text;
}

/* The remarks, then whose listing it is: that may never be missing. Readers take it for HTML, which a feed's text is not. */
static struct str description(struct site_call *c, const struct result *r, int i)
{
	struct str remarks = site_row_text(r, i, "public_remarks"),
		   office = site_row_text(r, i, "list_office_name"),
		   contact = site_row_text(r, i, "office_contact");

	struct buf b;

	buf_init(&b, 0);
	site_markup_text(&b,
		STR_JOIN(c->arena, remarks, remarks.len ? STR("\n\n") : STR(""),
			office.p ? STR("Listed by ") : STR(""), office,
			contact.p ? STR(", ") : STR(""), contact));
	struct str html = str_copy(c->arena, buf_view(&b));
	buf_done(&b);
	return html;
}

static struct str first_photo(struct site_call *c, const struct result *r, int i)
{
	struct str text = site_row_text(r, i, "photos");
	const struct json *photos = text.p ? json_parse(c->arena, text, &c->err) : NULL;

	return json_scalar(json_get(json_at(photos, 0), "url"));
}

static void write_item(struct site_call *c, const struct result *r, int i)
{
	struct buf *b = &c->out;
	struct str url = site_row_url(c, r, i), photo = first_photo(c, r, i);

	site_call_of(c, site_row_text(r, i, "id"));
	buf_cstr(b, "<item>");
	site_markup_element(b, "title", title(c, r, i));
	site_markup_element(b, "link", url);
	buf_cstr(b, "<guid isPermaLink=\"false\">");
	site_markup_text(b, site_row_text(r, i, "id"));
	buf_cstr(b, "</guid>");
	add_date(b, "pubDate", site_row_text(r, i, "list_date"));
	site_markup_element(b, "description", description(c, r, i));
	if (photo.p) {
		buf_cstr(b, "<media:content medium=\"image\" url=\"");
		site_markup_text(b, photo);
		buf_cstr(b, "\"/>");
	}
	buf_cstr(b, "</item>\n");
}

static int write_rss(struct site_call *c)
{
	struct site_notice notice;
	struct result *r;
	struct buf *b = &c->out;

	if (site_notice_read(c, &notice))
		return -1;
	r = site_call_ask(c,
		"select d.* from mls.displayed($1, mls.newest_listings($1, $2), 'public') d", 1,
		(struct db_param[]){db_i64(c->arena, NEWEST)});
	if (!r)
		return -1;
	buf_cstr(b,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\""
		" xmlns:media=\"http://search.yahoo.com/mrss/\">\n<channel>");
	site_markup_element(b, "title", c->place.name);
	site_markup_element(b, "link", c->place.root);
	site_markup_element(b, "description",
		STR_JOIN(c->arena, STR("New listings of "), c->place.name));
	site_markup_element(b, "copyright", notice.copyright);
	buf_cstr(b, "<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"");
	site_markup_text(b, STR_JOIN(c->arena, c->place.root, STR("/site/v1/rss.xml")));
	buf_cstr(b, "\"/>\n");
	for (int i = 0; i < result_rows(r); i++)
		write_item(c, r, i);
	buf_cstr(b, "</channel>\n</rss>\n");
	return 0;
}

void site_rss(struct req *r)
{
	static const struct site_page page = {.name = "rss",
		.type = "application/rss+xml; charset=utf-8",
		.life = SITE_LISTINGS,
		.write = write_rss};

	site_call_start(r, &page);
}
