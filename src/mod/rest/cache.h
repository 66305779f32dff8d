/* cache: what PostgreSQL says about the exposed schemas: tables, columns, keys, relationships, functions, media handlers.
 *
 * One struct rest_cache is one reading of the catalogue and never changes; a reload makes another one beside it, so a request keeps
 * the one it began with. Plans (plan.h) belong to a cache and go with it.
 *
 * Owner    counted references: rest_cache_ref(), rest_cache_unref(). All that it points to lives in its arena.
 * Failure  look-ups answer NULL. Loading: see rest_cache_load().
 * Threads  one loop.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct buf;
struct db;
struct map;
struct rest_cache;
struct rest_func;
struct rest_plans;

/* How a value of a type becomes JSON (encode.h). */
enum rest_kind {
	REST_KIND_TEXT,   /* quoted */
	REST_KIND_NUMBER, /* as PostgreSQL writes it; NaN and infinities quoted */
	REST_KIND_BOOL,
	REST_KIND_JSON,        /* as it is */
	REST_KIND_TIMESTAMP,   /* quoted, 'T' between date and time */
	REST_KIND_TIMESTAMPTZ, /* and the offset with minutes */
	REST_KIND_WRAP, /* needs to_json() in SQL: arrays, composites, types with a cast to json */
};

struct rest_type {
	unsigned oid;
	struct str name; /* format_type(): "character varying", "test.color" */
	struct str sql;  /* quoted and qualified, to be written behind "::" */
	enum rest_kind kind;
	char typtype;                    /* pg_type.typtype: b c d e p r m */
	const struct rest_type *element; /* of an array; else NULL */
	const struct rest_type *base;    /* of a domain; else NULL */
	const struct rest_type *array;   /* the array over it; NULL without */
	unsigned relation;               /* pg_class of a composite type; 0 */
	/* Data representations: functions of casts from and to the domain, qualified and quoted; absent when there is none. */
	struct str to_json, from_json, from_text;
	struct str *labels; /* of an enum; n_labels */
	size_t n_labels;
};

struct rest_column {
	struct str name;
	struct str sql; /* quoted */
	int number;     /* attnum */
	const struct rest_type *type;
	struct str type_sql; /* with its modifier: character varying(10) */
	bool nullable, has_default, is_generated, is_identity_always, in_pk;
	struct str default_sql; /* the expression; absent: none */
	struct str comment;
	int64_t max_length; /* characters; 0: any */
	uint64_t
		denied; /* bit r: role r of the cache may not SELECT it (though it may others of the table) */
	uint64_t no_insert, no_update; /* the same for writing */
};

enum rest_cardinality {
	REST_MANY_TO_ONE,
	REST_ONE_TO_MANY,
	REST_ONE_TO_ONE,
	REST_MANY_TO_MANY,
	REST_COMPUTED
};

/* A way from a table to another: from.columns[i] = to.foreign[i]. */
struct rest_link {
	struct rest_link *next; /* of the same table */
	struct rest_table *from, *to;
	enum rest_cardinality cardinality;
	bool is_to_one;
	bool is_self;
	bool is_parent;        /* ONE_TO_ONE: the key's constraint is on `from` */
	struct str constraint; /* of the key; of MANY_TO_MANY: from's */
	const struct rest_column **columns, **foreign;
	size_t n;
	/* MANY_TO_MANY: from.columns[i] = junction.near[i], junction.far[j] = to.foreign[j] */
	struct rest_table *junction;
	struct str far_constraint;
	const struct rest_column **near, **far;
	size_t n_far;
	struct rest_func *func; /* COMPUTED */
};

/* REST_COMPOSITE: no relation but a composite type; only as the table of a function. */
enum rest_table_kind {
	REST_TABLE,
	REST_VIEW,
	REST_MATVIEW,
	REST_FOREIGN,
	REST_PARTITIONED,
	REST_COMPOSITE
};

struct rest_table {
	unsigned oid;
	struct str schema, name;
	struct str sql; /* "schema"."name", quoted */
	enum rest_table_kind kind;
	bool is_exposed; /* else it is here only because a function returns its row type */
	bool may_insert, may_update,
		may_delete; /* the relation can (views: auto-updatable or INSTEAD OF); not grants */
	struct rest_column *columns;
	size_t n;
	const struct rest_column *
		*pk; /* of a view: the columns that are its base table's key, when all are there */
	size_t n_pk;
	struct rest_link
		*links; /* to exposed tables, through exposed junctions; in order: name of `to`,
				  self references last, one-to-many, many-to-one, one-to-one,
				  many-to-many, computed */
	struct rest_func
		*computed; /* linked by next_computed: functions that take this row alone */
	struct str comment;
	double rows;            /* the planner's estimate; -1 unknown */
	bool has_column_grants; /* some column has a bit in denied */
	const struct rest_type *row_type;
	struct map *by_name; /* of the columns, when there are many; rest_table_column() uses it */
};

struct rest_arg {
	struct str name; /* "" without */
	struct str sql;  /* quoted */
	const struct rest_type *type;
	struct str type_sql;
	bool has_default, is_variadic;
};

enum rest_volatility { REST_IMMUTABLE, REST_STABLE, REST_VOLATILE };

