#include "mod/auth/password.h"

#include <crypt.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "loop/fiber.h"

#define RANDOM_LEN 16

struct job {
	char password[PASSWORD_MAX + 1];
	char setting[CRYPT_OUTPUT_SIZE];
	char hash[CRYPT_OUTPUT_SIZE];
};

static void run(void *arg)
{
	struct job *j = arg;
	struct crypt_data *data = calloc(1, sizeof *data); /* 32 KB: too much for a stack */

	if (!data)
		abort();
	const char *hash = crypt_r(j->password, j->setting, data);
	if (hash && hash[0] != '*')
		memcpy(j->hash, hash, strlen(hash) + 1);
	crypto_wipe(data, sizeof *data);
	free(data);
}

/* Threads outlive arenas, so what they work on is in one piece that waits for them: fiber_work() does. */
static struct str hash_with(struct arena *a, struct str password, const char *setting)
{
	struct job *j = ARENA_NEW(a, struct job);

	if (password.len > PASSWORD_MAX || strlen(setting) >= sizeof j->setting)
		return STR_NULL;
	memcpy(j->password, password.p, password.len);
	memcpy(j->setting, setting, strlen(setting) + 1);
	fiber_work(run, j);
	crypto_wipe(j->password, sizeof j->password);
	return j->hash[0] ? str_copy(a, str_of(j->hash)) : STR_NULL;
}

struct str password_hash(struct arena *a, struct str password)
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE], salt[16];

	crypto_random(salt, sizeof salt);
	if (!crypt_gensalt_rn("$2b$", PASSWORD_COST, salt, sizeof salt, setting, sizeof setting))
		abort();
	struct str hash = hash_with(a, password, setting);
	if (!hash.p)
		abort();
	return hash;
}

bool password_fits(struct arena *a, struct str password, struct str hash)
{
	struct str again = hash_with(a, password, str_cstr(a, hash));

	return again.p && crypto_eq(again, hash);
}

struct str password_random(struct arena *a)
{
	static const char alphabet[] =
		"abcdefghjkmnpqrstuvwxyz023456789"; /* 32: five bits each, without l, i, o, 1 */
	unsigned char bytes[RANDOM_LEN];
	char *text = arena_zalloc(a, RANDOM_LEN + 1);

	crypto_random(bytes, sizeof bytes);
	for (int i = 0; i < RANDOM_LEN; i++)
		text[i] = alphabet[bytes[i] & 31];
	crypto_wipe_later(a, text, RANDOM_LEN);
	return str_from(text, RANDOM_LEN);
}
