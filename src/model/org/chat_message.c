#include "model/org/chat_message.h"

#include "model/org/conversation.h"
#include "model/org/user_profile.h"

#define AT(member) offsetof(struct org_chat_message, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"user_id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT, AT(user_id)},
	{"conversation_id", "uuid", MODEL_UUID, MODEL_NOT_NULL, AT(conversation_id)},
	{"message_content", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(message_content)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"chat_messages_pkey", "(id)", {{0x1, 0x0}}},
};

static const struct model_relation relations[] = {
	{"user", &org_chat_message_table, &org_user_profile_table, 1, {ORG_CHAT_MESSAGE_USER_ID},
		{ORG_USER_PROFILE_ID}},
	{"conversation", &org_chat_message_table, &org_conversation_table, 1,
		{ORG_CHAT_MESSAGE_CONVERSATION_ID}, {ORG_CONVERSATION_ID}},
};

const struct model_table org_chat_message_table = {
	.schema = "org",
	.name = "chat_messages",
	.label = "chat message",
	.class = MODEL_SHARED,
	.size = sizeof(struct org_chat_message),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {ORG_CHAT_MESSAGE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};
