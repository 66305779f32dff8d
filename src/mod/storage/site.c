/* site: tells the database where clients reach this server, for the links that rows hold (storage.set_public_url). */
#include "app/service.h"
#include "app/settings.h"
#include "base/arena.h"
#include "base/log.h"
#include "db/batch.h"
#include "loop/fiber.h"
#include "mod/storage/storage_local.h"

/* Where this machine at least reaches what is listened on everywhere, or on a socket file. */
static struct str own_address(struct arena *a)
{
	struct str listen = str_of(setting(SET_LISTEN));

	if (str_starts(listen, STR("unix:")))
		return STR("http://localhost");
	if (str_starts(listen, STR("0.0.0.0:")))
		listen = str_sub(listen, sizeof "0.0.0.0" - 1, listen.len);
	else if (str_starts(listen, STR("[::]:")))
		listen = str_sub(listen, sizeof "[::]" - 1, listen.len);
	return STR_JOIN(a, STR("http://"),
		str_starts(listen, STR(":")) ? STR("localhost") : STR(""), listen);
}

static struct str address(struct arena *a)
{
	const char *told = setting(SET_PUBLIC_URL);
	struct str url = told ? str_of(told) : own_address(a);

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
