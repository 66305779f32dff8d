/* connection_local: between the files of connection. Not for others.
 *
 * Owner, failure, threads: as connection.h.
 */
#pragma once

/* What may be known of the row c, for people and the console: everything but the token. */
#define CONNECTION_JSON                                                                                \
	"jsonb_build_object('id', c.id, 'provider', c.provider, 'dataset_id', c.dataset_id, "          \
	"'base_url', c.base_url, 'token_type', c.token_type, 'client_id', c.client_id, "               \
	"'token_url', c.token_url, 'token_scope', c.token_scope, "                                     \
	"'has_token', mls.connection_has_token(c.id), 'settings', c.settings, 'status', c.status, "    \
	"'status_reason', c.status_reason, 'sync_cadence', c.sync_cadence, "                           \
	"'last_synced_at', c.last_synced_at, 'tested_at', c.tested_at, 'test_report', c.test_report, " \
	"'failures', c.failures, 'held_until', c.held_until, 'reconciled_at', c.reconciled_at, "       \
	"'created_at', c.created_at, 'updated_at', c.updated_at)"

/* $1 workspace, $2 connection. Listings stay, with nobody who keeps them current. */
#define CONNECTION_DELETE_SQL                                                                       \
	"with gone as (delete from mls.mls_connections where workspace_id = $1 and id = $2 "        \
	"returning workspace_id, provider, dataset_id) "                                            \
	"select jsonb_build_object('deleted', true, 'listings_left', n.here), n.here from gone g, " \
	"lateral (select count(*) as here "                                                         \
	"from mls.listings l where l.workspace_id = g.workspace_id and l.is_active "                \
	"and l.source_provider = g.provider and l.source_dataset_id = g.dataset_id) n"

#define CONNECTION_PAUSE_SQL                                                                    \
	"update mls.mls_connections set status = 'paused' where workspace_id = $1 and id = $2 " \
	"and status <> 'paused'"
#define CONNECTION_RESUME_SQL                                                                    \
	"update mls.mls_connections set status = 'pending' where workspace_id = $1 and id = $2 " \
	"and status <> 'pending'"
