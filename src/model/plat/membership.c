#include "model/plat/membership.h"

#include "model/auth/user.h"

#define AT(member) offsetof(struct plat_membership, member)

static const struct model_column columns[] = {
	{"login", "uuid", MODEL_UUID, MODEL_NOT_NULL | MODEL_PRIMARY, AT(login)},
	{"me", "text", MODEL_TEXT, 0, AT(me)},
};

static const struct model_key keys[] = {
	{"memberships_pkey", "(login)", {{0x1, 0x0}}},
};

static const struct model_relation relations[] = {
	{"login", &plat_membership_table, &auth_user_table, 1, {PLAT_MEMBERSHIP_LOGIN},
		{AUTH_USER_ID}},
};

const struct model_table plat_membership_table = {
	.schema = "plat",
	.name = "memberships",
	.label = "membership",
	.class = MODEL_LOCAL,
	.size = sizeof(struct plat_membership),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {PLAT_MEMBERSHIP_LOGIN},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
	.relations = relations,
	.relations_n = sizeof relations / sizeof *relations,
};
