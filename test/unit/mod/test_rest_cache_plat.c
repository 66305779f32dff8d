#include "support_rest_cache.h"

#include <stdio.h>
#include <stdlib.h>

/* plat's own schemas, as the migrations make them. Only read here. */

static struct rest_link *way(struct rct *t, const char *from, const char *to,
	enum rest_cardinality c)
{
	struct rest_link *k = rct_table(t, "mls", from)->links;

	while (k && !(str_eq(k->to->name, str_of(to)) && k->cardinality == c))
		k = k->next;
	return k;
}

static void listings_and_their_media_hang_together(struct rct *t)
{
	struct rest_link *media = way(t, "listings", "listing_media", REST_ONE_TO_MANY);

	assert_non_null(media);
	assert_false(media->is_to_one);
	assert_string_equal(rct_names(t, media->columns, media->n), "workspace_id,id");
	assert_string_equal(rct_names(t, media->foreign, media->n), "workspace_id,listing_id");
	assert_non_null(way(t, "listing_media", "listings", REST_MANY_TO_ONE));
}

static void raw_payloads_are_denied_to_logins(struct rct *t)
{
	const struct rest_table *listings = rct_table(t, "mls", "listings");
	int authenticated = rest_cache_role(t->cache, STR("authenticated"));

	assert_in_range(authenticated, 0, 63);
	assert_true(listings->has_column_grants);
	assert_true(rct_column(listings, "raw")->denied >> authenticated & 1);
	assert_false(rct_column(listings, "id")->denied >> authenticated & 1);
}

static void every_table_has_a_key_and_every_way_leads_back(struct rct *t)
{
	for (size_t i = 0; i < rest_cache_tables(t->cache); i++) {
		const struct rest_table *table = rest_cache_table_at(t->cache, i);

		if (table->kind == REST_TABLE && !table->n_pk)
			fail_msg(STR_FMT " has no key", STR_ARG(table->sql));
		for (const struct rest_link *k = table->links; k; k = k->next) {
			const struct rest_link *back = k->to->links;
			while (back && back->to != table)
				back = back->next;
			if (k->cardinality != REST_COMPUTED && !back)
				fail_msg(STR_FMT " does not lead back to " STR_FMT,
					STR_ARG(k->to->sql), STR_ARG(table->sql));
		}
	}
}

static void functions_are_there_and_triggers_are_not(struct rct *t)
{
	const struct rest_func *f = rct_func(t, "mls", "listing_raw");

	assert_int_equal(f->n, 1);
	rct_eq(f->args[0].name, "listing");
	rct_eq(f->returns->name, "jsonb");
	for (size_t i = 0; i < rest_cache_funcs(t->cache); i++)
		assert_false(
			str_eq(rest_cache_func_at(t->cache, i)->returns->name, STR("trigger")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RCT(listings_and_their_media_hang_together),
		RCT(raw_payloads_are_denied_to_logins),
		RCT(every_table_has_a_key_and_every_way_leads_back),
		RCT(functions_are_there_and_triggers_are_not),
	};
	rct_schemas = "mls,marketing,ops,org,crm";
	rct_url = getenv("PLAT_MIGRATED_URL");
	if (!rct_url) {
		printf("1..0 # SKIP there is no migrated database (PLAT_MIGRATED_URL)\n");
		return 0;
	}
	return cmocka_run_group_tests_name("mod/rest_cache_plat", tests, NULL, NULL);
}
