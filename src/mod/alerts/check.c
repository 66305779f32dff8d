#include "mod/alerts/check.h"

#include "app/job.h"
#include "base/json.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/alerts/match.h"

static struct batch *batch_of(struct job *j)
{
	struct batch *b = batch_new(j->arena);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	return b;
}

int alerts_check(struct job *j, struct err *e)
{
	struct str id = STR_NULL;
	struct batch *b = batch_of(j);

	if (!json_to_str(json_get(j->payload, "id"), &id))
		return err_set(e, E_INPUT, "the payload names no saved search");
	struct db_param p[] = {db_str(j->workspace_id), db_str(id), db_null(), db_null()};
	batch_add(b,
		"select s.query::text, mls.alert_audience(s.workspace_id, s.user_id) = 'agents' from mls.saved_searches s"
		" where s.workspace_id = $1::uuid and s.id = $2::uuid",
		2, p);
	if (db_run(j->db, b, e))
		return e->code;
	const struct result *r = batch_result(b, 0);
	if (!result_rows(r))
		return 0; /* deleted meanwhile */
	struct alerts_search s = {.query = result_text(r, 0, 0), .is_agent = result_bool(r, 0, 1)};
	alerts_match_compile(j->arena, &s);
	p[2] = db_str(s.problem);
	p[3] = db_str(s.query);
	b = batch_of(j);
	batch_add(b,
		"update mls.saved_searches s set problem = $3 where s.workspace_id = $1::uuid and s.id = $2::uuid and s.query = $4::jsonb"
		" and s.problem is distinct from $3",
		4, p);
	return db_run(j->db, b, e);
}
