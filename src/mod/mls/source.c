#include "mod/mls/source.h"

#include "base/arena.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/json.h"
#include "base/secret.h"
#include "db/result.h"
#include "db/session.h"
#include "mod/mls/metadata_fetch.h"
#include "mod/mls/pace.h"
#include "mod/mls/source_oauth.h"
#include "mod/mls/source_settings.h"

#define PATIENCE_MS 900000     /* a run waits as long as a limit's window is */
#define PATIENCE_TEST_MS 15000 /* a person does not */

/* Two rows are enough to see that one is not all. What the metadata shows is asked there: it may be large. */
static const char find_sql[] =
	"select c.id, c.provider, c.dataset_id, c.base_url, c.token_ciphertext, c.token_type, c.client_id, c.token_url, c.token_scope, "
	"c.status, c.status_reason, c.settings, c.last_sync_cursor, w.status as workspace_status, "
	"to_char(c.held_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI \"UTC\"') as held_until, "
	"coalesce(c.held_until > now(), false) as is_held, c.failures, "
	"m.mls_connection_id is null as is_new, coalesce(m.resources ? 'Property', false) as has_metadata, "
	"coalesce(m.resources -> 'Property' ? 'BridgeModificationTimestamp', false) as has_bridge_time, "
	"case when m.resources #>> '{Property,Media,expand}' = 'true' then 'expand' "
	"when m.resources -> 'Property' ? 'Media' then 'embedded' when m.resources ? 'Media' then 'resource' end as media "
	"from mls.mls_connections c join mls.workspaces w on w.id = c.workspace_id "
	"left join mls.source_metadata m on m.workspace_id = c.workspace_id and m.mls_connection_id = c.id "
	"where c.workspace_id = $1 and ($2::uuid is null or c.id = $2::uuid) and ($3::text is null or c.provider = $3) "
	"order by c.provider limit 2";

static struct str text(const struct result *r, const char *name)
{
	return result_text(r, 0, result_col(r, name));
}

static int check_one(const struct result *r, const struct source_from *from, struct err *e)
{
	if (result_rows(r) > 1)
		return err_set(e, E_INPUT,
			"this workspace has several MLS connections; say which one with --provider");
	if (result_rows(r) == 1)
		return 0;
	if (from->connection_id.p)
		return err_set(e, E_ABSENT, "the connection is not there any more");
	if (from->provider.p)
		return err_set(e, E_ABSENT,
			"this workspace has no " STR_FMT " connection; plat connect makes one",
			STR_ARG(from->provider));
	return err_set(e, E_ABSENT, "this workspace has no MLS connection; plat connect makes one");
}

static int check_status(const struct result *r, bool even_if_held, struct err *e)
{
	struct str workspace = text(r, "workspace_status");

	if (!str_eq(workspace, STR("active")))
		return err_set(e, E_CONFLICT, "the workspace is " STR_FMT " and is not synced",
			STR_ARG(workspace));
	if (even_if_held)
		return 0;
	if (str_eq(text(r, "status"), STR("paused")))
		return err_set(e, E_CONFLICT,
			"the connection is paused; plat connections resume ends that");
	if (result_bool(r, 0, result_col(r, "is_held")))
		return err_set(e, E_CONFLICT,
			"after %lld failed runs in a row the feed is left alone until " STR_FMT,
			(long long)result_i64(r, 0, result_col(r, "failures")),
			STR_ARG(text(r, "held_until")));
	return 0;
}

static int read_settings(struct source *s, const struct result *r, struct err *e)
{
	struct str media = text(r, "media");
	struct source_known known = {
		.has_metadata = result_bool(r, 0, result_col(r, "has_metadata")),
		.has_bridge_time = result_bool(r, 0, result_col(r, "has_bridge_time")),
		.media = !media.p                        ? SOURCE_MEDIA_AUTO
			: str_eq(media, STR("expand"))   ? SOURCE_MEDIA_EXPAND
			: str_eq(media, STR("embedded")) ? SOURCE_MEDIA_EMBEDDED
							 : SOURCE_MEDIA_RESOURCE,
	};
	const struct json *settings = json_parse(s->arena, text(r, "settings"), e);

	if (!settings)
		return e->code;
	return source_settings_read(s->arena, s->provider, settings, &known, &s->settings, e);
}

