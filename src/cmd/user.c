/* plat user: the logins, for operators. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/database.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "cmd/args.h"
#include "cmd/login.h"
#include "cmd/table.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/auth/auth.h"

#define LIST_MAX 1000

static const char *name, *email;
static bool reads_password;

static struct batch *new_batch(struct arena *a)
{
	struct batch *b = batch_new(a);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	return b;
}

/* From standard input with --password, else a random one, which is shown. */
static int choose_password(struct arena *a, struct str *ret_password, struct err *e)
{
	char line[512];

	*ret_password = password_random(a);
	if (!reads_password)
		return 0;
	if (!fgets(line, sizeof line, stdin))
		return err_set(e, E_INPUT, "there is no password on standard input");
	line[strcspn(line, "\r\n")] = 0;
	*ret_password = str_copy(a, str_of(line));
	crypto_wipe(line, sizeof line);
	crypto_wipe_later(a, (char *)ret_password->p, ret_password->len);
	if (ret_password->len < 8 || ret_password->len > PASSWORD_MAX)
		return err_set(e, E_INPUT, "a password has 8 to %d bytes", PASSWORD_MAX);
	return 0;
}

static void show_password(struct str password)
{
	if (!reads_password)
		printf("password  " STR_FMT "\n", STR_ARG(password));
}

static int add(struct task *t, struct login *l, struct err *e)
{
	struct batch *b = new_batch(t->arena);
	struct str password;

	if (choose_password(t->arena, &password, e))
		return e->code;
	struct str hash = password_hash(t->arena, password);
	batch_add(b,
		"select outcome from auth.sign_up($1, $2, jsonb_strip_nulls(jsonb_build_object('full_name', $3::text)), true, false)",
		3, (struct db_param[]){db_text(email), db_str(hash), db_text(name)});
	if (db_run(l->db, b, e))
		return e->code;
	if (str_eq(result_text(batch_result(b, 0), 0, 0), STR("exists")))
		return err_set(e, E_CONFLICT, "there is a login %s already", email);
	printf("login     %s\n", email);
	show_password(password);
	return 0;
}

/* The statement gets the login's id as $1, and names what it did in its only column. */
static int change(struct task *t, struct login *l, const char *sql, struct str more, struct err *e)
{
	struct batch *b = new_batch(t->arena);

	batch_add(b,
		"select id from auth.users where lower(email) = lower($1) and deleted_at is null",
		1, (struct db_param[]){db_text(email)});
	if (db_run(l->db, b, e))
		return e->code;
	if (!result_rows(batch_result(b, 0)))
		return err_set(e, E_ABSENT, "there is no login %s", email);
	struct str id = result_text(batch_result(b, 0), 0, 0);
	b = new_batch(t->arena);
	batch_add(b, sql, more.p ? 2 : 1, (struct db_param[]){db_str(id), db_str(more)});
	return db_run(l->db, b, e);
}

static int password(struct task *t, struct login *l, struct err *e)
{
	struct str chosen;

	if (choose_password(t->arena, &chosen, e) ||
		change(t, l, "select auth.set_password($1, $2, null)",
			password_hash(t->arena, chosen), e))
		return e->code;
	printf("%s has a new password and is signed out everywhere\n", email);
	show_password(chosen);
	return 0;
}

static int ban(struct task *t, struct login *l, struct err *e)
{
	if (change(t, l,
		    "with b as (update auth.users set banned_until = now() + interval '100 years' where id = $1 returning id) "
		    "select auth.end_session(b.id, null, 'global') from b",
		    STR_NULL, e))
		return e->code;
	printf("%s is banned and signed out everywhere\n", email);
	return 0;
}

static int unban(struct task *t, struct login *l, struct err *e)
{
	if (change(t, l, "update auth.users set banned_until = null where id = $1", STR_NULL, e))
		return e->code;
	printf("%s may sign in again\n", email);
	return 0;
}

static int sign_out(struct task *t, struct login *l, struct err *e)
{
	if (change(t, l, "select auth.end_session($1, null, 'global')", STR_NULL, e))
		return e->code;
	printf("%s is signed out everywhere\n", email);
	return 0;
}

static int list(struct task *t, struct login *l, struct err *e)
{
	struct batch *b = new_batch(t->arena);

	batch_add(b,
		"select coalesce(u.email, '(anonymous)') as login, "
		"case when u.banned_until > now() then 'banned' when u.email_confirmed_at is null and not u.is_anonymous then 'unconfirmed' else '' end "
		"as state, to_char(u.created_at, 'YYYY-MM-DD') as made, to_char(u.last_sign_in_at, 'YYYY-MM-DD HH24:MI') as signed_in, u.id::text "
		"from auth.users u where u.deleted_at is null order by u.created_at desc limit $1",
		1, (struct db_param[]){db_i64(t->arena, LIST_MAX)});
	if (db_run(l->db, b, e))
		return e->code;
	table_print(stdout, batch_result(b, 0));
	return 0;
}

static const struct {
	const char *name;
	bool takes_email;
	int (*fn)(struct task *t, struct login *l, struct err *e);
} actions[] = {
	{"list", false, list},
	{"add", true, add},
	{"password", true, password},
	{"ban", true, ban},
	{"unban", true, unban},
	{"logout", true, sign_out},
};

static int act(struct task *t, struct err *e)
{
	int (**fn)(struct task *t, struct login *l, struct err *e) = t->arg;
	struct login l;

	if (login_open(t, &l, e))
		return e->code;
	int code = (*fn)(t, &l, e);
	login_close(&l);
	return code;
}

static int run(int n, char **operands)
{
	const char *what = n ? operands[0] : "list";

	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
		int (*fn)(struct task *t, struct login *l, struct err *e) = actions[i].fn;
		if (strcmp(what, actions[i].name) != 0 || n > 2 ||
			actions[i].takes_email != (n == 2))
			continue;
		email = n == 2 ? operands[1] : NULL;
		return task_run("user", act, &fn);
	}
	fprintf(stderr,
		"plat user: takes list, or add, password, ban, unban or logout with an address\n");
	return 2;
}

static const struct arg args[] = {
	{"name", ARG_TEXT, &name, "NAME", "with add: the person's name", 0, 0},
	{"password", ARG_FLAG, &reads_password, NULL,
		"with add and password: read it from standard input instead of making one", 0, 0},
	{0},
};

const struct command user_command = {
	.name = "user",
	.summary = "list, add and ban logins, set passwords, sign people out",
	.operands = "[list | add EMAIL | password EMAIL | ban EMAIL | unban EMAIL | logout EMAIL]",
	.details =
		"A login that is added counts as confirmed and gets a workspace of its own, or the one it was invited to; plat invite asks people\n"
		"into a workspace by mail instead.",
	.examples =
		"plat user\nplat user add ann@example.org --name Ann\nplat user password ann@example.org\n",
	.args = args,
	.run = run,
};
