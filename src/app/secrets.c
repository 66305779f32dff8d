#include "app/secrets.h"

#include <stdbool.h>
#include <stdio.h>

#include "app/database.h"
#include "app/keyfile.h"
#include "app/worker.h"
#include "base/api_key.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/keyring.h"
#include "base/log.h"
#include "base/secret.h"
#include "db/db.h"
#include "db/result.h"
#include "db/session.h"
#include "loop/fiber.h"
#include "model/crm/api_key.h"
#include "model/marketing/social_media_account.h"
#include "model/member.h"
#include "model/mls/connection.h"
#include "model/org/key_store.h"

/* Where envelopes are. write takes id, the old envelope, the new one: what was changed meanwhile stays. */
static const struct place {
	const char *table, *column;
	const struct model_table *model;
	int id, envelope; /* columns */
	const char *write;
	const char *read; /* without a model: id and envelope */
} places[] = {
	{"mls.mls_connections", "token_ciphertext", &mls_connection_table, MLS_CONNECTION_ID,
		MLS_CONNECTION_TOKEN_CIPHERTEXT,
		"update mls.mls_connections set token_ciphertext = $3 where id = $1 and token_ciphertext = $2",
		NULL},
	{"marketing.social_media_accounts", "access_token_encrypted",
		&marketing_social_media_account_table, MARKETING_SOCIAL_MEDIA_ACCOUNT_ID,
		MARKETING_SOCIAL_MEDIA_ACCOUNT_ACCESS_TOKEN_ENCRYPTED,
		"update marketing.social_media_accounts set access_token_encrypted = $3 "
		"where id = $1 and access_token_encrypted = $2",
		NULL},
	{"marketing.social_media_accounts", "refresh_token_encrypted",
		&marketing_social_media_account_table, MARKETING_SOCIAL_MEDIA_ACCOUNT_ID,
		MARKETING_SOCIAL_MEDIA_ACCOUNT_REFRESH_TOKEN_ENCRYPTED,
		"update marketing.social_media_accounts set refresh_token_encrypted = $3 "
		"where id = $1 and refresh_token_encrypted = $2",
		NULL},
	{"org.key_store", "api_key", &org_key_store_table, ORG_KEY_STORE_ID, ORG_KEY_STORE_API_KEY,
		"update org.key_store set api_key = $3 where id = $1 and api_key = $2", NULL},
	{"auth.mfa_factors", "secret",
		.write = "update auth.mfa_factors set secret = $3 where id = $1 and secret = $2",
		.read = "select id::text, secret from auth.mfa_factors where factor_type = 'totp' and secret is not null"},
	{"auth.signing_keys", "private_jwk",
		.write =
			"update auth.signing_keys set private_jwk = $3 where kid = $1 and private_jwk = $2",
		.read = "select kid, private_jwk from auth.signing_keys"},
	{"mls.search_keys", "value_sealed",
		.write =
			"update mls.search_keys set value_sealed = $3 where value_hash = decode($1, 'hex') and value_sealed = $2",
		.read = "select encode(value_hash, 'hex'), value_sealed from mls.search_keys"},
};

#define PLACES (sizeof places / sizeof *places)

struct rotation {
	struct database *database;
	struct keyring *keyring;
	struct session *reader, *writer;
	const struct place *place;
	struct secrets_report report;
	bool keys_in_use[KEYRING_MAX];
	bool only_count;
};

static void note_key(struct rotation *r, struct str id)
{
	for (size_t i = 0; i < keyring_len(r->keyring); i++)
		if (str_eq(keyring_id(r->keyring, i), id))
			r->keys_in_use[i] = true;
}

static void note_failure(struct rotation *r, struct str id, const struct err *e)
{
	r->report.failed++;
	log_error("secrets.failed", LOG_CSTR("table", r->place->table), LOG_STR("row", id),
		LOG_ERR(e));
}

static int reseal(struct rotation *r, struct arena *a, struct str id, struct str envelope,
	struct err *e)
{
	struct secret_place at = {str_of(r->place->table), id, str_of(r->place->column)};
	struct err why = {.arena = a};
	struct str plain;

	if (secret_open(a, r->keyring, at, envelope, &plain, &why)) {
		note_failure(r, id, &why);
		return 0;
	}
	struct db_param params[] = {db_str(id), db_str(envelope),
		db_str(secret_seal(a, r->keyring, at, plain))};
	if (session_exec(r->writer, a, r->place->write, 3, params, NULL, e))
		return e->code;
	r->report.resealed++;
	return 0;
}

static int look_at(struct rotation *r, struct str id, struct str envelope, struct err *e)
{
	struct arena *a = arena_new();
	bool stale = secret_is_stale(r->keyring, envelope) || !secret_key_id(envelope).p;
	int code = 0;

	r->report.sealed++;
	r->report.current += !stale;
	note_key(r, secret_key_id(envelope));
	if (stale && !r->only_count)
		code = reseal(r, a, str_copy(a, id), str_copy(a, envelope), e);
	arena_free(a);
	return code;
}

static int on_envelope(const void *row, void *arg, struct err *e)
{
	struct rotation *r = arg;
	const struct place *p = r->place;

	return look_at(r, model_member_value(p->model, p->id, row).s,
		model_member_value(p->model, p->envelope, row).s, e);
}

static int on_row(const struct result *row, void *arg, struct err *e)
{
	return look_at(arg, result_text(row, 0, 0), result_text(row, 0, 1), e);
}

