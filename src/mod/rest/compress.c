#include "mod/rest/compress.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/pack.h"
#include "mod/rest/request.h"

#define WORTH_BYTES 1024
#define QUALITY_ALL 1000 /* q=1 in thousandths */

/* "0.8" in thousandths; what cannot be read counts as 1. */
static int quality(struct str params)
{
	while (params.p) {
		struct str param = str_trim(str_cut(&params, ';'));
		double q;
		if (str_starts(param, STR("q=")) && str_to_f64(str_sub(param, 2, param.len), &q) &&
			q >= 0 && q <= 1)
			return (int)(q * QUALITY_ALL);
	}
	return QUALITY_ALL;
}

enum rest_coding rest_compress_choose(struct str list)
{
	int gzip = -1, zstd = -1, any = 0;

	while (list.p) {
		struct str params = str_cut(&list, ','), name = str_trim(str_cut(&params, ';'));
		int q = quality(params);
		if (str_eq_nocase(name, STR("gzip")) || str_eq_nocase(name, STR("x-gzip")))
			gzip = q;
		else if (str_eq_nocase(name, STR("zstd")))
			zstd = q;
		else if (str_eq(name, STR("*")))
			any = q;
	}
	gzip = gzip < 0 ? any : gzip;
	zstd = zstd < 0 ? any : zstd;
	if (zstd <= 0 && gzip <= 0)
		return REST_CODING_NONE;
	return zstd >= gzip ? REST_CODING_ZSTD : REST_CODING_GZIP;
}

struct pack *rest_compress_stream(struct rest_request *r)
{
	enum rest_coding coding =
		rest_compress_choose(rest_request_header_list(r, "Accept-Encoding"));

	if (coding == REST_CODING_NONE)
		return NULL;
	rest_answer_header(r, "Content-Encoding",
		coding == REST_CODING_ZSTD ? STR("zstd") : STR("gzip"));
	return pack_new(r->arena, coding == REST_CODING_ZSTD ? PACK_ZSTD : PACK_GZIP);
}

struct str rest_compress(struct rest_request *r, struct str body)
{
	struct pack *p = body.len >= WORTH_BYTES ? rest_compress_stream(r) : NULL;
	struct buf out;

	if (!p)
		return body;
	buf_init(&out, 0);
	pack_add(p, body, false, true, &out);
	struct str packed = str_copy(r->arena, buf_view(&out));
	buf_done(&out);
	return packed;
}
