/* body_element: types whose values are read here, where their text leaves no doubt, and travel in PostgreSQL's binary form: that costs
 * the server less than half of reading a text. What is refused goes as text, and PostgreSQL decides.
 *
 * Owner    none. Failure: write() answers 0. Threads pure.
 */
#pragma once
#include <stddef.h>

#include "mod/rest/body.h"

struct body_element {
	unsigned oid, array_oid;
	enum rest_way way;
	size_t most;                              /* bytes that write() writes at most */
	size_t (*write)(struct str s, char *out); /* how many it wrote; 0: not plainly a value */
};

const struct body_element *body_element_of(unsigned oid); /* NULL: there is none for the type */
