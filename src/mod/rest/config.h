/* config: the settings of the REST dialect: all of PostgREST 14 to 16, and a few of ours (plat-...).
 *
 * A setting has one name: db-schemas in a file, PGRST_DB_SCHEMAS in the environment, pgrst.db_schemas in the database. Ours are
 * plat-x, PLAT_REST_X and pgrst.plat_x. What is said later wins, and they are asked in this order: defaults, file, environment,
 * database. An empty value is the default again. docs/rest-config.md is printed from the table in config_table.c.
 *
 *     struct rest_config *c = rest_config_new(a);
 *     rest_config_set(c, "db-anon-role", "anon", e);     a default of the caller's, as often as wanted
 *     rest_config_load(c, path or NULL, e);              file, then environment; db_uri is final now
 *     run rest_config_sql(a, c) and rest_config_apply(c, key, value, e) each row, when c->db_config
 *     rest_config_finish(c, e);                          @files, keys, what has to fit together
 *
 * To read again, make another one: a struct rest_config is data that points into its arena, so one may be copied over another
 * while requests still hold texts of the old arena. (What comes from /dev/stdin can be read once only.)
 *
 * Owner    the arena given.
 * Failure  E_INPUT with one sentence: where it was said, the setting, its value unless that is secret, and what is allowed. Unknown
 *          names are warnings, to be logged by whoever loads.
 * Threads  none while it is made; read-only after that.
 * Units    in the names; seconds where there are none, as in PostgREST.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct jwk_set;
struct rest_claim;

struct rest_list {
	struct str *at;
	size_t n;
};

/* schema.name; schema is absent when it was not said. */
struct rest_qualified {
	struct str schema, name;
};

/* The dearest plan that a role may have run, in units of the planner. */
struct rest_cost {
	struct str role; /* "*": all the others */
	double cost;
};
struct rest_costs {
	struct rest_cost *at;
	size_t n;
};

enum rest_end {
	REST_END_COMMIT,
	REST_END_COMMIT_OVERRIDE,
	REST_END_ROLLBACK,
	REST_END_ROLLBACK_OVERRIDE
};
enum rest_openapi { REST_OPENAPI_FOLLOW, REST_OPENAPI_IGNORE, REST_OPENAPI_DISABLED };
enum rest_verbosity { REST_VERBOSE, REST_MINIMAL };
enum rest_log { REST_LOG_CRIT, REST_LOG_ERROR, REST_LOG_WARN, REST_LOG_INFO, REST_LOG_DEBUG };

struct rest_config {
	struct arena *arena;

	struct str db_uri; /* of libpq: URI or key=value */
	struct rest_list db_schemas, db_extra_search_path, db_hoisted_tx_settings;
	struct str db_anon_role; /* absent: no access without a token */
	int64_t db_max_rows;     /* -1: any number */
	struct rest_qualified db_pre_request, db_pre_config, db_root_spec; /* name absent: none */
	enum rest_end db_tx_end;
	struct str db_channel;
	bool db_channel_enabled, db_config, db_prepared_statements, db_aggregates_enabled,
		db_plan_enabled, db_planned_counts, db_timezone_enabled;
	int64_t db_pool, db_pool_acquisition_timeout, db_pool_max_idletime, db_pool_max_lifetime;
	bool db_pool_automatic_recovery;

	struct str jwt_secret; /* as it was set: use keys */
	bool jwt_secret_is_base64;
	struct str jwt_aud, jwt_role_claim_key;
	int64_t jwt_cache_max_entries; /* 0: no cache */

	enum rest_openapi openapi_mode;
	bool openapi_security_active;
	struct str openapi_server_proxy_uri;

	struct str
		server_host; /* an address or name; "!4" IPv4, "*4" "*6" "*" both, "!6" IPv6 only: on all interfaces */
	int64_t server_port; /* 0: one that is free */
	bool server_reuseport;
	struct str server_unix_socket; /* instead of the port */
	unsigned server_unix_socket_mode;
	struct rest_list server_cors_allowed_origins; /* empty: all */
	struct str server_trace_header;
	bool server_timing_enabled;
	struct str admin_server_host;
	int64_t admin_server_port; /* -1: none */
	struct str admin_server_unix_socket;
	unsigned admin_server_unix_socket_mode;

	enum rest_verbosity client_error_verbosity;
	bool url_use_legacy_target_names;
	enum rest_log log_level;
	bool log_query;
	struct rest_list
		app_settings; /* name, value, name, value, ...: app.settings.x for set_config() */

	int allow_unfiltered_writes; /* 1 yes, 0 no, -1 not said: yes in front of any PostgreSQL, no in plat serve */
	int64_t max_body_bytes, max_response_bytes; /* 0: any */
	int64_t statement_timeout_ms;               /* 0: as the role has it */
	struct rest_costs cost_limit;
	struct str default_module;

	/* Made by rest_config_finish(). */
	const struct jwk_set *keys; /* NULL: no secret, so no tokens */
	const struct rest_claim *role_claim;

	struct rest_list warnings; /* sentences */

	uint64_t given;              /* private: bit i: row i was set by its own name */
	struct str secret_file;      /* private: what jwt_secret named with @, once it was read */
	struct str secret_file_name; /* private */
};

struct rest_config *rest_config_new(struct arena *a) __attribute__((returns_nonnull));

/* One setting by its name in a file, or "app.settings.x". An unknown one is a warning. */
int rest_config_set(struct rest_config *c, struct str key, struct str value, struct err *e);

/* path NULL: no file. Reads db_uri from its @file too. */
int rest_config_load(struct rest_config *c, const char *path, struct err *e);

/* The text of a configuration file; name is for messages and what relative imports are relative to. env answers what a
 * variable is, NULL when it is not set; NULL for env: none is. imports: whether `import "file"` is followed. */
struct rest_config_source {
	const char *name;
	const char *(*env)(const char *variable);
	bool imports;
};
int rest_config_read(struct rest_config *c, struct str text,
	const struct rest_config_source *source, struct err *e);

/* The statement that reads the in-database settings, without parameters: rows of two texts, key and value. Runs db-pre-config when
 * there is one, so it wants a transaction that may do what that function does. */
struct str rest_config_sql(struct arena *a, const struct rest_config *c);
int rest_config_apply(struct rest_config *c, struct str key, struct str value, struct err *e);

/* May be called again after more was set. */
int rest_config_finish(struct rest_config *c, struct err *e);

/* The cost that the role may ask for; 0: any. */
double rest_config_cost_limit(const struct rest_config *c, struct str role);

/* In the syntax of a file, secrets hidden. */
void rest_config_print(FILE *to, const struct rest_config *c);
void rest_config_print_markdown(FILE *to);
