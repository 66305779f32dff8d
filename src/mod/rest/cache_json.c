/* The cache as text, for people and for tools that know PostgREST's own: the same names of members. */
#include "base/jsonw.h"
#include "mod/rest/cache_local.h"

static void put_name(struct jsonw *w, struct str schema, struct str name)
{
	jsonw_obj(w);
	jsonw_key(w, "qiName"), jsonw_str(w, name);
	jsonw_key(w, "qiSchema"), jsonw_str(w, schema);
	jsonw_end(w);
}

static void put_texts(struct jsonw *w, const char *key, const struct str *texts, size_t n)
{
	jsonw_key(w, key);
	jsonw_arr(w);
	for (size_t i = 0; i < n; i++)
		jsonw_str(w, texts[i]);
	jsonw_end(w);
}

static void put_column(struct jsonw *w, const struct rest_column *c)
{
	const struct rest_type *root = cache_type_root(c->type);

	jsonw_key_str(w, c->name);
	jsonw_obj(w);
	jsonw_key(w, "colName"), jsonw_str(w, c->name);
	jsonw_key(w, "colDescription"), jsonw_str(w, c->comment);
	jsonw_key(w, "colNullable"), jsonw_bool(w, c->nullable);
	jsonw_key(w, "colType"), jsonw_str(w, root->name);
	jsonw_key(w, "colNominalType"), jsonw_str(w, c->type_sql);
	jsonw_key(w, "colMaxLen");
	if (c->max_length)
		jsonw_i64(w, c->max_length);
	else
		jsonw_null(w);
	jsonw_key(w, "colDefault"), jsonw_str(w, c->default_sql);
	put_texts(w, "colEnum", root->labels, root->n_labels);
	jsonw_end(w);
}

static void put_table(struct jsonw *w, const struct rest_table *t)
{
	jsonw_arr(w);
	put_name(w, t->schema, t->name);
	jsonw_obj(w);
	jsonw_key(w, "tableSchema"), jsonw_str(w, t->schema);
	jsonw_key(w, "tableName"), jsonw_str(w, t->name);
	jsonw_key(w, "tableDescription"), jsonw_str(w, t->comment);
	jsonw_key(w, "tableIsView");
	jsonw_bool(w, t->kind == REST_VIEW || t->kind == REST_MATVIEW);
	jsonw_key(w, "tableInsertable"), jsonw_bool(w, t->may_insert);
	jsonw_key(w, "tableUpdatable"), jsonw_bool(w, t->may_update);
	jsonw_key(w, "tableDeletable"), jsonw_bool(w, t->may_delete);
	jsonw_key(w, "tablePKCols");
	jsonw_arr(w);
	for (size_t i = 0; i < t->n_pk; i++)
		jsonw_str(w, t->pk[i]->name);
	jsonw_end(w);
	jsonw_key(w, "tableColumns");
	jsonw_obj(w);
	for (size_t i = 0; i < t->n; i++)
		put_column(w, &t->columns[i]);
	jsonw_end(w);
	jsonw_end(w);
	jsonw_end(w);
}

