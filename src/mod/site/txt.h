/* txt: the TXT records of a name, by DNS.
 *
 * Asks the servers of /etc/resolv.conf, or the one of PLAT_DNS. Records of a name may be several; the strings of one record are one text.
 *
 * Owner    the arena.
 * Failure  E_ABSENT no such name or record; E_UPSTREAM no server answered, or with what cannot be read; E_INPUT PLAT_DNS is no address.
 * Threads  site_txt_ask() (waits): in a fiber; libresolv blocks, so it works in the pool. site_txt_read() any.
 * Source   RFC 1035 3.3.14, 4.1.
 */
#pragma once
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena;

#define SITE_TXT_MAX 64 /* of one name: more are not looked at */

struct site_txt {
	struct str texts[SITE_TXT_MAX];
	size_t n;
};

int site_txt_ask(struct arena *a, struct str name, struct site_txt *ret, struct err *e) MUST_CHECK;

/* From a whole DNS message; answers of other types (CNAME) are passed over. */
int site_txt_read(struct arena *a, struct str message, struct site_txt *ret,
	struct err *e) MUST_CHECK;
