/* Makes and changes connections: what is there, what is wanted, and what may not be. */
#include <string.h>

#include "app/worker.h"
#include "base/arena.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/uuid.h"
#include "db/result.h"
#include "db/session.h"
#include "mod/mls/connection.h"
#include "mod/mls/source_settings.h"

#define BRIDGE_URL "https://api.bridgedataoutput.com/api/v2/OData"
#define TOKEN_MAX 8192

/* A row as it is to be. */
struct wanted {
	struct str id, provider, dataset, base_url, token_type, client_id, token_url, token_scope,
		cadence, settings;
	struct str envelope; /* absent: the token stays */
	bool is_new;
};

static struct str other(struct str a, struct str b)
{
	return a.p ? a : b;
}

/* --- what may not be ---------------------------------------------------------------------------- */

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 127)
			return true;
	return false;
}

static int check_texts(const struct wanted *w, struct err *e)
{
	if (!w->dataset.len)
		return err_set(e, E_INPUT, "say which dataset of the feed");
	if (w->dataset.len > 200 || has_control(w->dataset) || str_eq(w->dataset, STR(".")) ||
		str_eq(w->dataset, STR("..")))
		return err_set(e, E_INPUT,
			"the dataset has to be a segment of the feed's URLs, at most 200 bytes");
	if (w->client_id.len > 400 || has_control(w->client_id) || w->token_scope.len > 400 ||
		has_control(w->token_scope))
		return err_set(e, E_INPUT,
			"client_id and token_scope have at most 400 bytes and no control characters");
	if (!str_eq(w->cadence, STR("manual")) && !str_eq(w->cadence, STR("hourly")) &&
		!str_eq(w->cadence, STR("daily")))
		return err_set(e, E_INPUT, "sync_cadence has to be manual, hourly or daily");
	return 0;
}

static int check_addresses(struct arena *a, const struct wanted *w, struct err *e)
{
	if (!w->base_url.len)
		return err_set(e, E_INPUT, "say where the feed's OData root is: base_url");
	if (source_settings_check_url(a, "base_url", w->base_url, e))
		return e->code;
	if (!str_eq(w->token_type, STR("oauth")))
		return 0;
	if (!w->token_url.len)
		return err_set(e, E_INPUT,
			"OAuth needs the address of the token endpoint: token_url");
	return source_settings_check_url(a, "token_url", w->token_url, e);
}

static int check(struct arena *a, const struct wanted *w, const struct connection *c, struct err *e)
{
	struct source_known nothing = {0};
	struct source_settings ignored;

	if (!str_eq(w->provider, STR("bridge")) && !str_eq(w->provider, STR("reso")))
		return err_set(e, E_INPUT, "the provider has to be bridge or reso");
	if (check_texts(w, e) || check_addresses(a, w, e))
		return e->code;
	return source_settings_read(a, w->provider, c->settings, &nothing, &ignored, e);
}

/* A token becomes part of a header. */
static int check_token(const struct wanted *w, struct str token, struct err *e)
{
	bool is_bearer = !str_eq(w->token_type, STR("oauth"));

	if (!token.len || token.len > TOKEN_MAX)
		return err_set(e, E_INPUT, "the token has to have 1 to %d bytes", TOKEN_MAX);
	for (size_t i = 0; i < token.len; i++)
		if ((unsigned char)token.p[i] < ' ' || (is_bearer && token.p[i] == ' ') ||
			(is_bearer && (unsigned char)token.p[i] > '~'))
			return err_set(e, E_INPUT, "the token has characters that no token has");
	return 0;
}

/* --- what is there, and what is to be ----------------------------------------------------------- */

static int find(struct session *s, struct arena *a, struct str workspace_id, struct str id,
	struct str provider, struct result **ret, struct err *e)
{
	struct db_param params[] = {db_str(workspace_id), db_str(id), db_str(provider)};

	return session_exec(s, a,
		"select id, provider, dataset_id, base_url, token_type, client_id, token_url, token_scope, sync_cadence "
		"from mls.mls_connections where workspace_id = $1 and (id = $2::uuid or ($2::uuid is null and provider = $3)) "
		"for update",
		3, params, ret, e);
}

static struct str had(const struct result *r, const char *name)
{
	return result_rows(r) ? result_text(r, 0, result_col(r, name)) : STR_NULL;
}

static struct wanted merge(struct arena *a, const struct result *r, const struct connection *c)
{
	struct wanted w = {.is_new = !result_rows(r),
		.provider = other(had(r, "provider"), c->provider)};
	bool is_bridge = str_eq(w.provider, STR("bridge"));
	char id[UUID_SIZE];

	w.id = w.is_new ? str_copy(a, str_of(uuid_format(id, uuid_new()))) : had(r, "id");
	w.dataset = other(c->dataset,
		other(had(r, "dataset_id"), is_bridge ? STR_NULL : STR("default")));
	w.base_url = other(c->base_url,
		other(had(r, "base_url"), is_bridge ? STR(BRIDGE_URL) : STR_NULL));
	w.client_id = other(c->client_id, had(r, "client_id"));
	w.token_url = other(c->token_url, had(r, "token_url"));
	w.token_scope = other(c->token_scope, had(r, "token_scope"));
	w.cadence = other(c->cadence, other(had(r, "sync_cadence"), STR("manual")));
	w.token_type = w.client_id.len ? STR("oauth") : STR("server");
	w.settings = c->settings ? json_text_dup(a, c->settings) : STR("{}");
	if (!w.client_id.len)
		w.client_id = w.token_url = w.token_scope = STR_NULL;
	if (!w.token_scope.len)
		w.token_scope = STR_NULL;
	return w;
}

