/* together: POST /$batch: several requests in one transaction, all or nothing; later ones may refer to the answers of earlier ones
 * (docs/rest.md; batch_refs.h has the syntax).
 *
 * Each part goes the way of a request of its own (flow.h) up to its plan; the statements run one after the other on one connection.
 *
 * Owner    ends the request. Failure: nothing is done; the error of the part that failed, with "request" naming it. Threads one loop.
 */
#pragma once

struct rest_request;

void rest_together_serve(struct rest_request *r);
