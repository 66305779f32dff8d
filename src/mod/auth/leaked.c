#include "mod/auth/leaked.h"

#include <ctype.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/enc.h"
#include "base/log.h"
#include "loop/fiber.h"

#define HASH_LEN 40
#define LINE_MAX_BYTES 128

/* The first whole line that begins at or after `at` (0 is one): its hash in upper case and where it begins. False at the end. */
static bool line_after(int file, off_t at, off_t size, char hash[HASH_LEN], off_t *ret_start)
{
	char text[2 * LINE_MAX_BYTES];
	off_t from = at ? at - 1 : 0;
	ssize_t n = pread(file, text, sizeof text, from);
	size_t i = 0;

	if (n <= 0)
		return false;
	if (at) {
		const char *end = memchr(text, '\n', (size_t)n);
		if (!end)
			return false;
		i = (size_t)(end + 1 - text);
	}
	if (i + HASH_LEN > (size_t)n || from + (off_t)i >= size)
		return false;
	for (int k = 0; k < HASH_LEN; k++)
		hash[k] = (char)toupper((unsigned char)text[i + (size_t)k]);
	*ret_start = from + (off_t)i;
	return true;
}

bool leaked_search(int file, const char *hash)
{
	char found[HASH_LEN];
	struct stat s;
	off_t low = 0, start;

	if (fstat(file, &s))
		return false;
	/* The line that is looked for begins in [low, high). */
	for (off_t high = s.st_size; low < high;) {
		off_t middle = low + (high - low) / 2;
		if (!line_after(file, middle, s.st_size, found, &start) || start >= high) {
			high = middle;
			continue;
		}
		int order = memcmp(hash, found, HASH_LEN);
		if (!order)
			return true;
		if (order < 0)
			high = middle;
		else
			low = start + 1;
	}
	return false;
}

struct look {
	int file;
	char hash[HASH_LEN];
	bool found;
};

static void look(void *arg)
{
	struct look *l = arg;

	l->found = leaked_search(l->file, l->hash);
}

bool leaked_has(int file, struct str password)
{
	unsigned char sha1[CRYPTO_SHA1_LEN];
	struct look l = {.file = file};

	crypto_sha1(password, sha1);
	enc_hex_write(l.hash, sha1, sizeof sha1);
	for (int i = 0; i < HASH_LEN; i++)
		l.hash[i] = (char)toupper((unsigned char)l.hash[i]);
	fiber_work(look, &l);
	return l.found;
}
