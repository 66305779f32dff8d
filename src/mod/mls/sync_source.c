#include "mod/mls/sync_local.h"

#include "base/arena.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/secret.h"
#include "db/result.h"
#include "db/session.h"

/* Columns of the query in sync_source_load(). */
enum {
	COL_ID,
	COL_PROVIDER,
	COL_DATASET,
	COL_BASE_URL,
	COL_TOKEN,
	COL_STATUS,
	COL_CURSOR,
	COL_WORKSPACE_STATUS
};

static int check_row(const struct result *r, struct str provider, struct err *e)
{
	if (!result_rows(r))
		return provider.p
			? err_set(e, E_ABSENT,
				  "this workspace has no " STR_FMT
				  " connection; plat connect makes one",
				  STR_ARG(provider))
			: err_set(e, E_ABSENT,
				  "this workspace has no MLS connection; plat connect makes one");
	if (result_rows(r) > 1)
		return err_set(e, E_INPUT,
			"this workspace has several MLS connections; say which one with --provider");
	if (!str_eq(result_text(r, 0, COL_WORKSPACE_STATUS), STR("active")))
		return err_set(e, E_CONFLICT, "the workspace is " STR_FMT " and is not synced",
			STR_ARG(result_text(r, 0, COL_WORKSPACE_STATUS)));
	if (str_eq(result_text(r, 0, COL_STATUS), STR("paused")))
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
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(y->source.provider)};
	struct result *r;

	if (session_exec(y->s, y->arena,
		    "select mapping, version from mls.field_mappings where workspace_id = $1 and provider = $2 and is_active",
		    2, params, &r, e))
		return e->code;
	if (!result_rows(r))
		return err_set(e, E_ABSENT,
			"this workspace has no active field mapping for " STR_FMT,
			STR_ARG(y->source.provider));
	const struct json *document = json_parse(y->arena, result_text(r, 0, 0), e);
	y->source.mapping = document ? mapping_new(y->arena, document, e) : NULL;
	return y->source.mapping
		? 0
		: err_prefix(e, "field mapping version %lld", (long long)result_i64(r, 0, 1));
}

int sync_source_find(struct sync *y, struct str provider, struct err *e)
{
	struct db_param params[] = {db_str(y->o->workspace_id), db_str(provider)};
	struct result *r;

	if (session_exec(y->s, y->arena,
		    "select c.id, c.provider, c.dataset_id, c.base_url, c.token_ciphertext, c.status, c.last_sync_cursor, w.status "
		    "from mls.mls_connections c join mls.workspaces w on w.id = c.workspace_id "
		    "where c.workspace_id = $1 and ($2::text is null or c.provider = $2)",
		    2, params, &r, e) ||
		check_row(r, provider, e))
		return e->code;
	y->source.connection_id = result_text(r, 0, COL_ID);
	y->source.provider = result_text(r, 0, COL_PROVIDER);
	y->source.dataset = result_text(r, 0, COL_DATASET);
	y->source.base_url = result_text(r, 0, COL_BASE_URL);
	y->source.envelope = result_text(r, 0, COL_TOKEN);
	read_cursor(y, result_text(r, 0, COL_CURSOR));
	return 0;
}

int sync_source_open(struct sync *y, struct err *e)
{
	if (y->source.connection_id.p && open_token(y, e))
		return e->code;
	return load_map(y, e);
}
