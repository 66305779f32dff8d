/* On tables of the same names and rules as plat's own. */
#include "base/keyring.h"
#include "base/secret.h"
#include "support_rest_write.h"

#define ID "6f9619ff-8b86-4011-b42d-00c04fc964ff"

static const char fixture[] =
	"set client_min_messages = error; drop schema if exists org, crm cascade; create schema org; create schema crm;"
	"create table org.key_store (id uuid primary key default gen_random_uuid(), provider text not null unique,"
	" api_key text not null check (api_key ~ '^v\\d+\\.[^.]+\\.[A-Za-z0-9_-]+$'));"
	"create table org.other (id uuid primary key default gen_random_uuid(), api_key text);"
	"create table crm.api_keys (id uuid primary key default gen_random_uuid(), service text, key_ciphertext text);";

static struct keyring *keys;

static int setup(void **state)
{
	int code = rsw_setup(state);

	rct_schemas = "org,crm";
	rct_admin(fixture);
	return code;
}

static int group_setup(void **state)
{
	(void)state;
	keys = keyring_new();
	return keyring_add(keys, 0, NULL);
}

static int group_teardown(void **state)
{
	(void)state;
	keyring_free(keys);
	rct_admin("set client_min_messages = error; drop schema org, crm cascade");
	return 0;
}

/* What is stored for the provider, opened for the row in which it stands. */
static void holds(struct rct *t, const char *provider, const char *plain)
{
	struct err e = {.arena = t->arena};
	const char *where =
		arena_printf(t->arena, "from org.key_store where provider = '%s'", provider);
	struct secret_place at = {STR("org.key_store"),
		rct_ask(t, arena_printf(t->arena, "select id::text %s", where)), STR("api_key")};
	struct str sealed = rct_ask(t, arena_printf(t->arena, "select api_key %s", where)), found;

	if (secret_open(t->arena, keys, at, sealed, &found, &e))
		fail_msg("%s: %s", provider, e.msg);
	assert_string_equal(str_cstr(t->arena, found), plain);
}

#define HOUSE .schema = "org", .keyring = keys

static void a_new_row_gets_an_id_and_a_sealed_key(struct rct *t)
{
	rsw(t, "POST", "/key_store", "{\"provider\":\"one\",\"api_key\":\"sk-1\"}", "1", HOUSE);
	holds(t, "one", "sk-1");
	rsw(t, "POST", "/key_store?select=id,provider",
		"{\"provider\":\"two\",\"api_key\":\"v1.looks.sealed\",\"id\":\"6F9619FF-8B86-4011-B42D-00C04FC964FF\"}",
		"1 [{\"id\":\"" ID "\",\"provider\":\"two\"}]", HOUSE,
		.prefer = "return=representation");
	holds(t, "two", "v1.looks.sealed");
}

static void many_rows_each_have_their_own(struct rct *t)
{
	rsw(t, "POST", "/key_store",
		"[{\"provider\":\"a\",\"api_key\":\"sk-a\"},{\"provider\":\"b\",\"api_key\":\"sk-b\"}]",
		"2", HOUSE);
	holds(t, "a", "sk-a");
	holds(t, "b", "sk-b");
	rsw(t, "POST", "/key_store", "api_key,provider\nsk-c,c\n\"sk,d\",d\n", "2", HOUSE,
		.type = "text/csv");
	holds(t, "c", "sk-c");
	holds(t, "d", "sk,d");
	rsw(t, "POST", "/key_store?columns=id,provider,api_key",
		"[{\"provider\":\"e\",\"api_key\":\"sk-e\"},{\"provider\":\"f\",\"api_key\":\"sk-f\",\"id\":\"" ID
		"\"}]",
		"2", HOUSE, .prefer = "missing=default");
	holds(t, "e", "sk-e");
	holds(t, "f", "sk-f");
	rsw(t, "POST", "/key_store?columns=id,provider,api_key", "provider=g&api_key=sk-g", "1",
		HOUSE, .type = "application/x-www-form-urlencoded");
	holds(t, "g", "sk-g");
}

