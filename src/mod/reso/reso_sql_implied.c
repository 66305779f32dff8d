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

/* The stamp that the column has comes from this field: the mapping takes Bridge's, and the MLS's where that is not there. */
static bool is_stamp(const struct reso_sql *q, const struct odata_node *n)
{
	return is_field(n, "BridgeModificationTimestamp") ||
		(is_field(n, "ModificationTimestamp") && !q->catalog->has_bridge_stamp);
}

static void imply_time(struct reso_sql *q, const struct odata_node *n)
{
	struct odata_value v = n->args[1]->value;
	bool is_upper = n->op == ODATA_LT || n->op == ODATA_LE, is_both = n->op == ODATA_EQ;

	if (!is_stamp(q, n->args[0]) || n->args[1]->op != ODATA_LITERAL ||
		v.type != ODATA_TIMESTAMP)
		return;
	if (is_upper || is_both) {
		v.n += SLACK_US;
		reso_sql_and(q,
			arena_printf(q->arena, "r.source_modified_at <= %s::timestamptz",
				reso_sql_text(q, reso_sql_literal_text(q, &v))));
		v.n -= SLACK_US;
	}
	if (!is_upper) {
		v.n -= SLACK_US;
		reso_sql_and(q,
			arena_printf(q->arena, "r.source_modified_at >= %s::timestamptz",
				reso_sql_text(q, reso_sql_literal_text(q, &v))));
	}
}

void reso_sql_imply(struct reso_sql *q, const struct odata_node *n)
{
	switch ((int)n->op) {
	case ODATA_AND:
		reso_sql_imply(q, n->args[0]);
		reso_sql_imply(q, n->args[1]);
		break;
	case ODATA_IN: imply_texts(q, n); break;
	case ODATA_EQ: imply_texts(q, n); /* fall through */
	case ODATA_GT:
	case ODATA_GE:
	case ODATA_LT:
	case ODATA_LE: imply_time(q, n); break;
	default: break;
	}
}
