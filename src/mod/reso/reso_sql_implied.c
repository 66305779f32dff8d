/* What columns of mls.listings say when a condition on the payload holds, for their indexes. Only of conditions that have to hold, and only
 * where the workspace's mappings fill the column from that field as it is: the condition on the payload stays what decides. */
#include "base/arena.h"
#include "base/clock.h"
#include "mod/reso/catalog.h"
#include "mod/reso/reso_sql_local.h"

#define LENGTH_MAX 100 /* longer values may not have fitted the column */
#define SLACK_US US_PER_MS

static const struct {
	const char *field, *column;
	enum reso_plain plain;
} texts[] = {
	{"ListingKey", "r.source_listing_key", RESO_PLAIN_KEY},
	{"ListingId", "r.mls_number", RESO_PLAIN_NUMBER},
	{"City", "r.city", RESO_PLAIN_CITY},
	{"SubdivisionName", "r.subdivision", RESO_PLAIN_SUBDIVISION},
	{"BuildingName", "r.building_name", RESO_PLAIN_BUILDING},
};

static bool is_field(const struct odata_node *n, const char *name)
{
	return n->op == ODATA_FIELD && n->scope == 0 && str_eq(n->field->name, str_of(name));
}

static bool is_status(struct str s)
{
	static const char *const names[] = {"Active", "Active Under Contract", "Canceled", "Closed",
		"Coming Soon", "Delete", "Expired", "Hold", "Incomplete", "Pending", "Withdrawn"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(s, str_of(names[i])))
			return true;
	return false;
}

/* All members are texts that the column holds as they are. */
static bool are_texts(const struct odata_node *const *nodes, size_t n, bool are_statuses)
{
	for (size_t i = 0; i < n; i++) {
		const struct odata_value *v = &nodes[i]->value;
		if (nodes[i]->op != ODATA_LITERAL || v->type != ODATA_STRING ||
			v->text.len > LENGTH_MAX || !str_trim(v->text).len ||
			str_trim(v->text).len != v->text.len)
			return false;
		if (are_statuses && !is_status(v->text))
			return false;
	}
	return true;
}

/* eq and in, texts. */
static void imply_texts(struct reso_sql *q, const struct odata_node *n)
{
	const char *column = NULL;
	unsigned plain = q->catalog->plain;
	bool of_status = is_field(n->args[0], "StandardStatus");

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (is_field(n->args[0], texts[i].field) && plain & texts[i].plain)
			column = texts[i].column;
	if (of_status && plain & RESO_PLAIN_STATUS)
		column = "r.standard_status";
	if (q->source->parent_key)
		column = is_field(n->args[0], "ResourceRecordKey") ? q->source->parent_key : NULL;
	if (column && are_texts(n->args + 1, n->n - 1, of_status))
		reso_sql_and(q,
			arena_printf(q->arena, "%s = any (%s::text[])", column,
				reso_sql_array(q, n->args + 1, n->n - 1)));
}

/* --- the stamp -------------------------------------------------------------------------------------- */

/* The stamp that the column has comes from this field: the mapping takes Bridge's, and the MLS's where that is not there. */
bool reso_sql_is_stamp(const struct reso_sql *q, const struct odata_field *f)
{
	return q->source->is_property &&
		(str_eq(f->name, STR("BridgeModificationTimestamp")) ||
			(str_eq(f->name, STR("ModificationTimestamp")) &&
				!q->catalog->has_bridge_stamp));
}

static bool is_bound(const struct reso_sql *q, const struct odata_node *n, bool lower)
{
	bool of_stamp = n->n == 2 && n->args[0]->op == ODATA_FIELD && n->args[0]->scope == 0 &&
		reso_sql_is_stamp(q, n->args[0]->field) && n->args[1]->op == ODATA_LITERAL &&
		n->args[1]->value.type == ODATA_TIMESTAMP;

	if (!of_stamp)
		return false;
	return n->op == ODATA_EQ ||
		(lower ? n->op == ODATA_GT || n->op == ODATA_GE
		       : n->op == ODATA_LT || n->op == ODATA_LE);
}

/* The earliest (or latest) stamp that a row for which the condition holds can have; then it has one. */
static bool bound(const struct reso_sql *q, const struct odata_node *n, bool lower, int64_t *ret_us)
{
	int64_t l, r;

	if (n->op == ODATA_AND || n->op == ODATA_OR) {
		bool has_l = bound(q, n->args[0], lower, &l),
		     has_r = bound(q, n->args[1], lower, &r);
		if (n->op == ODATA_OR ? !has_l || !has_r : !has_l && !has_r)
			return false;
		if (has_l && has_r)
			*ret_us = ((l < r) == lower) == (n->op == ODATA_OR) ? l : r;
		else
			*ret_us = has_l ? l : r;
		return true;
	}
	if (!is_bound(q, n, lower))
		return false;
	*ret_us = n->args[1]->value.n;
	return true;
}

static void imply_bound(struct reso_sql *q, const char *sign, int64_t us)
{
	struct odata_value v = {.type = ODATA_TIMESTAMP, .n = us};

	reso_sql_and(q,
		arena_printf(q->arena, "r.source_modified_at %s %s::timestamptz", sign,
			reso_sql_text(q, reso_sql_literal_text(q, &v))));
}

/* --- all together ------------------------------------------------------------------------------------ */

static void imply_parts(struct reso_sql *q, const struct odata_node *n)
{
	if (n->op == ODATA_AND) {
		imply_parts(q, n->args[0]);
		imply_parts(q, n->args[1]);
	} else if (n->op == ODATA_EQ || n->op == ODATA_IN) {
		imply_texts(q, n);
	}
}

void reso_sql_imply(struct reso_sql *q, const struct odata_node *n)
{
	int64_t us;

	imply_parts(q, n);
	q->has_stamps = bound(q, n, true, &us);
	if (q->has_stamps)
		imply_bound(q, ">=", us - SLACK_US);
	if (bound(q, n, false, &us))
		imply_bound(q, "<=", us + SLACK_US);
}
