/* Accept: media types with their parameters, best first. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "mod/rest/parse.h"

#define ACCEPT_MAX 32

static const struct {
	struct str type;
	enum rest_media media;
} types[] = {
	{{STR_INIT("*/*")}, REST_MEDIA_ANY},
	{{STR_INIT("application/json")}, REST_MEDIA_JSON},
	{{STR_INIT("application/vnd.pgrst.object")}, REST_MEDIA_SINGULAR},
	{{STR_INIT("application/vnd.pgrst.object+json")}, REST_MEDIA_SINGULAR},
	{{STR_INIT("application/vnd.pgrst.array")}, REST_MEDIA_ARRAY},
	{{STR_INIT("application/vnd.pgrst.array+json")}, REST_MEDIA_ARRAY},
	{{STR_INIT("text/csv")}, REST_MEDIA_CSV},
	{{STR_INIT("application/geo+json")}, REST_MEDIA_GEOJSON},
	{{STR_INIT("application/vnd.pgrst.plan")}, REST_MEDIA_PLAN},
	{{STR_INIT("application/vnd.pgrst.plan+json")}, REST_MEDIA_PLAN},
	{{STR_INIT("application/vnd.pgrst.plan+text")}, REST_MEDIA_PLAN},
	{{STR_INIT("application/openapi+json")}, REST_MEDIA_OPENAPI},
	{{STR_INIT("application/vnd.oai.openapi+json")}, REST_MEDIA_OPENAPI31},
};

static const struct {
	struct str name;
	enum rest_plan_option option;
} plan_options[] = {
	{{STR_INIT("analyze")}, REST_PLAN_ANALYZE},
	{{STR_INIT("verbose")}, REST_PLAN_VERBOSE},
	{{STR_INIT("settings")}, REST_PLAN_SETTINGS},
	{{STR_INIT("buffers")}, REST_PLAN_BUFFERS},
	{{STR_INIT("wal")}, REST_PLAN_WAL},
};

struct choice {
	struct rest_accept accept;
	int q;           /* thousandths */
	int specificity; /* parameters but q, less the stars */
	int place;
};

/* --- cutting ----------------------------------------------------------------------------------- */

/* As str_cut(), but not within double quotes. */
static struct str cut_unquoted(struct str *rest, char sep)
{
	struct str whole = *rest;
	bool is_quoted = false;

	for (size_t i = 0; i < whole.len; i++) {
		char c = whole.p[i];
		if (c == '"')
			is_quoted = !is_quoted;
		else if (c == '\\' && is_quoted)
			i++;
		else if (c == sep && !is_quoted) {
			*rest = str_sub(whole, i + 1, whole.len);
			return str_sub(whole, 0, i);
		}
	}
	*rest = STR_NULL;
	return whole;
}

/* The value of a parameter: a token, or a quoted string without its quotes and escapes. */
static struct str unquoted(struct arena *a, struct str value)
{
	if (!str_starts(value, STR("\"")))
		return value;
	value = str_sub(value, 1, value.len - (value.len > 1 && str_ends(value, STR("\""))));
	if (str_find_char(value, '\\') < 0)
		return value;
	char *out = arena_alloc(a, value.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < value.len; i++) {
		if (value.p[i] == '\\' && i + 1 < value.len)
			i++;
		out[n++] = value.p[i];
	}
	return str_from(out, n);
}

/* "0.8" as 800; what is no weight is 1. */
static int weight_of(struct str value)
{
	double q;

	if (!str_to_f64(value, &q) || q > 1)
		return 1000;
	return q > 0 ? (int)(q * 1000 + 0.5) : 0;
}

static unsigned plan_options_of(struct str list)
{
	unsigned options = 0;

	for (struct str rest = list; rest.p;) {
		struct str name = str_trim(str_cut(&rest, '|'));
		for (size_t i = 0; i < sizeof(plan_options) / sizeof(plan_options[0]); i++)
			if (str_eq_nocase(plan_options[i].name, name))
				options |= plan_options[i].option;
	}
	return options;
}

/* --- one media type ---------------------------------------------------------------------------- */

