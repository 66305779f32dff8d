#include "model/plat/follower.h"

#define AT(member) offsetof(struct plat_follower, member)

static const struct model_column columns[] = {
	{"name", "text", MODEL_TEXT, MODEL_NOT_NULL | MODEL_PRIMARY, AT(name)},
	{"from_xid", "xid8", MODEL_OTHER, MODEL_NOT_NULL, AT(from_xid)},
	{"round_xid", "xid8", MODEL_OTHER, 0, AT(round_xid)},
	{"at_xid", "xid8", MODEL_OTHER, 0, AT(at_xid)},
	{"at_workspace", "uuid", MODEL_UUID, 0, AT(at_workspace)},
	{"at_listing", "uuid", MODEL_UUID, 0, AT(at_listing)},
	{"moved_at", "timestamptz", MODEL_TIME, MODEL_NOT_NULL | MODEL_DEFAULT, AT(moved_at)},
};

static const struct model_key keys[] = {
	{"followers_pkey", "(name)", {{0x1, 0x0}}},
};

const struct model_table plat_follower_table = {
	.schema = "plat",
	.name = "followers",
	.label = "follower",
	.class = MODEL_LOCAL,
	.size = sizeof(struct plat_follower),
	.columns = columns,
	.n = sizeof columns / sizeof *columns,
	.primary = {PLAT_FOLLOWER_NAME},
	.primary_n = 1,
	.keys = keys,
	.keys_n = sizeof keys / sizeof *keys,
};
