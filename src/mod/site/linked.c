/* linked: a listing as linked data for search engines (schema.org RealEstateListing, JSON-LD 1.1). It may stand in a script element as it is. */
#include "base/arena.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "db/result.h"
#include "mod/site/call.h"
#include "mod/site/detail.h"
#include "mod/site/markup.h"
#include "mod/site/notice.h"
#include "mod/site/row.h"
#include "mod/site/site_local.h"

struct page {
	struct site_call *call;
	const struct result *row;
	struct jsonw w;
};

static struct str text_of(const struct page *p, const char *column)
{
	return site_row_text(p->row, 0, column);
}

static void add(struct page *p, const char *key, struct str text)
{
	if (text.p)
		jsonw_key(&p->w, key), jsonw_str(&p->w, text);
}

static void add_number(struct page *p, const char *key, const char *column)
{
	struct str text = text_of(p, column);
	double x;

	if (str_to_f64(text, &x))
		jsonw_key(&p->w, key), jsonw_raw(&p->w, text);
}

static void open(struct page *p, const char *key, const char *type)
{
	jsonw_key(&p->w, key);
	jsonw_obj(&p->w);
	add(p, "@type", str_of(type));
}

static void add_address(struct page *p)
{
	struct str street = text_of(p, "street_name"), number = text_of(p, "street_number"),
		   unit = text_of(p, "unit_number");

	open(p, "address", "PostalAddress");
	if (street.p)
		add(p, "streetAddress",
			STR_JOIN(p->call->arena, number, number.p ? STR(" ") : STR(""), street,
				unit.p ? STR(" ") : STR(""), unit));
	else
		add(p, "streetAddress", text_of(p, "address_full"));
	add(p, "addressLocality", text_of(p, "city"));
	add(p, "addressRegion", text_of(p, "state"));
	add(p, "postalCode", text_of(p, "postal_code"));
	jsonw_end(&p->w);
}

static void add_place(struct page *p)
{
	if (!text_of(p, "latitude").p || !text_of(p, "longitude").p)
		return;
	open(p, "geo", "GeoCoordinates");
	add_number(p, "latitude", "latitude");
	add_number(p, "longitude", "longitude");
	jsonw_end(&p->w);
}

static bool has_word(struct str text, struct str word)
{
	return text.p && str_find(text, word) >= 0;
}

/* What is no dwelling has no rooms. */
static const char *kind_of(const struct page *p)
{
	struct str type = text_of(p, "property_type");

	return has_word(type, STR("Land")) || has_word(type, STR("Commercial")) ||
			has_word(type, STR("Business")) || has_word(type, STR("Farm"))
		? "Place"
		: "Residence";
}

static void add_home(struct page *p)
{
	const char *kind = kind_of(p);

	open(p, "about", kind);
	add_address(p);
	add_place(p);
	if (kind[0] == 'R') {
		add_number(p, "numberOfBedrooms", "bedrooms");
		add_number(p, "numberOfBathroomsTotal", "bathrooms");
		if (text_of(p, "living_area_sqft").p) {
			open(p, "floorSize", "QuantitativeValue");
			add_number(p, "value", "living_area_sqft");
			add(p, "unitCode", STR("FTK"));
			jsonw_end(&p->w);
		}
		add_number(p, "yearBuilt", "year_built");
	}
	jsonw_end(&p->w);
}

static struct str availability(struct str status)
{
	if (str_eq(status, STR("Closed")))
		return STR("https://schema.org/SoldOut");
	if (str_eq(status, STR("Coming Soon")))
		return STR("https://schema.org/PreOrder");
	return str_eq(status, STR("Active")) ? STR("https://schema.org/InStock")
					     : STR("https://schema.org/LimitedAvailability");
}

static void add_offer(struct page *p)
{
	bool is_closed = str_eq(text_of(p, "standard_status"), STR("Closed"));
	const char *price = is_closed && text_of(p, "close_price").p ? "close_price" : "list_price";

	open(p, "offers", "Offer");
	add_number(p, "price", price);
	add(p, "priceCurrency", STR("USD"));
	add(p, "availability", availability(text_of(p, "standard_status")));
	add(p, "businessFunction",
		has_word(text_of(p, "property_type"), STR("Lease"))
			? STR("http://purl.org/goodrelations/v1#LeaseOut")
			: STR("http://purl.org/goodrelations/v1#Sell"));
	if (text_of(p, "list_office_name").p) {
		open(p, "offeredBy", "RealEstateAgent");
		add(p, "name", text_of(p, "list_office_name"));
		add(p, "description", text_of(p, "office_contact"));
		jsonw_end(&p->w);
	}
	jsonw_end(&p->w);
}

static void add_images(struct page *p)
{
	struct str text = text_of(p, "photos");
	const struct json *photos = text.p ? json_parse(p->call->arena, text, &p->call->err) : NULL;

	if (!json_len(photos))
		return;
	jsonw_key(&p->w, "image");
	jsonw_arr(&p->w);
	for (struct json_iter it = json_each(photos); json_next(&it);)
		jsonw_str(&p->w, json_scalar(json_get(it.value, "url")));
	jsonw_end(&p->w);
}

static struct str name_of(const struct page *p)
{
	struct str address = text_of(p, "address_full"), city = text_of(p, "city");

	return address.p ? address
		: city.p ? STR_JOIN(p->call->arena, STR("Listing in "), city)
			 : STR("Listing");
}

static void write_page(struct page *p, const struct site_notice *notice)
{
	struct str url = site_row_url(p->call, p->row, 0);

	jsonw_obj(&p->w);
	add(p, "@context", STR("https://schema.org"));
	add(p, "@type", STR("RealEstateListing"));
	add(p, "@id", url);
	add(p, "url", url);
	add(p, "name", name_of(p));
	add(p, "identifier", text_of(p, "mls_number"));
	add(p, "description", text_of(p, "public_remarks"));
	add(p, "datePosted", text_of(p, "list_date"));
	add_images(p);
	add_home(p);
	add_offer(p);
	add(p, "creditText", text_of(p, "source_name"));
	add(p, "copyrightNotice",
		text_of(p, "copyright").p ? text_of(p, "copyright") : notice->copyright);
	jsonw_end(&p->w);
}

static int write_linked(struct site_call *c)
{
	struct site_notice notice;
	struct result *r;
	struct buf b;

	if (site_detail_find(c, &r) || site_notice_read(c, &notice))
		return -1;
	buf_init(&b, 0);
	struct page p = {c, r, jsonw_to(&b)};
	write_page(&p, &notice);
	site_markup_json(&c->out, buf_view(&b));
	buf_done(&b);
	return 0;
}

void site_linked(struct req *r)
{
	static const struct site_page page = {.name = "jsonld",
		.type = "application/ld+json",
		.life = SITE_LISTINGS,
		.write = write_linked};

	site_call_start(r, &page);
}
