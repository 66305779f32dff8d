/* site: tells the database where clients reach this server, for the links that rows hold (storage.set_public_url). */
#include "app/service.h"
#include "app/settings.h"
#include "base/arena.h"
#include "base/log.h"
#include "db/batch.h"
#include "loop/fiber.h"
#include "mod/storage/storage_local.h"

static struct str address(struct arena *a)
{
	const char *told = setting(SET_PUBLIC_URL);
	struct str url = told ? str_of(told) : str_printf(a, "http://%s", setting(SET_LISTEN));

	while (str_ends(url, STR("/")))
		url.len--;
	return url;
}

static void tell(void *arg)
{
	struct service *s = arg;
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct batch *b = batch_new(a);

	batch_as(b, &storage_worker);
	batch_add(b, "select storage.set_public_url($1)", 1,
		(struct db_param[]){db_str(address(a))});
	if (db_run(service_db(s), b, &e))
		log_warn("storage.public_url", LOG_ERR(&e));
	arena_free(a);
}

void storage_site_tell(struct service *s)
{
	fiber_go(service_loop(s), tell, s);
}
