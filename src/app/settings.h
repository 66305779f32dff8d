/* settings: what the environment may say, as one table.
 *
 * Every setting of plat is an environment variable in settings.c's table, with its default and its meaning; `plat settings`
 * prints the table and docs/settings.md is that print. Flags of a command win over settings.
 *
 * Owner    the process; strings live until exit.
 * Threads  read-only after settings_check().
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

enum setting {
	SET_DATABASE_URL,
	SET_LOGIN_URL,
	SET_DATA,
	SET_LISTEN,
	SET_MASTER_KEY,
	SET_PG_BIN,
	SET_LOG_LEVEL,
	SET_LOG_FORMAT,
	SET_DB_CONNECTIONS,
	SET_JWT_SECRET,
	SET_REST_SCHEMAS,
	SET_DEFAULT_MODULE,
	SET_PUBLIC_URL,
	SET_SITE_URL,
	SET_AUTH_REDIRECT_URLS,
	SET_AUTH_SIGNUP,
	SET_AUTH_CONFIRM,
	SET_AUTH_ANONYMOUS,
	SET_AUTH_TOKEN_MINUTES,
	SET_AUTH_SESSION_HOURS,
	SET_AUTH_PASSWORD_MIN,
	SET_AUTH_LEAKED_PASSWORDS,
	SET_AUTH_PROVIDERS,
	SET_AUTH_RATE,
	SET_AUTH_REAUTHENTICATE,
	SET_TRUST_PROXY,
	SET_FORWARDED_HOST,
	SET_SMTP_URL,
	SET_MAIL_FROM,
	SET_STORAGE_MAX_BYTES,
	SET_S3_URL,
	SET_S3_BUCKET,
	SET_S3_REGION,
	SET_S3_KEY,
	SET_S3_SECRET,
	SET_PRIVATE_FEEDS,
	SET_DNS,
	SET_SITE_RATE,
	SET_SITE_CACHE_MB,
	SET_WORK_SLOTS,
	SET_SEARCH_MEMORY,
	SETTINGS
};

/* The value from the environment, or the default; NULL when neither is there. An empty variable counts as absent. */
const char *setting(enum setting s);

/* Is it this word? false when it is neither set nor has a default. */
bool setting_is(enum setting s, const char *word);

/* A number; the table's bounds were checked by settings_check(). */
long long setting_int(enum setting s);

/* 0, or -1 after one sentence on stderr for each variable that does not fit its bounds, and a warning for each PLAT_* variable
 * that is in no table. */
int settings_check(void);

/* The table with the values in force; secrets show only whether they are set. */
void settings_print(FILE *to);
void settings_print_markdown(FILE *to);
