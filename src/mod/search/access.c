#include "mod/search/access.h"

#include <stdio.h>
#include <string.h>

#include "app/bearer.h"
#include "app/forwarded.h"
#include "app/service.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/sieve.h"
#include "db/batch.h"
#include "db/db.h"
#include "db/result.h"
#include "http/request.h"
#include "http/url.h"
#include "mod/search/key.h"
#include "mod/search/scoped_key.h"
#include "mod/search/search_local.h"
#include "mod/search/tries.h"

#define AGENT (SEARCH_MAY_SEARCH | SEARCH_MAY_GET | SEARCH_MAY_EXPORT | SEARCH_MAY_LOOK)
#define CLIENT (SEARCH_MAY_SEARCH | SEARCH_MAY_GET | SEARCH_MAY_LOOK)

static int refuse(struct err *e)
{
	return err_set(e, E_LOGIN, "%s", ACCESS_REFUSED);
}

struct str search_access_sent(struct arena *a, const struct http_request *http)
{
	struct str key = http_header(http, "X-TYPESENSE-API-KEY");

	return key.len ? key : http_query_get(a, http->query, "x-typesense-api-key");
}

/* --- what was found out lately -------------------------------------------------------------------- */

struct kept {
	int64_t until_us;
	struct search_access access;
};

static struct str kept_key(struct arena *a, struct str token, struct str workspace)
{
	unsigned char *hash = arena_alloc(a, CRYPTO_SHA256_LEN);

	crypto_sha256(STR_JOIN(a, STR("access\n"), workspace, STR("\n"), token), hash);
	return str_from(hash, CRYPTO_SHA256_LEN);
}

enum known { UNKNOWN, WAS_GOOD, IS_GOOD };

static enum known recall(struct sieve *s, struct str key, struct search_access *ret)
{
	const struct kept *k = sieve_get(s, key);

	if (!k)
		return UNKNOWN;
	if (k->until_us <= mono_us() || k->access.expires_s <= now_us() / US_PER_SECOND)
		return WAS_GOOD;
	*ret = k->access;
	return IS_GOOD;
}

static void keep(struct sieve *s, struct str key, const struct search_access *access)
{
	struct kept *k = sieve_get(s, key);

	if (!k)
		k = sieve_put(s, key, sizeof *k);
	if (!k)
		return;
	*k = (struct kept){mono_us() + ACCESS_KEPT_US, *access};
	k->access.embedded = NULL; /* of one request: read anew from the next one */
}

/* --- keys ----------------------------------------------------------------------------------------- */

static void take(struct search_access *to, const struct search_key_found *found)
{
	snprintf(to->workspace, sizeof to->workspace, STR_FMT, STR_ARG(found->workspace_id));
	to->who = found->who;
	to->actions = found->actions;
	to->expires_s = found->expires_s ? found->expires_s : INT64_MAX;
}

static int by_key(struct search_site *site, struct arena *a, struct str text,
	const struct search_scoped_key *scoped, struct search_access *ret, struct err *e)
{
	struct search_key_found found;
	bool is_there;
	const struct keyring *k = service_keyring(site->service);
	int code = scoped ? search_key_find_parent(site->db, k, a, scoped, &found, &is_there, e)
			  : search_key_find(site->db, a, text, &found, &is_there, e);

	if (code)
		return code;
	if (!is_there)
		return refuse(e);
	take(ret, &found);
	if (!scoped)
		return 0;
	ret->actions &= SEARCH_MAY_SEARCH; /* its parameters are about searches */
	if (scoped->expires_s && scoped->expires_s < ret->expires_s)
		ret->expires_s = scoped->expires_s;
	return ret->expires_s <= now_us() / US_PER_SECOND ? refuse(e) : 0;
}

/* --- logins --------------------------------------------------------------------------------------- */

static int ask(struct db *db, struct batch *b, struct err *e)
{
	return db_run(db, b, e);
}

static int by_login(struct search_site *site, struct arena *a, const struct bearer *who,
	struct search_access *ret, struct err *e)
{
	struct batch *b = batch_new(a);

	batch_as(b,
		&(struct db_caller){.role = who->role,
			.claims = bearer_claims(a, who->json, who->role),
			.user_id = who->user_id});
	batch_read_only(b);
	batch_add(b, "select plat.ws(), plat.has_role('mls.admin'), plat.has_role('mls.agent')", 0,
		NULL);
	if (ask(site->db, b, e))
		return e->code;
	const struct result *r = batch_result(b, 0);
	if (result_is_null(r, 0, 0))
		return err_set(e, E_RIGHT, "this login is in no workspace");
	bool is_admin = result_bool(r, 0, 1), is_agent = is_admin || result_bool(r, 0, 2);
	snprintf(ret->workspace, sizeof ret->workspace, STR_FMT, STR_ARG(result_text(r, 0, 0)));
	ret->who = is_agent ? SEARCH_AGENTS : SEARCH_PUBLIC;
	ret->actions = (is_agent ? AGENT : CLIENT) | (is_admin ? SEARCH_MAY_KEYS : 0);
	snprintf(ret->user_id, sizeof ret->user_id, STR_FMT, STR_ARG(who->user_id));
	return 0;
}

