#include "app/token_keys.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/jsonw.h"
#include "base/jwk.h"
#include "base/log.h"
#include "base/secret.h"
#include "db/batch.h"
#include "db/listen.h"
#include "db/result.h"
#include "loop/fiber.h"
#include "loop/timer.h"

#define LOOK_MS 10000
#define WATCHERS 4

struct keys {
	struct arena *arena; /* NULL: of the secret only */
	struct jwk_set set;
	const struct jwk *signer;
	struct str rows; /* what they were made from, to see whether anything changed */
};

struct token_keys {
	struct token_keys_options options;
	struct arena *arena; /* of the secret */
	const struct jwk_set *own;
	struct keys now;
	struct listener *listener;
	struct timer *timer;
	struct arena *reading; /* NULL: nobody is */
	bool again, was_read;
	struct fiber *waiting;
	struct {
		void (*fn)(const struct jwk_set *set, void *arg);
		void *arg;
	} watchers[WATCHERS];
	int n_watchers;
};

struct secret_place token_keys_place(struct str kid)
{
	return (struct secret_place){STR("auth.signing_keys"), kid, STR("private_jwk")};
}

static const struct jwk *first_private(const struct jwk_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		if (jwk_is_private(set->keys[i]))
			return set->keys[i];
	return NULL;
}

static const struct jwk *open_key(const struct token_keys *k, struct arena *a, struct str kid,
	struct str envelope)
{
	struct err e = {.arena = a};
	struct str text;
	const struct jwk_set *set = NULL;

	if (k->options.keyring &&
		!secret_open(a, k->options.keyring, token_keys_place(kid), envelope, &text, &e))
		set = jwk_set_parse(a, text, &e);
	if (set && set->n == 1)
		return set->keys[0];
	log_error("keys.unreadable", LOG_STR("kid", kid), LOG_ERR(&e));
	return NULL;
}

/* A row that was sealed anew with a master key that this process does not have yet: the key is still the same. */
static const struct jwk *keep_key(const struct token_keys *k, struct arena *a, struct str kid)
{
	const struct jwk_set *set = NULL;

	for (size_t i = 0; i < k->now.set.n && !set; i++) {
		struct buf b;
		if (!str_eq(jwk_kid(k->now.set.keys[i]), kid))
			continue;
		buf_init(&b, 0);
		struct jsonw w = jsonw_to(&b);
		jwk_write(&w, k->now.set.keys[i], jwk_is_private(k->now.set.keys[i]));
		set = jwk_set_parse(a, buf_view(&b), NULL);
		crypto_wipe(b.p, b.len);
		buf_done(&b);
	}
	return set && set->n ? set->keys[0] : NULL;
}

static struct str rows_of(struct arena *a, struct result *r)
{
	struct str all = STR("");

	for (int i = 0; i < result_rows(r); i++)
		all = STR_JOIN(a, all, result_text(r, i, 0), STR(" "), result_text(r, i, 1),
			STR(" "), result_text(r, i, 2), STR("\n"));
	return all;
}

/* a becomes the set's. */
static void take(struct token_keys *k, struct arena *a, struct result *r, struct str rows)
{
	size_t most = k->own->n + (size_t)result_rows(r);
	struct keys fresh = {.arena = a, .rows = rows, .signer = first_private(k->own)};

	fresh.set.keys = arena_array(a, most + 1, sizeof *fresh.set.keys);
	for (size_t i = 0; i < k->own->n; i++)
		fresh.set.keys[fresh.set.n++] = k->own->keys[i];
	for (int i = 0; i < result_rows(r); i++) {
		const struct jwk *key = open_key(k, a, result_text(r, i, 0), result_text(r, i, 2));
		if (!key)
			key = keep_key(k, a, result_text(r, i, 0));
		if (!key)
			continue;
		fresh.set.keys[fresh.set.n++] = key;
		if (str_eq(result_text(r, i, 1), STR("current")))
			fresh.signer = key;
	}
	struct keys old = k->now;
	k->now = fresh;
	for (int i = 0; i < k->n_watchers; i++)
		k->watchers[i].fn(&k->now.set, k->watchers[i].arg);
	arena_free(old.arena);
}

static void look(struct token_keys *k);

static void on_read(struct batch *b, void *arg)
{
	struct token_keys *k = arg;
	struct arena *a = k->reading;

	k->reading = NULL;
	k->was_read = true;
	if (batch_code(b)) {
		log_warn("keys.unread", LOG_ERR(batch_err(b)));
		arena_free(a);
	} else {
		struct result *r = batch_result(b, 0);
		struct str rows = rows_of(a, r);
		if (str_eq(rows, k->now.rows))
			arena_free(a);
		else
			take(k, a, r, rows);
	}
	if (k->waiting)
		fiber_wake(k->waiting);
	if (k->again) {
		k->again = false;
		look(k);
	}
}

static void look(struct token_keys *k)
{
	if (k->reading) {
		k->again = true;
		return;
	}
	struct arena *a = arena_new();
	struct batch *b = batch_new(a);
	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_read_only(b);
	batch_add(b,
		"select kid, status, private_jwk from auth.signing_keys where status <> 'revoked' order by created_at, kid",
		0, NULL);
	if (db_submit(k->options.db, b, on_read, k))
		arena_free(a); /* the timer comes again */
	else
		k->reading = a;
}

static void on_timer(void *arg)
{
	look(arg);
}

static void on_heard(const char *channel, struct str payload, void *arg)
{
	(void)channel, (void)payload;
	look(arg);
}

static void start(struct token_keys *k)
{
	k->listener = db_listen(k->options.db, "auth.signing_keys", on_heard, k);
	k->timer = timer_new(k->options.loop, on_timer, k);
	timer_background(k->timer);
	timer_start(k->timer, LOOK_MS, LOOK_MS);
	look(k);
	k->waiting = fiber_current();
	while (k->waiting && k->reading && !k->was_read)
		fiber_park_firmly(); /* surely ends: a batch is answered */
	k->waiting = NULL;
}

struct token_keys *token_keys_new(const struct token_keys_options *options, struct err *e)
{
	static const struct jwk_set none;
	struct token_keys *k = calloc(1, sizeof *k);

	if (!k)
		abort();
	k->options = *options;
	k->arena = arena_new();
	k->own = &none;
	if (options->secret)
		k->own = jwk_set_of_text(k->arena, str_of(options->secret), false, e);
	if (!k->own) {
		err_prefix(e, "PLAT_JWT_SECRET");
		token_keys_free(k);
		return NULL;
	}
	k->now = (struct keys){.set = *k->own, .signer = first_private(k->own), .rows = STR("")};
	if (options->db)
		start(k);
	return k;
}

void token_keys_free(struct token_keys *k)
{
	if (!k)
		return;
	db_unlisten(k->listener);
	timer_free(k->timer);
	arena_free(k->reading); /* forgets its batch */
	arena_free(k->now.arena);
	arena_free(k->arena);
	free(k);
}

const struct jwk_set *token_keys_set(const struct token_keys *k)
{
	return &k->now.set;
}

const struct jwk *token_keys_signer(const struct token_keys *k)
{
	return k->now.signer;
}

void token_keys_watch(struct token_keys *k, void (*fn)(const struct jwk_set *set, void *arg),
	void *arg)
{
	if (k->n_watchers == WATCHERS)
		abort();
	k->watchers[k->n_watchers].fn = fn;
	k->watchers[k->n_watchers++].arg = arg;
}
