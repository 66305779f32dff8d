#include "mod/rest/select_site.h"

#include "mod/rest/config.h"
#include "mod/rest/site.h"

bool select_site_aggregates(const struct rest_site *s)
{
	return rest_site_config(s)->db_aggregates_enabled;
}

int64_t select_site_most_rows(const struct rest_site *s)
{
	int64_t most = rest_site_config(s)->db_max_rows;

	return most > 0 ? most : -1;
}
