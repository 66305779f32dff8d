/* plat demo: the demo workspace without plat up, or new passwords for its logins. */
#include <stdio.h>

#include "base/arena.h"
#include "cmd/args.h"
#include "cmd/login.h"
#include "mod/demo/demo.h"

static bool new_passwords;

static int demo(struct task *t, struct err *e)
{
	const struct demo_login *logins;
	struct login l;
	bool made = false;

	if (login_open(t, &l, e))
		return e->code;
	int code = demo_make(l.db, t->arena, &made, &logins, e);
	if (!code && !made && new_passwords)
		code = demo_new_passwords(l.db, t->arena, &logins, e);
	login_close(&l);
	if (code)
		return code;
	if (!made && !new_passwords)
		printf("the demo workspace is there; --new-passwords makes new passwords for its logins\n");
	for (const struct demo_login *d = made || new_passwords ? logins : demo_logins(); d->email;
		d++)
		printf("%-22s %-16.*s  %s\n", d->email, STR_ARG(d->password), d->roles);
	return 0;
}

static int run(int n, char **operands)
{
	(void)n, (void)operands;
	return task_run("demo", demo, NULL);
}

static const struct arg args[] = {
	{"new-passwords", ARG_FLAG, &new_passwords, NULL,
		"new passwords for the demo's logins, printed once", 0, 0},
	{0},
};

const struct command demo_command = {
	.name = "demo",
	.summary = "make the demo workspace with a login for each role",
	.details =
		"Passwords are random, printed once and stored as hashes. plat up --demo does this and fills the workspace as well.",
	.examples = "plat demo\nplat demo --new-passwords\n",
	.args = args,
	.run = run,
};
