/* tools/check-models notices when the catalogue and src/model part. */
#include "support_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAID_MAX 100000

static void change(struct mt *t, const char *sql)
{
	struct session *owner = session_open(t->db, NULL, &t->err);

	ok(t, owner ? 0 : t->err.code);
	ok(t, session_exec_script(owner, str_of(sql), &t->err));
	session_close(owner);
}

/* Exit status of the check on our database, and what it says. */
static int check(struct mt *t, char **ret_said)
{
	char *said = arena_zalloc(t->arena, SAID_MAX);

	setenv("OWN_URL", mt_url(), 1);
	FILE *f = popen("PLAT_MIGRATED_URL=$OWN_URL tools/check-models 2>&1", "r");
	assert_non_null(f);
	size_t n = fread(said, 1, SAID_MAX - 1, f);
	assert_in_range(n, 1, SAID_MAX - 2);
	int status = pclose(f);
	assert_true(WIFEXITED(status));
	*ret_said = said;
	return WEXITSTATUS(status);
}

static void says_nothing_about_the_catalogue_it_was_made_from(struct mt *t)
{
	char *said;

	if (check(t, &said))
		fail_msg("%s", said);
	assert_string_equal(said, "models: clean\n");
}

static void notices_columns_types_nulls_keys_rights_and_tables(struct mt *t)
{
	static const struct {
		const char *sql, *says;
	} changes[] = {
		{"alter table crm.leads add column shoe_size integer",
			"struct model_int shoe_size"},
		{"alter table crm.leads alter score type numeric", "struct str score"},
		{"alter table crm.leads alter company set not null",
			"\"company\", \"text\", MODEL_TEXT, MODEL_NOT_NULL"},
		{"create unique index leads_once on crm.leads (workspace_id, company)",
			"CRM_LEAD_BY_COMPANY"},
		{"revoke select on crm.calls from service_role; grant select (id) on crm.calls to service_role",
			"MODEL_HIDDEN"},
		{"create table mls.guests (id uuid primary key); comment on table mls.guests is 'shared: people at an open house.'",
			"guest.h"},
		{"drop table plat.idempotency_keys", "idempotency_key.h"},
	};
	char *said;

	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
		change(t, changes[i].sql);
	assert_int_equal(check(t, &said), 1);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
		if (!strstr(said, changes[i].says))
			fail_msg("nothing about %s: %s", changes[i].says, said);
	assert_non_null(strstr(said, "make models"));
}

static void wants_a_class_in_each_tables_comment(struct mt *t)
{
	char *said;

	change(t, "comment on table crm.leads is 'People.'");
	assert_int_equal(check(t, &said), 1);
	assert_non_null(strstr(said, "crm.leads: its comment does not begin with its class"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MODEL_TEST(says_nothing_about_the_catalogue_it_was_made_from),
		MODEL_TEST(notices_columns_types_nulls_keys_rights_and_tables),
		MODEL_TEST(wants_a_class_in_each_tables_comment),
	};
	if (access("tools/check-models", X_OK) || system("command -v clang-format-19 >/dev/null")) {
		printf("1..0 # SKIP runs in the root of the repository, with clang-format-19\n");
		return 0;
	}
	return model_run_tests(tests, "model/models");
}
