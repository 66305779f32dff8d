/* Which relationship `rel!hint` means: by the name of the table, of the key or of its column (facts 1.4). */
#include "base/arena.h"
#include "base/buf.h"
#include "base/jsonw.h"
#include "mod/rest/select_local.h"

#define MIN_SIMILARITY 0.5 /* for hints */

static bool is_view(const struct rest_table *t)
{
	return t->kind == REST_VIEW || t->kind == REST_MATVIEW;
}

static bool is_key(const struct rest_link *k)
{
	return k->cardinality != REST_MANY_TO_MANY;
}

static bool is_only(const struct rest_column *const *columns, size_t n, struct str name)
{
	return n == 1 && str_eq(columns[0]->name, name);
}

static bool is_constraint(const struct rest_link *k, struct str name)
{
	return is_key(k) && str_eq(k->constraint, name);
}

static bool is_own_column(const struct rest_link *k, struct str name)
{
	return is_key(k) && is_only(k->columns, k->n, name);
}

/* One key gives a table two relationships with itself: the table's name means the rows that have the key, the column's name the row
 * that they point to. */
static bool is_meant_self(const struct rest_link *k, struct str target, struct str hint)
{
	bool has_key = k->cardinality == REST_MANY_TO_ONE || k->is_parent;

	if (!is_key(k))
		return false;
	if (hint.p)
		return !has_key && str_eq(target, k->to->name) &&
			(is_only(k->foreign, k->n, hint) || is_constraint(k, hint));
	return has_key ? is_own_column(k, target) : str_eq(target, k->to->name);
}

static bool is_meant(const struct rest_link *k, struct str target, struct str hint)
{
	if (k->cardinality == REST_COMPUTED)
		return str_eq(target, k->func->name);
	if (k->is_self)
		return is_meant_self(k, target, hint);
	if (!hint.p)
		return str_eq(target, k->to->name) ||
			(!is_view(k->to) && (is_constraint(k, target) || is_own_column(k, target)));
	if (!str_eq(target, k->to->name))
		return false;
	if (!is_key(k))
		return str_eq(hint, k->junction->name);
	return is_constraint(k, hint) || is_own_column(k, hint) || is_only(k->foreign, k->n, hint);
}

/* A computed relationship is what its function is called, whatever else is called so. */
static bool is_better(const struct rest_link *k, const struct rest_link *than, struct str schema)
{
	bool here = str_eq(k->to->schema, schema), there = str_eq(than->to->schema, schema);

	if (here != there)
		return here;
	return k->cardinality == REST_COMPUTED && than->cardinality != REST_COMPUTED;
}

/* The best one, and how many are as good. */
static size_t search(const struct rest_link *links, struct str schema, struct str target,
	struct str hint, const struct rest_link **ret)
{
	size_t n = 0;

	for (const struct rest_link *k = links; k; k = k->next) {
		if (!is_meant(k, target, hint))
			continue;
		if (!n || is_better(k, *ret, schema)) {
			*ret = k;
			n = 1;
		} else if (!is_better(*ret, k, schema)) {
			n++;
		}
	}
	return n;
}

/* --- refusals ---------------------------------------------------------------------------------- */

static void add_columns(struct buf *b, const struct rest_column *const *columns, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_cstr(b, i ? ", " : "(");
		buf_str(b, columns[i]->name);
	}
	buf_char(b, ')');
}

static void add_relationship(struct buf *b, const struct rest_link *k)
{
	if (!is_key(k)) {
		buf_str(b, k->junction->name);
		buf_cstr(b, " using ");
		buf_str(b, k->constraint);
		add_columns(b, k->near, k->n);
		buf_cstr(b, " and ");
		buf_str(b, k->far_constraint);
		add_columns(b, k->far, k->n_far);
		return;
	}
	buf_str(b, k->constraint);
	buf_cstr(b, " using ");
	buf_str(b, k->from->name);
	add_columns(b, k->columns, k->n);
	buf_cstr(b, " and ");
	buf_str(b, k->to->name);
	add_columns(b, k->foreign, k->n);
}

static const char *const cardinalities[] = {[REST_MANY_TO_ONE] = "many-to-one",
	[REST_ONE_TO_MANY] = "one-to-many",
	[REST_ONE_TO_ONE] = "one-to-one",
	[REST_MANY_TO_MANY] = "many-to-many",
	[REST_COMPUTED] = "computed"};

