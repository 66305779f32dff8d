/* select_local: how a tree of embeds becomes a SELECT. Private to select_*.c, links_find.c and keyset.c.
 *
 *     select_tree.c     items with brackets -> nodes, each with its relationship     links_find.c, select_names.c
 *     select_level.c    one SELECT: rows of a node and of what is joined to them
 *     select_join.c     FROM, joins, EXISTS                   select_columns.c  the list behind SELECT
 *     select_embed.c    to-many embeds, spreads as JSON       select_where.c, select_order.c, select_aggregate.c
 *     select_scope.c    which alias can be seen from where
 *
 * The rows of a page are found first, and what hangs on them is joined afterwards:
 *
 *     select p.c1, p.c2, t2."name"                                             scope `out`
 *     from (select t1."id" as c1, t1."client_id" as c2 from … t1 where … order by … limit $1) p     scope `page`
 *     left join clients t2 on t2."id" = p.c2
 *     order by p.c1
 *
 * Text goes to select.s and may be cut out again to be put elsewhere (select_mark, select_cut): a page's list behind SELECT is known only when
 * everything outside of it is written.
 *
 * Owner    the arena of the request for all of this; outputs and texts of the plan are copied to the plan's.
 * Failure  int functions: -1 with a fault. Threads pure.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "mod/rest/ast.h"
#include "mod/rest/cache.h"
#include "mod/rest/plan.h"
#include "mod/rest/request.h"
#include "mod/rest/select.h"
#include "mod/rest/sql.h"

/* Pieces of SQL to be put one after another. */
struct select_text {
	struct select_text *next;
	struct str sql;
};

struct select_list {
	struct select_text *first, **end;
	size_t n;
};

/* One of the things behind SELECT. */
struct select_column {
	struct select_column *next;
	struct str key; /* absent: not shown */
	struct str sql;
	bool is_aggregate;
	struct str group;             /* what it is grouped by; absent: by its place */
	const struct rest_item *item; /* what asked for it; NULL for one of a `*` */
};

struct select_scope {
	struct select_scope *outer; /* what is seen from here besides */
	struct select_scope
		*page;    /* the derived table that is first behind FROM; NULL: `from` is */
	struct str alias; /* of a page in its outer scope */
	struct str from;
	struct select_list joins; /* each with its own JOIN in front */
	struct select_list where; /* all of them hold */
	struct select_column *columns, **columns_end;
	int n_columns;
	struct str distinct; /* "distinct " or "distinct on (…) " */
	struct str tail;     /* group by, having, order by, limit */
};

struct select_node {
	struct select_node *next, *first, *parent;
	const struct rest_node *ast;
	const struct rest_item *item;      /* NULL: the root */
	struct str name;                   /* filters, orders and keys call it so */
	const struct rest_link *link;      /* NULL: the root */
	const struct rest_table *table;    /* NULL: only columns are known, or not even those */
	const struct rest_column *columns; /* n_columns; NULL: not known */
	size_t n_columns;
	bool is_known; /* which columns there are */
	bool is_rows;  /* the rows are records: no functions can be called on them */
	bool is_to_one, is_spread;
	bool is_empty;   /* puts nothing out */
	bool is_inner;   /* rows of the parent without one of it drop out */
	bool is_ordered; /* rows of the parent are ordered by it */
	bool is_grouped; /* there are aggregates in its rows, those of spreads included */
	/* While it is being written: in SQL, where, and whether rows of the level drop out without it. */
	struct str alias, junction;
	struct select_scope *scope;
	bool drops;
};

/* A SELECT whose rows are those of a node. */
struct select_level {
	struct select_node *node;
	struct select_scope *out, *page; /* the same when nothing is joined to a page */
	bool is_json; /* its rows are made JSON by PostgreSQL; else columns of the result */
	bool is_flat; /* to-one embeds are columns too (only where is_json is not) */
	bool is_grouped, is_distinct;
	struct select_order *orders;
	bool is_keyset; /* pages can follow one another by key */
	bool adds_key;  /* the primary key makes the order complete */
	/* Parts that are left out. Without columns nothing is joined either. */
	bool no_columns, no_order, no_paging;
};

/* One term behind ORDER BY, in terms of the page. */
struct select_order {
	struct select_order *next;
	struct str sql;
	enum rest_dir dir;
	enum rest_nulls nulls;
	int ordinal;                      /* instead: this column of the list, from 1; 0: none */
	const struct rest_column *column; /* a column of the node as it is; else NULL */
};

enum select_naming { SELECT_PLAIN, SELECT_KEYS, SELECT_NUMBERS };

struct select {
	struct rest_request *r;
	struct rest_sql *s;
	struct rest_plan *p; /* NULL: no columns are put out */
	const struct rest_source *source;
	struct select_node *root;
	bool is_csv, strip_nulls;
};

/* What is known of an expression's value. */
struct select_value {
	const struct rest_type *type; /* NULL: not known */
	enum rest_kind kind;
};

/* select.c */
bool select_is_one_row(const struct rest_request *r, const struct rest_table *t);

/* select_tree.c */
int select_init(struct select *x, struct rest_request *r, struct rest_sql *s,
	const struct rest_source *from);
struct select_node *select_child(const struct select_node *n, struct str name); /* NULL */
/* In the list of n's embeds the one that item stands for. */
struct select_node *select_child_of(const struct select_node *n, const struct rest_item *item);
bool select_is_null_test(const struct rest_cond *c);
bool select_is_present_test(const struct rest_cond *c); /* … is not null */
enum rest_agg select_aggregate(const struct select_node *n, const struct rest_item *item);
int64_t select_most_rows(const struct select *x); /* db-max-rows for this request; -1: any number */

