#include "http/smtp.h"

#include <assert.h>
#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "loop/fiber.h"
#include "loop/watch.h"

#define TIMEOUT_MS 60000
#define CONNECT_MS 10000
#define QUIT_S 5
#define REPLY_MAX 300

/* libcurl waits for the answer to a mail's end without giving the loop a turn, however it is driven. So each mail has a thread, which
 * touches nothing but this. */
struct sending {
	CURL *easy;
	struct curl_slist *to;
	struct arena *arena; /* not the thread's */
	const struct smtp_mail *mail;
	size_t sent;
	char reply[REPLY_MAX + 1]; /* the server's latest line */
	CURLcode code;
	atomic_bool cancelled;
	int ended_fd; /* readable when the thread is over */
	struct fiber *fiber;
	bool ended;
};

static size_t on_read(char *to, size_t size, size_t n, void *arg)
{
	struct sending *s = arg;
	struct str piece = str_sub(s->mail->message, s->sent, s->sent + size * n);

	memcpy(to, piece.p, piece.len);
	s->sent += piece.len;
	return piece.len;
}

/* For the answer to QUIT libcurl waits two minutes unless told otherwise, whatever the other limits say. */
static void hurry(struct sending *s, long seconds)
{
	curl_easy_setopt(s->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, seconds);
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
	if (s->sent == s->mail->message.len || s->reply[0] == '4' || s->reply[0] == '5')
		hurry(s, QUIT_S);
	return size * n;
}

/* About once a second. */
static int on_progress(void *arg, curl_off_t to_get, curl_off_t got, curl_off_t to_put,
	curl_off_t put)
{
	struct sending *s = arg;
	(void)to_get, (void)got, (void)to_put, (void)put;

	if (!atomic_load(&s->cancelled))
		return 0;
	hurry(s, 1);
	return 1;
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
	CURL *easy = s->easy;

	curl_easy_setopt(easy, CURLOPT_USE_SSL,
		(long)(server->starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	if (server->ca_file.p)
		curl_easy_setopt(easy, CURLOPT_CAINFO, str_cstr(s->arena, server->ca_file));
	if (server->user.p) {
		curl_easy_setopt(easy, CURLOPT_USERNAME, str_cstr(s->arena, server->user));
		curl_easy_setopt(easy, CURLOPT_PASSWORD, str_cstr(s->arena, server->password));
	}
}

static void set_up(struct sending *s)
{
	CURL *easy = s->easy;
	const struct smtp_mail *mail = s->mail;

	curl_easy_setopt(easy, CURLOPT_URL, url_of(s));
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE,
		1L); /* QUIT comes now, with the limits of hurry() */
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, s);
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

static void *transfer(void *arg)
{
	struct sending *s = arg;

	s->code = curl_easy_perform(s->easy);
	curl_easy_cleanup(s->easy); /* may wait, too */
	eventfd_write(s->ended_fd, 1);
	return NULL;
}

static void on_ended(struct watch *w, unsigned events, void *arg)
{
	struct sending *s = arg;
	(void)events;

	watch_set(w, 0);
	s->ended = true;
	fiber_wake(s->fiber);
}

/* Signals are for the thread that has the loop. */
static void start_thread(struct sending *s, pthread_t *ret_thread)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(ret_thread, NULL, transfer, s))
		abort();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* The thread works on our stack, so a cancel waits for its end. */
static void perform(struct sending *s)
{
	struct watch *w = watch_new(fiber_loop(s->fiber), s->ended_fd, on_ended, s);
	pthread_t thread;

	assert(w);
	watch_set(w, WATCH_READ);
	start_thread(s, &thread);
	while (!s->ended) {
		if (!atomic_load(&s->cancelled) && !fiber_park())
			continue;
		atomic_store(&s->cancelled, true);
		if (!s->ended)
			fiber_park_firmly();
	}
	pthread_join(thread, NULL);
	watch_free(w);
}

int smtp_send(struct arena *a, const struct smtp_mail *mail, struct err *e)
{
	struct sending s = {.easy = curl_easy_init(),
		.arena = a,
		.mail = mail,
		.ended_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
		.fiber = fiber_current()};

	assert(s.fiber);
	s.to = curl_slist_append(NULL, arena_printf(a, "<" STR_FMT ">", STR_ARG(mail->to)));
	if (!s.easy || !s.to || s.ended_fd < 0)
		abort();
	set_up(&s);
	perform(&s);
	close(s.ended_fd);
	curl_slist_free_all(s.to);
	if (s.code == CURLE_ABORTED_BY_CALLBACK)
		return err_set(e, E_CANCEL, "sending the mail was cancelled");
	return s.code ? explain(&s, e) : 0;
}
