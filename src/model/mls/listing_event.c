#include "model/mls/listing_event.h"

#include "model/mls/listing.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_listing_event, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"listing_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(listing_id)},
	{"event", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(event)},
	{"old_value", "text", MODEL_TEXT, 0, AT(old_value)},
	{"new_value", "text", MODEL_TEXT, 0, AT(new_value)},
	{"happened_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(happened_at)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
};

static const struct model_key keys[] = {
	{"listing_events_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_listing_event_table, &mls_workspace_table, 1,
		{MLS_LISTING_EVENT_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"listing", &mls_listing_event_table, &mls_listing_table, 2,
		{MLS_LISTING_EVENT_WORKSPACE_ID, MLS_LISTING_EVENT_LISTING_ID},
		{MLS_LISTING_WORKSPACE_ID, MLS_LISTING_ID}},
};

const struct model_table mls_listing_event_table = {
	.schema = "mls",
	.name = "listing_events",
	.label = "listing event",
	.class = MODEL_TENANT,
	.size = sizeof(struct mls_listing_event),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_LISTING_EVENT_WORKSPACE_ID, MLS_LISTING_EVENT_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};
