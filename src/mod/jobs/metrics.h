/* metrics: the queue's numbers for /metrics of a serving process, asked for every few seconds.
 *
 * Owner    jobs_metrics_start() to jobs_metrics_stop(); one in a process.
 * Failure  while the database is away the last numbers stay.
 * Threads  the service's loop.
 */
#pragma once

#include "base/err.h"

struct buf;
struct service;

int jobs_metrics_start(struct service *s, struct err *e);
void jobs_metrics_stop(struct service *s);
void jobs_metrics(struct service *s, struct buf *out);