/* links_find.c */
const struct rest_link *rest_links_find(struct rest_request *r, const struct rest_table *from,
	struct str target, struct str hint);

/* select_names.c */
struct select_name {
	const struct rest_column *column;
	const struct rest_func *computed;
};
/* -1: there is no such column. A source whose columns are not known has all of them. */
int select_resolve(struct select *x, const struct select_node *n, struct str name,
	struct select_name *ret);
bool select_knows(const struct select_node *n, struct str name);
const struct rest_column *select_column(const struct select_node *n, struct str name);
bool select_may_see(const struct select *x, const struct select_node *n,
	const struct rest_column *c);

/* select_scope.c */
static inline size_t select_mark(const struct select *x)
{
	return x->s->text.len;
}
struct str select_cut(struct select *x, size_t mark);
void select_list_add(struct select *x, struct select_list *list, struct str sql);
struct select_scope *select_scope_new(struct select *x, struct select_scope *outer);
/* What was written since mark speaks of node's rows: when those cannot be seen from `at`, it becomes a column of the page in which they
 * are, and that column is written instead. */
void select_settle(struct select *x, const struct select_scope *at, const struct select_node *node,
	size_t mark);
struct select_column *select_column_add(struct select *x, struct select_scope *scope,
	struct str key, struct str sql);
int select_column_index(const struct select_scope *scope, struct str sql); /* -1 */
void select_list_write(struct select *x, const struct select_list *list, const char *between);
void select_columns_write(struct select *x, const struct select_scope *scope,
	enum select_naming naming);
/* select … from … where … */
void select_scope_write(struct select *x, const struct select_scope *scope,
	enum select_naming naming);

/* select_expr.c: all of them as seen from `at` */
void select_write_column(struct select *x, const struct select_scope *at,
	const struct select_node *n, const struct rest_column *c);
void select_write_row(struct select *x, const struct select_scope *at, const struct select_node *n);
int select_write_field(struct select *x, const struct select_scope *at, const struct select_node *n,
	const struct rest_field *f, struct select_value *ret);
/* "::type"; its kind */
void select_write_cast(struct select *x, struct str cast, struct select_value *ret);
const char *select_aggregate_name(enum rest_agg agg);

/* select_join.c */
/* FROM n's rows, with a fresh alias in scope. */
void select_write_from(struct select *x, struct select_scope *scope, struct select_node *n);
/* Conditions that tie n's rows to its parent's, and n's own filters, joined by "and". */
int select_write_ties(struct select *x, struct select_scope *scope, struct select_node *n);
int select_write_exists(struct select *x, struct select_scope *at, struct select_node *n,
	bool negated);
/* (select f from n's rows that belong to the parent's) */
int select_write_related_field(struct select *x, struct select_scope *at, struct select_node *n,
	const struct rest_field *f, struct select_value *ret);
int select_join_members(struct select *x, struct select_level *l, struct select_node *n);
/* A to-one embed whose columns are columns of l; and whether it is joined there. */
bool select_is_joined(const struct select_level *l, const struct select_node *n);
bool select_is_flat(const struct select_level *l, const struct select_node *n);
void select_write_found(struct select *x, const struct select_scope *at,
	const struct select_node *n);

/* select_where.c */
/* n's filters to list; is_whole: also those that is_inner of embeds stands for. */
int select_where(struct select *x, struct select_scope *scope, struct select_node *n,
	struct select_list *list, bool is_whole);
int select_having(struct select *x, struct select_scope *scope, struct select_node *n,
	const struct rest_cond *c);

/* select_order.c */
int select_orders(struct select *x, struct select_level *l);
void select_write_order(struct select *x, const struct select_scope *at,
	const struct select_level *l, const struct select_order *o);
void select_write_orders(struct select *x, const struct select_scope *at,
	const struct select_level *l);
int select_order_item(const struct rest_node *ast,
	const struct rest_order *o); /* the item that it repeats, from 1; 0 */

/* select_level.c */
/* The rows of l->node, seen from outer, as one SELECT. out: where the root's members are listed; NULL else. */
int select_level_rows(struct select *x, struct select_level *l, struct select_scope *outer,
	struct rest_out **out); /* all but the writing: columns may still be added to l->out */
int select_level_write(struct select *x, struct select_level *l, struct select_scope *outer,
	enum select_naming naming, struct rest_out **out);

/* select_columns.c */
int select_columns(struct select *x, struct select_level *l, struct select_node *n,
	struct rest_out **out);

struct select_column *select_put(struct select *x, struct select_level *l, struct rest_out **out,
	struct str key, struct str sql);

/* select_embed.c: one column, or several */
int select_put_row(struct select *x, struct select_level *l, struct select_node *n,
	struct rest_out **out);
int select_put_array(struct select *x, struct select_level *l, struct select_node *n,
	struct rest_out **out);
int select_put_arrays(struct select *x, struct select_level *l, struct select_node *n,
	struct rest_out **out);

/* select_aggregate.c */
int select_group(struct select *x, struct select_level *l); /* GROUP BY, HAVING into the tail */
int select_distinct(struct select *x, struct select_level *l);

/* select_media.c: the root's SELECT in the form of the media type; fills the plan */
int select_media_write(struct select *x);

/* select_keyset.c: the rows behind the cursor, and columns for the next one */
void select_keyset(struct select *x, struct select_level *l);
