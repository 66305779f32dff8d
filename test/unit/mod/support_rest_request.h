/* support_rest_request: a request on no connection, as a part of a $batch is: headers from a list, its answer kept.
 *
 *     struct rest_request *r = rrq_new();
 *     rrq_header(r, "Origin", "http://a.test");
 *     ...
 *     rrq_free(r);
 *
 * The settings are rrq_config, as they are without any, and the site is rrq_site.
 */
#pragma once
#include "mod/rest/config.h"
#include "mod/rest/request.h"
#include "mod/rest/site_local.h"

extern struct rest_config *rrq_config;
extern struct rest_site rrq_site;

struct rest_request *rrq_new(void);
void rrq_free(struct rest_request *r);
void rrq_set(const char *key, const char *value);
void rrq_header(struct rest_request *r, const char *name, const char *value);

/* Of the answer so far: "Name: value\n" for each header. */
const char *rrq_headers(struct rest_request *r);
/* "406 PGRST107 message | details | hint"; NULL: nothing is wrong. */
const char *rrq_fault(struct rest_request *r);
