/* query_log: which answers are written down (log-level), and the SQL of these (log-query).
 *
 * Owner, failure none. Threads one loop.
 */
#pragma once

struct rest_config;
struct rest_request;

#define REST_QUERY_LOG_NONE 1000 /* no answer has it */

/* The lowest status of an answer that log-level lets through. */
int rest_query_log_from(const struct rest_config *c);

/* One line with the statement, without its values, when both settings want that. */
void rest_query_log(const struct rest_request *r, int status);
