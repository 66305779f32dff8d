/* Which names of parameters there are. */
#include "mod/search/params.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/nearest.h"
#include "mod/search/filter_scan.h"

#define NEAR_MISS 2
#define NEAR_FROM 5 /* shorter names are near to anything */

static const char *const names[] = {
	"q",
	"query_by",
	"query_by_weights",
	"num_typos",
	"prefix",
	"infix",
	"filter_by",
	"sort_by",
	"facet_by",
	"facet_query",
	"facet_query_num_typos",
	"max_facet_values",
	"group_by",
	"group_limit",
	"group_missing_values",
	"page",
	"per_page",
	"offset",
	"limit",
	"limit_hits",
	"min_len_1typo",
	"min_len_2typo",
	"typo_tokens_threshold",
	"drop_tokens_threshold",
	"drop_tokens_mode",
	"exhaustive_search",
	"max_candidates",
	"prioritize_exact_match",
	"prioritize_token_position",
	"prioritize_num_matching_fields",
	"split_join_tokens",
	"text_match_type",
	"search_cutoff_ms",
	"pinned_hits",
	"hidden_hits",
	"filter_curated_hits",
	/* of the answer's form */
	"include_fields",
	"exclude_fields",
	"highlight_fields",
	"highlight_full_fields",
	"highlight_affix_num_tokens",
	"highlight_start_tag",
	"highlight_end_tag",
	"snippet_threshold",
	"enable_highlight_v1",
	/* done without */
	"use_cache",
	"cache_ttl",
	"preset",
	"collection",
	"collection_name",
	"x-typesense-api-key",
	"stopwords",
	"enable_overrides",
	"enable_curations",
	"override_tags",
	"curation_tags",
	"enable_synonyms",
	"synonym_sets",
	"synonym_prefix",
	"synonym_num_typos",
	"enable_analytics",
	"enable_lazy_filter",
	"enable_typos_for_numerical_tokens",
	"enable_typos_for_alpha_numerical_tokens",
	"facet_sample_percent",
	"facet_sample_threshold",
	"facet_strategy",
	"facet_return_parent",
	"max_extra_prefix",
	"max_extra_suffix",
	"max_filter_by_candidates",
	"pre_segmented_query",
	"validate_field_names",
	"vector_query",
	"voice_query",
	"conversation",
	"conversation_id",
	"conversation_model_id",
	"nl_query",
	"nl_model_id",
};

/* Without case and underscores: perPage is per_page. */
static char *bare(struct arena *a, struct str name)
{
	char *p = arena_alloc(a, name.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < name.len; i++)
		if (name.p[i] != '_' && name.p[i] != '-')
			p[n++] = (char)(name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] | 0x20
									     : name.p[i]);
	p[n] = '\0';
	return p;
}

static const char *meant(struct arena *a, struct str name)
{
	char *as_bare = bare(a, name);
	struct nearest near = nearest_to(str_cstr(a, name));

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!strcmp(as_bare, bare(a, str_of(names[i]))))
			return names[i];
		nearest_offer(&near, names[i]);
	}
	return name.len >= NEAR_FROM && near.best && near.distance <= NEAR_MISS ? near.best : NULL;
}

static bool is_known(struct str name)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(str_of(names[i]), name))
			return true;
	return false;
}

int search_params_check_names(struct arena *a, const struct json *params, struct err *e)
{
	for (struct json_iter it = json_each(params); json_next(&it);) {
		if (is_known(it.key) || it.key.len > 40)
			continue;
		const char *name = meant(a, it.key);
		if (name)
			return err_set(e, E_INPUT,
				"There is no parameter `" STR_FMT "`. Did you mean `%s`?",
				STR_ARG(search_scan_shown(a, it.key)), name);
	}
	return 0;
}
