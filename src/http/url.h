/* url: takes URLs apart and puts them together (RFC 3986), for the server's targets and the client.
 *
 * Owner    parts borrow from the text they were cut from; decoded text lives in the arena.
 * Failure  E_INPUT with a sentence that never quotes the query, which may hold secrets.
 * Threads  pure apart from the arena.
 *
 * Nothing here decodes twice: a part is either raw (as it stood on the wire) or decoded once.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct buf;

/* An absolute http or https URL. All parts raw, apart from what is said. */
struct http_url {
	struct str scheme;   /* "http" or "https", lower case whatever was written */
	struct str userinfo; /* "user:password" before an '@'; absent without one */
	struct str host;     /* without the brackets of an IPv6 address; never empty */
	uint16_t port;       /* the scheme's when none is written */
	struct str path;     /* from the first '/'; "/" when the URL has none */
	struct str query;    /* after '?'; absent without one */
	struct str fragment; /* after '#'; absent without one */
};

/* Refuses other schemes, an empty host, a port that is not 1 to 65535, and bytes that a URL cannot
 * hold (spaces, controls, anything beyond ASCII). */
int http_url_parse(struct str text, struct http_url *ret_url, struct err *e) MUST_CHECK;

/* The path of a request target, percent-decoded once. Refused: an incomplete or wrong %XX, %00 and
 * other control characters, text that is not UTF-8, a path that does not start with '/', and any
 * segment that is "." or ".." after decoding. %2F becomes '/': who must tell the two apart cuts the
 * raw path first. */
int http_path_decode(struct arena *a, struct str raw, struct str *ret_path,
	struct err *e) MUST_CHECK;

/* One pair of a query or of application/x-www-form-urlencoded, decoded ('+' is a space). */
struct http_pair {
	struct str name;
	struct str value; /* "" when there is no '=' */
};

/* Cuts the next pair off *rest, which starts as the raw query:
 *     for (struct str rest = req->query; (n = http_query_next(a, &rest, &pair, e)) > 0;) ...
 * 1: a pair. 0: no more (an absent query has none; empty pairs are skipped). E_INPUT: a wrong %XX,
 * a NUL in either form, or not UTF-8. */
int http_query_next(struct arena *a, struct str *rest, struct http_pair *ret_pair,
	struct err *e) MUST_CHECK;

/* The value of the first pair of this name; absent when there is none or the query is wrong. */
struct str http_query_get(struct arena *a, struct str query, const char *name);

/* Appends "?name=value", or "&name=value" when b already holds a '?', both escaped. */
void http_url_add_query(struct buf *b, struct str name, struct str value);

/* Appends "/segment", escaped, without doubling a '/' that b ends with. */
void http_url_add_segment(struct buf *b, struct str segment);

/* The URL without userinfo, query and fragment: what a log or an error message may show. */
struct str http_url_shown(struct arena *a, struct str text);