static void add_details(struct jsonw *w, const struct rest_link *k)
{
	struct buf text;

	buf_init(&text, 0);
	jsonw_obj(w);
	jsonw_key(w, "cardinality"), jsonw_cstr(w, cardinalities[k->cardinality]);
	buf_str(&text, k->from->name);
	buf_cstr(&text, " with ");
	buf_str(&text, k->to->name);
	jsonw_key(w, "embedding"), jsonw_str(w, buf_view(&text));
	if (k->cardinality != REST_COMPUTED) {
		buf_clear(&text);
		add_relationship(&text, k);
		jsonw_key(w, "relationship"), jsonw_str(w, buf_view(&text));
	}
	jsonw_end(w);
	buf_done(&text);
}

static void add_way(struct buf *b, const struct rest_link *k)
{
	if (b->len)
		buf_cstr(b, ", ");
	buf_char(b, '\'');
	buf_str(b, k->to->name);
	buf_char(b, '!');
	buf_str(b, is_key(k) ? k->constraint : k->junction->name);
	buf_char(b, '\'');
}

static const struct rest_link *refuse_many(struct rest_request *r, const struct rest_link *best,
	const struct rest_table *from, struct str target, struct str hint)
{
	struct buf details, ways;
	struct jsonw w = jsonw_to(&details);
	struct rest_fault *f = &r->fault;

	buf_init(&details, 0);
	buf_init(&ways, 0);
	jsonw_arr(&w);
	for (const struct rest_link *k = from->links; k; k = k->next) {
		if (!is_meant(k, target, hint) || is_better(best, k, r->schema))
			continue;
		add_details(&w, k);
		add_way(&ways, k);
	}
	jsonw_end(&w);
	rest_fault(f, 300, "PGRST201",
		"Could not embed because more than one relationship was found for '" STR_FMT
		"' and '" STR_FMT "'",
		STR_ARG(from->name), STR_ARG(target));
	f->details_json = str_cstr(r->arena, buf_view(&details));
	rest_fault_hint(f,
		"Try changing '" STR_FMT "' to one of the following: " STR_FMT
		". Find the desired relationship in the 'details' key.",
		STR_ARG(target), STR_ARG(buf_view(&ways)));
	buf_done(&details);
	buf_done(&ways);
	return NULL;
}

static bool is_one_of(struct str name, const struct str *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(names[i], name))
			return true;
	return false;
}

/* Of what there is to be embedded, and of nothing when the name is right and only the hint is wrong. */
static struct str near_target(struct rest_request *r, const struct rest_table *from,
	struct str target)
{
	size_t n = 0;

	for (const struct rest_link *k = from->links; k; k = k->next)
		n++;
	struct str *names = arena_array(r->arena, n, sizeof(*names));
	n = 0;
	for (const struct rest_link *k = from->links; k; k = k->next)
		if (!is_one_of(k->to->name, names, n))
			names[n++] = k->to->name;
	if (is_one_of(target, names, n))
		return STR_NULL;
	return rest_cache_near(target, names, n, MIN_SIMILARITY);
}

static const struct rest_link *refuse_none(struct rest_request *r, const struct rest_table *from,
	struct str target, struct str hint)
{
	struct str origin = from ? from->name : r->name;
	struct str near = from ? near_target(r, from, target) : STR_NULL;
	struct rest_fault *f = &r->fault;

	rest_fault(f, 400, "PGRST200",
		"Could not find a relationship between '" STR_FMT "' and '" STR_FMT
		"' in the schema cache",
		STR_ARG(origin), STR_ARG(target));
	rest_fault_details(f,
		"Searched for a foreign key relationship between '" STR_FMT "' and '" STR_FMT
		"'%s" STR_FMT "%s in the schema '" STR_FMT "', but no matches were found.",
		STR_ARG(origin), STR_ARG(target), hint.p ? " using the hint '" : "", STR_ARG(hint),
		hint.p ? "'" : "", STR_ARG(r->schema));
	if (near.p)
		rest_fault_hint(f, "Perhaps you meant '" STR_FMT "' instead of '" STR_FMT "'.",
			STR_ARG(near), STR_ARG(target));
	return NULL;
}

const struct rest_link *rest_links_find(struct rest_request *r, const struct rest_table *from,
	struct str target, struct str hint)
{
	const struct rest_link *best = NULL;
	size_t n = from ? search(from->links, r->schema, target, hint, &best) : 0;

	if (n == 1)
		return best;
	if (n)
		return refuse_many(r, best, from, target, hint);
	return refuse_none(r, from, target, hint);
}
