/* Any bytes as the file of providers: what is taken can be used, what is not has a sentence. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "mod/auth/provider.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct auth_provider *p, const struct auth_providers *all)
{
	assert(p->name.len && p->client_id.len && p->scopes.len);
	assert(p->n_audiences && str_eq(p->audiences[0], p->client_id));
	assert(auth_provider_find(all, p->name) == p);
	if (p->kind == AUTH_PROVIDER_OPENID)
		assert(str_starts(p->issuer, STR("http")));
	else
		assert(str_starts(p->token_url, STR("http")) &&
			str_starts(p->api_url, STR("http")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct err e = {.arena = a};
	struct auth_providers p = {0};
	int code = auth_providers_parse(a, str_from(size ? (const void *)data : "", size), &p, &e);

	assert(code == e.code && (!code || e.msg));
	for (size_t i = 0; i < p.n; i++)
		check(&p.list[i], &p);
	arena_free(a);
	return 0;
}