/* Two rows are enough to see that one is not all. */
static int by_service(struct search_site *site, struct arena *a, struct str wanted,
	struct search_access *ret, struct err *e)
{
	struct batch *b = batch_new(a);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_read_only(b);
	batch_add(b,
		"select w.id from mls.workspaces w where w.status <> 'archived' "
		"and ($1::text is null or w.slug = $1 or w.id::text = $1) limit 2",
		1, (struct db_param[]){db_str(wanted)});
	if (ask(site->db, b, e))
		return e->code;
	const struct result *r = batch_result(b, 0);
	if (!result_rows(r))
		return err_set(e, E_ABSENT, "there is no such workspace");
	if (result_rows(r) > 1)
		return err_set(e, E_INPUT,
			"there are several workspaces; say which one with ?workspace=SLUG or the header X-Plat-Workspace");
	snprintf(ret->workspace, sizeof ret->workspace, STR_FMT, STR_ARG(result_text(r, 0, 0)));
	ret->who = SEARCH_AGENTS;
	ret->actions = AGENT | SEARCH_MAY_KEYS;
	return 0;
}

static int by_token(struct search_site *site, struct arena *a, const struct bearer *who,
	struct str workspace, struct search_access *ret, struct err *e)
{
	double expires_s;

	if (who->reason != JWT_OK)
		return refuse(e);
	ret->expires_s = INT64_MAX;
	if (json_to_f64(json_get(who->json, "exp"), &expires_s) && expires_s < 1e15)
		ret->expires_s = (int64_t)expires_s;
	if (str_eq(who->role, STR("service_role")))
		return by_service(site, a, workspace, ret, e);
	if (str_eq(who->role, STR("authenticated")) && who->user_id.p)
		return by_login(site, a, who, ret, e);
	return refuse(e);
}

static struct str workspace_of(struct arena *a, const struct http_request *http)
{
	struct str wanted = http_header(http, "X-Plat-Workspace");

	return wanted.len ? wanted : http_query_get(a, http->query, "workspace");
}

/* Keys have no dots, tokens have two. */
static bool is_token(struct str key)
{
	return !key.p || str_find_char(key, '.') >= 0;
}

static int find(struct search_site *site, struct arena *a, const struct http_request *http,
	struct str key, const struct search_scoped_key *scoped, struct search_access *ret,
	struct err *e)
{
	const struct token_keys *keys = service_token_keys(site->service);

	if (!is_token(key))
		return by_key(site, a, key, scoped, ret, e);
	struct bearer who = key.p ? bearer_check_token(keys, a, key) : bearer_check(keys, a, http);
	return by_token(site, a, &who, workspace_of(a, http), ret, e);
}

/* A key that nobody knows: what it costs to look is bounded for each network. One that was good lately is looked up whoever else guesses
 * behind the same address. */
static int find_key(struct search_site *site, struct arena *a, struct http_request *http,
	struct str key, const struct search_scoped_key *scoped, struct str hash, bool was_good,
	struct search_access *ret, struct err *e)
{
	struct str network = was_good ? STR_NULL : forwarded_network(http);

	if (search_tries_was_none(site->tries, hash, mono_us()))
		return refuse(e);
	if (!search_tries_take(site->tries, network, mono_us()))
		return err_set(e, E_RATE,
			"there were too many wrong keys from this address; come back in a minute");
	if (find(site, a, http, key, scoped, ret, e) != E_LOGIN) {
		search_tries_give_back(site->tries, network);
		return e->code;
	}
	sieve_remove(site->kept, hash);
	search_tries_failed(site->tries, hash, mono_us());
	return e->code;
}

int search_access_find(struct arena *a, struct http_request *http, struct str key,
	struct search_access *ret, struct err *e)
{
	struct search_site *site = search_site();
	struct search_scoped_key scoped;
	struct search_access access = {0};
	struct str token = key.p ? key : bearer_token(http);

	if (!token.len || token.len > SCOPED_KEY_MAX)
		return refuse(e);
	bool is_scoped = key.p && search_scoped_key_read(a, key, &scoped);
	struct str known = kept_key(a, token, workspace_of(a, http));
	enum known how = recall(site->kept, known, &access);
	if (how != IS_GOOD) {
		if (is_token(key) ? find(site, a, http, key, NULL, &access, e)
				  : find_key(site, a, http, key, is_scoped ? &scoped : NULL, known,
					    how == WAS_GOOD, &access, e))
			return e->code;
		keep(site->kept, known, &access);
	}
	access.embedded = is_scoped ? scoped.json : NULL;
	*ret = access;
	return 0;
}
