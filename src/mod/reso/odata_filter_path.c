/* Names: fields, variables, and what any and all look at. */
#include "base/arena.h"
#include "mod/reso/odata_filter_local.h"

static void *unknown(struct odata_parser *p, const struct odata_resource *r, struct str name,
	size_t at)
{
	const char *near = odata_model_near(p->a, r, name);

	odata_fault_set(p->f, 400, "$filter", at,
		"$filter: there is no field '" STR_FMT "' (position %zu)%s%s%s", STR_ARG(name), at,
		near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	return NULL;
}

/* --- any and all ---------------------------------------------------------------------------------------- */

static bool open_scope(struct odata_parser *p, struct odata_node *node,
	const struct odata_scope *scope)
{
	if (p->scopes_n == ODATA_SCOPES) {
		odata_fault_set(p->f, 413, "$filter", node->at,
			"$filter: more than %d any or all inside each other (position %zu)",
			ODATA_SCOPES - 1, node->at);
		return false;
	}
	for (unsigned i = 1; i < p->scopes_n; i++) {
		if (str_eq(p->scopes[i].name, scope->name)) {
			odata_fault_set(p->f, 400, "$filter", odata_filter_here(p),
				"$filter: the variable '" STR_FMT
				"' is in use already (position %zu)",
				STR_ARG(scope->name), odata_filter_here(p));
			return false;
		}
	}
	node->inner = p->scopes_n;
	p->scopes[p->scopes_n++] = *scope;
	return true;
}

/* "x: x eq 1" */
static bool predicate(struct odata_parser *p, struct odata_node *node, struct odata_scope scope)
{
	if (p->lex.token != ODATA_WORD)
		return odata_filter_wrong(p, odata_filter_here(p), "a variable");
	scope.name = p->lex.word;
	if (!open_scope(p, node, &scope))
		return false;
	odata_lex_next(&p->lex);
	if (p->lex.token != ODATA_COLON)
		return odata_filter_wrong(p, odata_filter_here(p), "a colon");
	odata_lex_next(&p->lex);
	size_t at = odata_filter_here(p);
	node->predicate = odata_filter_either(p);
	p->scopes_n--;
	if (!node->predicate)
		return false;
	if (node->predicate->type != ODATA_BOOLEAN && node->predicate->type != ODATA_NULL)
		return odata_filter_wrong(p, at, "a condition");
	if (node->predicate->levels >= node->levels)
		node->levels = node->predicate->levels + 1;
	if (node->levels > ODATA_DEPTH)
		odata_fault_set(p->f, 413, "$filter", node->at,
			"$filter: nested deeper than %d (position %zu)", ODATA_DEPTH, node->at);
	return node->levels <= ODATA_DEPTH;
}

/* Stands behind the slash; over is a FIELD that is a list, or NULL with a navigation. */
static const struct odata_node *quantified(struct odata_parser *p, const struct odata_node *over,
	const struct odata_navigation *navigation, unsigned of)
{
	struct odata_scope scope = {.element = over ? over->field : NULL,
		.resource = navigation ? navigation->target : NULL};
	bool is_all = odata_lex_is(&p->lex, "all");
	struct odata_node *node;

	if (!is_all && !odata_lex_is(&p->lex, "any"))
		return odata_filter_wrong(p, odata_filter_here(p), "any or all");
	node = odata_filter_node(p, is_all ? ODATA_ALL : ODATA_ANY, ODATA_BOOLEAN,
		odata_filter_here(p), over != NULL);
	if (!node || (over && !odata_filter_arg(p, node, 0, over)))
		return NULL;
	node->navigation = navigation;
	node->scope = of;
	odata_lex_next(&p->lex);
	if (p->lex.token != ODATA_OPEN)
		return odata_filter_wrong(p, odata_filter_here(p), "an opening parenthesis");
	odata_lex_next(&p->lex);
	if ((is_all || p->lex.token != ODATA_CLOSE) && !predicate(p, node, scope))
		return NULL;
	if (p->lex.token != ODATA_CLOSE)
		return odata_filter_wrong(p, odata_filter_here(p), "a closing parenthesis");
	odata_lex_next(&p->lex);
	return node;
}

/* --- fields --------------------------------------------------------------------------------------------- */

static const struct odata_node *behind_field(struct odata_parser *p, const struct odata_node *field)
{
	if (p->lex.token != ODATA_SLASH)
		return field;
	if (!field->is_list) {
		odata_fault_set(p->f, 400, "$filter", odata_filter_here(p),
			"$filter: " STR_FMT
			" is a single value, nothing stands behind it (position %zu)",
			STR_ARG(field->field->name), odata_filter_here(p));
		return NULL;
	}
	odata_lex_next(&p->lex);
	return quantified(p, field, NULL, field->scope);
}

static const struct odata_node *navigation(struct odata_parser *p, const struct odata_navigation *n,
	unsigned scope, size_t at)
{
	if (p->lex.token != ODATA_SLASH)
		return odata_filter_wrong(p, odata_filter_here(p),
			n->is_collection ? "/any or /all" : "a slash and a field");
	if (!n->is_collection || n->is_closed) {
		odata_fault_set(p->f, 501, "$filter", at,
			"$filter: fields of " STR_FMT
			" cannot be asked for from here (position %zu)",
			STR_ARG(n->name), at);
		return NULL;
	}
	odata_lex_next(&p->lex);
	return quantified(p, NULL, n, scope);
}

/* A name of the row of `scope`; stands at it. */
static const struct odata_node *member(struct odata_parser *p, unsigned scope)
{
	const struct odata_resource *r = p->scopes[scope].resource;
	struct str name = p->lex.word;
	size_t at = odata_filter_here(p);
	const struct odata_field *field = odata_model_field(r, name);
	const struct odata_navigation *n = odata_model_navigation(r, name);
	struct odata_node *node;

	if (p->lex.token != ODATA_WORD)
		return odata_filter_wrong(p, at, "a field");
	if (!field && !n)
		return unknown(p, r, name, at);
	odata_lex_next(&p->lex);
	if (n)
		return navigation(p, n, scope, at);
	if (field->type == ODATA_COMPLEX) {
		odata_fault_set(p->f, 400, "$filter", at,
			"$filter: " STR_FMT " is a structure and cannot be compared (position %zu)",
			STR_ARG(name), at);
		return NULL;
	}
	node = odata_filter_node(p, ODATA_FIELD, field->type, at, 0);
	if (!node)
		return NULL;
	node->field = field;
	node->is_list = field->is_list;
	node->scope = scope;
	return behind_field(p, node);
}

static const struct odata_node *variable(struct odata_parser *p, unsigned scope)
{
	struct odata_node *node;
	size_t at = odata_filter_here(p);

	odata_lex_next(&p->lex);
	if (p->scopes[scope].resource) {
		if (p->lex.token != ODATA_SLASH)
			return odata_filter_wrong(p, odata_filter_here(p), "a slash and a field");
		odata_lex_next(&p->lex);
		return member(p, scope);
	}
	node = odata_filter_node(p, ODATA_VARIABLE, p->scopes[scope].element->type, at, 0);
	if (node)
		node->scope = scope;
	return node;
}

const struct odata_node *odata_filter_path(struct odata_parser *p)
{
	struct str name = p->lex.word;
	size_t at = odata_filter_here(p);
	struct odata_lex before = p->lex;

	for (unsigned i = p->scopes_n - 1; i > 0; i--)
		if (str_eq(p->scopes[i].name, name))
			return variable(p, i);
	if (str_eq(name, STR("$it")))
		return variable(p, 0);
	odata_lex_next(&p->lex);
	if (p->lex.token == ODATA_OPEN)
		return odata_filter_call(p, name, at);
	p->lex = before;
	return member(p, 0);
}