struct rest_func {
	struct rest_func *next; /* the next one of the same name: overloads */
	struct rest_func *next_computed;
	unsigned oid;
	struct str schema, name, sql;
	struct rest_arg *args; /* what comes in: IN, VARIADIC, and those that go both ways */
	size_t n;
	enum rest_volatility volatility;
	const struct rest_type *returns;
	bool returns_set, returns_void,
		returns_record,     /* whose columns nobody knows before it runs */
		returns_table_like; /* composite, or OUT columns */
	bool returns_one_row;       /* set-returning with ROWS 1 */
	struct rest_table
		*table; /* the relation whose row type it returns (through a domain too); NULL */
	struct rest_column
		*out; /* what comes out: OUT, TABLE, and those that go both ways; n_out */
	size_t n_out;
	struct str comment;
	/* SET options: hoisted ones are name, value alternately */
	struct str *settings;
	size_t n_settings;
	bool is_exposed;
	bool is_read_only_iso; /* reserved */
};

/* A media type handler: a domain named like a media type, returned by a function or an aggregate. */
struct rest_handler {
	struct rest_handler *next;
	struct str media; /* "text/xml", or any */
	bool is_any;      /* the domain is named "* / *" */
	const struct rest_table
		*table; /* aggregate over this row type; NULL: over any (anyelement, record) */
	struct str aggregate;         /* quoted, qualified; absent: a function's own return type */
	const struct rest_func *func; /* the function that returns the domain */
};

struct rest_role {
	struct str name;
	/* SET options of the role: name, value alternately, hoisted ones (statement_timeout, …) and isolation level */
	struct str *settings;
	size_t n_settings;
	struct str isolation; /* default_transaction_isolation; absent */
};

/* What the catalogue is read for. Copied. */
struct rest_cache_options {
	const struct str *schemas;
	size_t n_schemas;
	const struct str *extra; /* db-extra-search-path */
	size_t n_extra;
	const struct str *hoisted; /* db-hoisted-tx-settings */
	size_t n_hoisted;
};

/* (waits) In a fiber. NULL with a sentence; nothing is left behind. */
struct rest_cache *rest_cache_load(struct db *db, const struct rest_cache_options *options,
	struct err *e) MUST_CHECK;
struct rest_cache *rest_cache_ref(struct rest_cache *c);
void rest_cache_unref(struct rest_cache *c); /* NULL is fine */

struct rest_table *rest_cache_table(const struct rest_cache *c, struct str schema, struct str name);
struct rest_table *rest_cache_table_by_oid(const struct rest_cache *c, unsigned oid);
/* The first overload: fewest arguments first. Not those that no call can name: with an unnamed argument that is not the only
 * one, or is not json, jsonb, text, xml or bytea (computed fields mostly). */
struct rest_func *rest_cache_func(const struct rest_cache *c, struct str schema, struct str name);
const struct rest_type *rest_cache_type(const struct rest_cache *c, unsigned oid);
/* A type as a client writes it in a cast: "int", "text", "varchar(3)" "test.color", "int[]". NULL: not known; the cast is then
 * refused by PostgreSQL itself. Looked up in pg_catalog, then the schema of the request. */
const struct rest_type *rest_cache_type_named(const struct rest_cache *c, struct str schema,
	struct str name);
const struct rest_column *rest_table_column(const struct rest_table *t, struct str name);
struct rest_func *rest_table_computed(const struct rest_table *t,
	struct str name); /* a field or a relationship */
/* Bit number of a role in rest_column.denied; -1: not one that the login may become. */
int rest_cache_role(const struct rest_cache *c, struct str name);
const struct rest_role *rest_cache_role_at(const struct rest_cache *c, int i);
const struct rest_handler *rest_cache_handlers(const struct rest_cache *c, struct str schema);

/* Names near a wrong one, for hints (similarity of facts 1.1); absent when none is near enough. rest_cache_near() is the general
 * form: the most similar of n, similarity at least min (0.33 for arguments and relationships); an equal one has 1. */
struct str rest_cache_near(struct str word, const struct str *names, size_t n, double min);
struct str rest_cache_near_table(const struct rest_cache *c, struct str schema, struct str name,
	struct arena *a);
struct str rest_cache_near_func(const struct rest_cache *c, struct str schema, struct str name,
	struct arena *a);

/* For OpenAPI and the admin port: what is exposed, in order of schema and name. */
size_t rest_cache_tables(const struct rest_cache *c);
struct rest_table *rest_cache_table_at(const struct rest_cache *c, size_t i);
size_t rest_cache_funcs(const struct rest_cache *c);
struct rest_func *rest_cache_func_at(const struct rest_cache *c, size_t i);
struct str rest_cache_schema_comment(const struct rest_cache *c, struct str schema);

/* Some function, policy, view or trigger reads these settings, so a request has to send, or ask for, them. */
struct rest_cache_uses {
	bool request_headers, request_cookies, request_path,
		request_method; /* current_setting('request.…') */
	bool response;          /* set_config('response.…') */
};
const struct rest_cache_uses *rest_cache_uses(const struct rest_cache *c);

/* Postgres' own list, lower case; for Prefer: timezone is not needed: PostgreSQL checks. */
int64_t rest_cache_load_us(const struct rest_cache *c); /* how long the reading took */
size_t rest_cache_bytes(const struct rest_cache *c);

/* The plans made over this cache; owned by it (plan.h): when the cache goes, it calls free. Set once; NULL before. */
void rest_cache_set_plans(struct rest_cache *c, struct rest_plans *plans,
	void (*free)(struct rest_plans *));
struct rest_plans *rest_cache_plans(const struct rest_cache *c);

void rest_cache_json(const struct rest_cache *c,
	struct buf *out); /* /schema_cache of the admin port */
