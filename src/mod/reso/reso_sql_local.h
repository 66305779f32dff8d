/* reso_sql_local: shared by the files reso_sql*.c alone. What is added goes to b; -1 after odata_fault_set(). */
#pragma once
#include "mod/reso/reso_sql.h"

/* Whether the name is one that is hidden in rows whose address is, and of which rows it is not. */
bool reso_sql_is_address(const struct reso_sql *q, struct str name);
#define RESO_SHOWS_ADDRESS "mls.reso_boolean(p.p -> 'InternetAddressDisplayYN') is not false"

const char *reso_sql_type(enum odata_type type); /* "numeric" */
struct str reso_sql_literal_text(struct reso_sql *q, const struct odata_value *v);
const char *reso_sql_array(struct reso_sql *q, const struct odata_node *const *nodes, size_t n);

/* Whether mls.listings.source_modified_at is this field, where it is not null. */
bool reso_sql_is_stamp(const struct reso_sql *q, const struct odata_field *f);

int reso_sql_expr(struct reso_sql *q, struct buf *b, const struct odata_node *n) MUST_CHECK;
int reso_sql_infix(struct reso_sql *q, struct buf *b, const struct odata_node *n,
	const char *with) MUST_CHECK;
int reso_sql_arithmetic(struct reso_sql *q, struct buf *b, const struct odata_node *n) MUST_CHECK;
int reso_sql_call(struct reso_sql *q, struct buf *b, const struct odata_node *n) MUST_CHECK;
