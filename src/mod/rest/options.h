/* options: OPTIONS: which methods a relation or function can take, whatever the asker may do (facts 1.1).
 *
 * Owner    ends the request. Failure PGRST205, PGRST202. Threads one loop.
 */
#pragma once

struct rest_request;

void rest_options_serve(struct rest_request *r);
