/* The whole product, in the order it starts. A new domain is two lines here. */
#include "app/module.h"

#include <stddef.h>

extern const struct module alerts_module;
extern const struct module auth_module, auth_more_module;
extern const struct module jobs_module, mail_module;
extern const struct module site_module;
extern const struct module health_module, home_module, mls_module, reso_module, rest_module,
	search_module, storage_module;

const struct module *const modules[] = {
	&health_module,
	&home_module,
	&rest_module,
	&auth_module,
	&auth_more_module,
	&storage_module,
	&jobs_module,
	&mail_module,
	&alerts_module,
	&mls_module,
	&reso_module,
	&search_module,
	&site_module,
	NULL,
};