/* With Bridge the dataset is a segment of the path; elsewhere base_url is the root itself. */
static int read_root(struct source *s, const struct result *r, struct err *e)
{
	struct str base = text(r, "base_url"), feed = s->settings.feed;
	bool has_dataset = str_eq(s->provider, STR("bridge"));

	if (source_settings_check_url(s->arena, "base_url", base, e))
		return e->code;
	while (str_ends(base, STR("/")))
		base.len--;
	s->root = STR_JOIN(s->arena, base, has_dataset ? STR("/") : STR_NULL,
		has_dataset ? enc_percent(s->arena, s->dataset) : STR_NULL,
		feed.p ? STR("/") : STR_NULL, feed);
	return 0;
}

static int read_oauth(struct source *s, const struct result *r, struct str secret, struct err *e)
{
	struct source_oauth *o = ARENA_NEW(s->arena, struct source_oauth);

	*o = (struct source_oauth){.http = s->http,
		.token_url = text(r, "token_url"),
		.client_id = text(r, "client_id"),
		.scope = text(r, "token_scope"),
		.secret = secret};
	if (!o->client_id.len || !o->token_url.len)
		return err_set(e, E_INPUT,
			"the connection says OAuth but has no client id or token URL; plat connect stores them");
	s->oauth = o;
	return source_settings_check_url(s->arena, "token_url", o->token_url, e);
}

static int read_token(struct source *s, const struct source_from *from, const struct result *r,
	struct err *e)
{
	struct secret_place place = {STR("mls.mls_connections"), s->connection_id,
		STR("token_ciphertext")};
	struct str envelope = text(r, "token_ciphertext"), plain;

	if (!envelope.p)
		return err_set(e, E_INPUT, "the connection has no token; plat connect stores one");
	if (secret_open(s->arena, from->keyring, place, envelope, &plain, e))
		return err_prefix(e, "the stored token");
	if (str_eq(text(r, "token_type"), STR("oauth")))
		return read_oauth(s, r, plain, e);
	s->token = plain;
	return 0;
}

static int find(struct arena *a, const struct source_from *from, struct result **ret, struct err *e)
{
	struct db_param params[] = {db_str(from->workspace_id), db_str(from->connection_id),
		db_str(from->provider)};

	if (session_exec(from->s, a, find_sql, 3, params, ret, e))
		return e->code;
	return check_one(*ret, from, e);
}

/* Before a first run: what the metadata shows decides about some settings. Without one we go by the provider. */
static int read_metadata(struct source *s, const struct source_from *from, struct err *e)
{
	struct err why = {.arena = s->arena};
	struct result *r;

	if (metadata_refresh(s, from->s, s->arena, &why) == E_CANCEL)
		return err_set(e, E_CANCEL, "stopped");
	return find(s->arena, from, &r, e) || read_settings(s, r, e) ? e->code : 0;
}

int source_open(struct arena *a, const struct source_from *from, struct source **ret_source,
	struct err *e)
{
	struct source *s = ARENA_NEW(a, struct source);
	struct result *r;

	if (find(a, from, &r, e) || check_status(r, from->even_if_held, e))
		return e->code;
	*s = (struct source){.arena = a,
		.workspace_id = str_copy(a, from->workspace_id),
		.connection_id = text(r, "id"),
		.provider = text(r, "provider"),
		.dataset = text(r, "dataset_id"),
		.cursor_text = text(r, "last_sync_cursor"),
		.db = from->db,
		.http = from->http,
		.patience_ms = from->even_if_held ? PATIENCE_TEST_MS : PATIENCE_MS};
	if (read_settings(s, r, e) || read_root(s, r, e) || read_token(s, from, r, e))
		return e->code;
	s->pace = pace_new(a, s->db, s->workspace_id, s->connection_id, &s->settings);
	*ret_source = s;
	bool is_new = result_bool(r, 0, result_col(r, "is_new"));
	return is_new && !from->even_if_held ? read_metadata(s, from, e) : 0;
}

struct str source_url(const struct source *s, struct arena *a, const char *resource,
	struct str options)
{
	return STR_JOIN(a, s->root, STR("/"), str_of(resource), options.len ? STR("?") : STR_NULL,
		options);
}
