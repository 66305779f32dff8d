#include "mod/rest/plan.h"

#include "base/arena.h"
#include "base/clock.h"
#include "mod/rest/cache.h"
#include "mod/rest/plans.h"
#include "mod/rest/request.h"
#include "mod/rest/site.h"

static struct rest_plan *plan_new(void)
{
	struct arena *a = arena_new();
	struct rest_plan *p = ARENA_NEW(a, struct rest_plan);

	p->arena = a;
	p->refs = 1;
	p->limit_value = p->inserted_col = p->affected_col = -1;
	return p;
}

void rest_plan_unref(struct rest_plan *p)
{
	if (p && --p->refs == 0)
		arena_free(p->arena);
}

static int make(struct rest_request *r, struct rest_plan *p)
{
	if (r->target == REST_TARGET_CALL)
		return rest_plan_call(r, p);
	if (r->method == REST_GET || r->method == REST_HEAD)
		return rest_plan_read(r, p);
	return rest_plan_write(r, p);
}

static void on_request_over(void *p)
{
	rest_plan_unref(p);
}

static void use(struct rest_request *r, struct rest_plan *p)
{
	p->uses++;
	p->refs++;
	r->plan = p;
	arena_defer(r->arena, on_request_over, p);
}

int rest_plan_get(struct rest_request *r, struct str shape)
{
	struct rest_plans *plans = rest_cache_plans(r->cache);
	struct rest_plan *p = rest_plans_find(plans, shape);
	struct rest_site_stats *stats = rest_site_stats(r->site);
	int code = 0;

	if (p) {
		stats->plans_used++;
		use(r, p);
		return 0;
	}
	int64_t begin = mono_us();
	p = plan_new();
	code = make(r, p);
	if (code == 0) {
		p->made_us = (uint64_t)(mono_us() - begin);
		stats->plans_made++;
		stats->plans_us += p->made_us;
		rest_plans_add(plans, shape, p);
		use(r, p);
	}
	rest_plan_unref(p);
	return code;
}