static void merges_and_puts_keep_the_id(struct rct *t)
{

	rsw(t, "POST", "/key_store",
		"{\"id\":\"" ID "\",\"provider\":\"one\",\"api_key\":\"sk-1\"}", "1/1", HOUSE,
		.prefer = "resolution=merge-duplicates");
	rsw(t, "POST", "/key_store",
		"{\"id\":\"" ID "\",\"provider\":\"one\",\"api_key\":\"sk-2\"}", "1/0", HOUSE,
		.prefer = "resolution=merge-duplicates");
	holds(t, "one", "sk-2");
	rsw(t, "PUT", "/key_store?id=eq." ID,
		"{\"id\":\"" ID "\",\"provider\":\"one\",\"api_key\":\"sk-3\"}", "1", HOUSE);
	holds(t, "one", "sk-3");
	rsw(t, "POST", "/key_store?on_conflict=provider",
		"{\"provider\":\"one\",\"api_key\":\"sk-4\"}",
		"400 PLAT006 Column 'api_key' of 'key_store' is stored sealed: on_conflict can only be the row's id",
		HOUSE, .prefer = "resolution=merge-duplicates");
	holds(t, "one", "sk-3");
}

static void a_patch_names_the_row(struct rct *t)
{
	const char *wanted =
		"400 PLAT006 Column 'api_key' of 'key_store' is stored sealed: name its one row by the filter id=eq.<uuid>";

	rsw(t, "POST", "/key_store",
		"{\"id\":\"" ID "\",\"provider\":\"one\",\"api_key\":\"sk-1\"}", "1", HOUSE);
	rsw(t, "PATCH", "/key_store?provider=neq.x&id=eq." ID, "{\"api_key\":\"sk-2\"}", "1",
		HOUSE);
	holds(t, "one", "sk-2");
	rsw(t, "PATCH", "/key_store?provider=eq.one", "{\"api_key\":\"sk-3\"}", wanted, HOUSE);
	rsw(t, "PATCH", "/key_store?id=neq." ID, "{\"api_key\":\"sk-3\"}", wanted, HOUSE);
	rsw(t, "PATCH", "/key_store?or=(id.eq." ID ",id.is.null)", "{\"api_key\":\"sk-3\"}", wanted,
		HOUSE);
	rsw(t, "PATCH", "/key_store?id=eq." ID, "{\"api_key\":\"sk-3\",\"id\":\"" ID "\"}",
		"400 PLAT006 Column 'api_key' of 'key_store' is stored sealed: it cannot be changed together with the row's id",
		HOUSE);
	rsw(t, "PATCH", "/key_store?provider=eq.one", "{\"provider\":\"uno\"}", "1", HOUSE);
	holds(t, "uno", "sk-2");
}

static void what_cannot_be_sealed_here_is_refused(struct rct *t)
{
	const char *line =
		rsw_line(t, "POST", "/api_keys", "{\"service\":\"x\",\"key_ciphertext\":\"sk-1\"}",
			.schema = "crm", .keyring = keys);

	assert_non_null(strstr(line,
		"400 PLAT006 Column 'key_ciphertext' of 'api_keys' is stored sealed: keys to outside services are stored by a function of the CRM"));
	assert_null(strstr(line, "sk-1"));
	rsw(t, "POST", "/api_keys", "{\"service\":\"x\"}", "1", .schema = "crm", .keyring = keys);
	rsw(t, "POST", "/key_store", "{\"id\":\"x\",\"provider\":\"one\",\"api_key\":\"sk-1\"}",
		"400 PLAT006 Column 'api_key' of 'key_store' is stored sealed: the row's id is no UUID",
		HOUSE);
}

static void other_tables_and_other_places_are_left_alone(struct rct *t)
{
	rsw(t, "POST", "/other?select=api_key", "{\"api_key\":\"plain\"}",
		"1 [{\"api_key\":\"plain\"}]", HOUSE, .prefer = "return=representation");
	assert_non_null(
		strstr(rsw_line(t, "POST", "/key_store",
			       "{\"provider\":\"one\",\"api_key\":\"sk-1\"}", .schema = "org"),
			"400 23514"));
	assert_non_null(strstr(rsw_line(t, "POST", "/key_store",
				       "{\"provider\":\"one\",\"api_key\":null}", HOUSE),
		"400 23502"));
}

#define SEALED(f)                                       \
	{.name = #f,                                    \
		.test_func = rct_run,                   \
		.initial_state = &(struct rct_case){f}, \
		.setup_func = setup}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SEALED(a_new_row_gets_an_id_and_a_sealed_key),
		SEALED(many_rows_each_have_their_own),
		SEALED(merges_and_puts_keep_the_id),
		SEALED(a_patch_names_the_row),
		SEALED(what_cannot_be_sealed_here_is_refused),
		SEALED(other_tables_and_other_places_are_left_alone),
	};
	return cmocka_run_group_tests_name("mod/rest_sealed", tests, group_setup, group_teardown);
}
