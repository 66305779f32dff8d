#include "app/database.h"

#include <stdlib.h>
#include <string.h>

#include "app/cluster.h"
#include "app/keyfile.h"
#include "app/settings.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/enc.h"
#include "base/keyring.h"
#include "db/db.h"
#include "db/result.h"
#include "db/session.h"
#include "db/url.h"

#define SCRAM_ROUNDS 4096
#define WRITERS 8 /* connections of a process that commit at the same time */
#define SPARE 4   /* that are dialled while slow statements are at all shared ones */

struct database {
	struct arena *arena;
	struct loop *loop;
	const char *data;
	struct keyring *keyring;
	struct cluster *cluster;
	const char *owner_url, *login_url;
	const char *password;
};

static struct db *connect(struct database *d, const char *url, unsigned shared, unsigned wait_ms,
	struct err *e)
{
	struct db_options options = {.url = url,
		.app_name = "plat",
		.shared = shared,
		.spare = SPARE,
		.writers = WRITERS,
		.pinned = 8};
	struct db *db = db_open(d->loop, &options, e);

	if (db && db_wait(db, wait_ms, e)) {
		db_close(db);
		return NULL;
	}
	return db;
}

struct db *database_connect_owner(struct database *d, unsigned wait_ms, struct err *e)
{
	return connect(d, d->owner_url, 1, wait_ms, e);
}

struct db *database_connect_login(struct database *d, unsigned wait_ms, struct err *e)
{
	return connect(d, d->login_url, (unsigned)setting_int(SET_DB_CONNECTIONS), wait_ms, e);
}

/* initdb makes the database postgres only. */
static int make_database(struct database *d, struct err *e)
{
	const char *url = arena_printf(d->arena, "%s dbname=postgres", cluster_url(d->cluster));
	struct db *db = connect(d, url, 1, 5000, e);
	struct session *s = db ? session_open(db, NULL, e) : NULL;
	struct result *r;
	int code = s ? session_exec(s, d->arena, "select 1 from pg_database where datname = 'plat'",
			       0, NULL, &r, e)
		     : e->code;

	if (!code && !result_rows(r))
		code = session_exec(s, d->arena, "create database plat", 0, NULL, NULL, e);
	session_close(s);
	db_close(db);
	return code ? err_prefix(e, "making the database plat") : 0;
}

/* HKDF over the current master key: the same for every process that has the key. Rotation keeps the login working because
 * plat migrate, which every start runs, sets it again. */
static const char *derive_password(struct database *d)
{
	unsigned char key[CRYPTO_KEY_LEN];

	if (!keyring_derive(d->keyring, keyring_current(d->keyring), "login of authenticator", key))
		abort();
	struct str text = enc_base64url(d->arena, str_from(key, sizeof key));
	crypto_wipe(key, sizeof key);
	return text.p;
}

const char *database_jwt_secret(struct database *d)
{
	unsigned char key[CRYPTO_KEY_LEN];

	if (setting(SET_JWT_SECRET))
		return setting(SET_JWT_SECRET);
	if (!keyring_derive(d->keyring, keyring_id(d->keyring, keyring_len(d->keyring) - 1),
		    "tokens", key))
		abort();
	struct str text = enc_base64url(d->arena, str_from(key, sizeof key));
	crypto_wipe(key, sizeof key);
	return text.p;
}

static void add_quoted(struct buf *b, const char *keyword, const char *value)
{
	buf_printf(b, "%s='", keyword);
	for (; *value; value++) {
		if (*value == '\'' || *value == '\\')
			buf_char(b, '\\');
		buf_char(b, *value);
	}
	buf_cstr(b, "' ");
}

static const char *login_url(struct database *d, struct err *e)
{
	struct url *u = url_parse(d->owner_url, "plat", e);
	struct buf b;

	if (!u)
		return NULL;
	buf_init(&b, 8192);
	const char *const *keyword = url_keywords(u), *const *value = url_values(u);
	for (; *keyword; keyword++, value++)
		if (*value && strcmp(*keyword, "user") != 0 && strcmp(*keyword, "password") != 0)
			add_quoted(&b, *keyword, *value);
	url_free(u);
	add_quoted(&b, "user", "authenticator");
	add_quoted(&b, "password", d->password);
	struct str text = str_copy(d->arena, buf_view(&b));
	crypto_wipe(b.p, b.len);
	buf_done(&b);
	return text.p;
}

static int find(struct database *d, struct err *e)
{
	d->data = cluster_data_dir(e);
	if (!d->data)
		return e->code;
	d->data = arena_dup(d->arena, d->data, strlen(d->data));
	d->keyring = keyfile_load(d->data, NULL, e);
	if (!d->keyring)
		return e->code;
	d->owner_url = setting(SET_DATABASE_URL);
	if (!d->owner_url) {
		d->cluster = cluster_start(d->loop, d->data, e);
		if (!d->cluster || make_database(d, e))
			return e->code;
		d->owner_url = cluster_url(d->cluster);
	}
	d->password = derive_password(d);
	d->login_url = setting(SET_LOGIN_URL);
	if (!d->login_url)
		d->login_url = login_url(d, e);
	return d->login_url ? 0 : e->code;
}

struct database *database_open(struct loop *loop, struct err *e)
{
	struct arena *a = arena_new();
	struct database *d = ARENA_NEW(a, struct database);

	d->arena = a;
	d->loop = loop;
	if (find(d, e)) {
		database_close(d);
		return NULL;
	}
	return d;
}

void database_close(struct database *d)
{
	if (!d)
		return;
	cluster_stop(d->cluster);
	keyring_free(d->keyring);
	arena_free(d->arena);
}

const char *database_data_dir(const struct database *d)
{
	return d->data;
}

struct keyring *database_keyring(const struct database *d)
{
	return d->keyring;
}

struct cluster *database_cluster(const struct database *d)
{
	return d->cluster;
}

/* RFC 5803: SCRAM-SHA-256$<rounds>:<salt>$<StoredKey>:<ServerKey>. */
const char *database_login_verifier(struct database *d)
{
	unsigned char salt[16], salted[CRYPTO_SHA256_LEN], client[CRYPTO_SHA256_LEN],
		stored[CRYPTO_SHA256_LEN], server[CRYPTO_SHA256_LEN];
	struct str key = str_from(salted, sizeof salted);

	crypto_random(salt, sizeof salt);
	crypto_pbkdf2_sha256(str_of(d->password), str_from(salt, sizeof salt), SCRAM_ROUNDS, salted,
		sizeof salted);
	crypto_hmac_sha256(key, STR("Client Key"), client);
	crypto_sha256(str_from(client, sizeof client), stored);
	crypto_hmac_sha256(key, STR("Server Key"), server);
	crypto_wipe(salted, sizeof salted);
	crypto_wipe(client, sizeof client);
	return arena_printf(d->arena, "SCRAM-SHA-256$%d:%s$%s:%s", SCRAM_ROUNDS,
		enc_base64(d->arena, str_from(salt, sizeof salt)).p,
		enc_base64(d->arena, str_from(stored, sizeof stored)).p,
		enc_base64(d->arena, str_from(server, sizeof server)).p);
}
