#include "model/mls/payment_event.h"

#include "model/mls/workspace.h"

#define AT(member) offsetof(struct mls_payment_event, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"stripe_event_id", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(stripe_event_id)},
	{"stripe_event_type", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(stripe_event_type)},
	{"workspace_id", "uuid", MODEL_UUID, 0, AT(workspace_id)},
	{"amount_cents", "integer", MODEL_INT, 0, AT(amount_cents)},
	{"raw", "jsonb", MODEL_JSON, MODEL_NOT_NULL | MODEL_DEFAULT, AT(raw)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
};

static const struct model_key keys[] = {
	{"payment_events_pkey", "(id)", {{0x1, 0x0}}},
	{"payment_events_stripe_event_id_key", "(stripe_event_id)", {{0x2, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &mls_payment_event_table, &mls_workspace_table, 1,
		{MLS_PAYMENT_EVENT_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
};

const struct model_table mls_payment_event_table = {
	.schema = "mls",
	.name = "payment_events",
	.label = "payment event",
	.class = MODEL_SHARED,
	.size = sizeof(struct mls_payment_event),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MLS_PAYMENT_EVENT_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};
