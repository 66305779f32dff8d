/* tools/check-models notices when the catalogue and src/model part. */
#include "support_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void change(struct mt *t, const char *sql)
{
	struct session *owner = session_open(t->db, NULL, &t->err);

	ok(t, owner ? 0 : t->err.code);
	ok(t, session_exec_script(owner, str_of(sql), &t->err));
	session_close(owner);
}

/* Exit status of the check on our database; what it says must have the words. */
static int check(struct mt *t, const char *words)
{
	setenv("OWN_URL", mt_url(), 1);
	int status = system(arena_printf(t->arena,
		"said=$(PLAT_MIGRATED_URL=$OWN_URL tools/check-models 2>&1); code=$?; "
		"case \"$said\" in *\"%s\"*) exit $code ;; *) echo \"# $said\"; exit 99 ;; esac",
		words));

	return WEXITSTATUS(status);
}

static void says_nothing_about_the_catalogue_it_was_made_from(struct mt *t)
{
	assert_int_equal(check(t, "models: clean"), 0);
}

static void notices_a_new_column(struct mt *t)
{
	change(t, "alter table crm.leads add column shoe_size integer");
	assert_int_equal(check(t, "struct model_int shoe_size;"), 1);
	change(t, "alter table crm.leads drop column shoe_size");
	assert_int_equal(check(t, "models: clean"), 0);
}

static void notices_another_type_null_key_or_right(struct mt *t)
{
	static const char *const changes[][2] = {
		{"alter table crm.leads alter score type bigint",
			"alter table crm.leads alter score type integer"},
		{"alter table crm.leads alter company set not null",
			"alter table crm.leads alter company drop not null"},
		{"create unique index leads_once on crm.leads (workspace_id, name)",
			"drop index crm.leads_once"},
		{"revoke select on crm.leads from service_role; grant select (id, workspace_id) on crm.leads to service_role",
			"grant select on crm.leads to service_role"},
		{"comment on table crm.leads is 'shared: x'",
			"comment on table crm.leads is 'tenant: sellers, buyers and other prospects.'"},
	};

	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		change(t, changes[i][0]);
		assert_int_equal(check(t, "make models"), 1);
		change(t, changes[i][1]);
	}
	assert_int_equal(check(t, "models: clean"), 0);
}

static void notices_a_table_that_came_or_went(struct mt *t)
{
	change(t,
		"create table mls.guests (id uuid primary key); comment on table mls.guests is 'shared: people at an open house.'");
	assert_int_equal(check(t, "guest.h"), 1);
	change(t, "drop table mls.guests");
	change(t, "alter table plat.migrations rename to ledger");
	assert_int_equal(check(t, "migration.h"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MODEL_TEST(says_nothing_about_the_catalogue_it_was_made_from),
		MODEL_TEST(notices_a_new_column),
		MODEL_TEST(notices_another_type_null_key_or_right),
		MODEL_TEST(notices_a_table_that_came_or_went),
	};
	if (access("tools/check-models", X_OK) || system("command -v clang-format-19 >/dev/null")) {
		printf("1..0 # SKIP runs in the root of the repository, with clang-format-19\n");
		return 0;
	}
	return model_run_tests(tests, "model/models");
}
