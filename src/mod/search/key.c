#include "mod/search/key.h"

#include <string.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/log.h"
#include "base/secret.h"
#include "db/batch.h"
#include "db/db.h"
#include "db/result.h"
#include "db/sqlstate.h"
#include "mod/search/scoped_key.h"

#define VALUE_LEN 32
#define PARENTS_MAX 64 /* keys that begin alike; more of them would be a marvel */

/* --- words ---------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	unsigned actions;
} actions[] = {
	{"documents:search", SEARCH_MAY_SEARCH},
	{"documents:get", SEARCH_MAY_GET},
	{"documents:export", SEARCH_MAY_EXPORT},
	{"documents:*", SEARCH_MAY_SEARCH | SEARCH_MAY_GET | SEARCH_MAY_EXPORT},
	{"collections:list", SEARCH_MAY_LOOK},
	{"collections:get", SEARCH_MAY_LOOK},
	{"collections:*", SEARCH_MAY_LOOK},
	{"*", SEARCH_MAY_SEARCH | SEARCH_MAY_GET | SEARCH_MAY_EXPORT | SEARCH_MAY_LOOK},
};

static unsigned action_of(struct str name)
{
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
		if (str_eq(name, str_of(actions[i].name)))
			return actions[i].actions;
	return 0;
}

static unsigned actions_of(struct str list)
{
	unsigned all = 0;

	while (list.p)
		all |= action_of(str_cut(&list, ','));
	return all;
}

bool search_key_audience(struct str name, enum search_audience *ret_who)
{
	if (!str_eq(name, STR("public")) && !str_eq(name, STR("agents")))
		return false;
	*ret_who = str_eq(name, STR("agents")) ? SEARCH_AGENTS : SEARCH_PUBLIC;
	return true;
}

static int check(const struct search_api_key *key, struct err *e)
{
	if (key->description.len > 400)
		return err_set(e, E_INPUT, "the description of a key has at most 400 bytes");
	for (struct str rest = key->actions, one; rest.p;)
		if (one = str_cut(&rest, ','), !action_of(one))
			return err_set(e, E_INPUT,
				"there is no action '" STR_FMT
				"'; there are documents:search, documents:get, documents:export, documents:*, "
				"collections:list, collections:get, collections:* and *",
				STR_ARG(str_sub(one, 0, 60)));
	for (struct str rest = key->collections, one; rest.p;)
		if (one = str_cut(&rest, ','),
			!str_eq(one, STR("listings")) && !str_eq(one, STR("*")) &&
				!str_eq(one, STR(".*")))
			return err_set(e, E_INPUT,
				"there is no collection '" STR_FMT "'; there is listings",
				STR_ARG(str_sub(one, 0, 60)));
	return 0;
}

/* --- rows ----------------------------------------------------------------------------------------- */

static struct batch *worker_batch(struct arena *a)
{
	struct batch *b = batch_new(a);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	return b;
}

/* What our functions and triggers say goes out as it is. */
static int run(struct db *db, struct batch *b, struct err *e)
{
	struct err own = {.arena = e->arena};

	if (!db_run(db, b, &own))
		return 0;
	const struct db_error *why = batch_db_error(b);
	if (why)
		log_warn("search.sql", LOG_CSTR("sqlstate", why->sqlstate),
			LOG_CSTR("message", why->message));
	return err_set(e, (enum err_code)own.code, "%s", own.msg);
}

static struct str draw(struct arena *a)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789AB";
	char *value = arena_alloc(a, VALUE_LEN + 1);
	unsigned char random[VALUE_LEN];

	crypto_wipe_later(a, value, VALUE_LEN);
	crypto_random(random, sizeof random);
	for (size_t i = 0; i < VALUE_LEN; i++)
		value[i] = letters[random[i] % 64];
	value[VALUE_LEN] = 0;
	crypto_wipe(random, sizeof random);
	return str_from(value, VALUE_LEN);
}

static struct str hash_of(struct arena *a, struct str value)
{
	unsigned char *hash = arena_alloc(a, CRYPTO_SHA256_LEN);

	crypto_sha256(value, hash);
	return str_from(hash, CRYPTO_SHA256_LEN);
}

static struct secret_place place(struct str hash_hex)
{
	return (struct secret_place){STR("mls.search_keys"), hash_hex, STR("value_sealed")};
}

int search_key_make(struct db *db, const struct keyring *k, struct arena *a,
	struct search_api_key *key, struct err *e)
{
	if (check(key, e))
		return e->code;
	struct str value = draw(a), hash = hash_of(a, value);
	struct batch *b = worker_batch(a);
	struct db_param row[] = {db_str(key->workspace_id),
		db_str(key->description.p ? key->description : STR("")),
		db_text(key->who == SEARCH_AGENTS ? "agents" : "public"), db_str(key->actions),
		db_str(key->collections), db_str(str_sub(value, 0, SCOPED_KEY_PREFIX)),
		db_bytes(hash), db_str(secret_seal(a, k, place(enc_hex(a, hash)), value)),
		key->expires_s ? db_i64(a, key->expires_s) : db_null(), db_str(key->created_by)};
	batch_add(b,
		"insert into mls.search_keys (workspace_id, description, audience, actions, collections, value_prefix, value_hash, "
		"value_sealed, expires_at, created_by) "
		"values ($1, $2, $3, string_to_array($4, ','), string_to_array($5, ','), $6, $7, $8, to_timestamp($9::bigint), $10) "
		"returning id",
		10, row);
	if (run(db, b, e))
		return e->code;
	key->id = result_i64(batch_result(b, 0), 0, 0);
	key->value = value;
	return 0;
}

