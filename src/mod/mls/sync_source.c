#include "mod/mls/sync_local.h"

#include "base/arena.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/secret.h"
#include "model/mls/connection.h"
#include "model/mls/field_mapping.h"
#include "model/mls/workspace.h"

static int check_one(const struct mls_connection_list *found, struct str provider, struct err *e)
{
	if (!found->n)
		return provider.p
			? err_set(e, E_ABSENT,
				  "this workspace has no " STR_FMT
				  " connection; plat connect makes one",
				  STR_ARG(provider))
			: err_set(e, E_ABSENT,
				  "this workspace has no MLS connection; plat connect makes one");
	if (found->n > 1)
		return err_set(e, E_INPUT,
			"this workspace has several MLS connections; say which one with --provider");
	return 0;
}

static int check_status(struct sync *y, const struct mls_connection *c, struct err *e)
{
	struct mls_workspace *w;

	if (mls_connection_find_workspace(y->s, y->arena, c, &w, e))
		return e->code;
	if (!str_eq(w->status, STR("active")))
		return err_set(e, E_CONFLICT, "the workspace is " STR_FMT " and is not synced",
			STR_ARG(w->status));
	if (str_eq(c->status, STR("paused")))
		return err_set(e, E_CONFLICT, "the connection is paused");
	return 0;
}

static int open_token(struct sync *y, struct err *e)
{
	struct secret_place place = {STR("mls.mls_connections"), y->source.connection_id,
		STR("token_ciphertext")};

	if (!y->source.envelope.p)
		return err_set(e, E_INPUT, "the connection has no token; plat connect stores one");
	if (secret_open(y->arena, y->o->keyring, place, y->source.envelope, &y->source.token, e))
		return err_prefix(e, "the stored token");
	return 0;
}

/* A cursor that cannot be read is no cursor: reading everything again is slow, not wrong. */
static void read_cursor(struct sync *y, struct str text)
{
	struct err ignored = {.arena = y->arena};
	const struct json *v =
		text.p && !y->o->from_scratch ? json_parse(y->arena, text, &ignored) : NULL;

	y->cursor = (struct sync_cursor){0};
	json_to_str(json_get(v, "next"), &y->cursor.next);
	json_to_str(json_get(v, "seen"), &y->cursor.seen);
	json_to_bool(json_get(v, "complete"), &y->cursor.complete);
}

static int load_map(struct sync *y, struct err *e)
{
	struct model_query q = {
		.workspace_id = y->o->workspace_id,
		.where = {{MLS_FIELD_MAPPING_PROVIDER, MODEL_EQ, MODEL_V(y->source.provider)},
			{MLS_FIELD_MAPPING_IS_ACTIVE, MODEL_EQ, MODEL_V(model_bool(true))}},
	};
	struct mls_field_mapping_list active;

	if (mls_field_mapping_list(y->s, y->arena, &q, &active, e))
		return e->code;
	if (!active.n)
		return err_set(e, E_ABSENT,
			"this workspace has no active field mapping for " STR_FMT,
			STR_ARG(y->source.provider));
	const struct json *document = json_parse(y->arena, active.row[0].mapping, e);
	y->source.mapping = document ? mapping_new(y->arena, document, e) : NULL;
	return y->source.mapping
		? 0
		: err_prefix(e, "field mapping version %lld", (long long)active.row[0].version.v);
}

int sync_source_find(struct sync *y, struct str provider, struct err *e)
{
	struct model_query q = {
		.workspace_id = y->o->workspace_id,
		.columns = MODEL_COLUMNS(MLS_CONNECTION_ID, MLS_CONNECTION_WORKSPACE_ID,
			MLS_CONNECTION_PROVIDER, MLS_CONNECTION_DATASET_ID, MLS_CONNECTION_BASE_URL,
			MLS_CONNECTION_TOKEN_CIPHERTEXT, MLS_CONNECTION_STATUS,
			MLS_CONNECTION_LAST_SYNC_CURSOR),
	};
	struct mls_connection_list found;

	if (provider.p)
		q.where[0] = (struct model_condition){MLS_CONNECTION_PROVIDER, MODEL_EQ,
			MODEL_V(provider)};
	if (mls_connection_list(y->s, y->arena, &q, &found, e) || check_one(&found, provider, e))
		return e->code;
	const struct mls_connection *c = &found.row[0];
	if (check_status(y, c, e))
		return e->code;
	y->source.connection_id = c->id;
	y->source.provider = c->provider;
	y->source.dataset = c->dataset_id;
	y->source.base_url = c->base_url;
	y->source.envelope = c->token_ciphertext;
	read_cursor(y, c->last_sync_cursor);
	return 0;
}

int sync_source_open(struct sync *y, struct err *e)
{
	if (y->source.connection_id.p && open_token(y, e))
		return e->code;
	return load_map(y, e);
}
