/* sql_local: what sql.c and where.c write with. Private to src/model. */
#pragma once
#include "base/buf.h"
#include "db/db.h"
#include "model/sql.h"

struct sql {
	struct arena *a;
	const struct model_table *t;
	struct buf text;
	struct db_param *params;
	int n, cap;
};

/* Adds the parameter and returns its number. */
int model_sql_param(struct sql *x, struct db_param p);

/* Write: the column's name; $n for a new parameter. */
void model_sql_name(struct sql *x, int column);
void model_sql_value(struct sql *x, struct db_param p);

/* " where ...", nothing when there is no condition; and " order by ..." . */
void model_sql_where(struct sql *x, const struct model_query *q);
void model_sql_order(struct sql *x, const struct model_query *q);