/* crm.api_keys derives each key with 100,000 rounds: in the thread pool. */
struct slow_reseal {
	struct arena *arena;
	struct keyring *keyring;
	struct secret_place at;
	struct api_key stored, fresh;
	struct err err;
};

static void run_slow_reseal(void *arg)
{
	struct slow_reseal *w = arg;
	struct str plain;

	if (!api_key_open(w->arena, w->keyring, w->at, w->stored, &plain, &w->err))
		w->fresh = api_key_seal(w->arena, w->keyring, w->at, plain);
}

static int reseal_api_key(struct rotation *r, struct arena *a, const struct crm_api_key *row,
	struct err *e)
{
	struct slow_reseal w = {.arena = a, .keyring = r->keyring, .err = {.arena = a}};
	struct str id = str_copy(a, row->id);

	w.at = (struct secret_place){STR("crm.api_keys"), id, STR("key_ciphertext")};
	w.stored = (struct api_key){str_copy(a, row->key_ciphertext), str_copy(a, row->nonce),
		str_copy(a, row->salt)};
	fiber_work(run_slow_reseal, &w);
	if (w.err.code) {
		note_failure(r, id, &w.err);
		return 0;
	}
	struct db_param params[] = {db_str(id), db_str(w.stored.key_ciphertext),
		db_str(w.fresh.key_ciphertext), db_str(w.fresh.nonce), db_str(w.fresh.salt)};
	if (session_exec(r->writer, a,
		    "update crm.api_keys set key_ciphertext = $3, nonce = $4, salt = $5 where id = $1 and key_ciphertext = $2",
		    5, params, NULL, e))
		return e->code;
	r->report.resealed++;
	return 0;
}

static int on_api_key(const struct crm_api_key *row, void *arg, struct err *e)
{
	struct rotation *r = arg;
	struct arena *a = arena_new();
	struct api_key stored = {row->key_ciphertext, row->nonce, row->salt};
	bool stale =
		api_key_is_stale(r->keyring, stored) || !secret_key_id(stored.key_ciphertext).p;
	int code = 0;

	r->report.sealed++;
	r->report.current += !stale;
	note_key(r, secret_key_id(stored.key_ciphertext));
	if (stale && !r->only_count)
		code = reseal_api_key(r, a, row, e);
	arena_free(a);
	return code;
}

static int walk_place(struct rotation *r, struct err *e)
{
	const struct place *p = r->place;

	if (p->read)
		return session_each(r->reader, p->read, 0, NULL, on_row, r, e);
	struct model_query q = {
		.every_workspace = true,
		.where = {{p->envelope, MODEL_NE, model_value_null()}},
		.columns = MODEL_COLUMNS(p->id, p->envelope),
	};

	return model_each(r->reader, p->model, &q, on_envelope, r, e);
}

static int walk(struct rotation *r, struct err *e)
{
	static const struct place api_keys = {.table = "crm.api_keys", .column = "key_ciphertext"};
	struct model_query q = {.columns = MODEL_COLUMNS(CRM_API_KEY_ID, CRM_API_KEY_KEY_CIPHERTEXT,
					CRM_API_KEY_NONCE, CRM_API_KEY_SALT)};

	for (size_t i = 0; i < PLACES; i++) {
		r->place = &places[i];
		if (walk_place(r, e))
			return e->code;
	}
	r->place = &api_keys;
	return crm_api_key_each(r->reader, &q, on_api_key, r, e);
}

static int walk_with_sessions(struct rotation *r, struct db *db, struct err *e)
{
	r->reader = worker_session(db, e);
	r->writer = r->reader ? worker_session(db, e) : NULL;
	int code = r->writer ? walk(r, e) : e->code;

	session_close(r->writer);
	session_close(r->reader);
	r->report.keys = (int64_t)keyring_len(r->keyring);
	return code;
}

int secrets_count(struct database *d, struct db *db, struct secrets_report *ret_report,
	struct err *e)
{
	struct rotation r = {.database = d, .keyring = database_keyring(d), .only_count = true};

	if (walk_with_sessions(&r, db, e))
		return e->code;
	*ret_report = r.report;
	return 0;
}

int secrets_rotate(struct database *d, struct db *db, _Bool new_key,
	struct secrets_report *ret_report, struct err *e)
{
	struct rotation r = {.database = d, .keyring = database_keyring(d)};

	/* The key is on disk before anything is sealed with it. */
	if (new_key &&
		(keyring_add(r.keyring, now_us(), e) ||
			keyfile_save(database_data_dir(d), r.keyring, e)))
		return e->code;
	if (walk_with_sessions(&r, db, e))
		return e->code;
	*ret_report = r.report;
	if (r.report.failed)
		return err_set(e, E_CONFLICT,
			"%lld secrets could not be opened and are unchanged; the log names them",
			(long long)r.report.failed);
	return 0;
}

int secrets_forget(struct database *d, struct db *db, int64_t *ret_dropped, struct err *e)
{
	struct rotation r = {.database = d, .keyring = database_keyring(d), .only_count = true};
	int64_t dropped = 0;

	if (walk_with_sessions(&r, db, e))
		return e->code;
	for (size_t i = keyring_len(r.keyring); i-- > 1;) {
		if (r.keys_in_use[i])
			continue;
		struct arena *a = arena_new();
		int code = keyring_remove(r.keyring, str_copy(a, keyring_id(r.keyring, i)), e);
		arena_free(a);
		if (code)
			return code;
		dropped++;
	}
	*ret_dropped = dropped;
	return dropped ? keyfile_save(database_data_dir(d), r.keyring, e) : 0;
}
