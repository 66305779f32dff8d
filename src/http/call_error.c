#include <string.h>

#include "http/call.h"

/* "30 s", "1.5 s": for sentences. */
#define SECONDS(ms) ((ms) / 1000.0)

static void explain_timeout(struct http_call *call)
{
	struct err *e = &call->result->err;
	curl_off_t connect_us = 0;

	curl_easy_getinfo(call->easy, CURLINFO_PRETRANSFER_TIME_T, &connect_us);
	if (connect_us == 0)
		err_set(e, E_TIMEOUT, "could not connect to " STR_FMT " within %g s",
			STR_ARG(call->host),
			SECONDS(call->connect_timeout_ms < call->timeout_ms
					? call->connect_timeout_ms
					: call->timeout_ms));
	else
		err_set(e, E_TIMEOUT, STR_FMT " did not answer in full within %g s",
			STR_ARG(call->host), SECONDS(call->timeout_ms));
}

static void explain_connect(struct http_call *call)
{
	long os = 0;

	curl_easy_getinfo(call->easy, CURLINFO_OS_ERRNO, &os);
	err_set(&call->result->err, E_UPSTREAM, "could not connect to " STR_FMT ": %s",
		STR_ARG(call->host), os ? strerror((int)os) : "no address could be reached");
}

static const struct {
	CURLcode curl;
	enum err_code code;
	const char *words; /* after the host */
} known[] = {
	{CURLE_COULDNT_RESOLVE_HOST, E_UPSTREAM, "could not be resolved"},
	{CURLE_COULDNT_RESOLVE_PROXY, E_UPSTREAM,
		"was to be reached by a proxy that cannot be resolved"},
	{CURLE_PARTIAL_FILE, E_UPSTREAM, "closed the connection before the answer was complete"},
	{CURLE_RECV_ERROR, E_UPSTREAM, "closed the connection before the answer was complete"},
	{CURLE_GOT_NOTHING, E_UPSTREAM, "closed the connection without an answer"},
	{CURLE_SEND_ERROR, E_UPSTREAM, "closed the connection before the request was complete"},
	{CURLE_BAD_CONTENT_ENCODING, E_UPSTREAM, "sent a body that cannot be unpacked"},
	{CURLE_TOO_MANY_REDIRECTS, E_UPSTREAM, "redirects without end"},
	{CURLE_UNSUPPORTED_PROTOCOL, E_UPSTREAM, "did not answer in HTTP, or redirected elsewhere"},
	{CURLE_WEIRD_SERVER_REPLY, E_UPSTREAM, "did not answer in HTTP"},
	{CURLE_FILESIZE_EXCEEDED, E_LIMIT, "sent a larger body than allowed"},
	{CURLE_URL_MALFORMAT, E_INPUT, "is part of a URL that cannot be read"},
};

static bool is_tls(CURLcode code)
{
	return code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION ||
		code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CIPHER ||
		code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_ISSUER_ERROR;
}

void http_call_explain(struct http_call *call, CURLcode code)
{
	struct err *e = &call->result->err;

	if (code == CURLE_OPERATION_TIMEDOUT) {
		explain_timeout(call);
		return;
	}
	if (call->was_private) {
		err_set(e, E_INPUT,
			STR_FMT
			" is an address of a private network, where this request may not go",
			STR_ARG(call->host));
		return;
	}
	if (code == CURLE_COULDNT_CONNECT) {
		explain_connect(call);
		return;
	}
	if (is_tls(code)) {
		err_set(e, E_UPSTREAM, "TLS with " STR_FMT " failed: %s", STR_ARG(call->host),
			call->words[0] ? call->words : curl_easy_strerror(code));
		return;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].curl == code) {
			err_set(e, known[i].code, STR_FMT " %s", STR_ARG(call->host),
				known[i].words);
			return;
		}
	err_set(e, E_UPSTREAM, "the call to " STR_FMT " failed: %s", STR_ARG(call->host),
		curl_easy_strerror(code));
}