int search_key_revoke(struct db *db, struct arena *a, struct str workspace_id, int64_t id,
	struct err *e)
{
	struct batch *b = worker_batch(a);

	batch_add(b,
		"update mls.search_keys set revoked_at = now() where workspace_id = $1 and id = $2 and revoked_at is null",
		2, (struct db_param[]){db_str(workspace_id), db_i64(a, id)});
	if (run(db, b, e))
		return e->code;
	if (!result_affected(batch_result(b, 0)))
		return err_set(e, E_ABSENT, "there is no key %lld", (long long)id);
	return 0;
}

/* --- who has it ----------------------------------------------------------------------------------- */

#define FOUND_SQL                                                                                     \
	"select k.id, k.workspace_id, k.audience, array_to_string(k.actions, ','), "                  \
	"coalesce(extract(epoch from k.expires_at)::bigint, 0), "                                     \
	"coalesce(k.last_used_at < now() - interval '1 minute', true), k.value_hash, k.value_sealed " \
	"from mls.search_keys k join mls.workspaces w on w.id = k.workspace_id "                      \
	"where w.status <> 'archived' and k.revoked_at is null and (k.expires_at is null or k.expires_at > now()) "

enum column { ID, WORKSPACE, AUDIENCE, ACTIONS, EXPIRES, IS_LONG_UNUSED, HASH, SEALED };

static void read_row(const struct result *r, int row, struct search_key_found *ret)
{
	*ret = (struct search_key_found){.workspace_id = result_text(r, row, WORKSPACE),
		.actions = actions_of(result_text(r, row, ACTIONS)),
		.expires_s = result_i64(r, row, EXPIRES)};
	search_key_audience(result_text(r, row, AUDIENCE), &ret->who);
}

/* Once a minute, and never in the way of the search. */
static void note_use(struct db *db, struct arena *a, const struct result *r, int row)
{
	struct err ignored = {.arena = a};

	if (!result_bool(r, row, IS_LONG_UNUSED))
		return;
	struct batch *b = worker_batch(a);
	batch_add(b,
		"update mls.search_keys set last_used_at = now() where workspace_id = $1 and id = $2::bigint "
		"and (last_used_at is null or last_used_at < now() - interval '1 minute')",
		2,
		(struct db_param[]){db_str(result_text(r, row, WORKSPACE)),
			db_str(result_text(r, row, ID))});
	(void)run(db, b, &ignored);
}

int search_key_find(struct db *db, struct arena *a, struct str value, struct search_key_found *ret,
	bool *ret_is_there, struct err *e)
{
	static const struct stmt find = {"search_key", FOUND_SQL "and k.value_hash = $1"};
	struct str hash = hash_of(a, value);
	struct batch *b = worker_batch(a);

	*ret_is_there = false;
	batch_read_only(b);
	batch_add_prepared(b, &find, 1, (struct db_param[]){db_bytes(hash)});
	if (run(db, b, e))
		return e->code;
	const struct result *r = batch_result(b, 0);
	if (!result_rows(r) || !crypto_eq(result_bytes(r, 0, HASH, a), hash))
		return 0;
	read_row(r, 0, ret);
	note_use(db, a, r, 0);
	*ret_is_there = true;
	return 0;
}

int search_key_find_parent(struct db *db, const struct keyring *k, struct arena *a,
	const struct search_scoped_key *scoped, struct search_key_found *ret, bool *ret_is_there,
	struct err *e)
{
	static const struct stmt find = {"search_key_parents",
		FOUND_SQL "and k.value_prefix = $1 order by k.created_at limit $2"};
	struct batch *b = worker_batch(a);

	*ret_is_there = false;
	batch_read_only(b);
	batch_add_prepared(b, &find, 2,
		(struct db_param[]){db_str(scoped->prefix), db_i64(a, PARENTS_MAX)});
	if (run(db, b, e))
		return e->code;
	const struct result *r = batch_result(b, 0);
	for (int i = 0; i < result_rows(r); i++) {
		struct err why = {.arena = a};
		struct str hex = enc_hex(a, result_bytes(r, i, HASH, a)), value;
		if (secret_open(a, k, place(hex), result_text(r, i, SEALED), &value, &why)) {
			log_error("search.key", LOG_STR("key", result_text(r, i, ID)),
				LOG_ERR(&why));
			continue;
		}
		if (!search_scoped_key_is_of(a, scoped, value))
			continue;
		read_row(r, i, ret);
		note_use(db, a, r, i);
		*ret_is_there = true;
		return 0;
	}
	return 0;
}
