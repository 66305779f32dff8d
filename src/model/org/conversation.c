#include "model/org/conversation.h"

#include "model/auth/user.h"

#define AT(member) offsetof(struct org_conversation, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"title", "text", MODEL_TEXT, 0, AT(title)},
	{"subject", "text", MODEL_TEXT, 0, AT(subject)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
	{"user_id", "uuid", MODEL_UUID, MODEL_DEFAULT, AT(user_id)},
	{"seen_by", "uuid[]", MODEL_ARRAY, MODEL_NOT_NULL | MODEL_DEFAULT, AT(seen_by)},
};

static const struct model_key keys[] = {
	{"conversations_pkey", "(id)", {{0x1, 0x0}}},
};

static const struct model_relation relations[] = {
	{"user", &org_conversation_table, &auth_user_table, 1, {ORG_CONVERSATION_USER_ID},
		{AUTH_USER_ID}},
};

const struct model_table org_conversation_table = {
	.schema = "org",
	.name = "conversations",
	.label = "conversation",
	.class = MODEL_SHARED,
	.size = sizeof(struct org_conversation),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {ORG_CONVERSATION_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};
