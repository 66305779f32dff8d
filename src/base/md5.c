#include "base/md5.h"

#include <openssl/evp.h>
#include <stdlib.h>

static void must(int ok)
{
	if (!ok)
		abort();
}

/* struct md5 is OpenSSL's context under a name of ours. */
static EVP_MD_CTX *context(struct md5 *m)
{
	return (EVP_MD_CTX *)m;
}

struct md5 *md5_new(void)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	must(c && EVP_DigestInit_ex(c, EVP_md5(), NULL));
	return (struct md5 *)c;
}

void md5_free(struct md5 *m)
{
	EVP_MD_CTX_free(context(m));
}

void md5_add(struct md5 *m, struct str bytes)
{
	if (bytes.len)
		must(EVP_DigestUpdate(context(m), bytes.p, bytes.len));
}

void md5_end(struct md5 *m, unsigned char out[MD5_LEN])
{
	must(EVP_DigestFinal_ex(context(m), out, NULL));
}
