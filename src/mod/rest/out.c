/* The members of a row in the answer. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "mod/rest/plan.h"

struct rest_out *rest_out_add(struct arena *a, struct rest_out **last, struct str key, int col)
{
	struct rest_out *o = ARENA_NEW(a, struct rest_out);
	struct buf quoted;

	buf_init(&quoted, 0);
	json_quote(&quoted, key);
	buf_char(&quoted, ':');
	o->key = str_copy(a, key);
	o->quoted = str_copy(a, buf_view(&quoted));
	o->col = col;
	buf_done(&quoted);
	while (*last)
		last = &(*last)->next;
	*last = o;
	return o;
}
