/* args: the command line of one command, described as data.
 *
 * A command is a constant `struct command` in its own file under src/cmd and one line in src/cmd/commands.c; --help, the
 * reference docs/cli.md and the parser all come from that constant. Values are written through `to`, usually the address of a
 * static variable of the command's file, which holds the default.
 *
 * Failure  args_parse() names the flag it could not take and offers the nearest one.
 * Threads  none; parsing happens once, before anything starts.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

enum arg_kind {
	ARG_END,
	ARG_FLAG, /* bool: --name, or --no-name */
	ARG_TEXT, /* const char *: --name VALUE or --name=VALUE */
	ARG_INT,  /* long long, within [min, max] */
	ARG_MANY, /* struct arg_many: --name VALUE, as often as one likes */
};

#define ARG_MANY_MAX 32
struct arg_many {
	const char *values[ARG_MANY_MAX];
	int n;
};

struct arg {
	const char *name; /* without the dashes */
	enum arg_kind kind;
	void *to;
	const char *value; /* what VALUE is called in the help; NULL for a flag */
	const char *help;
	long long min, max; /* ARG_INT only */
};

struct command {
	const char *name;
	const char *summary;  /* one line for `plat help` */
	const char *operands; /* "FILE...", or NULL when it takes none */
	const char *details;  /* paragraphs for `plat NAME --help`; may be NULL */
	const char *examples; /* lines that can be pasted; may be NULL */
	const struct arg *args;
	int (*run)(int n, char **operands); /* answers the exit code: 0, 1 failed, 2 wrong usage */
};

/* The table in commands.c; ends with NULL. */
extern const struct command *const commands[];

const struct command *args_find_command(const char *name);

/* The name in the table nearest to a mistyped one, or NULL when nothing is near. */
const char *args_nearest_command(const char *name);

/* Reads argv (without program and command name). Answers the number of operands, moved to the front of argv; -1 after
 * printing one sentence to stderr; -2 after printing the help that --help asked for. */
int args_parse(const struct command *command, int argc, char **argv);

/* Prints the help of one command, or of all when command is NULL. Markdown is the form of docs/cli.md. */
void args_print_help(FILE *to, const struct command *command);
void args_print_markdown(FILE *to);
