/* plat help, plat settings, plat version: what the program says of itself. */
#include <stdio.h>

#include "app/settings.h"
#include "cmd/args.h"

static bool markdown;

static int run_help(int n, char **operands)
{
	const struct command *command = n ? args_find_command(operands[0]) : NULL;

	if (n && !command) {
		fprintf(stderr, "plat help: there is no command '%s'\n", operands[0]);
		return 2;
	}
	if (markdown)
		args_print_markdown(stdout);
	else
		args_print_help(stdout, command);
	return 0;
}

static int run_settings(int n, char **operands)
{
	(void)n, (void)operands;
	if (markdown)
		settings_print_markdown(stdout);
	else
		settings_print(stdout);
	return 0;
}

static int run_version(int n, char **operands)
{
	(void)n, (void)operands;
	printf("plat %s\n", PLAT_VERSION);
	return 0;
}

static const struct arg args[] = {
	{"markdown", ARG_FLAG, &markdown, NULL, "print the reference page under docs/", 0, 0},
	{0},
};

const struct command help_command = {
	.name = "help",
	.summary = "what the commands are, or what one does",
	.operands = "[COMMAND]",
	.args = args,
	.run = run_help,
};

const struct command settings_command = {
	.name = "settings",
	.summary = "what the environment may set, and what is in force",
	.args = args,
	.run = run_settings,
};

const struct command version_command = {
	.name = "version",
	.summary = "the version of this program",
	.run = run_version,
};
