/* settings: what the environment may say, as one table.
 *
 * Every setting of plat is an environment variable in settings.c's table, with its default and its meaning; `plat settings`
 * prints the table and docs/settings.md is that print. Flags of a command win over settings.
 *
 * Owner    the process; strings live until exit.
 * Threads  read-only after settings_check().
 */
#pragma once

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
	SETTINGS
};

/* The value from the environment, or the default; NULL when neither is there. An empty variable counts as absent. */
const char *setting(enum setting s);

/* A number; the table's bounds were checked by settings_check(). */
long long setting_int(enum setting s);

/* 0, or -1 after one sentence on stderr for each variable that does not fit its bounds, and a warning for each PLAT_* variable
 * that is in no table. */
int settings_check(void);

/* The table with the values in force; secrets show only whether they are set. */
void settings_print(FILE *to);
void settings_print_markdown(FILE *to);
