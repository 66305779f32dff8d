#include "db/frame.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "db/batch_local.h"
#include "db/compat.h"
#include "db/conn.h"
#include "db/db_local.h"

/* The preamble. The login's memberships are read before the role is dropped to the caller's, who may
 * not; a select evaluates its columns in order. */
static const struct stmt enter_one_node = {
	"plat_enter",
	"select " BATCH_ENTER_LOGIN(
		"$3") ", set_config('request.jwt.claims', $2, true),"
		      " set_config('statement_timeout', $4, true), set_config('role', $1, true)",
};

/* set_config() does not reach the workers of a cluster; SET LOCAL inside a function does. */
static const struct stmt enter_cluster = {
	"plat_enter",
	"select plat.begin_request($1, $2, $3::uuid, $4)",
};

const struct stmt *frame_preamble(enum db_framing framing)
{
	return framing == DB_FRAMING_CLUSTER ? &enter_cluster : &enter_one_node;
}

static void push(struct conn *c, struct step step)
{
	if (c->step_n == c->step_cap) {
		size_t cap = c->step_cap ? 2 * c->step_cap : 64;
		struct step *ring = calloc(cap, sizeof(*ring));
		if (!ring)
			abort();
		for (size_t i = 0; i < c->step_n; i++)
			ring[i] = c->steps[(c->step_first + i) % c->step_cap];
		free(c->steps);
		c->steps = ring;
		c->step_first = 0;
		c->step_cap = cap;
	}
	if (step.stmt)
		step.stmt->users++;
	c->steps[(c->step_first + c->step_n++) % c->step_cap] = step;
}

static void pop(struct conn *c)
{
	struct step *step = &c->steps[c->step_first];

	if (step->stmt)
		step->stmt->users--;
	c->step_first = (c->step_first + 1) % c->step_cap;
	c->step_n--;
}

void frame_drop_steps(struct conn *c)
{
	while (c->step_n > 0)
		pop(c);
	c->step_open = false;
}

static bool send_plain(struct conn *c, const char *sql, enum step_kind kind)
{
	if (PQsendQueryParams(c->pg, sql, 0, NULL, NULL, NULL, NULL, 0) != 1)
		return false;
	push(c, (struct step){.kind = kind});
	return true;
}

static bool send_close(struct conn *c, const char *name, struct stmt_entry *stmt)
{
	if (!compat_send_close(c->pg, name))
		return false;
	push(c, (struct step){.kind = STEP_CLOSE, .stmt = stmt});
	return true;
}

static bool send_text(struct conn *c, const char *sql, const struct params *p, struct step step)
{
	if (PQsendQueryParams(c->pg, sql, p->n, p->types, p->values, p->lengths, p->formats, 0) !=
		1)
		return false;
	push(c, step);
	return true;
}

static bool send_prepare(struct conn *c, const struct flight *f, struct stmt_entry *s,
	const char *sql, const struct params *p)
{
	if (s->state == STMT_STALE && !send_close(c, s->name, s))
		return false;
	if (PQsendPrepare(c->pg, s->name, sql, p->n, p->types) != 1)
		return false;
	push(c, (struct step){.kind = STEP_PREPARE, .stmt = s});
	stmt_entry_set(s, STMT_ASKED);
	s->asked_by = f->number;
	return true;
}

static bool send_prepared(struct conn *c, const struct flight *f, const struct stmt *stmt,
	const struct params *p, struct step step)
{
	char evicted[STMT_NAME_MAX];
	struct stmt_entry *s = stmt_cache_use(c->stmts, stmt->name, evicted);

	if (evicted[0] && !send_close(c, evicted, NULL))
		return false;
	if (s->state == STMT_ASKED && s->asked_by != f->number)
		return send_text(c, stmt->sql, p, step);
	if ((s->state == STMT_NEW || s->state == STMT_STALE) &&
		!send_prepare(c, f, s, stmt->sql, p))
		return false;
	if (PQsendQueryPrepared(c->pg, s->name, p->n, p->values, p->lengths, p->formats, 0) != 1)
		return false;
	step.stmt = s;
	push(c, step);
	return true;
}

static bool send_sync(struct conn *c, struct flight *f, bool last)
{
	/* libpq sends while it takes the Sync, so PostgreSQL may act on it even if this fails */
	f->whole = last;
	if (!compat_send_sync(c->pg))
		return false;
	f->syncs++;
	push(c, (struct step){.kind = STEP_SYNC});
	return true;
}

static bool send_items(struct conn *c, const struct flight *f, const struct batch *b)
{
	for (int i = 0; i < b->n; i++) {
		const struct item *item = &b->items[i];
		struct step step = {.kind = STEP_ITEM, .item = i};
		bool ok = item->stmt ? send_prepared(c, f, item->stmt, &item->params, step)
				     : send_text(c, item->sql, &item->params, step);
		if (!ok)
			return false;
	}
	return true;
}

bool frame_write(struct conn *c, struct flight *f, const struct batch *b)
{
	enum db_framing framing = c->db->framing;
	bool cluster = framing == DB_FRAMING_CLUSTER;

	if (cluster && !send_plain(c, "begin", STEP_BEGIN))
		return false;
	if (b->has_caller &&
		!send_prepared(c, f, b->preamble ? b->preamble : frame_preamble(framing),
			&b->caller, (struct step){.kind = STEP_ENTER, .item = -1}))
		return false;
	if (!send_items(c, f, b) || !send_sync(c, f, !cluster))
		return false;
	return !cluster || (send_plain(c, "commit", STEP_COMMIT) && send_sync(c, f, true));
}

