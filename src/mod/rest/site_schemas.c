/* Schemas that the settings name and the database does not have: one sentence each, instead of tables that nobody finds. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/jsonw.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/rest/config.h"
#include "mod/rest/site_local.h"

static struct str names(struct arena *a, const struct rest_list *list)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_arr(&w);
	for (size_t i = 0; i < list->n; i++)
		jsonw_str(&w, list->at[i]);
	jsonw_end(&w);
	struct str text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return text;
}

void site_check_schemas(struct rest_site *s)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct batch *b = batch_new(a);
	struct db_param schemas = db_str(names(a, &s->config->db_schemas));

	batch_add(b,
		"select n from json_array_elements_text($1) n"
		" where not exists (select from pg_catalog.pg_namespace where nspname = n)",
		1, &schemas);
	batch_read_only(b);
	if (db_run(s->options.db, b, &e) == 0)
		for (int i = 0; i < result_rows(batch_result(b, 0)); i++)
			log_warn("rest.schema.missing",
				LOG_STR("error",
					str_printf(a,
						"%s names the schema \"" STR_FMT
						"\", which the database does not have",
						s->options.is_house ? "PLAT_REST_SCHEMAS"
								    : "db-schemas",
						STR_ARG(result_text(batch_result(b, 0), i, 0)))));
	arena_free(a);
}
