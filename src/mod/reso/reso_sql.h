/* reso_sql: a request of /reso/odata as one statement of PostgreSQL.
 *
 * Each resource is a source of rows "r" with a payload (jsonb); fields of the payload are taken out once a row, in a lateral "f", and read
 * as their types by functions that never fail (sql/live/27_mls_reso.sql). Names and literals are parameters, never text. Conditions and
 * orders that a column of mls.listings implies stand beside those on the payload, so that indexes serve.
 *
 * Owner    the request's arena.
 * Failure  -1 after odata_fault_set(): 501 for what cannot be asked of PostgreSQL.
 * Threads  pure.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "db/db.h"
#include "mod/reso/odata_ast.h"
#include "mod/reso/odata_query.h"

struct reso_catalog;

/* One way of looking at a resource (resource.h). */
struct reso_source {
	const char
		*from; /* "mls.listings r"; $1 is the workspace, $2 is `extra` when there is one */
	const char *where;   /* which rows there are at all */
	const char *payload; /* jsonb */
	const char *key;     /* text: unique, but for two feeds with the same one */
	/* Without $orderby the order is by all of these, ascending ("r.id::uuid", with its type); $orderby leaves out the first `stamps`, which
	 * may be null (those rows come last), and ends with the others. */
	const char *orders[4];
	int stamps;
	const char *parent_key; /* of Media: the column that ResourceRecordKey is */
	struct str extra;
	bool is_property;
	bool has_media; /* any and all may look at Media */
};

/* Pictures that are for agents alone are told by the payload: e.v is one of its Media. */
#define RESO_IS_FOR_AGENTS \
	"mls.reso_list(e.v -> 'Permission') ?| '{Private,Agent Only,Firm Only,Office Only}'"

struct reso_sql {
	struct arena *arena;
	struct odata_fault *fault;
	const struct reso_source *source;
	const struct reso_catalog *catalog;
	struct db_param *params;
	int params_n, params_cap;
	struct {
		struct str name;
		bool is_address;
	} fields[ODATA_NODES];
	int fields_n;
	bool has_stamps; /* every row has one, as `where` is */
	struct buf where, text;
};

void reso_sql_init(struct reso_sql *q, struct arena *a, const struct reso_source *source,
	const struct reso_catalog *catalog, struct odata_fault *f);

/* "$7": the parameter's place. */
const char *reso_sql_param(struct reso_sql *q, struct db_param p);
const char *reso_sql_text(struct reso_sql *q, struct str s);

/* A condition, added to `where` with "and". */
int reso_sql_filter(struct reso_sql *q, const struct odata_node *filter) MUST_CHECK;
void reso_sql_and(struct reso_sql *q, const char *condition);
void reso_sql_key(struct reso_sql *q, struct str key); /* the row of this key */

/* A field of the row as its type; added to b. */
void reso_sql_field(struct reso_sql *q, struct buf *b, const struct odata_field *f);
const char *reso_sql_reader(enum odata_type type); /* "mls.reso_number" */

/* Of a $filter's ANDs, what columns of listings say: sql_implied.c. */
void reso_sql_imply(struct reso_sql *q, const struct odata_node *filter);

/* Where a page begins: the values of its predecessor's last row, or the beginning (n 0). */
#define RESO_KEYS (ODATA_ORDERS + 4)
struct reso_place {
	struct str values[RESO_KEYS]; /* absent: null */
	int n;
};

struct reso_page {
	const struct odata_query *query; /* its orders; NULL: none */
	const struct reso_place *after;
	bool is_rest; /* of Property without $orderby: only rows without a stamp, which come last */
	int64_t limit, skip;
	const char *more; /* a further column, or NULL */
};

/* "select payload, keys ..., more from ... limit": the statement, with q->where as far as it was made. Values of keys are columns 1 ..
 * *ret_keys. */
struct str reso_sql_page(struct reso_sql *q, const struct reso_page *page, int *ret_keys);
struct str reso_sql_count(struct reso_sql *q);
