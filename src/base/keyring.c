#include "base/keyring.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/enc.h"

#define FORMAT_LINE (KEYRING_ID_LEN + 2 * CRYPTO_KEY_LEN + CLOCK_ISO_SIZE + 4)

struct master_key {
	char id[KEYRING_ID_LEN + 1];
	unsigned char key[CRYPTO_KEY_LEN];
	int64_t created_us;
};

struct keyring {
	struct master_key keys[KEYRING_MAX];
	size_t n;
};

struct keyring *keyring_new(void)
{
	struct keyring *k = calloc(1, sizeof(*k));

	if (!k)
		abort();
	return k;
}

void keyring_free(struct keyring *k)
{
	if (!k)
		return;
	crypto_wipe(k, sizeof(*k));
	free(k);
}

static void name_key(struct master_key *m)
{
	unsigned char mac[CRYPTO_SHA256_LEN];

	crypto_hmac_sha256(str_from(m->key, sizeof(m->key)), STR("plat key id"), mac);
	enc_hex_write(m->id, mac, KEYRING_ID_LEN / 2);
	m->id[KEYRING_ID_LEN] = '\0';
}

static const struct master_key *find(const struct keyring *k, struct str id)
{
	for (size_t i = 0; i < k->n; i++)
		if (str_eq(id, str_of(k->keys[i].id)))
			return &k->keys[i];
	return NULL;
}

/* Spaces between the words of a line may be several. */
static struct str cut_word(struct str *rest)
{
	*rest = str_trim(*rest);
	struct str word = str_cut(rest, ' ');
	*rest = str_trim(*rest);
	return word;
}

static bool read_hex_key(struct str text, unsigned char out[CRYPTO_KEY_LEN])
{
	return text.len == 2 * CRYPTO_KEY_LEN && enc_hex_read(text, out);
}

/* Words never quote the line: it may hold a key, or something close to one. */
static int parse_line(struct keyring *k, struct str line, int number, struct err *e)
{
	struct master_key m = {{0}, {0}, 0};
	struct str id = cut_word(&line), key = cut_word(&line), created = cut_word(&line);
	int rc = 0;

	if (line.len || !clock_parse_iso(created, &m.created_us) || !read_hex_key(key, m.key))
		rc = err_set(e, E_INPUT,
			"master keys, line %d: expected an id, 64 hexadecimal digits and a time",
			number);
	else if (name_key(&m), !str_eq(id, str_of(m.id)))
		rc = err_set(e, E_INPUT, "master keys, line %d: the id does not fit the key",
			number);
	else if (find(k, id))
		rc = err_set(e, E_INPUT, "master keys, line %d: this key is there twice", number);
	else if (k->n == KEYRING_MAX)
		rc = err_set(e, E_LIMIT, "master keys: more than %d", KEYRING_MAX);
	else
		k->keys[k->n++] = m;
	crypto_wipe(&m, sizeof(m));
	return rc;
}

struct keyring *keyring_parse(struct str text, struct err *e)
{
	struct keyring *k = keyring_new();
	int number = 1, rc = 0;

	for (struct str rest = text; rest.p && rc == 0; number++) {
		struct str line = str_trim(str_cut(&rest, '\n'));
		if (line.len && *line.p != '#')
			rc = parse_line(k, line, number, e);
	}
	if (rc == 0 && k->n == 0)
		rc = err_set(e, E_INPUT, "master keys: there is none in the text");
	if (rc == 0)
		return k;
	keyring_free(k);
	return NULL;
}

/* Either alphabet, with or without padding. */
static bool read_base64_key(struct str text, unsigned char out[CRYPTO_KEY_LEN])
{
	struct arena *a = arena_new();
	struct str bytes;

	while (str_ends(text, STR("=")))
		text.len--;
	char *copy = str_cstr(a, text);
	for (char *p = copy; *p; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
	bool ok = enc_base64url_decode(a, str_of(copy), &bytes) && bytes.len == CRYPTO_KEY_LEN;
	if (ok) {
		memcpy(out, bytes.p, CRYPTO_KEY_LEN);
		crypto_wipe((void *)(uintptr_t)bytes.p, bytes.len);
	}
	crypto_wipe(copy, text.len);
	arena_free(a);
	return ok;
}

struct keyring *keyring_from_text(struct str key, struct err *e)
{
	struct keyring *k = keyring_new();
	struct master_key *m = &k->keys[0];

	key = str_trim(key);
	if (!read_hex_key(key, m->key) && !read_base64_key(key, m->key)) {
		err_set(e, E_INPUT,
			"the master key must be 64 hexadecimal digits or 32 bytes in base64");
		keyring_free(k);
		return NULL;
	}
	name_key(m);
	k->n = 1;
	return k;
}

int keyring_add(struct keyring *k, int64_t created_us, struct err *e)
{
	if (k->n == KEYRING_MAX)
		return err_set(e, E_LIMIT,
			"there are %d master keys already: remove those no longer used",
			KEYRING_MAX);

	struct master_key m = {.created_us = created_us};
	do {
		crypto_random(m.key, sizeof(m.key));
		name_key(&m);
	} while (find(k,
		str_of(m.id))); /* one in four billion, but envelopes could not tell them apart */
	memmove(k->keys + 1, k->keys, k->n * sizeof(*k->keys));
	k->keys[0] = m;
	k->n++;
	crypto_wipe(&m, sizeof(m));
	return 0;
}

int keyring_remove(struct keyring *k, struct str id, struct err *e)
{
	const struct master_key *m = find(k, id);

	if (!m)
		return err_set(e, E_ABSENT, "there is no master key " STR_FMT, STR_ARG(id));
	if (m == k->keys)
		return err_set(e, E_CONFLICT, "master key " STR_FMT " is the current one",
			STR_ARG(id));
	size_t i = (size_t)(m - k->keys);
	k->n--;
	memmove(k->keys + i, k->keys + i + 1, (k->n - i) * sizeof(*k->keys));
	crypto_wipe(k->keys + k->n, sizeof(*k->keys));
	return 0;
}

void keyring_format(const struct keyring *k, struct buf *b)
{
	char created[CLOCK_ISO_SIZE], key[2 * CRYPTO_KEY_LEN];

	/* All room at once: growing would leave copies of keys in freed memory. */
	if (!buf_reserve(b, k->n * FORMAT_LINE))
		return;
	for (size_t i = 0; i < k->n; i++) {
		const struct master_key *m = &k->keys[i];
		enc_hex_write(key, m->key, sizeof(m->key));
		buf_printf(b, "%s %.*s %s\n", m->id, (int)sizeof(key), key,
			clock_format_iso(created, m->created_us));
	}
	crypto_wipe(key, sizeof(key));
}

size_t keyring_len(const struct keyring *k)
{
	return k->n;
}

struct str keyring_id(const struct keyring *k, size_t i)
{
	return i < k->n ? str_from(k->keys[i].id, KEYRING_ID_LEN) : STR_NULL;
}

int64_t keyring_created_us(const struct keyring *k, size_t i)
{
	assert(i < k->n);
	return k->keys[i].created_us;
}

struct str keyring_current(const struct keyring *k)
{
	return keyring_id(k, 0);
}

bool keyring_derive(const struct keyring *k, struct str id, const char *purpose,
	unsigned char out[CRYPTO_KEY_LEN])
{
	const struct master_key *m = find(k, id);

	if (!m)
		return false;
	crypto_hkdf_sha256(str_from(m->key, sizeof(m->key)), STR_NULL, str_of(purpose), out,
		CRYPTO_KEY_LEN);
	return true;
}
