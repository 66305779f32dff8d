/* support_proxy: stands between plat and PostgreSQL, and misbehaves on demand.
 *
 * Runs in a thread of its own. Reachable over a unix socket (proxy_url()) and over TCP on 127.0.0.1
 * (proxy_port()). What the set functions ask for holds when they return.
 */
#pragma once
#include <stdbool.h>

struct proxy;

struct proxy *proxy_new(void);
void proxy_free(struct proxy *p);

const char *proxy_url(const struct proxy *p);
int proxy_port(const struct proxy *p);

void proxy_cut(struct proxy *p);                 /* all connections, now */
void proxy_reset(struct proxy *p);               /* the same, but TCP ones not politely */
void proxy_refuse(struct proxy *p, bool refuse); /* new ones are closed at once */
void proxy_stall(struct proxy *p, bool stall);   /* nothing passes, nothing is closed */
int proxy_accepted(struct proxy *p);             /* connections so far */