static enum rest_media media_of(struct str type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (str_eq(types[i].type, type))
			return types[i].media;
	return REST_MEDIA_OTHER;
}

/* application/openapi+json is 2.0 and application/vnd.oai.openapi+json is 3.1, unless a version says otherwise. */
static void set_version(struct rest_accept *accept, struct str version)
{
	if (accept->media != REST_MEDIA_OPENAPI && accept->media != REST_MEDIA_OPENAPI31)
		return;
	if (str_starts(version, STR("2")))
		accept->media = REST_MEDIA_OPENAPI;
	else if (str_eq(version, STR("3.1")) || str_starts(version, STR("3.1.")))
		accept->media = REST_MEDIA_OPENAPI31;
	else
		accept->media = REST_MEDIA_OTHER;
}

static void read_parameter(struct arena *a, struct str text, struct choice *c)
{
	struct str value = text, name = str_trim(str_cut(&value, '='));
	struct rest_accept *accept = &c->accept;

	if (!name.len)
		return;
	value = value.p ? unquoted(a, str_trim(value)) : STR("");
	if (str_eq_nocase(name, STR("q"))) {
		c->q = weight_of(value);
		return;
	}
	c->specificity++;
	if (str_eq_nocase(name, STR("nulls")))
		accept->strip_nulls = str_eq_nocase(value, STR("stripped"));
	else if (str_eq_nocase(name, STR("version")))
		set_version(accept, value);
	else if (str_eq_nocase(name, STR("options")))
		accept->plan_options = plan_options_of(value);
	else if (str_eq_nocase(name, STR("for")))
		accept->plan_for = str_lower(a, value);
}

/* A subtype left open: the answer is of the kind that there always is. */
static struct str without_star(struct str type)
{
	if (str_eq(type, STR("application/*")))
		return STR("application/json");
	if (str_eq(type, STR("text/*")))
		return STR("text/csv");
	return type;
}

static void read_choice(struct arena *a, struct str text, int place, struct choice *c)
{
	struct str rest = text, type = str_lower(a, str_trim(cut_unquoted(&rest, ';')));
	struct rest_accept *accept = &c->accept;

	*c = (struct choice){.q = 1000, .place = place};
	for (size_t i = 0; i < type.len; i++)
		c->specificity -= type.p[i] == '*';
	accept->type = without_star(type);
	accept->media = media_of(accept->type);
	accept->plan_text = !str_ends(accept->type, STR("+json"));
	accept->plan_for = STR("application/json");
	while (rest.p)
		read_parameter(a, cut_unquoted(&rest, ';'), c);
}

/* --- all --------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	const struct choice *x = a, *y = b;

	if (x->q != y->q)
		return y->q - x->q;
	if (x->specificity != y->specificity)
		return y->specificity - x->specificity;
	return x->place - y->place;
}

static int read_choices(struct arena *a, struct str header, struct choice choices[ACCEPT_MAX],
	int *ret_n, struct rest_fault *f)
{
	int n = 0;

	for (struct str rest = header; rest.p;) {
		struct str text = str_trim(cut_unquoted(&rest, ','));
		if (!text.len)
			continue;
		if (n == ACCEPT_MAX)
			return rest_fault(f, 400, "PGRST100",
				"The Accept header has more than %d media types.", ACCEPT_MAX);
		read_choice(a, text, n, &choices[n]);
		n++;
	}
	*ret_n = n;
	return 0;
}

int rest_parse_accept(struct arena *a, struct str header, struct rest_accept **ret_list,
	size_t *ret_n, struct rest_fault *f)
{
	struct choice choices[ACCEPT_MAX];
	int n = 0;

	if (read_choices(a, header, choices, &n, f))
		return -1;
	if (!n)
		read_choice(a, STR("*/*"), n++, &choices[0]);
	qsort(choices, (size_t)n, sizeof(*choices), compare);
	while (n && !choices[n - 1].q)
		n--;
	struct rest_accept *list = arena_array(a, (size_t)n, sizeof(*list));
	for (int i = 0; i < n; i++)
		list[i] = choices[i].accept;
	*ret_list = list;
	*ret_n = (size_t)n;
	return 0;
}
