#include "cmd/args.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"

const struct command *args_find_command(const char *name)
{
	for (const struct command *const *c = commands; *c; c++)
		if (!strcmp((*c)->name, name))
			return *c;
	return NULL;
}

const char *args_nearest_command(const char *name)
{
	struct nearest n = nearest_to(name);

	for (const struct command *const *c = commands; *c; c++)
		nearest_offer(&n, (*c)->name);
	return n.best;
}

static const struct arg *find(const struct command *command, const char *name, size_t len)
{
	for (const struct arg *a = command->args; a && a->kind; a++)
		if (strlen(a->name) == len && !strncmp(a->name, name, len))
			return a;
	return NULL;
}

static int unknown(const struct command *command, const char *word, const char *name)
{
	struct nearest n = nearest_to(name);

	for (const struct arg *a = command->args; a && a->kind; a++)
		nearest_offer(&n, a->name);
	fprintf(stderr, "plat %s: unknown flag %s", command->name, word);
	if (n.best)
		fprintf(stderr, " (did you mean --%s?)", n.best);
	fprintf(stderr, "; see plat %s --help\n", command->name);
	return -1;
}

static int take_int(const struct command *command, const struct arg *a, const char *value)
{
	char *end;

	errno = 0;
	long long v = strtoll(value, &end, 10);
	if (errno || end == value || *end || v < a->min || v > a->max) {
		fprintf(stderr, "plat %s: --%s takes a whole number from %lld to %lld, not '%s'\n",
			command->name, a->name, a->min, a->max, value);
		return -1;
	}
	*(long long *)a->to = v;
	return 0;
}

static int take_one_more(const struct command *command, const struct arg *a, const char *value)
{
	struct arg_many *many = a->to;

	if (many->n == ARG_MANY_MAX) {
		fprintf(stderr, "plat %s: --%s can be given %d times\n", command->name, a->name,
			ARG_MANY_MAX);
		return -1;
	}
	many->values[many->n++] = value;
	return 0;
}

static int take_value(const struct command *command, const struct arg *a, const char *value)
{
	if (!value) {
		fprintf(stderr, "plat %s: --%s needs a value (%s)\n", command->name, a->name,
			a->value);
		return -1;
	}
	if (a->kind == ARG_INT)
		return take_int(command, a, value);
	if (a->kind == ARG_MANY)
		return take_one_more(command, a, value);
	*(const char **)a->to = value;
	return 0;
}

/* One word that begins with --. Answers how many further words it used, or -1. */
static int take_flag(const struct command *command, const char *word, const char *next)
{
	const char *name = word + 2, *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct arg *a = find(command, name, len);

	if (!a && !equals && !strncmp(name, "no-", 3)) {
		a = find(command, name + 3, len - 3);
		if (a && a->kind == ARG_FLAG) {
			*(bool *)a->to = false;
			return 0;
		}
		a = NULL;
	}
	if (!a)
		return unknown(command, word, name);
	if (a->kind != ARG_FLAG)
		return take_value(command, a, equals ? equals + 1 : next) ? -1 : !equals;
	if (equals) {
		fprintf(stderr, "plat %s: --%s takes no value\n", command->name, a->name);
		return -1;
	}
	*(bool *)a->to = true;
	return 0;
}

int args_parse(const struct command *command, int argc, char **argv)
{
	int n = 0;

	for (int i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			args_print_help(stdout, command);
			return -2;
		}
		if (argv[i][0] != '-' || !argv[i][1]) {
			argv[n++] = argv[i];
			continue;
		}
		if (argv[i][1] != '-')
			return unknown(command, argv[i], argv[i] + 1);
		int used = take_flag(command, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
		if (used < 0)
			return -1;
		i += used;
	}
	if (n && !command->operands) {
		fprintf(stderr, "plat %s takes no operand, but got '%s'; see plat %s --help\n",
			command->name, argv[0], command->name);
		return -1;
	}
	return n;
}

static void print_args(FILE *to, const struct command *command, const char *form)
{
	for (const struct arg *a = command->args; a && a->kind; a++) {
		char left[80];

		snprintf(left, sizeof left, "--%s%s%s", a->name, a->value ? " " : "",
			a->value ? a->value : "");
		fprintf(to, form, left, a->help);
	}
}

static void print_usage(FILE *to, const struct command *command)
{
	fprintf(to, "plat %s%s%s%s", command->name, command->args ? " [flags]" : "",
		command->operands ? " " : "", command->operands ? command->operands : "");
}

static void print_all(FILE *to)
{
	fprintf(to,
		"plat: a real-estate back office beside one PostgreSQL.\n\n"
		"Usage: plat COMMAND [flags]\n\n");
	for (const struct command *const *c = commands; *c; c++)
		fprintf(to, "  %-10s %s\n", (*c)->name, (*c)->summary);
	fprintf(to,
		"\nplat COMMAND --help tells more, with examples. plat settings lists what the environment sets.\n");
}

void args_print_help(FILE *to, const struct command *command)
{
	if (!command) {
		print_all(to);
		return;
	}
	fprintf(to, "plat %s: %s\n\nUsage: ", command->name, command->summary);
	print_usage(to, command);
	fprintf(to, "\n");
	if (command->details)
		fprintf(to, "\n%s\n", command->details);
	if (command->args) {
		fprintf(to, "\nFlags:\n");
		print_args(to, command, "  %-24s %s\n");
	}
	if (command->examples)
		fprintf(to, "\nExamples:\n%s", command->examples);
}

void args_print_markdown(FILE *to)
{
	fprintf(to,
		"# Commands\n\nGenerated by `plat help --markdown`; a test compares this page with the program.\n");
	for (const struct command *const *c = commands; *c; c++) {
		fprintf(to, "\n## plat %s\n%s\n\n```\n", (*c)->name, (*c)->summary);
		print_usage(to, *c);
		fprintf(to, "\n```\n");
		if ((*c)->details)
			fprintf(to, "\n%s\n", (*c)->details);
		if ((*c)->args) {
			fprintf(to, "\n| flag | |\n|---|---|\n");
			print_args(to, *c, "| `%s` | %s |\n");
		}
		if ((*c)->examples)
			fprintf(to, "\n```\n%s```\n", (*c)->examples);
	}
}
