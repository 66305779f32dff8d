#include "mod/rest/etag.h"

#include "base/arena.h"
#include "base/hash.h"
#include "mod/rest/compress.h"
#include "mod/rest/request.h"

struct str rest_etag_of(struct rest_request *r, struct str body)
{
	char hex[HASH_128_HEX_SIZE];

	hash_128_hex(hex, hash_128(body));
	return STR_JOIN(r->arena, STR("\""), str_from(hex, sizeof hex - 1), STR("\""));
}

static const struct str suffixes[] = {
	[CODING_NONE] = {STR_INIT("\"")},
	[CODING_GZIP] = {STR_INIT("-gzip\"")},
	[CODING_ZSTD] = {STR_INIT("-zstd\"")},
};

/* A strong tag stands for bytes, so the packed forms of a body have tags of their own, for which the row is still the same. */
static bool is_tag(struct str item, struct str tag)
{
	struct str stem = str_sub(tag, 0, tag.len - 1);

	if (!str_starts(item, stem))
		return false;
	struct str end = str_sub(item, stem.len, item.len);
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
		if (str_eq(end, suffixes[i]))
			return true;
	return false;
}

bool rest_etag_in(struct str list, struct str tag, bool weak)
{
	for (struct str rest = list; rest.p;) {
		struct str item = str_trim(str_cut(&rest, ','));
		bool is_weak = str_starts(item, STR("W/"));
		if (str_eq(item, STR("*")))
			return true;
		if (is_weak && !weak)
			continue;
		if (is_tag(is_weak ? str_sub(item, 2, item.len) : item, tag))
			return true;
	}
	return false;
}

bool rest_etag_matches(struct rest_request *r, int64_t rows, struct str body)
{
	struct str known = rest_request_header_list(r, "If-None-Match");
	bool is_read =
		r->target == REST_TARGET_TABLE && (r->method == REST_GET || r->method == REST_HEAD);

	if (!is_read || rows != 1)
		return false;
	struct str tag = rest_etag_of(r, body);
	rest_answer_header(r, "ETag",
		STR_JOIN(r->arena, str_sub(tag, 0, tag.len - 1),
			suffixes[rest_compress_coding(r, body.len)]));
	return known.p && rest_etag_in(known, tag, true);
}
