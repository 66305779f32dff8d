#include "http/smtp.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "http/client_local.h"
#include "loop/fiber.h"

#define TIMEOUT_MS 60000
#define CONNECT_MS 10000
#define REPLY_MAX 300

struct sending {
	struct http_transfer transfer; /* first */
	struct http_client *client;
	struct curl_slist *to;
	struct arena *arena;
	const struct smtp_mail *mail;
	size_t sent;
	char reply[REPLY_MAX + 1]; /* the server's latest line */
	struct fiber *fiber;
	CURLcode code;
	bool done;
};

static size_t on_read(char *to, size_t size, size_t n, void *arg)
{
	struct sending *s = arg;
	struct str piece = str_sub(s->mail->message, s->sent, s->sent + size * n);

	memcpy(to, piece.p, piece.len);
	s->sent += piece.len;
	return piece.len;
}

static size_t on_reply(char *line, size_t size, size_t n, void *arg)
{
	struct sending *s = arg;
	struct str text = str_trim(str_from(line, size * n));

	if (str_starts(text, STR("221"))) /* to QUIT: what came before counts */
		return size * n;
	text.len = str_utf8_prefix(str_sub(text, 0, REPLY_MAX));
	for (size_t i = 0; i < text.len; i++)
		s->reply[i] = (unsigned char)text.p[i] < 0x20 ? ' ' : text.p[i];
	s->reply[text.len] = '\0';
	/* What follows is QUIT, for whose answer libcurl waits without the loop. */
	if (s->sent == s->mail->message.len || s->reply[0] == '4' || s->reply[0] == '5')
		curl_easy_setopt(s->transfer.easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, 1L);
	return size * n;
}

static void on_finished(struct http_transfer *t, CURLcode code)
{
	struct sending *s = (struct sending *)t;

	s->code = code;
	s->done = true;
	fiber_wake(s->fiber);
}

static const char *url_of(const struct sending *s)
{
	const struct smtp_server *server = &s->mail->server;
	bool is_v6 = str_find_char(server->host, ':') >= 0;

	return arena_printf(s->arena, "%s://%s" STR_FMT "%s:%u",
		server->tls_at_once ? "smtps" : "smtp", is_v6 ? "[" : "", STR_ARG(server->host),
		is_v6 ? "]" : "", (unsigned)server->port);
}

static void set_security(struct sending *s)
{
	const struct smtp_server *server = &s->mail->server;
	CURL *easy = s->transfer.easy;

	curl_easy_setopt(easy, CURLOPT_USE_SSL,
		(long)(server->starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	if (server->ca_file.p)
		curl_easy_setopt(easy, CURLOPT_CAINFO, str_cstr(s->arena, server->ca_file));
	else if (s->client->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, s->client->ca_file);
	if (server->user.p) {
		curl_easy_setopt(easy, CURLOPT_USERNAME, str_cstr(s->arena, server->user));
		curl_easy_setopt(easy, CURLOPT_PASSWORD, str_cstr(s->arena, server->password));
	}
}

static void set_up(struct sending *s)
{
	CURL *easy = s->transfer.easy;
	const struct smtp_mail *mail = s->mail;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, &s->transfer);
	curl_easy_setopt(easy, CURLOPT_URL, url_of(s));
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* Mails are few, and a server that has closed an idle connection would cost an attempt. */
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
		(long)(mail->timeout_ms ? mail->timeout_ms : TIMEOUT_MS));
	curl_easy_setopt(easy, CURLOPT_MAIL_FROM,
		arena_printf(s->arena, "<" STR_FMT ">", STR_ARG(mail->from)));
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, s->to);
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(easy, CURLOPT_READDATA, s);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_reply);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, s);
	set_security(s);
}

/* What went wrong, and whether another attempt may do better: a server that refuses sender, recipient or content with 5xx will do
 * so again (RFC 5321 4.2.1); a refused login is the operator's to put right. */
static int explain(const struct sending *s, struct err *e)
{
	const struct smtp_server *server = &s->mail->server;
	int64_t status = 0;
	bool refused = s->code == CURLE_SEND_ERROR || s->code == CURLE_WEIRD_SERVER_REPLY;

	if (s->code == CURLE_OPERATION_TIMEDOUT)
		return err_set(e, E_TIMEOUT, "mail server " STR_FMT ":%u took too long",
			STR_ARG(server->host), (unsigned)server->port);
	if (s->code == CURLE_USE_SSL_FAILED)
		return err_set(e, E_UPSTREAM, "mail server " STR_FMT ":%u does not offer STARTTLS",
			STR_ARG(server->host), (unsigned)server->port);
	str_to_i64(str_sub(str_of(s->reply), 0, 3), &status);
	if ((refused || s->code == CURLE_LOGIN_DENIED) && status >= 400)
		return err_set(e, refused && status >= 500 ? E_INPUT : E_UPSTREAM,
			"mail server " STR_FMT ":%u answered %s", STR_ARG(server->host),
			(unsigned)server->port, s->reply);
	return err_set(e, E_UPSTREAM, "mail server " STR_FMT ":%u: %s", STR_ARG(server->host),
		(unsigned)server->port, curl_easy_strerror(s->code));
}

static int wait_for(struct sending *s, struct err *e)
{
	while (!s->done)
		if (fiber_park() && !s->done)
			return err_set(e, E_CANCEL, "sending the mail was cancelled");
	return s->code ? explain(s, e) : 0;
}

static void drop(struct sending *s)
{
	struct http_transfer **at = &s->client->transfers;

	while (*at != &s->transfer)
		at = &(*at)->next;
	*at = s->transfer.next;
	curl_multi_remove_handle(s->client->multi, s->transfer.easy);
	curl_easy_cleanup(s->transfer.easy);
	curl_slist_free_all(s->to);
}

int smtp_send(struct http_client *c, struct arena *a, const struct smtp_mail *mail, struct err *e)
{
	struct sending s = {.transfer = {.easy = curl_easy_init(), .finish = on_finished},
		.client = c,
		.arena = a,
		.mail = mail,
		.fiber = fiber_current()};

	assert(s.fiber && !c->in_curl);
	s.to = curl_slist_append(NULL, arena_printf(a, "<" STR_FMT ">", STR_ARG(mail->to)));
	if (!s.transfer.easy || !s.to)
		abort();
	set_up(&s);
	s.transfer.next = c->transfers;
	c->transfers = &s.transfer;
	int code = curl_multi_add_handle(c->multi, s.transfer.easy)
		? err_set(e, E_BUG, "the mail could not be started")
		: wait_for(&s, e);
	drop(&s);
	return code;
}
