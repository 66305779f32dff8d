/* What asks the feed: the test, and fresh metadata. */
#include "app/service.h"
#include "app/worker.h"
#include "base/arena.h"
#include "db/batch.h"
#include "db/result.h"
#include "db/session.h"
#include "mod/mls/caller.h"
#include "mod/mls/connection_route.h"
#include "mod/mls/connection_test.h"
#include "mod/mls/metadata_fetch.h"
#include "mod/mls/source.h"

/* Each holds a connection to the database for as long as a feed takes, which may be anybody's. */
#define ASKED_AT_ONCE 3
static unsigned asked;

static int begin(struct caller *c)
{
	if (asked >= ASKED_AT_ONCE)
		return caller_fault(c, 503,
			"%d feeds are being asked already; try again in a moment", ASKED_AT_ONCE);
	asked++;
	return 0;
}

static void end(void)
{
	asked--;
}

static bool says(struct caller *c, const char *name)
{
	bool yes = false;

	return str_to_bool(caller_query(c, name), &yes) && yes;
}

static struct source_from from(struct caller *c, struct session *s, struct str id)
{
	return (struct source_from){.db = c->db,
		.keyring = service_keyring(c->service),
		.http = caller_http(c),
		.s = s,
		.workspace_id = c->workspace_id,
		.connection_id = id,
		.even_if_held = true};
}

static int test(struct caller *c)
{
	struct connection_report report;
	struct str id;

	if (caller_param_id(c, 0, "connection", &id) || begin(c))
		return -1;
	struct session *s = worker_session(c->db, &c->err);
	if (s) {
		struct source_from of = from(c, s, id);
		(void)!connection_test(c->arena, &of, says(c, "apply"), &report, &c->err);
	}
	session_close(s);
	end();
	return c->err.code ? caller_fail(c, &c->err) : caller_reply_text(c, 200, report.json);
}

static int refresh(struct caller *c, struct str id)
{
	struct session *s;
	struct source *source;

	if (begin(c))
		return -1;
	s = worker_session(c->db, &c->err);

	if (s) {
		struct source_from of = from(c, s, id);
		if (!source_open(c->arena, &of, &source, &c->err)) {
			metadata_refresh(source, s, c->arena, &c->err);
			source_save(source);
		}
	}
	session_close(s);
	end();
	return c->err.code ? caller_fail(c, &c->err) : 0;
}

static int reply_metadata(struct caller *c, struct str id)
{
	struct batch *b = caller_batch(c);
	struct db_param params[] = {db_str(c->workspace_id), db_str(id)};

	batch_read_only(b);
	batch_add(b,
		"select jsonb_build_object('fetched_at', m.fetched_at, 'problem', m.problem, 'resources', m.resources) "
		"from mls.source_metadata m where m.workspace_id = $1 and m.mls_connection_id = $2",
		2, params);
	if (caller_run(c, b))
		return -1;
	if (!result_rows(batch_result(b, 0)))
		return caller_fault(c, 404,
			"there is no metadata of such a connection yet; POST asks the feed");
	return caller_reply_row(c, b);
}

static int metadata(struct caller *c)
{
	struct str id;

	return caller_param_id(c, 0, "connection", &id) ? -1 : reply_metadata(c, id);
}

static int refresh_metadata(struct caller *c)
{
	struct str id;

	if (caller_param_id(c, 0, "connection", &id) || refresh(c, id))
		return -1;
	return reply_metadata(c, id);
}

void connection_route_test(struct req *r)
{
	caller_start(r, CALLER_AGENT | CALLER_WRITES, test);
}

void connection_route_metadata(struct req *r)
{
	caller_start(r, CALLER_AGENT, metadata);
}

void connection_route_refresh(struct req *r)
{
	caller_start(r, CALLER_AGENT | CALLER_WRITES, refresh_metadata);
}
