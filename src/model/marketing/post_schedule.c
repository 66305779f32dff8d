#include "model/marketing/post_schedule.h"

#include "model/marketing/content_piece.h"
#include "model/marketing/social_media_account.h"
#include "model/mls/workspace.h"

#define AT(member) offsetof(struct marketing_post_schedule, member)

static const struct model_column columns[] = {
	{"workspace_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY,
		AT(workspace_id)},
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"content_piece_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(content_piece_id)},
	{"social_media_account_id", "uuid", MODEL_UUID, MODEL_NOT_NULL,
		AT(social_media_account_id)},
	{"scheduled_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL, AT(scheduled_at)},
	{"posted_at", "timestamptz", MODEL_TIME, 0, AT(posted_at)},
	{"status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"platform_post_id", "text", MODEL_TEXT, 0, AT(platform_post_id)},
	{"error_message", "text", MODEL_TEXT, 0, AT(error_message)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"post_schedule_pkey", "(workspace_id, id)", {{0x3, 0x0}}},
	{"post_schedule_once",
		"(workspace_id, content_piece_id, social_media_account_id) where status <> 'failed'::text",
		{{0xd, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &marketing_post_schedule_table, &mls_workspace_table, 1,
		{MARKETING_POST_SCHEDULE_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
	{"content_piece", &marketing_post_schedule_table, &marketing_content_piece_table, 2,
		{MARKETING_POST_SCHEDULE_WORKSPACE_ID, MARKETING_POST_SCHEDULE_CONTENT_PIECE_ID},
		{MARKETING_CONTENT_PIECE_WORKSPACE_ID, MARKETING_CONTENT_PIECE_ID}},
	{"social_media_account", &marketing_post_schedule_table,
		&marketing_social_media_account_table, 2,
		{MARKETING_POST_SCHEDULE_WORKSPACE_ID,
			MARKETING_POST_SCHEDULE_SOCIAL_MEDIA_ACCOUNT_ID},
		{MARKETING_SOCIAL_MEDIA_ACCOUNT_WORKSPACE_ID, MARKETING_SOCIAL_MEDIA_ACCOUNT_ID}},
};

const struct model_table marketing_post_schedule_table = {
	.schema = "marketing",
	.name = "post_schedule",
	.label = "post schedule",
	.class = MODEL_TENANT,
	.size = sizeof(struct marketing_post_schedule),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {MARKETING_POST_SCHEDULE_WORKSPACE_ID, MARKETING_POST_SCHEDULE_ID},
	.primary_n = 2,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};
