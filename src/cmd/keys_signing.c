#include "cmd/keys_signing.h"

#include <stdio.h>

#include "app/database.h"
#include "app/token_keys.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/jsonw.h"
#include "base/jwk.h"
#include "base/secret.h"
#include "cmd/login.h"
#include "db/batch.h"
#include "db/result.h"
#include "loop/fiber.h"

static struct batch *new_batch(struct arena *a)
{
	struct batch *b = batch_new(a);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	return b;
}

static struct str text_of(struct arena *a, const struct jwk *key, bool with_private)
{
	struct buf b;

	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jwk_write(&w, key, with_private);
	struct str text = str_copy(a, buf_view(&b));
	crypto_wipe_later(a, (char *)text.p, text.len);
	crypto_wipe(b.p, b.len);
	buf_done(&b);
	return text;
}

struct making {
	struct arena *arena;
	enum jwk_alg alg;
	const struct jwk *key;
};

static void make(void *arg)
{
	struct making *m = arg;

	do /* a kid is typed as an operand, where a dash would make it a flag */
		m->key = jwk_new(m->arena, m->alg);
	while (jwk_kid(m->key).p[0] == '-');
}

/* The kid of the key that waits to sign: one that an interrupted rotation left, or a new one. */
static int stand_by(struct task *t, struct login *l, enum jwk_alg alg, struct str *ret_kid,
	struct err *e)
{
	struct making m = {.arena = t->arena, .alg = alg};
	struct batch *b = new_batch(t->arena);

	batch_add(b,
		"select kid from auth.signing_keys where status = 'standby' and alg = $1 order by created_at desc limit 1",
		1, (struct db_param[]){db_text(jwk_alg_name(alg))});
	if (db_run(l->db, b, e))
		return e->code;
	if (result_rows(batch_result(b, 0))) {
		*ret_kid = result_text(batch_result(b, 0), 0, 0);
		return 0;
	}
	fiber_work(make, &m);
	struct str kid = jwk_kid(m.key);
	struct str sealed = secret_seal(t->arena, database_keyring(l->database),
		token_keys_place(kid), text_of(t->arena, m.key, true));
	struct str open = alg == JWK_HS256 ? STR_NULL : text_of(t->arena, m.key, false);
	b = new_batch(t->arena);
	batch_add(b,
		"insert into auth.signing_keys (kid, alg, private_jwk, public_jwk) values ($1, $2, $3, $4)",
		4,
		(struct db_param[]){db_str(kid), db_text(jwk_alg_name(alg)), db_str(sealed),
			db_str(open)});
	*ret_kid = kid;
	return db_run(l->db, b, e);
}

static int rotate(struct task *t, struct login *l, struct err *e)
{
	const struct keys_rotation *r = t->arg;
	enum jwk_alg alg;
	struct str kid;

	if (!jwk_alg_parse(str_of(r->alg), &alg) ||
		(alg != JWK_ES256 && alg != JWK_RS256 && alg != JWK_HS256))
		return err_set(e, E_INPUT, "--alg takes ES256, RS256 or HS256, not '%s'", r->alg);
	if (stand_by(t, l, alg, &kid, e))
		return e->code;
	printf("key " STR_FMT
	       " is made; in %lld seconds every process checks with it, and it signs\n",
		STR_ARG(kid), r->wait_s);
	fflush(stdout);
	if (fiber_sleep_ms((uint64_t)r->wait_s * 1000))
		return err_set(e, E_CANCEL, "interrupted: the key waits for the next rotate");
	struct batch *b = new_batch(t->arena);
	batch_add(b, "select auth.use_signing_key($1)", 1, (struct db_param[]){db_str(kid)});
	if (db_run(l->db, b, e))
		return e->code;
	printf("it signs now; the one before checks until plat keys revoke\n");
	return 0;
}

static int list(struct task *t, struct login *l, struct err *e)
{
	struct batch *b = new_batch(t->arena);

	batch_add(b,
		"select kid, alg, status, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') from auth.signing_keys "
		"order by created_at, kid",
		0, NULL);
	if (db_run(l->db, b, e))
		return e->code;
	struct result *r = batch_result(b, 0);
	for (int i = 0; i < result_rows(r); i++)
		printf(STR_FMT "  " STR_FMT "  %-8s  " STR_FMT "\n", STR_ARG(result_text(r, i, 0)),
			STR_ARG(result_text(r, i, 1)), str_cstr(t->arena, result_text(r, i, 2)),
			STR_ARG(result_text(r, i, 3)));
	if (!result_rows(r))
		printf("none: PLAT_JWT_SECRET signs\n");
	return 0;
}

static int revoke(struct task *t, struct login *l, struct err *e)
{
	struct batch *b = new_batch(t->arena);

	batch_add(b, "select auth.revoke_signing_key($1)", 1, (struct db_param[]){db_text(t->arg)});
	if (db_run(l->db, b, e))
		return e->code;
	printf("tokens of key %s are refused from now on\n", (const char *)t->arg);
	return 0;
}

static int with_login(struct task *t, int (*fn)(struct task *t, struct login *l, struct err *e),
	struct err *e)
{
	struct login l;

	if (login_open(t, &l, e))
		return e->code;
	int code = fn(t, &l, e);
	login_close(&l);
	return code;
}

int keys_signing_rotate(struct task *t, struct err *e)
{
	return with_login(t, rotate, e);
}

int keys_signing_list(struct task *t, struct err *e)
{
	return with_login(t, list, e);
}

int keys_signing_revoke(struct task *t, struct err *e)
{
	return with_login(t, revoke, e);
}
