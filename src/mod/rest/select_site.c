#include "mod/rest/select_site.h"

#include "mod/rest/config.h"
#include "mod/rest/site.h"

#define MOST_COUNTED 10000

bool select_site_aggregates(const struct rest_site *s)
{
	return rest_site_config(s)->db_aggregates_enabled;
}

int64_t select_site_most_rows(const struct rest_site *s)
{
	int64_t most = rest_site_config(s)->db_max_rows;

	return most > 0 ? most : -1;
}

int64_t select_site_most_counted(const struct rest_site *s)
{
	int64_t most = select_site_most_rows(s);

	if (rest_site_config(s)->db_planned_counts)
		return -1;
	return most > 0 ? most : MOST_COUNTED;
}
