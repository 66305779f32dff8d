/* plat keys: the API keys that client libraries are given, tokens for trying things out, and the keys that sign (keys_signing.c). */
#include <stdio.h>
#include <string.h>

#include "app/database.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "base/jwt.h"
#include "cmd/args.h"
#include "cmd/keys_signing.h"
#include "cmd/login.h"
#include "db/batch.h"
#include "db/result.h"

#define KEY_YEARS 10
#define YEAR_S (INT64_C(365) * 24 * 3600)

static const char *email;
static long long minutes = 60;
static struct keys_rotation rotation = {.alg = "ES256", .wait_s = 15};

struct signer {
	struct arena *arena;
	const struct jwk *key;
	int64_t now_s;
};

static struct str key_for(const struct signer *s, const char *role)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "role"), jsonw_cstr(&w, role);
	jsonw_key(&w, "iss"), jsonw_cstr(&w, "plat");
	jsonw_key(&w, "iat"), jsonw_i64(&w, s->now_s);
	jsonw_key(&w, "exp"), jsonw_i64(&w, s->now_s + KEY_YEARS * YEAR_S);
	jsonw_end(&w);
	struct str token = jwt_sign(s->arena, s->key, buf_view(&b));
	buf_done(&b);
	return token;
}

static struct str token_for(const struct signer *s, struct str id)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "sub"), jsonw_str(&w, id);
	jsonw_key(&w, "role"), jsonw_cstr(&w, "authenticated");
	jsonw_key(&w, "aud"), jsonw_cstr(&w, "authenticated");
	jsonw_key(&w, "email"), jsonw_cstr(&w, email);
	jsonw_key(&w, "iss"), jsonw_cstr(&w, "plat");
	jsonw_key(&w, "iat"), jsonw_i64(&w, s->now_s);
	jsonw_key(&w, "exp"), jsonw_i64(&w, s->now_s + 60 * minutes);
	jsonw_end(&w);
	struct str token = jwt_sign(s->arena, s->key, buf_view(&b));
	buf_done(&b);
	return token;
}

static int find_login(struct login *l, struct arena *a, struct str *ret_id, struct err *e)
{
	struct batch *b = batch_new(a);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_add(b,
		"select id from auth.users where lower(email) = lower($1) and deleted_at is null",
		1, (struct db_param[]){db_text(email)});
	if (db_run(l->db, b, e))
		return e->code;
	if (!result_rows(batch_result(b, 0)))
		return err_set(e, E_ABSENT, "there is no login %s", email);
	*ret_id = result_text(batch_result(b, 0), 0, 0);
	return 0;
}

static int print(struct task *t, struct login *l, struct err *e)
{
	const struct jwk_set *set =
		jwk_set_of_text(t->arena, str_of(database_jwt_secret(l->database)), false, e);
	struct signer s = {.arena = t->arena, .now_s = now_us() / US_PER_SECOND};
	struct str id;

	if (!set)
		return err_prefix(e, "PLAT_JWT_SECRET");
	if (!set->n || !jwk_is_private(set->keys[0]))
		return err_set(e, E_INPUT, "PLAT_JWT_SECRET has no key that can sign");
	s.key = set->keys[0];
	if (!email) {
		printf("anon          " STR_FMT "\n", STR_ARG(key_for(&s, "anon")));
		printf("service_role  " STR_FMT "\n", STR_ARG(key_for(&s, "service_role")));
		return 0;
	}
	if (find_login(l, t->arena, &id, e))
		return e->code;
	printf(STR_FMT "\n", STR_ARG(token_for(&s, id)));
	return 0;
}

static int keys(struct task *t, struct err *e)
{
	struct login l;

	if (login_open(t, &l, e))
		return e->code;
	int code = print(t, &l, e);
	login_close(&l);
	return code;
}

static int run(int n, char **operands)
{
	const char *what = n ? operands[0] : "";

	if (!n)
		return task_run("keys", keys, NULL);
	if (n == 1 && !strcmp(what, "rotate"))
		return task_run("keys", keys_signing_rotate, &rotation);
	if (n == 1 && !strcmp(what, "list"))
		return task_run("keys", keys_signing_list, NULL);
	if (n == 2 && !strcmp(what, "revoke"))
		return task_run("keys", keys_signing_revoke, operands[1]);
	fprintf(stderr, "plat keys: takes nothing, rotate, list or revoke KID, not '%s'\n", what);
	return 2;
}

static const struct arg args[] = {
	{"token", ARG_TEXT, &email, "EMAIL",
		"print a token for this login instead, for trying things out", 0, 0},
	{"minutes", ARG_INT, &minutes, "N", "how long that token is good; 60 unless said", 1,
		60 * 24 * 365},
	{"alg", ARG_TEXT, &rotation.alg, "ALG", "with rotate: ES256 (unless said), RS256 or HS256",
		0, 0},
	{"wait", ARG_INT, &rotation.wait_s, "SECONDS",
		"with rotate: until the new key signs; every process has it after ten at the latest",
		0, 3600},
	{0},
};

const struct command keys_command = {
	.name = "keys",
	.summary = "print the API keys for client libraries; change the keys that sign tokens",
	.operands = "[rotate | list | revoke KID]",
	.details =
		"The anon key may be shown to anybody: it opens what row level security opens for visitors. The service_role key passes row level "
		"security and belongs on servers only. Both are good for ten years, or until PLAT_JWT_SECRET changes.\n"
		"rotate makes a key that signs access tokens instead of PLAT_JWT_SECRET (whose API keys stay good); the one before goes on checking what it\n"
		"signed until it is revoked. Nobody is signed out.",
	.examples =
		"plat keys\ncurl -H \"Authorization: Bearer $(plat keys --token agent@demo.example)\" localhost:8080/rest/v1/listings?limit=1\n"
		"plat keys rotate --alg ES256\nplat keys list\n",
	.args = args,
	.run = run,
};
