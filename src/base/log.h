/* log: one event a line, with named fields, on standard error.
 *
 *     log_info("sync.done", LOG_REQUEST(req_id), LOG_INT("rows", n), LOG_STR("feed", name));
 *     {"time":"2026-11-21T12:00:00.123456Z","level":"info","event":"sync.done",
 *      "request_id":"01J...","rows":120,"feed":"bridge"}                      (one line)
 *
 * The event is a constant of ours, module.what_happened; what varies goes into fields. On a
 * terminal the default is text for people: 12:00:00.123 info  sync.done rows=120 feed=bridge.
 * Libraries (base, loop, db, http) use log_debug() only; see design style 3.4.
 *
 * Owner    fields are read during the call and not kept.
 * Failure  ignored: a log that cannot be written stops nobody. A value longer than 2 KiB is cut at
 *          a character and marked with an ellipsis.
 * Threads  safe: one write() a line; settings are made once at the start.
 *
 * Secrets: LOG_SECRET(key, value) takes the value only to say whether there was one. As a second
 * net, the values of keys named like a credential (password, token, secret, authorization, cookie,
 * api_key, or ending in _ and one of these) are never written, whatever the macro.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR, LOG_LEVEL_OFF };

enum log_format {
	LOG_FORMAT_AUTO, /* text on a terminal, JSON otherwise */
	LOG_FORMAT_JSON,
	LOG_FORMAT_TEXT,
};

enum log_kind {
	LOG_KIND_END,
	LOG_KIND_STR,
	LOG_KIND_INT,
	LOG_KIND_F64,
	LOG_KIND_BOOL,
	LOG_KIND_SECRET
};

struct log_field {
	enum log_kind kind;
	const char *key;
	struct str s;
	int64_t n;
	double x;
};

/* `struct str`; a C string; an integer; microseconds (say so in the key: "took_us"); a double. */
#define LOG_STR(k, v) ((struct log_field){.kind = LOG_KIND_STR, .key = (k), .s = (v)})
#define LOG_CSTR(k, v) LOG_STR(k, str_of(v))
#define LOG_INT(k, v) ((struct log_field){.kind = LOG_KIND_INT, .key = (k), .n = (int64_t)(v)})
#define LOG_US(k, v) LOG_INT(k, v)
#define LOG_F64(k, v) ((struct log_field){.kind = LOG_KIND_F64, .key = (k), .x = (v)})
#define LOG_BOOL(k, v) ((struct log_field){.kind = LOG_KIND_BOOL, .key = (k), .n = (v) ? 1 : 0})
#define LOG_SECRET(k, v) ((struct log_field){.kind = LOG_KIND_SECRET, .key = (k), .s = (v)})
#define LOG_REQUEST(id) LOG_STR("request_id", id)
/* The two fields of a struct err: what kind, and the words. */
#define LOG_ERR(e) LOG_CSTR("error", err_name((e)->code)), LOG_CSTR("message", (e)->msg)
#define LOG_END ((struct log_field){.kind = LOG_KIND_END})

/* (event, fields...): fields may be none. */
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__, LOG_END)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__, LOG_END)
#define log_warn(...) log_line(LOG_LEVEL_WARN, __VA_ARGS__, LOG_END)
#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__, LOG_END)

/* What the macros call: struct log_field values, the last one LOG_END. */
void log_line(enum log_level level, const char *event, ...);

/* Lines below the level are dropped; info at first. */
void log_set_level(enum log_level level);
bool log_is_on(enum log_level level);
bool log_level_parse(struct str name, enum log_level *ret_level); /* debug info warn error off */

void log_set_format(enum log_format format);
bool log_format_parse(struct str name, enum log_format *ret_format); /* auto json text */

/* Where lines (with their newline) go instead of standard error; NULL to go back. Tests. */
void log_set_sink(void (*sink)(void *arg, struct str line), void *arg);
