#include "mod/site/txt.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "app/settings.h"
#include "base/arena.h"
#include "loop/fiber.h"

#define MESSAGE_MAX NS_MAXMSG
#define RETRY_S 2
#define TRIES 2
#define DNS_PORT 53

/* --- reading -------------------------------------------------------------------------------------- */

/* Strings of at most 255 bytes, each behind its length. */
static bool read_strings(struct arena *a, const unsigned char *p, size_t len, struct str *ret)
{
	char *text = arena_alloc(a, len + 1);
	size_t n = 0;

	for (size_t at = 0; at < len;) {
		size_t part = p[at++];
		if (part > len - at)
			return false;
		memcpy(text + n, p + at, part);
		n += part;
		at += part;
	}
	text[n] = 0;
	*ret = str_from(text, n);
	return true;
}

int site_txt_read(struct arena *a, struct str message, struct site_txt *ret, struct err *e)
{
	struct site_txt found = {.n = 0};
	ns_msg m;
	ns_rr rr;

	if (message.len > MESSAGE_MAX ||
		ns_initparse((const unsigned char *)message.p, (int)message.len, &m))
		return err_set(e, E_UPSTREAM, "the name server's answer cannot be read");
	for (int i = 0; i < ns_msg_count(m, ns_s_an) && found.n < SITE_TXT_MAX; i++) {
		if (ns_parserr(&m, ns_s_an, i, &rr))
			return err_set(e, E_UPSTREAM, "the name server's answer cannot be read");
		if (ns_rr_type(rr) != ns_t_txt || ns_rr_class(rr) != ns_c_in)
			continue;
		if (!read_strings(a, ns_rr_rdata(rr), ns_rr_rdlen(rr), &found.texts[found.n]))
			return err_set(e, E_UPSTREAM, "a TXT record of the answer is cut off");
		found.n++;
	}
	*ret = found;
	return 0;
}

/* --- asking --------------------------------------------------------------------------------------- */

struct question {
	const char *name;
	struct sockaddr_in server; /* port 0: those of the system */
	unsigned char *answer;
	int len;   /* -1: none */
	int cause; /* h_errno's */
};

static void ask(void *arg)
{
	struct question *q = arg;
	struct __res_state state;

	memset(&state, 0, sizeof state);
	if (res_ninit(&state)) {
		q->len = -1;
		q->cause = TRY_AGAIN;
		return;
	}
	state.retrans = RETRY_S;
	state.retry = TRIES;
	if (q->server.sin_port) {
		state.nscount = 1;
		state.nsaddr_list[0] = q->server;
	}
	q->len = res_nquery(&state, q->name, ns_c_in, ns_t_txt, q->answer, MESSAGE_MAX);
	q->cause = state.res_h_errno;
	res_nclose(&state);
}

static int read_server(struct arena *a, struct sockaddr_in *ret, struct err *e)
{
	struct str rest = str_of(setting(SET_DNS)), host, port;
	struct sockaddr_in server = {.sin_family = AF_INET};
	int64_t n = DNS_PORT;

	if (!rest.p)
		return 0;
	host = str_cut(&rest, ':');
	port = rest;
	if (inet_pton(AF_INET, str_cstr(a, host), &server.sin_addr) != 1 ||
		(port.p && (!str_to_i64(port, &n) || n < 1 || n > UINT16_MAX)))
		return err_set(e, E_INPUT,
			"PLAT_DNS is no address of a name server (192.0.2.1:53)");
	server.sin_port = htons((uint16_t)n);
	*ret = server;
	return 0;
}

int site_txt_ask(struct arena *a, struct str name, struct site_txt *ret, struct err *e)
{
	struct question q = {.name = str_cstr(a, name)};

	if (read_server(a, &q.server, e))
		return e->code;
	q.answer = arena_alloc(a, MESSAGE_MAX);
	fiber_work(ask, &q);
	if (q.len >= 0)
		return site_txt_read(a,
			str_from(q.answer, q.len > MESSAGE_MAX ? MESSAGE_MAX : (size_t)q.len), ret,
			e);
	if (q.cause == HOST_NOT_FOUND || q.cause == NO_DATA)
		return err_set(e, E_ABSENT, "there is no TXT record %s", q.name);
	return err_set(e, E_UPSTREAM, "no name server answered about %s", q.name);
}
