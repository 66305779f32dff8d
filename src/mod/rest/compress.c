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

/* What a client gives for each coding; -1: says nothing of it. */
struct wish {
	int gzip, zstd, identity, any;
};

static struct wish wish_of(struct str list)
{
	struct wish w = {-1, -1, -1, -1};

	while (list.p) {
		struct str params = str_cut(&list, ','), name = str_trim(str_cut(&params, ';'));
		int q = quality(params);
		if (str_eq_nocase(name, STR("gzip")) || str_eq_nocase(name, STR("x-gzip")))
			w.gzip = q;
		else if (str_eq_nocase(name, STR("zstd")))
			w.zstd = q;
		else if (str_eq_nocase(name, STR("identity")))
			w.identity = q;
		else if (str_eq(name, STR("*")))
			w.any = q;
	}
	w.gzip = w.gzip < 0 ? w.any : w.gzip;
	w.zstd = w.zstd < 0 ? w.any : w.zstd;
	return w;
}

/* As they are, answers are fine unless that is ruled out by name, or with all the others. */
static bool refuses_plain(const struct wish *w)
{
	return w->identity == 0 || (w->identity < 0 && w->any == 0);
}

static enum rest_coding choose(const struct wish *w)
{
	int best = w->zstd >= w->gzip ? w->zstd : w->gzip;

	if (best <= 0 || w->identity > best)
		return REST_CODING_NONE;
	return w->zstd >= w->gzip ? REST_CODING_ZSTD : REST_CODING_GZIP;
}

enum rest_coding rest_compress_choose(struct str accept_encoding)
{
	struct wish w = wish_of(accept_encoding);

	return choose(&w);
}

bool rest_compress_refused(struct str accept_encoding)
{
	struct wish w = wish_of(accept_encoding);

	return refuses_plain(&w) && choose(&w) == REST_CODING_NONE;
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

enum rest_coding rest_compress_coding(struct rest_request *r, size_t len)
{
	struct wish w = wish_of(rest_request_header_list(r, "Accept-Encoding"));

	return len >= WORTH_BYTES || (len && refuses_plain(&w)) ? choose(&w) : REST_CODING_NONE;
}

struct str rest_compress(struct rest_request *r, struct str body)
{
	struct pack *p = rest_compress_coding(r, body.len) ? rest_compress_stream(r) : NULL;
	struct buf out;

	if (!p)
		return body;
	buf_init(&out, 0);
	pack_add(p, body, false, true, &out);
	struct str packed = str_copy(r->arena, buf_view(&out));
	buf_done(&out);
	return packed;
}
