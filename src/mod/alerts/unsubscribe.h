/* unsubscribe: /alerts/v1/unsubscribe?token=…, without a login. GET shows what the link ends, with a button (mail programs look at links by
 * themselves, so looking ends nothing); POST ends it: the button's, or a mail program's (RFC 8058).
 *
 * Failure  a page with a sentence. Threads one loop; in fibers (waits).
 */
#pragma once

struct req;

void alerts_unsubscribe_show(struct req *r);
void alerts_unsubscribe_do(struct req *r);
