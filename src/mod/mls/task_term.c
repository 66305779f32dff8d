#include "mod/mls/task_local.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/nearest.h"

#define VALUE_MAX 200
#define SPELLINGS 4

static const struct key {
	const char *name;
	enum task_term_kind kind;
	const char *fields[2];
} keys[] = {
	{"agentMlsId", TASK_EXACT, {"ListAgentMlsId", "CoListAgentMlsId"}},
	{"agentKey", TASK_EXACT, {"ListAgentKey", "CoListAgentKey"}},
	{"officeMlsId", TASK_EXACT, {"ListOfficeMlsId", NULL}},
	{"officeKey", TASK_EXACT, {"ListOfficeKey", NULL}},
	{"cities", TASK_NAME, {"City", NULL}},
	{"subdivisions", TASK_NAME, {"SubdivisionName", NULL}},
	{"counties", TASK_NAME, {"CountyOrParish", NULL}},
	{"postalCodes", TASK_EXACT, {"PostalCode", NULL}},
	{"propertyTypes", TASK_NAME, {"PropertyType", NULL}},
	{"propertySubTypes", TASK_NAME, {"PropertySubType", NULL}},
	{"mlsNumbers", TASK_EXACT, {"ListingId", NULL}},
	{"minPrice", TASK_LEAST, {"ListPrice", NULL}},
	{"maxPrice", TASK_MOST, {"ListPrice", NULL}},
	{"minBeds", TASK_LEAST, {"BedroomsTotal", NULL}},
	{"maxBeds", TASK_MOST, {"BedroomsTotal", NULL}},
	{"minBaths", TASK_LEAST, {"BathroomsTotalInteger", NULL}},
	{"minSqft", TASK_LEAST, {"LivingArea", NULL}},
	{"maxSqft", TASK_MOST, {"LivingArea", NULL}},
	{"minYearBuilt", TASK_LEAST, {"YearBuilt", NULL}},
	{"odata", TASK_FREE, {NULL, NULL}},
};
#define KEYS (sizeof keys / sizeof *keys)

static const struct key *find_key(struct arena *a, struct str name, struct err *e)
{
	struct nearest near = nearest_to(str_cstr(a, name));

	for (size_t i = 0; i < KEYS; i++) {
		if (str_eq(name, str_of(keys[i].name)))
			return &keys[i];
		nearest_offer(&near, keys[i].name);
	}
	if (near.best)
		err_set(e, E_INPUT, "filter_config has no key \"" STR_FMT "\"; did you mean \"%s\"",
			STR_ARG(str_sub(name, 0, VALUE_MAX)), near.best);
	else
		err_set(e, E_INPUT,
			"filter_config has no key \"" STR_FMT
			"\"; it knows agentMlsId, officeMlsId, cities, subdivisions, postalCodes, odata and others",
			STR_ARG(str_sub(name, 0, VALUE_MAX)));
	return NULL;
}

static bool has_field(const struct task_rules *rules, const char *name)
{
	return !json_len(rules->fields) || json_get(rules->fields, name);
}

/* A listing of two agents has the second one in a field that not every source has. */
static int choose_fields(struct task_term *term, const char *const fields[2],
	const struct task_rules *rules, struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < 2; i++)
		if (fields[i] && has_field(rules, fields[i]))
			term->fields[n++] = fields[i];
	if (!n)
		return err_set(e, E_INPUT,
			"the source has no field %s, so it cannot be filtered by that", fields[0]);
	return 0;
}

static int take_text(struct arena *a, struct str key, const struct json *v, struct str *ret_text,
	struct err *e)
{
	enum json_type type = json_type(v);
	struct str s =
		type == JSON_STRING || type == JSON_NUMBER ? str_trim(json_scalar(v)) : STR_NULL;

	if (!s.p)
		return err_set(e, E_INPUT,
			"\"" STR_FMT "\" takes a text or a list of texts, not %s", STR_ARG(key),
			json_type_name(type));
	if (!s.len || s.len > VALUE_MAX)
		return err_set(e, E_INPUT,
			"a value of \"" STR_FMT "\" has %zu bytes; 1 to %d are taken", STR_ARG(key),
			s.len, VALUE_MAX);
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return err_set(e, E_INPUT,
				"a value of \"" STR_FMT "\" has a control character", STR_ARG(key));
	*ret_text = str_copy(a, s);
	return 0;
}

static struct str spaced(struct arena *a, struct str s)
{
	char *p = str_cstr(a, s);

	for (char *c = p; *c; c++)
		*c = *c == '-' ? ' ' : *c;
	return str_of(p);
}

static struct str upper(struct arena *a, struct str s)
{
	char *p = str_cstr(a, s);

	for (char *c = p; *c; c++)
		*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
	return str_of(p);
}

