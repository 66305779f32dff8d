#include "cmd/errand.h"

#include <stdio.h>
#include <string.h>

#include "mod/mls/connection.h"

struct asked {
	const struct errand *errand;
	const char *workspace;
	char **operands;
};

static int in_workspace(struct task *t, struct err *e)
{
	const struct asked *asked = t->arg;
	struct str id;
	struct login l;

	if (login_open(t, &l, e))
		return e->code;
	int code = connection_find_workspace(l.db, t->arena, str_of(asked->workspace), &id, e);
	if (!code)
		code = asked->errand->run(t, &l, id, asked->operands, e);
	login_close(&l);
	return code;
}

int errand_run(const char *name, const char *takes, const struct errand *errands,
	const char *workspace, int words_n, char **words)
{
	struct asked asked = {.workspace = workspace, .operands = words + 1};

	for (const struct errand *x = errands; words_n && x->word; x++)
		if (!strcmp(words[0], x->word) && words_n > x->least && words_n - 1 <= x->most)
			asked.errand = x;
	if (asked.errand)
		return task_run(name, in_workspace, &asked);
	fprintf(stderr, "plat %s: takes %s\n", name, takes);
	return 2;
}