/* --- writing ------------------------------------------------------------------------------------ */

static int insert(struct session *s, struct arena *a, struct str workspace_id,
	const struct wanted *w, struct err *e)
{
	struct db_param row[] = {db_str(workspace_id), db_str(w->id), db_str(w->provider),
		db_str(w->dataset), db_str(w->base_url), db_str(w->token_type),
		db_str(w->client_id), db_str(w->token_url), db_str(w->token_scope),
		db_str(w->cadence), db_str(w->settings), db_str(w->envelope)};

	return session_exec(s, a,
		"insert into mls.mls_connections (workspace_id, id, provider, dataset_id, base_url, token_type, client_id, token_url, "
		"token_scope, sync_cadence, settings, token_ciphertext) "
		"values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, jsonb_strip_nulls($11::jsonb), $12)",
		12, row, NULL, e);
}

/* With another address or cursor field everything that was found out about the feed is about another one. */
static int forget(struct session *s, struct arena *a, struct str workspace_id, struct str id,
	struct err *e)
{
	struct db_param row[] = {db_str(workspace_id), db_str(id)};

	if (session_exec(s, a,
		    "update mls.mls_connections set last_sync_cursor = null, tested_at = null, test_report = null, reconciled_at = null, "
		    "failures = 0, held_until = null, status = case when status = 'paused' then status else 'pending' end "
		    "where workspace_id = $1 and id = $2",
		    2, row, NULL, e) ||
		session_exec(s, a,
			"update mls.import_tasks set last_sync_cursor = null, scope_hash = null where workspace_id = $1 and mls_connection_id = $2",
			2, row, NULL, e) ||
		session_exec(s, a,
			"delete from mls.sweep_keys where workspace_id = $1 and mls_connection_id = $2",
			2, row, NULL, e))
		return e->code;
	return session_exec(s, a,
		"delete from mls.source_metadata where workspace_id = $1 and mls_connection_id = $2",
		2, row, NULL, e);
}

static int update(struct session *s, struct arena *a, struct str workspace_id,
	const struct wanted *w, struct err *e)
{
	struct db_param row[] = {db_str(workspace_id), db_str(w->id), db_str(w->dataset),
		db_str(w->base_url), db_str(w->token_type), db_str(w->client_id),
		db_str(w->token_url), db_str(w->token_scope), db_str(w->cadence),
		db_str(w->settings), db_str(w->envelope)};
	struct result *r;

	if (session_exec(s, a,
		    "with was as (select * from mls.mls_connections where workspace_id = $1 and id = $2) "
		    "update mls.mls_connections c set dataset_id = $3, base_url = $4, token_type = $5, client_id = $6, token_url = $7, "
		    "token_scope = $8, sync_cadence = $9, settings = jsonb_strip_nulls(c.settings || $10::jsonb), "
		    "token_ciphertext = coalesce($11, c.token_ciphertext), "
		    "status = case when $11 is not null and c.status in ('error', 'active') then 'pending' else c.status end "
		    "from was where c.workspace_id = was.workspace_id and c.id = was.id "
		    "returning (was.dataset_id, was.base_url, was.settings -> 'feed', was.settings -> 'cursor_field') "
		    "is not distinct from (c.dataset_id, c.base_url, c.settings -> 'feed', c.settings -> 'cursor_field') as is_same",
		    11, row, &r, e))
		return e->code;
	return result_bool(r, 0, 0) ? 0 : forget(s, a, workspace_id, w->id, e);
}

static int write(struct session *s, const struct keyring *k, struct arena *a,
	struct str workspace_id, struct str id, const struct connection *c, struct str *ret_id,
	struct err *e)
{
	struct result *r;

	if (find(s, a, workspace_id, id, c->provider, &r, e))
		return e->code;
	if (id.p && !result_rows(r))
		return err_set(e, E_ABSENT, "there is no such connection");
	struct wanted w = merge(a, r, c);
	if (check(a, &w, c, e) || (c->token.p && check_token(&w, c->token, e)))
		return e->code;
	struct secret_place place = {STR("mls.mls_connections"), w.id, STR("token_ciphertext")};
	w.envelope = c->token.p ? secret_seal(a, k, place, c->token) : STR_NULL;
	*ret_id = w.id;
	return w.is_new ? insert(s, a, workspace_id, &w, e) : update(s, a, workspace_id, &w, e);
}

static int store(struct db *db, const struct keyring *k, struct arena *a, struct str workspace_id,
	struct str id, const struct connection *c, struct str *ret_id, struct err *e)
{
	struct session *s = worker_session(db, e);

	if (s && !session_begin(s, e) && !write(s, k, a, workspace_id, id, c, ret_id, e))
		(void)!session_commit(s, e);
	session_close(s);
	return e->code;
}

int connection_store(struct db *db, const struct keyring *k, struct arena *a,
	struct str workspace_id, const struct connection *c, struct str *ret_id, struct err *e)
{
	return store(db, k, a, workspace_id, STR_NULL, c, ret_id, e);
}

int connection_change(struct db *db, const struct keyring *k, struct arena *a,
	struct str workspace_id, struct str id, const struct connection *c, struct err *e)
{
	struct str ignored;

	return store(db, k, a, workspace_id, id, c, &ignored, e);
}
