#include "app/coding.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/pack.h"
#include "http/reply.h"
#include "http/request.h"

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

static enum coding choose(const struct wish *w)
{
	int best = w->zstd >= w->gzip ? w->zstd : w->gzip;

	if (best <= 0 || w->identity > best)
		return CODING_NONE;
	return w->zstd >= w->gzip ? CODING_ZSTD : CODING_GZIP;
}

enum coding coding_choose(struct str accept_encoding)
{
	struct wish w = wish_of(accept_encoding);

	return choose(&w);
}

bool coding_refused(struct str accept_encoding)
{
	struct wish w = wish_of(accept_encoding);

	return refuses_plain(&w) && choose(&w) == CODING_NONE;
}

enum coding coding_of_body(struct str accept_encoding, size_t len)
{
	struct wish w = wish_of(accept_encoding);

	return len >= WORTH_BYTES || (len && refuses_plain(&w)) ? choose(&w) : CODING_NONE;
}

struct str coding_name(enum coding c)
{
	return c == CODING_ZSTD ? STR("zstd") : c == CODING_GZIP ? STR("gzip") : STR_NULL;
}

struct pack *coding_pack(struct arena *a, enum coding c)
{
	return c == CODING_NONE ? NULL : pack_new(a, c == CODING_ZSTD ? PACK_ZSTD : PACK_GZIP);
}

struct str coding_packed(struct arena *a, enum coding c, struct str body)
{
	struct pack *p = coding_pack(a, c);
	struct buf out;

	if (!p)
		return body;
	buf_init(&out, 0);
	pack_add(p, body, false, true, &out);
	struct str packed = str_copy(a, buf_view(&out));
	buf_done(&out);
	return packed;
}

struct str coding_answer(struct http_request *http, struct str body)
{
	enum coding c = coding_of_body(http_header_list(http, "Accept-Encoding"), body.len);

	http_reply_header(http, "Vary", STR("Accept-Encoding"));
	if (c != CODING_NONE)
		http_reply_header(http, "Content-Encoding", coding_name(c));
	return coding_packed(http->arena, c, body);
}
