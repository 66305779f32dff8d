#include "mod/storage/tus_head.h"

#include <string.h>

#include "base/arena.h"
#include "base/enc.h"
#include "mod/storage/name.h"

/* A value that a row can keep: UTF-8 without NUL. */
static int value_of(struct arena *a, struct str key, struct str text, struct str *ret_value,
	struct err *e)
{
	*ret_value = STR("");
	if (text.len && !enc_base64_decode(a, text, ret_value))
		return err_set(e, E_INPUT,
			"Upload-Metadata: the value of " STR_FMT " is not base 64",
			STR_ARG(str_sub(key, 0, 50)));
	if (!str_is_utf8(*ret_value) || memchr(ret_value->p, 0, ret_value->len))
		return err_set(e, E_INPUT, "Upload-Metadata: the value of " STR_FMT " is no text",
			STR_ARG(str_sub(key, 0, 50)));
	return 0;
}

static int set(struct arena *a, struct str item, struct tus_metadata *m, struct err *e)
{
	const struct {
		struct str key;
		struct str *to;
	} known[] = {
		{STR("bucketName"), &m->bucket},
		{STR("objectName"), &m->name},
		{STR("contentType"), &m->content_type},
		{STR("cacheControl"), &m->cache_control},
		{STR("metadata"), &m->user_metadata},
	};
	struct str value = str_trim(item), key = str_cut(&value, ' ');

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_eq(key, known[i].key)) {
			if (known[i].to->p)
				return err_set(e, E_INPUT, "Upload-Metadata has " STR_FMT " twice",
					STR_ARG(key));
			return value_of(a, key, str_trim(value), known[i].to, e);
		}
	return 0;
}

int tus_head_metadata(struct arena *a, struct str header, struct tus_metadata *ret_metadata,
	struct err *e)
{
	struct tus_metadata m = {0};

	if (header.len > TUS_METADATA_MAX)
		return err_set(e, E_INPUT, "Upload-Metadata is longer than %d bytes",
			TUS_METADATA_MAX);
	for (struct str rest = header; rest.p;)
		if (set(a, str_cut(&rest, ','), &m, e))
			return e->code;
	if (!storage_name_is_bucket(m.bucket))
		return err_set(e, E_INPUT, "Upload-Metadata names no bucket (bucketName)");
	if (!storage_name_is_object(m.name))
		return err_set(e, E_INPUT, "Upload-Metadata names no object (objectName)");
	*ret_metadata = m;
	return 0;
}

int tus_head_checksum(struct arena *a, struct str header, struct tus_checksum *ret_checksum,
	struct err *e)
{
	static const struct {
		const char *name;
		size_t len;
	} known[] =
		{[TUS_MD5] = {"md5", 16}, [TUS_SHA1] = {"sha1", 20}, [TUS_SHA256] = {"sha256", 32}};
	struct str value = str_trim(header), name = str_cut(&value, ' '), sum;

	*ret_checksum = (struct tus_checksum){.algorithm = TUS_NO_SUM};
	if (!header.p)
		return 0;
	for (size_t i = TUS_MD5; i < sizeof known / sizeof *known; i++) {
		if (!str_eq(name, str_of(known[i].name)))
			continue;
		if (!enc_base64_decode(a, str_trim(value), &sum) || sum.len != known[i].len)
			break;
		ret_checksum->algorithm = (enum tus_algorithm)i;
		ret_checksum->len = sum.len;
		memcpy(ret_checksum->sum, sum.p, sum.len);
		return 0;
	}
	return err_set(e, E_INPUT, "Upload-Checksum is none of sha1, sha256, md5 in base 64");
}

int tus_head_number(const char *name, struct str header, int64_t *ret_n, struct err *e)
{
	int64_t n;

	if (!header.len || header.p[0] == '+' || !str_to_i64(header, &n) || n < 0)
		return err_set(e, E_INPUT, "%s must be a number of bytes", name);
	*ret_n = n;
	return 0;
}
