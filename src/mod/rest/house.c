#include "mod/rest/house.h"

#include "app/service.h"
#include "app/settings.h"
#include "base/arena.h"
#include "mod/rest/config.h"

struct rest_config *rest_house_config(struct arena *a, const struct service *s, struct err *e)
{
	struct rest_config *c = rest_config_new(a);
	struct {
		const char *key;
		const char *value;
	} settings[] = {
		{"db-uri", "postgresql://"},
		{"db-schemas", setting(SET_REST_SCHEMAS)},
		{"db-anon-role", "anon"},
		{"db-aggregates-enabled", "true"},
		{"db-extra-search-path", "public"},
		{"db-planned-counts", "false"},
		{"jwt-secret", service_jwt_secret(s)},
		{"jwt-aud", "authenticated"},
		{"plat-default-module", setting(SET_DEFAULT_MODULE)},
		{"plat-statement-timeout", "30s"},
		{"plat-allow-unfiltered-writes", "false"},
	};

	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		if (settings[i].value &&
			rest_config_set(c, str_of(settings[i].key), str_of(settings[i].value), e))
			return NULL;
	return rest_config_finish(c, e) ? NULL : c;
}
