/* smtp: one mail to one address by a mail server (RFC 5321), on libcurl, in a thread of its own while the fiber waits.
 *
 * Owner    the arena. The process must have an http_client, which sets libcurl up.
 * Failure  smtp_send(): E_INPUT when the server refused the mail for good (5xx), E_UPSTREAM or E_TIMEOUT when a later attempt may
 *          do better, E_CANCEL. Sentences name the server and quote its answer, never the password or the mail.
 * Threads  smtp_send() (waits): in a fiber. The others are pure.
 * Units    milliseconds, bytes.
 *
 * A password and a mail cross the network in clear only when the URL says so, or to this machine: otherwise TLS is required, from the
 * first byte (smtps) or by STARTTLS, and the certificate is verified.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct buf;

struct smtp_server {
	struct str host; /* without brackets */
	uint16_t port;
	bool tls_at_once;          /* smtps */
	bool starttls;             /* required */
	struct str user, password; /* absent: nobody logs in */
	struct str ca_file;        /* absent: the system's */
};

/* smtp://user:password@host:587?tls=off&ca=FILE, smtps://…; ports 587 and 465 unless written. */
int smtp_server_parse(struct arena *a, struct str url, struct smtp_server *ret_server,
	struct err *e) MUST_CHECK;

struct smtp_address {
	struct str name; /* absent when there is none */
	struct str address;
};

/* `Name <a@example.org>` or `a@example.org`; no controls, no second address. */
int smtp_address_parse(struct arena *a, struct str text, struct smtp_address *ret_address,
	struct err *e) MUST_CHECK;

struct smtp_message {
	struct smtp_address from, to;
	struct str id; /* left of the @ of Message-ID: ours, letters, digits, - */
	int64_t date_us;
	struct str subject, text, html; /* UTF-8 in any form; html may be absent */
	/* Where a reader ends such mails without a login (RFC 2369; by one POST when it is https, RFC 8058); absent: nowhere. What is no
	 * plain URL is left out. */
	struct str unsubscribe_url;
};

/* Appends it as it goes over the wire: MIME, ASCII only, lines of CRLF. Nothing in a field makes another header. */
void smtp_message_write(struct buf *b, const struct smtp_message *m);

struct smtp_mail {
	struct smtp_server server;
	struct str from, to; /* of the envelope: addresses alone */
	struct str message;
	int timeout_ms; /* 0: 60 s */
};

int smtp_send(struct arena *a, const struct smtp_mail *mail, struct err *e) MUST_CHECK;
