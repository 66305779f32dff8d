#include "mod/rest/etag.h"

#include "base/arena.h"
#include "base/hash.h"
#include "mod/rest/request.h"

struct str rest_etag_of(struct rest_request *r, struct str body)
{
	char hex[HASH_128_HEX_SIZE];

	hash_128_hex(hex, hash_128(body));
	return STR_JOIN(r->arena, STR("\""), str_from(hex, sizeof hex - 1), STR("\""));
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
		if (str_eq(is_weak ? str_sub(item, 2, item.len) : item, tag))
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
	rest_answer_header(r, "ETag", tag);
	return known.p && rest_etag_in(known, tag, true);
}
