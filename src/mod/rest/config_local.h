/* config_local: what the config_*.c share: the table and its values. Not for others. */
#pragma once
#include "mod/rest/config.h"

enum config_kind {
	CONFIG_TEXT,     /* struct str; absent when empty */
	CONFIG_LIST,     /* struct rest_list, by commas */
	CONFIG_BOOL,     /* bool */
	CONFIG_SWITCH,   /* int: 1, 0, -1 not said */
	CONFIG_INT,      /* int64_t from min to max; -1 when empty and without a default */
	CONFIG_BYTES,    /* the same, "10MB" too */
	CONFIG_MS,       /* the same, "30s" too */
	CONFIG_CHOICE,   /* an enum, in the order of choices */
	CONFIG_MODE,     /* unsigned, octal */
	CONFIG_NAME,     /* struct rest_qualified */
	CONFIG_COSTS,    /* struct rest_costs */
	CONFIG_AUDIENCE, /* TEXT: a URI when it has a colon */
	CONFIG_PROXY,    /* TEXT: http(s)://host[:port][/path] */
	CONFIG_CLAIM,    /* TEXT: a path (claim.h) */
	CONFIG_GONE,     /* nothing: it no longer means anything; help says why */
};

struct config_row {
	const char *name, *alias, *fallback; /* fallback "": none */
	enum config_kind kind;
	size_t offset;
	const char *choices; /* "a|b|c" */
	int64_t min, max;
	bool in_database, secret, may_be_empty; /* an empty list is a value of its own */
	const char *help;
};

extern const struct config_row config_rows[];
size_t config_row_count(void);
/* The row of this name or alias; NULL. */
const struct config_row *config_row_named(struct str name, bool *ret_is_alias);

#define CONFIG_ENV_SIZE 64
/* PGRST_DB_URI, PLAT_REST_MAX_BODY_BYTES. Returns out. */
char *config_env_name(char out[CONFIG_ENV_SIZE], const char *name);

/* Puts value into its place in c. */
int config_value(struct rest_config *c, const struct config_row *r, struct str value,
	struct err *e);
static inline void *config_place(struct rest_config *c, const struct config_row *r)
{
	return (char *)c + r->offset;
}

void config_warn(struct rest_config *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Warns of a name that is none, with the nearest one. env: names of the environment. */
void config_warn_unknown(struct rest_config *c, const char *name, bool env);
void config_list_add(struct arena *a, struct rest_list *list, struct str item);

/* Where it was said goes in front of a failure. */
int config_set_from(struct rest_config *c, const char *where, struct str key, struct str value,
	struct err *e);

/* A whole file, at most 1 MiB. */
int config_read_file(struct arena *a, const char *path, struct str *ret_text, struct err *e);

/* config_text.c. A place in a file. */
struct reader;
struct config_scan {
	struct arena *arena;
	const char *name; /* of the file */
	struct str text;
	size_t at;
	unsigned depth; /* groups, lists */
	struct err *e;
	struct reader *reader; /* config_file.c's own */
};

size_t config_line(const struct config_scan *s);            /* from 1 */
int config_wrong(struct config_scan *s, const char *words); /* "NAME, line 7: WORDS"; E_INPUT */
char config_peek(const struct config_scan *s);              /* 0 at the end */
bool config_take(struct config_scan *s, const char *word);  /* when it comes next */
void config_skip(struct config_scan *s,
	bool lines); /* spaces and comments; line ends too when lines */
bool config_is_letter(char c);
bool config_is_name_char(char c);
/* What stands behind an opening quote up to the closing one, without escapes. */
struct buf;
int config_quoted(struct config_scan *s, struct buf *b);

bool config_is_uri(struct str s);
bool config_is_proxy(struct str s); /* http(s)://host[:port][/path] */
