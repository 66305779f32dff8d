#include "mod/reso/odata_path.h"

#include "base/arena.h"

static int absent(struct odata_fault *f, struct str name)
{
	return odata_fault_set(f, 404, NULL, 0, "there is no resource '" STR_FMT "' here",
		STR_ARG(name));
}

static int bad_key(struct odata_fault *f, const struct odata_resource *r)
{
	return odata_fault_set(f, 400, NULL, 0,
		"a key is written as " STR_FMT "('...'), with a quote inside it doubled",
		STR_ARG(r->name));
}

/* 'O''Brien' -> O'Brien. *ret_end: just behind the closing quote. */
static bool unquote(struct arena *a, struct str text, struct str *ret_key, size_t *ret_end)
{
	char *out = arena_alloc(a, text.len + 1);
	size_t n = 0, i = 1;

	if (!text.len || text.p[0] != '\'')
		return false;
	for (; i < text.len; i++) {
		if (text.p[i] == '\'') {
			if (i + 1 >= text.len || text.p[i + 1] != '\'')
				break;
			i++;
		}
		out[n++] = text.p[i];
	}
	if (i >= text.len)
		return false;
	*ret_key = str_from(out, n);
	*ret_end = i + 1;
	return true;
}

/* What stands behind the name: "('k')", "(ListingKey='k')", and what follows that. */
static int take_key(struct arena *a, struct str *rest, struct odata_path *path,
	struct odata_fault *f)
{
	const struct odata_resource *r = path->resource;
	struct str text = str_sub(*rest, 1, rest->len);
	size_t end;

	if (r->key && str_starts(text, r->key->name) && text.len > r->key->name.len &&
		text.p[r->key->name.len] == '=')
		text = str_sub(text, r->key->name.len + 1, text.len);
	if (!unquote(a, text, &path->key, &end) || end >= text.len || text.p[end] != ')')
		return bad_key(f, r);
	*rest = str_sub(text, end + 1, text.len);
	return 0;
}

static int behind_key(struct str rest, struct odata_path *path, struct odata_fault *f)
{
	if (!rest.len) {
		path->kind = ODATA_PATH_ENTITY;
		return 0;
	}
	if (rest.p[0] != '/')
		return bad_key(f, path->resource);
	rest = str_sub(rest, 1, rest.len);
	path->kind = ODATA_PATH_NAVIGATION;
	path->navigation = odata_model_navigation(path->resource, rest);
	if (path->navigation)
		return 0;
	if (odata_model_field(path->resource, rest))
		return odata_fault_set(f, 501, NULL, 0,
			"single fields are not served by themselves: use $select=" STR_FMT,
			STR_ARG(rest));
	return odata_fault_set(f, 404, NULL, 0, STR_FMT " has nothing called '" STR_FMT "'",
		STR_ARG(path->resource->name), STR_ARG(rest));
}

static int behind_set(struct str rest, struct odata_path *path, struct odata_fault *f)
{
	if (!rest.len)
		path->kind = ODATA_PATH_SET;
	else if (str_eq(rest, STR("/$count")))
		path->kind = ODATA_PATH_COUNT;
	else if (str_eq(rest, STR("/replication")))
		path->kind = ODATA_PATH_REPLICATION;
	else
		return odata_fault_set(f, 404, NULL, 0, "there is nothing at '" STR_FMT STR_FMT "'",
			STR_ARG(path->resource->name), STR_ARG(rest));
	return 0;
}

int odata_path_parse(struct arena *a, const struct odata_model *m, struct str path,
	struct odata_path *ret_path, struct odata_fault *f)
{
	struct odata_path p = {0};
	size_t n = 0;

	if (path.len > 1 && path.p[path.len - 1] == '/')
		path.len--;
	if (!path.len || str_eq(path, STR("$metadata"))) {
		p.kind = path.len ? ODATA_PATH_METADATA : ODATA_PATH_SERVICE;
		*ret_path = p;
		return 0;
	}
	while (n < path.len && path.p[n] != '(' && path.p[n] != '/')
		n++;
	p.resource = odata_model_resource(m, str_sub(path, 0, n));
	if (!p.resource || p.resource->is_complex)
		return absent(f, str_sub(path, 0, n));
	struct str rest = str_sub(path, n, path.len);
	if (rest.len && rest.p[0] == '(' ? take_key(a, &rest, &p, f) || behind_key(rest, &p, f)
					 : behind_set(rest, &p, f))
		return -1;
	*ret_path = p;
	return 0;
}
