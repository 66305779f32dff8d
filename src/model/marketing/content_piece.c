#include "model/marketing/content_piece.h"

#include "model/marketing/agent.h"
#include "model/marketing/listing.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct marketing_content_piece, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"listing_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(listing_id)},
	{"agent_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT, AT(agent_id)},
	{"content_type", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(content_type)},
	{"generated_text", "jsonb", MODEL_JSON, MODEL_NOT_NULL, AT(generated_text)},
	{"associated_image_urls", "text[]", MODEL_ARRAY, 0, AT(associated_image_urls)},
	{"status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"feedback", "text", MODEL_TEXT, 0, AT(feedback)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"last_approved_at", "timestamptz", MODEL_TIME, 0, AT(last_approved_at)},
};

static const struct model_key keys[] = {
	{"content_pieces_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &marketing_content_piece_table, &mls_workspace_table, 1,
		{MARKETING_CONTENT_PIECE_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"listing", &marketing_content_piece_table, &marketing_listing_table, 2,
		{MARKETING_CONTENT_PIECE_WORKSPACE_ID, MARKETING_CONTENT_PIECE_LISTING_ID},
		{MARKETING_LISTING_WORKSPACE_ID, MARKETING_LISTING_ID}},
	{"agent", &marketing_content_piece_table, &marketing_agent_table, 2,
		{MARKETING_CONTENT_PIECE_WORKSPACE_ID, MARKETING_CONTENT_PIECE_AGENT_ID},
		{MARKETING_AGENT_WORKSPACE_ID, MARKETING_AGENT_ID}},
};

const struct model_table marketing_content_piece_table = {
	.schema = "marketing",
	.name = "content_pieces",
	.label = "content piece",
	.class = MODEL_TENANT,
	.size = sizeof(struct marketing_content_piece),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MARKETING_CONTENT_PIECE_WORKSPACE_ID, MARKETING_CONTENT_PIECE_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};
