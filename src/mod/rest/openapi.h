/* openapi: what can be asked here, as OpenAPI 2.0 (as PostgREST gives it) or 3.1, at the root.
 *
 * Follows the asker's privileges: tables and functions that the role may use, columns that it may read (openapi-mode ignore-privileges: all;
 * disabled: 404 PGRST126). Comments become titles, summaries and descriptions.
 *
 * Owner    ends the request. Failure becomes the answer. Threads one loop.
 */
#pragma once
#include <stdbool.h>

struct rest_request;

void rest_openapi_serve(struct rest_request *r);
