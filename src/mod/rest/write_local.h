/* write_local: how the plan of a write is put together. Private to write*.c.
 *
 *     statement    write_insert.c, write_upsert.c, write_change.c    insert …, update …, delete … up to RETURNING, over alias
 *     answer       write_return.c, write_rows.c                      nothing, RETURNING, or a CTE "w" and a select over it
 *
 * Owner    texts go to s, which write.c owns. Failure: -1 with a fault. Threads pure.
 */
#pragma once
#include "mod/rest/parse.h"
#include "mod/rest/plan.h"
#include "mod/rest/select.h"
#include "mod/rest/sql.h"

struct write {
	struct rest_request *r;
	struct rest_plan *p;
	struct rest_sql *s;
	struct rest_source from; /* the table */
	struct str alias;        /* of the rows that are written */
	bool is_merge;           /* an upsert that may update: it tells how many rows were new */
	int (*statement)(struct write *w);
};

int write_insert(struct write *w);
int write_update(struct write *w);
int write_delete(struct write *w);

/* PATCH and DELETE: PLAT001, PLAT003. PUT: PGRST105, 114, 115. */
int write_change_check(const struct write *w);
int write_put_check(const struct write *w);

void write_upsert(struct write *w); /* " on conflict …" when it is an upsert */
bool write_upsert_is_merge(const struct write *w);
void write_upsert_is_new(struct write *w); /* for RETURNING: is the row at alias a new one? */

/* The value of a field: a parameter, or cell c<i> of many rows. typed: with its type, where PostgreSQL does not infer it. */
void write_value(struct write *w, size_t i, bool typed);

/* write_return.c: the whole statement, by what the client wants to see; none: when no row is to be written. */
int write_return(struct write *w);
int write_return_none(struct write *w);

/* write_rows.c: the same for the rows themselves. */
int write_rows(struct write *w);
int write_rows_none(struct write *w);

bool write_wants_rows(const struct write *w);
bool write_wants_new(const struct write *w); /* is to tell how many rows were new */
bool write_is_alone(const struct write *w);  /* shows exactly one row */
enum rest_media write_media(const struct write *w);

/* "with w as (… returning ", and its end: what the select is from. */
int write_open(struct write *w);
struct str write_close(struct write *w);
