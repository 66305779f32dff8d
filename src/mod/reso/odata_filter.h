/* odata_filter: reads a $filter against a resource of the model.
 *
 *   filter    = and { "or" and }                and     = not { "and" not }        not = "not" not | relation
 *   relation  = sum [ ("eq" "ne" "gt" "ge" "lt" "le" "has") sum | "in" "(" literal {"," literal} ")" ]
 *   sum       = term { ("add" | "sub") term }   term    = unary { ("mul" | "div" | "divby" | "mod") unary }
 *   unary     = "-" unary | primary
 *   primary   = "(" filter ")" | literal | function "(" ... ")" | path
 *   path      = field | var | var "/" field | list "/" ("any" | "all") "(" [ var ":" filter ] ")"
 *   literal   = 'text' | number | true | false | null | 2026-11-21 | 2026-11-21T12:00:00Z | 12:00:00
 *             | duration'P1D' | Namespace.Type'Value' | POINT(lon lat) | geography'POINT(lon lat)'
 *
 * Operators and functions are known in lower case and, as 4.01 wants, in any other; names of fields in their own
 * case only.
 *
 * Owner    the arena; text is borrowed.
 * Failure  NULL, and the fault names $filter and the position.
 * Threads  pure.
 */
#pragma once
#include "base/err.h"
#include "mod/reso/odata_ast.h"
#include "mod/reso/odata_fault.h"

/* now_us: what now() is. text is decoded. */
const struct odata_node *odata_filter_parse(struct arena *a, const struct odata_resource *r,
	struct str text, int64_t now_us, struct odata_fault *f) MUST_CHECK;
