/* Overloads are told apart by the set of names given; when no names fit, a function with one unnamed argument takes the whole body. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/map.h"
#include "mod/rest/cache.h"
#include "mod/rest/call.h"
#include "mod/rest/request.h"

#define JSON_OID 114
#define JSONB_OID 3802
#define TEXT_OID 25
#define XML_OID 142
#define BYTEA_OID 17
#define NEAR 0.33

/* What is looked for. */
struct wanted {
	struct rest_request *r;
	struct str *keys; /* each once, sorted */
	size_t n;
	bool is_raw; /* the body is bytes that only an unnamed argument takes */
	struct rest_func **found;
	size_t n_found;
};

bool rest_call_is_arg(struct str name, const void *func)
{
	for (const struct rest_func *f = func; f; f = f->next)
		for (size_t i = 0; i < f->n; i++)
			if (name.len && str_eq(f->args[i].name, name))
				return true;
	return false;
}

bool rest_call_is_whole(const struct rest_func *f)
{
	return f->n == 1 && f->args[0].name.len == 0;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void add_keys(struct wanted *w)
{
	struct rest_request *r = w->r;
	struct map *names = map_new(r->arena, 0);

	if (r->method == REST_POST)
		for (size_t i = 0; i < r->body.n_columns; i++)
			map_put(names, r->body.columns[i], NULL);
	else
		for (const struct rest_pair *p = r->query.args; p; p = p->next)
			map_put(names, p->name, NULL);
	w->n = map_len(names);
	w->keys = arena_array(r->arena, w->n, sizeof(*w->keys));
	for (size_t i = 0; i < w->n; i++)
		w->keys[i] = map_key_at(names, i);
	qsort(w->keys, w->n, sizeof(*w->keys), by_name);
}

static bool has_key(const struct wanted *w, struct str name)
{
	for (size_t i = 0; i < w->n; i++)
		if (str_eq(w->keys[i], name))
			return true;
	return false;
}

/* Every name is an argument, and every argument without a default is named. */
static bool is_named(const struct wanted *w, const struct rest_func *f)
{
	size_t given = 0;

	if (f->n == 0)
		return w->n == 0 && !w->is_raw;
	for (size_t i = 0; i < f->n; i++) {
		bool has = f->args[i].name.len && has_key(w, f->args[i].name);
		if (!has && !f->args[i].has_default)
			return false;
		given += has;
	}
	return given == w->n;
}

static bool takes_body(const struct wanted *w, const struct rest_func *f)
{
	struct str type = w->r->body.type;

	if (w->r->method != REST_POST || !rest_call_is_whole(f))
		return false;
	switch (f->args[0].type->oid) {
	case JSON_OID:
	case JSONB_OID: return str_eq(type, STR("application/json"));
	case TEXT_OID: return str_eq(type, STR("text/plain"));
	case XML_OID: return str_eq(type, STR("text/xml"));
	case BYTEA_OID: return str_eq(type, STR("application/octet-stream"));
	default: return false;
	}
}

static void find(struct wanted *w, struct rest_func *first,
	bool (*fits)(const struct wanted *, const struct rest_func *))
{
	size_t n = 0;

	for (struct rest_func *f = first; f; f = f->next)
		n++;
	w->found = arena_array(w->r->arena, n, sizeof(struct rest_func *));
	for (struct rest_func *f = first; f; f = f->next)
		if (fits(w, f))
			w->found[w->n_found++] = f;
}

static void put_list(struct buf *b, const struct str *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_cstr(b, i ? ", " : "");
		buf_str(b, names[i]);
	}
}

static const char *take(struct rest_request *r, struct buf *b)
{
	const char *text = str_cstr(r->arena, buf_view(b));

	buf_done(b);
	return text;
}

static const char *list(const struct wanted *w)
{
	struct buf b;

	buf_init(&b, 0);
	put_list(&b, w->keys, w->n);
	return take(w->r, &b);
}

static int refuse_several(const struct wanted *w)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < w->n_found; i++) {
		const struct rest_func *f = w->found[i];
		buf_printf(&b, "%s" STR_FMT "." STR_FMT "(", i ? ", " : "", STR_ARG(f->schema),
			STR_ARG(f->name));
		for (size_t k = 0; k < f->n; k++)
			buf_printf(&b, "%s" STR_FMT " => " STR_FMT, k ? ", " : "",
				STR_ARG(f->args[k].name), STR_ARG(f->args[k].type->name));
		buf_char(&b, ')');
	}
	rest_fault(&w->r->fault, 300, "PGRST203",
		"Could not choose the best candidate function between: %s", take(w->r, &b));
	return rest_fault_hint(&w->r->fault,
		"Try renaming the parameters or the function itself in the database so function overloading can be resolved");
}

