#include "model/plat/mail_template.h"

#include "model/mls/workspace.h"

#define AT(member) offsetof(struct plat_mail_template, member)

static const struct model_column columns[] = {
	{"id", "bigint", MODEL_INT, MODEL_NOT_NULL | MODEL_GENERATED | MODEL_PRIMARY, AT(id)},
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(name)},
	{"workspace_id", "uuid", MODEL_UUID, 0, AT(workspace_id)},
	{"subject", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(subject)},
	{"text_body", "text", MODEL_TEXT, MODEL_NOT_NULL, AT(text_body)},
	{"html_body", "text", MODEL_TEXT, 0, AT(html_body)},
	{"updated_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(updated_at)},
};

static const struct model_key keys[] = {
	{"mail_templates_pkey", "(id)", {{0x1, 0x0}}},
	{"mail_templates_name", "(name, workspace_id)", {{0x6, 0x0}}},
};

static const struct model_relation relations[] = {
	{"workspace", &plat_mail_template_table, &mls_workspace_table, 1,
		{PLAT_MAIL_TEMPLATE_WORKSPACE_ID}, {MLS_WORKSPACE_ID}},
};

const struct model_table plat_mail_template_table = {
	.schema = "plat",
	.name = "mail_templates",
	.label = "mail template",
	.class = MODEL_LOCAL,
	.size = sizeof(struct plat_mail_template),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {PLAT_MAIL_TEMPLATE_ID},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};
