/* run_cost: refuses reads that the planner expects to be too expensive for the role (setting plat-cost-limit), before they run.
 *
 * Owner, threads: as run.h. Failure: PLAT002 (400) with cost and limit in details.
 */
#pragma once

struct rest_request;

/* The limit for this request; 0: none. */
double rest_cost_limit(const struct rest_request *r);

/* Asks the planner, then goes on with go_on(r), or refuses. */
void rest_cost_check(struct rest_request *r, double limit, void (*go_on)(struct rest_request *r));