static struct str titled(struct arena *a, struct str s)
{
	char *p = str_cstr(a, str_lower(a, s));

	for (char *c = p; *c; c++)
		if (*c >= 'a' && *c <= 'z' && (c == p || c[-1] == ' ' || c[-1] == '-'))
			*c = (char)(*c - 32);
	return str_of(p);
}

static void add_value(struct task_term *t, struct str value)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_eq(t->values[i], value))
			return;
	t->values[t->n++] = value;
}

/* A hyphen may be the slug's or the name's own (Miami-Dade), so both are asked for. */
static void add_spellings(struct task_term *t, struct arena *a, struct str s, bool has_tolower)
{
	if (has_tolower) {
		add_value(t, str_lower(a, spaced(a, s)));
		add_value(t, str_lower(a, s));
		return;
	}
	add_value(t, s);
	add_value(t, titled(a, spaced(a, s)));
	add_value(t, titled(a, s));
	add_value(t, upper(a, spaced(a, s)));
}

static int take_texts(struct task_term *t, struct arena *a, struct str key, const struct json *v,
	const struct task_rules *rules, struct err *e)
{
	bool is_list = json_type(v) == JSON_ARRAY;
	size_t n = is_list ? json_len(v) : 1;
	struct str text;

	if (!n || n > TASK_VALUES_MAX)
		return err_set(e, E_INPUT,
			"\"" STR_FMT "\" is a list of %zu values; 1 to %d are taken", STR_ARG(key),
			n, TASK_VALUES_MAX);
	t->values = arena_alloc(a, n * SPELLINGS * sizeof(*t->values));
	struct json_iter it = json_each(v);
	while (is_list ? json_next(&it) : !t->n) {
		if (take_text(a, key, is_list ? it.value : v, &text, e))
			return e->code;
		if (t->kind == TASK_NAME)
			add_spellings(t, a, text, rules->has_tolower);
		else
			add_value(t, text);
	}
	return 0;
}

static int take_number(struct task_term *t, struct arena *a, struct str key, const struct json *v,
	struct err *e)
{
	double x;

	if (json_type(v) != JSON_NUMBER || !json_to_f64(v, &x) || x < 0 || x > 1e12)
		return err_set(e, E_INPUT, "\"" STR_FMT "\" takes a number from 0 on",
			STR_ARG(key));
	t->values = arena_alloc(a, sizeof(*t->values));
	t->values[t->n++] = x == (double)(long long)x ? str_printf(a, "%lld", (long long)x)
						      : str_printf(a, "%.2f", x);
	return 0;
}

static int take_free(struct task_term *t, struct arena *a, const struct json *v, struct err *e)
{
	struct str text;

	if (!json_to_str(v, &text))
		return err_set(e, E_INPUT, "\"odata\" takes a text: a filter as OData writes it");
	t->values = arena_alloc(a, sizeof(*t->values));
	t->values[t->n++] = str_trim(text);
	return task_odata_check(t->values[0], e);
}

static struct task_term *next_term(struct task_terms *t, enum task_term_kind kind)
{
	struct task_term *term = &t->row[t->n++];

	*term = (struct task_term){.kind = kind};
	return term;
}

int task_term_add(struct task_terms *t, struct arena *a, struct str name, const struct json *value,
	const struct task_rules *rules, struct err *e)
{
	const struct key *key = find_key(a, name, e);

	if (!key)
		return e->code;
	/* A key that stands twice would find no room; the database keeps the last one only. */
	if (t->n >= TASK_TERMS_MAX - 4)
		return err_set(e, E_INPUT, "filter_config has more than %d keys",
			TASK_TERMS_MAX - 4);
	struct task_term *term = next_term(t, key->kind);
	if (key->kind == TASK_FREE)
		return take_free(term, a, value, e);
	if (choose_fields(term, key->fields, rules, e))
		return err_prefix(e, "\"%s\"", key->name);
	return key->kind == TASK_EXACT || key->kind == TASK_NAME
		? take_texts(term, a, name, value, rules, e)
		: take_number(term, a, name, value, e);
}

int task_term_values(struct task_terms *t, struct arena *a, const char *field,
	const struct json *list, const struct task_rules *rules, struct err *e)
{
	const char *fields[2] = {field, NULL};
	struct task_term *term = next_term(t, TASK_EXACT);

	if (choose_fields(term, fields, rules, e))
		return e->code;
	return take_texts(term, a, str_of(field), list, rules, e);
}

int task_term_number(struct task_terms *t, struct arena *a, const char *field,
	enum task_term_kind kind, struct str number, const struct task_rules *rules, struct err *e)
{
	const char *fields[2] = {field, NULL};
	struct task_term *term = next_term(t, kind);

	term->values = arena_alloc(a, sizeof(*term->values));
	term->values[term->n++] = number;
	return choose_fields(term, fields, rules, e);
}