static bool is_state(const PGresult *pg, const char *sqlstate)
{
	const char *s = PQresultErrorField(pg, PG_DIAG_SQLSTATE);

	return s && strcmp(s, sqlstate) == 0;
}

/* "cached plan must not change result type": the message may be in any language, the place is
 * not. */
static bool is_plan_outdated(const PGresult *pg)
{
	const char *where = PQresultErrorField(pg, PG_DIAG_SOURCE_FUNCTION);

	return is_state(pg, "0A000") && where && strcmp(where, "RevalidateCachedQuery") == 0;
}

/* Failures that come from what the connection remembers, not from the batch. */
static bool heal_stmt(const struct step *step, const PGresult *pg)
{
	struct stmt_entry *s = step->stmt;

	if (!s)
		return step->kind == STEP_CLOSE && is_state(pg, "26000");
	if (step->kind == STEP_PREPARE) {
		if (!is_state(pg, "42P05"))
			return false;
		s->was_stale = true; /* it is there already: drop it the next time */
		return true;
	}
	if (step->kind == STEP_CLOSE) {
		if (is_state(pg, "26000"))
			s->was_stale = false; /* it is gone already: only prepare the next time */
		return is_state(pg, "26000");
	}
	if (is_state(pg, "26000")) {
		if (s->state == STMT_READY)
			stmt_entry_set(s, STMT_NEW);
		return true;
	}
	if (!is_plan_outdated(pg))
		return false;
	if (s->state == STMT_READY)
		stmt_entry_set(s, STMT_STALE);
	return true;
}

static void take_failure(struct flight *f, const struct step *step, PGresult *pg)
{
	bool healed = heal_stmt(step, pg);

	if (step->kind == STEP_PREPARE)
		stmt_entry_lost(step->stmt);
	if (f->failed)
		return;
	f->failed = true;
	f->again = healed || (f->maybe_cancelled && is_state(pg, "57014"));
	if (f->batch)
		batch_fail(f->batch, step->kind == STEP_ITEM ? step->item : -1, pg);
}

static void take_success(struct flight *f, const struct step *step, PGresult *pg)
{
	if (step->kind == STEP_PREPARE)
		stmt_entry_set(step->stmt, STMT_READY);
	if (step->kind == STEP_ITEM && f->batch) {
		batch_take_result(f->batch, step->item, pg);
		return;
	}
	PQclear(pg);
}

static enum frame_took take_sync(struct conn *c, struct flight *f)
{
	pop(c);
	c->step_open = false;
	return --f->syncs == 0 ? FRAME_END : FRAME_MORE;
}

static enum frame_took take_end(struct conn *c)
{
	if (!c->step_open)
		return FRAME_WAIT;
	c->step_open = false;
	if (c->steps[c->step_first].kind != STEP_SYNC)
		pop(c); /* a Sync has failed before it came: see deferred constraints */
	return FRAME_MORE;
}

/* What comes after it, other people's batches, would be part of that transaction. */
static bool is_begin(const struct step *step, PGresult *pg)
{
	const char *tag = PQcmdStatus(pg);

	return step->kind == STEP_ITEM &&
		(strcmp(tag, "BEGIN") == 0 || strcmp(tag, "START TRANSACTION") == 0);
}

/* The connection is given up, so nothing of it has any effect. */
static enum frame_took refuse(struct flight *f, PGresult *pg, const char *why)
{
	PQclear(pg);
	if (f->batch)
		err_set(&f->batch->err, E_BUG, "%s", why);
	return FRAME_BROKEN;
}

static enum frame_took take_result(struct conn *c, struct flight *f, PGresult *pg)
{
	struct step step = c->steps[c->step_first];

	c->step_open = true;
	switch ((int)PQresultStatus(pg)) {
	case PGRES_COMMAND_OK:
		if (is_begin(&step, pg))
			return refuse(f, pg, "a batch must not begin a transaction");
		take_success(f, &step, pg);
		return FRAME_MORE;
	case PGRES_TUPLES_OK:
	case PGRES_EMPTY_QUERY: take_success(f, &step, pg); return FRAME_MORE;
	case PGRES_FATAL_ERROR:
	case PGRES_BAD_RESPONSE: take_failure(f, &step, pg); break;
	case PGRES_PIPELINE_ABORTED:
		if (step.kind == STEP_PREPARE)
			stmt_entry_lost(step.stmt);
		break;
	default: /* libpq has no way on from here */
		return refuse(f, pg, "COPY needs a session, a batch cannot do it");
	}
	PQclear(pg);
	return FRAME_MORE;
}

enum frame_took frame_take(struct conn *c, PGresult *pg)
{
	struct flight *f = conn_head(c);

	if (!pg)
		return take_end(c);
	if (!f || c->step_n == 0) {
		PQclear(pg);
		return FRAME_BROKEN;
	}
	if (PQresultStatus(pg) != PGRES_PIPELINE_SYNC)
		return take_result(c, f, pg);
	PQclear(pg);
	return c->steps[c->step_first].kind == STEP_SYNC ? take_sync(c, f) : FRAME_BROKEN;
}
