/* enc: bytes as text and back: hexadecimal, base 32 and 64 (RFC 4648), percent encoding (RFC 3986).
 *
 * Owner    results live in the arena and have a NUL after them (not counted).
 * Failure  decoders are strict and return false with *ret_ untouched: a foreign character, a wrong
 *          length, wrong or missing padding, non-zero spare bits. Absent text is refused.
 * Threads  pure apart from the arena.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;

struct str enc_hex(struct arena *a, struct str bytes);                        /* lower case */
bool enc_hex_decode(struct arena *a, struct str text, struct str *ret_bytes); /* either case */

/* The same without an arena, for fixed sizes and for keys: 2 * len digits without a NUL, and back
 * into text.len / 2 bytes. On failure out may be partly written. */
void enc_hex_write(char *out, const void *bytes, size_t len);
bool enc_hex_read(struct str text, void *out);

struct str enc_base64(struct arena *a, struct str bytes); /* + / and padding */
bool enc_base64_decode(struct arena *a, struct str text, struct str *ret_bytes);

struct str enc_base64url(struct arena *a, struct str bytes); /* - _ and no padding */
bool enc_base64url_decode(struct arena *a, struct str text, struct str *ret_bytes);

struct str enc_base32(struct arena *a, struct str bytes); /* upper case, no padding */

/* Keeps A-Z a-z 0-9 - . _ ~ and writes everything else as %XX: safe as one path segment, one query
 * name or value, or one form field. */
struct str enc_percent(struct arena *a, struct str bytes);

/* Refuses an incomplete %XX, and %00, which no text of ours may hold. '+' is a plus. Returns the
 * text itself when there is nothing to decode. The result may not be UTF-8: check where that
 * matters. */
bool enc_percent_decode(struct arena *a, struct str text, struct str *ret_bytes);

/* The same where '+' is a space: query strings and application/x-www-form-urlencoded. */
bool enc_form_decode(struct arena *a, struct str text, struct str *ret_bytes);
