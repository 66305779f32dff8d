#include "model/plat/mail.h"

#include "model/mls/workspace.h"

#define AT(member) offsetof(struct plat_mail, member)

static const struct model_column columns[] = {
	{"id", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_DEFAULT | MODEL_PRIMARY, AT(id)},
	{"workspace_id", "uuid", MODEL_UUID, 0, AT(workspace_id)},
	{"template", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(template)},
	{"address", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(address)},
	{"data", "jsonb", MODEL_JSON, MODEL_NOT_NULL | MODEL_DEFAULT, AT(data)},
	{"status", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_DEFAULT, AT(status)},
	{"subject", "text", MODEL_TEXT, 0, AT(subject)},
	{"text", "text", MODEL_TEXT, 0, AT(text)},
	{"html", "text", MODEL_TEXT, 0, AT(html)},
	{"error", "text", MODEL_TEXT, 0, AT(error)},
	{"created_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(created_at)},
	{"sent_at", "timestamptz", MODEL_TIME, 0, AT(sent_at)},
};

static const struct model_key keys[] = {
	{"mails_pkey", "(id)", {{0x1, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &plat_mail_table, &mls_workspace_table, 1, {PLAT_MAIL_WORKSPACE_ID},
		{MLS_WORKSPACE_ID}},
};

const struct model_table plat_mail_table = {
	.schema = "plat",
	.name = "mails",
	.label = "mail",
	.class = MODEL_LOCAL,
	.size = sizeof(struct plat_mail),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {PLAT_MAIL_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};
