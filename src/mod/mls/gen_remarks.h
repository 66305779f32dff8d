/* gen_remarks: what an agent would write about a generated listing. It describes the property and
 * never the people who might live there, as fair-housing law wants it.
 *
 * Owner    the caller's buffer. Failure text that does not fit is cut off. Threads pure.
 */
#pragma once

struct gen_listing;
struct gen_out;

void gen_remarks(const struct gen_listing *l, struct gen_out *o);         /* PublicRemarks */
void gen_remarks_private(const struct gen_listing *l, struct gen_out *o); /* PrivateRemarks */
void gen_remarks_directions(const struct gen_listing *l, struct gen_out *o);