/* "(a, b)": names sorted, as they are compared. */
static struct str signature(struct arena *a, const struct rest_func *f)
{
	struct str *names = arena_array(a, f->n, sizeof(*names));
	struct buf b;

	for (size_t i = 0; i < f->n; i++)
		names[i] = f->args[i].name;
	qsort(names, f->n, sizeof(*names), by_name);
	buf_init(&b, 0);
	buf_char(&b, '(');
	put_list(&b, names, f->n);
	buf_char(&b, ')');
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

static struct str near_overload(const struct wanted *w, const struct rest_func *first)
{
	struct arena *a = w->r->arena;
	struct str word = str_printf(a, "(%s)", list(w)), *signatures;
	size_t n = 0;

	for (const struct rest_func *f = first; f; f = f->next)
		n++;
	signatures = arena_array(a, n, sizeof(*signatures));
	n = 0;
	for (const struct rest_func *f = first; f; f = f->next)
		signatures[n++] = signature(a, f);
	struct str near = rest_cache_near(word, signatures, n, NEAR);
	return near.p ? str_printf(a, STR_FMT STR_FMT, STR_ARG(w->r->name), STR_ARG(near))
		      : STR_NULL;
}

static const char *unnamed_type(const struct wanted *w)
{
	struct str type = w->r->body.type;

	if (str_eq(type, STR("text/plain")))
		return "text";
	return str_eq(type, STR("text/xml")) ? "xml" : "bytea";
}

/* What was looked for, behind the name of the function. */
static const char *searched(const struct wanted *w)
{
	struct rest_request *r = w->r;
	bool is_json = r->method == REST_POST && str_eq(r->body.type, STR("application/json"));
	const char *also = is_json ? " or with a single unnamed json/jsonb parameter" : "";

	if (w->is_raw)
		return arena_printf(r->arena, " with a single unnamed %s parameter",
			unnamed_type(w));
	if (w->n == 0)
		return arena_printf(r->arena, " without parameters%s", also);
	return arena_printf(r->arena, " with parameter%s %s%s", w->n > 1 ? "s" : "", list(w), also);
}

static int refuse_none(const struct wanted *w, const struct rest_func *first)
{
	struct rest_request *r = w->r;
	const char *args = w->is_raw ? ""
		: w->n               ? arena_printf(r->arena, "(%s)", list(w))
				     : " without parameters";
	struct str near = first ? near_overload(w, first)
				: rest_cache_near_func(r->cache, r->schema, r->name, r->arena);

	rest_fault(&r->fault, 404, "PGRST202",
		"Could not find the function " STR_FMT "." STR_FMT "%s in the schema cache",
		STR_ARG(r->schema), STR_ARG(r->name), args);
	rest_fault_details(&r->fault,
		"Searched for the function " STR_FMT "." STR_FMT
		"%s, but no matches were found in the schema cache.",
		STR_ARG(r->schema), STR_ARG(r->name), searched(w));
	if (near.p && !w->is_raw)
		rest_fault_hint(&r->fault,
			"Perhaps you meant to call the function " STR_FMT "." STR_FMT,
			STR_ARG(r->schema), STR_ARG(near));
	return -1;
}

/* An array of anything but objects has no names; nobody but an unnamed argument could take it. */
static int refuse_array(const struct wanted *w)
{
	rest_fault(&w->r->fault, 400, "PGRST102", "All object keys must match");
	return rest_fault_details(&w->r->fault, "row 1 is no object");
}

int rest_call_choose(struct rest_request *r)
{
	struct wanted w = {.r = r};
	struct rest_func *first = rest_cache_func(r->cache, r->schema, r->name);

	add_keys(&w);
	w.is_raw = r->method == REST_POST && r->body.kind == REST_BODY_RAW && !r->body.json;
	find(&w, first, is_named);
	if (w.n_found == 0)
		find(&w, first, takes_body);
	if (w.n_found == 0)
		return refuse_none(&w, first);
	if (w.n_found > 1)
		return refuse_several(&w);
	r->func = w.found[0];
	if (json_type(r->body.json) == JSON_ARRAY && r->body.kind == REST_BODY_RAW &&
		json_len(r->body.json) && !rest_call_is_whole(r->func))
		return refuse_array(&w);
	return 0;
}
