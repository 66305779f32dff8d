/* metrics: the numbers of a site, in Prometheus' text format.
 *
 * Owner, failure none. Threads one loop.
 */
#pragma once

struct buf;
struct rest_site;

void rest_metrics(const struct rest_site *s, struct buf *out);
