/* access: counts each exchange once and writes its one line in the log. Private to src/http.
 *
 *   {"event":"http.request","request_id":"01J...","method":"GET","path":"/rest/v1/x","status":200,
 *    "bytes":512,"took_us":840,"remote":"192.0.2.1"}
 *
 * The path is the decoded one, without the query, which may hold tokens. A failed request has the
 * fields error and message as well, and `gone` when the client did not wait for the whole answer.
 * Level: error for 5xx (warn for 503, info for 501 and 505), info otherwise.
 */
#pragma once
#include <stdbool.h>

struct http_exchange;

void http_access_note(const struct http_exchange *x, bool is_sent);