static void put_pairs(struct jsonw *w, const char *key, const struct rest_column *const *a,
	const struct rest_column *const *b, size_t n)
{
	jsonw_key(w, key);
	jsonw_arr(w);
	for (size_t i = 0; i < n; i++) {
		jsonw_arr(w);
		jsonw_str(w, a[i]->name);
		jsonw_str(w, b[i]->name);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void put_junction(struct jsonw *w, const struct rest_link *link)
{
	jsonw_obj(w);
	jsonw_key(w, "junTable"), put_name(w, link->junction->schema, link->junction->name);
	jsonw_key(w, "junConstraint1"), jsonw_str(w, link->constraint);
	jsonw_key(w, "junConstraint2"), jsonw_str(w, link->far_constraint);
	put_pairs(w, "junColsSource", (const void *)link->columns, (const void *)link->near,
		link->n);
	put_pairs(w, "junColsTarget", (const void *)link->foreign, (const void *)link->far,
		link->n_far);
	jsonw_end(w);
}

static void put_cardinality(struct jsonw *w, const struct rest_link *link)
{
	static const char *const tags[] = {[REST_MANY_TO_ONE] = "M2O",
		[REST_ONE_TO_MANY] = "O2M",
		[REST_ONE_TO_ONE] = "O2O",
		[REST_MANY_TO_MANY] = "M2M"};

	jsonw_key(w, "relCardinality");
	jsonw_obj(w);
	jsonw_key(w, "tag"), jsonw_cstr(w, tags[link->cardinality]);
	if (link->cardinality == REST_MANY_TO_MANY) {
		jsonw_key(w, "contents");
		put_junction(w, link);
	} else {
		jsonw_key(w, "relCons"), jsonw_str(w, link->constraint);
		put_pairs(w, "relColumns", (const void *)link->columns, (const void *)link->foreign,
			link->n);
	}
	jsonw_end(w);
}

static void put_link(struct jsonw *w, const struct rest_link *link)
{
	bool is_computed = link->cardinality == REST_COMPUTED;

	jsonw_obj(w);
	jsonw_key(w, "tag");
	jsonw_cstr(w, is_computed ? "ComputedRelationship" : "Relationship");
	jsonw_key(w, "relTable"), put_name(w, link->from->schema, link->from->name);
	jsonw_key(w, "relForeignTable"), put_name(w, link->to->schema, link->to->name);
	jsonw_key(w, "relIsSelf"), jsonw_bool(w, link->is_self);
	if (is_computed) {
		jsonw_key(w, "relFunction"), put_name(w, link->func->schema, link->func->name);
		jsonw_key(w, "relToOne"), jsonw_bool(w, link->is_to_one);
	} else {
		put_cardinality(w, link);
	}
	jsonw_end(w);
}

static void put_func(struct jsonw *w, const struct rest_func *f)
{
	static const char *const volatilities[] = {[REST_IMMUTABLE] = "Immutable",
		[REST_STABLE] = "Stable",
		[REST_VOLATILE] = "Volatile"};

	jsonw_obj(w);
	jsonw_key(w, "pdSchema"), jsonw_str(w, f->schema);
	jsonw_key(w, "pdName"), jsonw_str(w, f->name);
	jsonw_key(w, "pdDescription"), jsonw_str(w, f->comment);
	jsonw_key(w, "pdVolatility"), jsonw_cstr(w, volatilities[f->volatility]);
	jsonw_key(w, "pdHasVariadic"), jsonw_bool(w, f->n && f->args[f->n - 1].is_variadic);
	jsonw_key(w, "pdReturnType");
	jsonw_obj(w);
	jsonw_key(w, "tag"), jsonw_cstr(w, f->returns_set ? "SetOf" : "Single");
	jsonw_key(w, "contents"), jsonw_str(w, f->returns->name);
	jsonw_end(w);
	jsonw_key(w, "pdParams");
	jsonw_arr(w);
	for (size_t i = 0; i < f->n; i++) {
		const struct rest_arg *a = &f->args[i];
		jsonw_obj(w);
		jsonw_key(w, "ppName"), jsonw_str(w, a->name);
		jsonw_key(w, "ppType"), jsonw_str(w, a->type->name);
		jsonw_key(w, "ppReq"), jsonw_bool(w, !a->has_default);
		jsonw_key(w, "ppVar"), jsonw_bool(w, a->is_variadic);
		jsonw_end(w);
	}
	jsonw_end(w);
	put_texts(w, "pdFuncSettings", f->settings, f->n_settings);
	jsonw_end(w);
}

static void put_representation(struct jsonw *w, const char *from, struct str type, const char *to,
	struct str func)
{
	if (!func.p)
		return;
	jsonw_obj(w);
	jsonw_key(w, "drSourceType");
	from ? jsonw_cstr(w, from) : jsonw_str(w, type);
	jsonw_key(w, "drTargetType");
	to ? jsonw_cstr(w, to) : jsonw_str(w, type);
	jsonw_key(w, "drFunction"), jsonw_str(w, func);
	jsonw_end(w);
}

static void put_handler(struct jsonw *w, const struct rest_handler *h)
{
	jsonw_obj(w);
	jsonw_key(w, "mediaType"), jsonw_str(w, h->media);
	jsonw_key(w, "table"), jsonw_str(w, h->table ? h->table->sql : STR_NULL);
	jsonw_key(w, "aggregate"), jsonw_str(w, h->aggregate);
	jsonw_key(w, "function"), jsonw_str(w, h->func ? h->func->sql : STR_NULL);
	jsonw_end(w);
}

static void put_links_and_funcs(struct jsonw *w, const struct rest_cache *c)
{
	jsonw_key(w, "dbRelationships");
	jsonw_arr(w);
	for (size_t i = 0; i < c->n_tables; i++)
		for (const struct rest_link *k = c->tables[i]->links; k; k = k->next)
			put_link(w, k);
	jsonw_end(w);
	jsonw_key(w, "dbRoutines");
	jsonw_arr(w);
	for (size_t i = 0; i < c->n_funcs; i++)
		put_func(w, c->funcs[i]);
	jsonw_end(w);
}

void rest_cache_json(const struct rest_cache *c, struct buf *out)
{
	struct jsonw w = jsonw_to(out);

	jsonw_obj(&w);
	jsonw_key(&w, "dbTables");
	jsonw_arr(&w);
	for (size_t i = 0; i < c->n_tables; i++)
		put_table(&w, c->tables[i]);
	jsonw_end(&w);
	put_links_and_funcs(&w, c);
	jsonw_key(&w, "dbRepresentations");
	jsonw_arr(&w);
	for (size_t i = 0; i < c->types_by_oid.n; i++) {
		const struct rest_type *t = c->types_by_oid.v[i].p;
		put_representation(&w, NULL, t->name, "json", t->to_json);
		put_representation(&w, "json", t->name, NULL, t->from_json);
		put_representation(&w, "text", t->name, NULL, t->from_text);
	}
	jsonw_end(&w);
	jsonw_key(&w, "dbMediaHandlers");
	jsonw_arr(&w);
	if (c->n_exposed)
		for (const struct rest_handler *h = c->exposed[0]->handlers; h; h = h->next)
			put_handler(&w, h);
	jsonw_end(&w);
	jsonw_end(&w);
}
