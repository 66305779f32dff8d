/* market: medians and counts of a workspace's market, by area and month (mls.market()). */
#include "base/arena.h"
#include "base/jsonw.h"
#include "db/result.h"
#include "mod/site/call.h"
#include "mod/site/site_local.h"

#define MONTHS 12
#define MONTHS_MAX 60

static const char *const figures[] = {"active", "pending", "closed", "median_list_price",
	"median_days_on_market", "median_close_price"};

static void write_figures(struct jsonw *w, const struct result *r, int row)
{
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
		jsonw_key(w, figures[i]),
			jsonw_raw(w, result_text(r, row, result_col(r, figures[i])));
}

/* The rows of a kind, each with its name as `member`. */
static void write_kind(struct jsonw *w, const struct result *r, struct str kind, const char *list,
	const char *member)
{
	jsonw_key(w, list);
	jsonw_arr(w);
	for (int i = 0; i < result_rows(r); i++) {
		if (!str_eq(result_text(r, i, 0), kind))
			continue;
		jsonw_obj(w);
		jsonw_key(w, member), jsonw_str(w, result_text(r, i, 1));
		write_figures(w, r, i);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void write_all(struct jsonw *w, const struct result *r)
{
	jsonw_key(w, "all");
	for (int i = 0; i < result_rows(r); i++)
		if (str_eq(result_text(r, i, 0), STR("all"))) {
			jsonw_obj(w);
			write_figures(w, r, i);
			jsonw_end(w);
			return;
		}
	jsonw_null(w);
}

static int read_area(struct site_call *c, struct str *ret)
{
	struct str by = site_call_query(c, "by");

	*ret = by.p ? by : STR("city");
	if (str_eq(*ret, STR("city")) || str_eq(*ret, STR("postal_code")) ||
		str_eq(*ret, STR("subdivision")))
		return 0;
	return site_fault(c, 400, "by has to be city, postal_code or subdivision");
}

static int write_market(struct site_call *c)
{
	int64_t months = MONTHS;
	struct result *r;
	struct str area;
	struct jsonw w;

	if (read_area(c, &area) || site_call_int(c, "months", 1, MONTHS_MAX, &months))
		return -1;
	r = site_call_ask(c, "select * from mls.market($1, $2, $3, $4, $5, $6, $7)", 6,
		(struct db_param[]){db_str(area), db_i64(c->arena, months),
			db_str(site_call_query(c, "city")),
			db_str(site_call_query(c, "postal_code")),
			db_str(site_call_query(c, "subdivision")),
			db_str(site_call_query(c, "property_type"))});
	if (!r)
		return -1;
	w = jsonw_to(&c->out);
	jsonw_obj(&w);
	jsonw_key(&w, "by"), jsonw_str(&w, area);
	jsonw_key(&w, "months_back"), jsonw_i64(&w, months);
	write_all(&w, r);
	write_kind(&w, r, STR("area"), "areas", "name");
	write_kind(&w, r, STR("month"), "months", "month");
	jsonw_end(&w);
	return 0;
}

void site_market(struct req *r)
{
	static const struct site_page page = {.name = "market",
		.type = "application/json",
		.life = SITE_FIGURES,
		.write = write_market};

	site_call_start(r, &page);
}
