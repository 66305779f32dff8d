#include "db/result.h"
#include "mod/rest/cache_local.h"

/* Texts of functions as they are; expressions that PostgreSQL keeps as trees hold their constants as decimal bytes, so there the word
 * is looked for in that form. Names of settings know no case, so texts are folded. */
static const char uses_sql[] =
	"with words(n, word, coded) as (select n, word,"
	"  ' ' || (select string_agg(ascii(c)::text, ' ' order by i)"
	"   from regexp_split_to_table(word, '') with ordinality x(c, i)) || ' '"
	"  from unnest(array['request.headers', 'request.cookies', 'request.path', 'request.method',"
	"   'response.']) with ordinality x(word, n)),"
	"texts(body) as materialized (select lower(p.prosrc) from pg_proc p"
	"  join pg_language g on g.oid = p.prolang and g.lanname not in ('internal', 'c')"
	"  where p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
	"  and (strpos(lower(p.prosrc), 'request.') > 0 or strpos(lower(p.prosrc), 'response.') > 0)),"
	"trees(body) as ("
	" select prosqlbody::text from pg_proc where prosqlbody is not null"
	"  and pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
	" union all select polqual::text from pg_policy union all select polwithcheck::text from pg_policy"
	" union all select tgqual::text from pg_trigger where tgqual is not null"
	" union all select adbin::text from pg_attrdef"
	" union all select conbin::text from pg_constraint where contype = 'c' and conrelid <> 0"
	" union all select w.ev_action::text from pg_rewrite w join pg_class c on c.oid = w.ev_class"
	"  where c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)),"
	/* One search per body tells those with any constant of that kind; few are left for the five words. */
	"likely(body) as materialized (select body from trees"
	"  where strpos(body, ' 114 101 113 117 101 115 116 46 ') > 0"
	"  or strpos(body, ' 114 101 115 112 111 110 115 101 46 ') > 0)"
	"select exists (select from texts where strpos(body, w.word) > 0)"
	" or exists (select from likely where strpos(body, w.coded) > 0) from words w order by n";

static void read_uses(struct cache_load *l, const struct result *r)
{
	struct rest_cache_uses *u = &l->c->uses;
	bool *const flags[] = {&u->request_headers, &u->request_cookies, &u->request_path,
		&u->request_method, &u->response};

	for (int row = 0; row < result_rows(r); row++)
		*flags[row] = result_bool(r, row, 0);
}

const struct cache_step cache_uses_step = {uses_sql, 0, read_uses};
