/* engine: what a search takes in the index alone, on one thread, without HTTP and without PostgreSQL.
 *
 *     engine LISTINGS SEARCHES [WHAT]
 *
 * Listings and searches as search.sql and search.py make them. Prints the seconds that it took to fill it and the bytes of a listing; then for
 * each kind of search, or those whose names have WHAT in them, its median and 95th percentile in milliseconds, and how many listings it
 * finds. Parted by tabs.
 *
 * A tool of tools/bench; see docs/bench.md. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "mod/search/fields.h"
#include "mod/search/index.h"
#include "mod/search/index_build.h"
#include "mod/search/search.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static const char *const sentences[] = {
	"Light-filled corner residence with uninterrupted views over the bay and the city beyond.",
	"The kitchen was renovated with stone counters, an induction range and a pantry wall.",
	"A covered terrace runs the length of the living room and takes in the evening sun.",
	"Impact windows and doors throughout, a new roof and a whole-house generator.",
	"Steps from the park, the farmers market and the elementary school.",
	"The primary suite has two walk-in closets and a bath with a soaking tub.",
	"Assigned parking for two cars, storage, and a gym with a view.",
	"Heated pool, summer kitchen and mature fruit trees in a walled garden.",
	"Tenant occupied until the end of the season; showings need a day of notice.",
	"Sold with all furniture, art excluded; the seller may finance a part.",
	"Low monthly fees cover water, cable, insurance of the building and the front desk.",
	"Original oak floors, coffered ceilings and a wood-burning fireplace.",
	"Deep-water dock for a boat of forty feet with no fixed bridges to the ocean.",
	"A detached guest cottage has its own entrance, kitchenette and laundry.",
	"Freshly painted, move-in ready, with smart locks and fast internet.",
	"Corner lot on a quiet street, fenced yard, room for a swimming pool.",
	"Penthouse with a private elevator, rooftop deck and sunset views.",
	"Investors take note: strong rental history and no restrictions on leases.",
	"The school district is among the best; the bus stops at the corner.",
	"Hurricane shutters, tankless water heater and solar panels that are paid for.",
	"Open plan with vaulted ceilings, skylights and sliding glass walls.",
	"Walk to restaurants, galleries and the beach; bicycles are included.",
	"Two-car garage with an outlet for electric cars and built-in shelves.",
	"Golf community with a clubhouse, tennis courts and a guarded gate."};
static const char *const first[] = {"Al", "Be", "Co", "Da", "El", "For", "Gra", "Ha", "Is", "Jo",
	"Ka", "Lu", "Mo", "Ne", "Pal", "Ro"};
static const char *const second[] = {"ba", "den", "fi", "gan", "la", "mar", "no", "per", "ri", "sa",
	"ten", "vo", "wi", "za", "quo", "stra"};
static const char *const third[] = {"beach", "bury", "court", "dale", "field", "ford", "gate",
	"grove", "ham", "land", "mont", "port", "ridge", "ton", "view", "wood"};
static const char *const statuses[] = {"Active", "Active", "Active", "Active", "Closed", "Closed",
	"Closed", "Pending", "Active Under Contract", "Withdrawn"};
static const char *const kinds[] = {"Residential", "Residential", "Residential", "Residential",
	"Residential", "Residential Lease", "Land", "Residential Income", "Commercial Sale"};
static const char *const words[][2] = {{"pool", "garden"}, {"renovated", "kitchen"},
	{"terrace", "sun"}, {"dock", "boat"}, {"golf", "tennis"}, {"roof", "generator"},
	{"penthouse", "sunset"}, {"cottage", "laundry"}, {"oak", "fireplace"},
	{"beach", "restaurants"}, {"solar", "shutters"}, {"park", "school"}};

static uint64_t state = 1;

static double chance(void)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double)(state >> 40) / (double)(1 << 24);
}

static unsigned roll(unsigned below)
{
	return (unsigned)(chance() * below);
}

static const char *name(struct arena *a, unsigned n)
{
	return arena_printf(a, "%s%s%s", first[n / 256 % 16], second[n / 16 % 16], third[n % 16]);
}

static void set(struct search_doc *d, const char *field, const char *value)
{
	d->values[search_field_find(str_of(field), SEARCH_AGENTS)] = str_of(value);
}

static void set_number(struct arena *a, struct search_doc *d, const char *field, double x)
{
	set(d, field, arena_printf(a, "%.10g", x));
}

static const char *remarks(struct arena *a, unsigned k)
{
	const char *text = "";

	for (unsigned n = 0; n < N(sentences); n++)
		if ((k * 7 + n * 5 + k / 24 * n) % 24 < 5)
			text = arena_printf(a, "%s%s ", text, sentences[n]);
	return arena_printf(a, "%sMinutes from %s and %s.", text, name(a, k * 17 % 4096),
		name(a, k * 31 % 4096));
}

static void set_texts(struct arena *a, struct search_doc *d, unsigned k)
{
	unsigned house = 100 + roll(9800), zip = 33000 + roll(300);
	const char *street = name(a, k * 5 % 1200), *town = name(a, k * 7 % 100 * 40);
	const char *unit = k % 3 ? NULL : arena_printf(a, "%u", k % 900);

	set(d, "mls_number", arena_printf(a, "A%u", 10000000 + k));
	set(d, "source_listing_key", arena_printf(a, "S%u", k));
	set(d, "source_provider", "bridge");
	set(d, "standard_status", statuses[k % 10]);
	set(d, "property_type", kinds[k % 9]);
	set(d, "address_full",
		arena_printf(a, "%u %s St%s%s, %s, FL %u", house, street, unit ? " #" : "",
			unit ? unit : "", town, zip));
	set(d, "street_number", arena_printf(a, "%u", house));
	set(d, "street_name", arena_printf(a, "%s St", street));
	if (unit)
		set(d, "unit_number", unit);
	set(d, "city", town);
	set(d, "state", "FL");
	set(d, "postal_code", arena_printf(a, "%u", zip));
	set(d, "subdivision", arena_printf(a, "%s Estates", name(a, k * 13 % 1500)));
	if (k % 3 == 0)
		set(d, "building_name", arena_printf(a, "%s Tower", name(a, k * 11 % 800 + 2000)));
	set(d, "community", "Bayside");
	set(d, "county", "Miami-Dade");
	set(d, "public_remarks", remarks(a, k));
	set(d, "list_agent_name", arena_printf(a, "Agent %s", name(a, k % 3989)));
	set(d, "list_agent_mls_id", arena_printf(a, "G%u", k % 9973));
	set(d, "list_office_name", arena_printf(a, "%s Realty", name(a, k % 499)));
	set(d, "list_office_mls_id", arena_printf(a, "O%u", k % 499));
}

static void set_numbers(struct arena *a, struct search_doc *d, unsigned k)
{
	unsigned beds = 1 + roll(6), area = 600 + roll(3400);
	double price = floor(exp(11.6 + chance() + chance() + chance()) / 1000) * 1000;
	double changed = 1793491200.0 - floor(chance() * 400 * 86400);

	set_number(a, d, "list_price", price);
	set_number(a, d, "price_per_sqft", floor(price / area));
	set_number(a, d, "bedrooms", beds);
	set_number(a, d, "bathrooms", beds - 0.5);
	set_number(a, d, "living_area_sqft", area);
	set_number(a, d, "lot_size_sqft", area * 3);
	set_number(a, d, "year_built", 1930 + roll(96));
	set_number(a, d, "photo_count", 5 + k % 40);
	set_number(a, d, "list_date", changed - 40 * 86400);
	set_number(a, d, "modification_ts", changed);
	set_number(a, d, "created_at", changed);
	set_number(a, d, "updated_at", changed);
	set(d, "location", arena_printf(a, "%.6f,%.6f", 25.4 + chance(), -80.7 + chance()));
}

static void fill(struct search_index *ix, unsigned n)
{
	struct arena *a = arena_new();

	search_index_build(ix);
	for (unsigned k = 0; k < n; k++) {
		struct search_doc d = {.is_public = true, .is_address_public = k % 50 != 0};
		memcpy(d.id, &(uint64_t){k * UINT64_C(0x9e3779b97f4a7c15)}, 8);
		memcpy(d.id + 8, &k, sizeof k);
		set_texts(a, &d, k);
		set_numbers(a, &d, k);
		search_index_put(ix, &d);
		arena_reset(a);
	}
	for (int i = 0; i < search_fields_n; i++)
		search_index_build_field(ix, search_index_build_turn(i));
	arena_free(a);
}

#define BY "\"query_by\":\"public_remarks,address_full,city,subdivision,building_name\""
#define FACETS \
	"\"facet_by\":\"city,property_type,standard_status,bedrooms,postal_code,subdivision\""
#define FEW "\"per_page\":20"

static const char *whole(struct arena *a)
{
	unsigned low = (1 + roll(5)) * 100000, w = roll(N(words));

	return arena_printf(a,
		"{\"q\":\"%s %s\"," BY "," FACETS "," FEW
		",\"sort_by\":\"list_price:desc\",\"filter_by\":\""
		"standard_status:=[Active,Pending] && property_type:=Residential && list_price:[%u..%u] && bedrooms:>=%u && bathrooms:>=1 && "
		"location:(%.4f, %.4f, 10 km)\"}",
		words[w][0], words[w][1], low, low + 800000, 1 + roll(3), 25.4 + chance(),
		-80.7 + chance());
}

static const char *no_place(struct arena *a)
{
	unsigned low = (1 + roll(5)) * 100000, w = roll(N(words));

	return arena_printf(a,
		"{\"q\":\"%s %s\"," BY "," FACETS "," FEW
		",\"sort_by\":\"list_price:desc\",\"filter_by\":\""
		"standard_status:=[Active,Pending] && property_type:=Residential && list_price:[%u..%u] && bedrooms:>=%u\"}",
		words[w][0], words[w][1], low, low + 800000, 1 + roll(3));
}

static const char *map(struct arena *a)
{
	double lat = 25.4 + 0.9 * chance(), lng = -80.7 + 0.9 * chance();

	return arena_printf(a,
		"{\"q\":\"*\"," BY
		",\"per_page\":250,\"filter_by\":\"standard_status:=Active && location:(%.4f, %.4f, %.4f, %.4f, %.4f, %.4f, %.4f, %.4f)\"}",
		lat, lng, lat + 0.1, lng, lat + 0.1, lng + 0.1, lat, lng + 0.1);
}

static const char *all(struct arena *a)
{
	(void)a;
	return "{\"q\":\"*\"," BY "," FACETS "," FEW "}";
}

static const char *common(struct arena *a)
{
	(void)a;
	return "{\"q\":\"kitchen\"," BY "," FACETS "," FEW "}";
}

static const char *common_by_match(struct arena *a)
{
	return arena_printf(a, "{\"q\":\"%s %s\"," BY "," FEW "}", words[roll(N(words))][0],
		words[roll(N(words))][1]);
}

static const char *rare(struct arena *a)
{
	return arena_printf(a, "{\"q\":\"%s\"," BY "," FACETS "," FEW "}", name(a, roll(4096)));
}

static const char *city(struct arena *a)
{
	return arena_printf(a,
		"{\"q\":\"*\"," BY "," FACETS "," FEW
		",\"filter_by\":\"city:=%s && standard_status:=Active && list_price:<500000\",\"sort_by\":\"updated_at:desc\"}",
		name(a, roll(100) * 40));
}

static const char *nearest(struct arena *a)
{
	return arena_printf(a,
		"{\"q\":\"*\"," BY "," FEW
		",\"filter_by\":\"standard_status:=Active\",\"sort_by\":\"location(%.4f, %.4f):asc\"}",
		25.4 + chance(), -80.7 + chance());
}

static const struct kind {
	const char *what;
	const char *(*make)(struct arena *a);
	unsigned share; /* one in so many searches: these take long */
} searches[] = {
	{"words, filters, circle, facets, sort", whole, 1},
	{"the same without a circle", no_place, 4},
	{"a map's square, 250 hits", map, 1},
	{"a city, facets", city, 1},
	{"a rare name, facets", rare, 1},
	{"two common words by _text_match", common_by_match, 4},
	{"by distance", nearest, 8},
	{"a common word, facets", common, 20},
	{"everything, facets", all, 20},
};

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Processor time, so that others who work on the machine count less. */
static void measure(const struct search_index *ix, const struct kind *k, unsigned n)
{
	struct arena *a = arena_new();
	int64_t *took = calloc(n, sizeof *took);
	double found = 0;

	state = 1;
	for (unsigned i = 0; took && i < n; i++) {
		struct search_query q;
		struct search_result r;
		struct err e = {.arena = a};
		const char *text = k->make(a);
		const struct json *params = json_parse(a, str_of(text), &e);
		if (!params || search_query_read(a, params, SEARCH_AGENTS, &q, &e)) {
			fprintf(stderr, "engine: %s: %s\n", text, e.msg);
			exit(1);
		}
		struct timespec from, to;
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
		if (search_index_run(ix, &q, a, &r, &e))
			exit(1);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
		took[i] =
			(to.tv_sec - from.tv_sec) * INT64_C(1000000000) + to.tv_nsec - from.tv_nsec;
		found += (double)r.found;
		arena_reset(a);
	}
	qsort(took, n, sizeof *took, by_size);
	printf("%s\t%.3f\t%.3f\t%.0f\n", k->what, (double)took[n / 2] / 1e6,
		(double)took[n * 95 / 100] / 1e6, found / n);
	fflush(stdout);
	free(took);
	arena_free(a);
}

int main(int argc, char **argv)
{
	unsigned n = argc > 2 ? (unsigned)atoi(argv[1]) : 0,
		 times = argc > 2 ? (unsigned)atoi(argv[2]) : 0;
	struct search_index *ix = search_index_new();

	if (!n || !times) {
		fprintf(stderr, "usage: engine LISTINGS SEARCHES [WHAT]\n");
		return 2;
	}
	int64_t from = mono_us();
	fill(ix, n);
	printf("%.1f\t%zu\n", (double)(mono_us() - from) / 1e6, search_index_bytes(ix) / n);
	fflush(stdout);
	for (size_t i = 0; i < N(searches); i++)
		if (argc < 4 || strstr(searches[i].what, argv[3]))
			measure(ix, &searches[i],
				times < searches[i].share ? 1 : times / searches[i].share);
	search_index_free(ix);
	return 0;
}
