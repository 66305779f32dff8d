/* login: what commands that work on the data share: the database, current, with the login's connections.
 *
 * Owner    login_open() to login_close(), in a task.
 * Failure  one sentence. Threads (waits): in a fiber.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"
#include "cmd/task.h"

struct arena;
struct database;
struct db;
struct db_param;
struct http_client;
struct result;

struct login {
	struct database *database;
	struct db *db;
	struct http_client *http;
};

int login_open(struct task *t, struct login *ret_login, struct err *e) MUST_CHECK;
void login_close(struct login *l);

/* (waits) One statement as plat_worker, who may see every workspace: sql names the one that is meant. Its rows live in a. */
int login_ask(struct db *db, struct arena *a, const char *sql, int n, const struct db_param *params,
	struct result **ret_rows, struct err *e) MUST_CHECK;
