/* plat: one program, many commands; see commands.c for the table. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "app/settings.h"
#include "base/log.h"
#include "cmd/args.h"

enum { EXIT_OK, EXIT_FAILED, EXIT_USAGE };

static int set_log(void)
{
	enum log_level level;
	enum log_format format;
	struct str wanted_level = str_of(setting(SET_LOG_LEVEL)),
		   wanted_format = str_of(setting(SET_LOG_FORMAT));

	if (!log_level_parse(wanted_level, &level)) {
		fprintf(stderr,
			"plat: PLAT_LOG_LEVEL is debug, info, warn, error or off, not '" STR_FMT
			"'\n",
			STR_ARG(wanted_level));
		return -1;
	}
	log_set_level(level);
	if (!wanted_format.p)
		return 0;
	if (!log_format_parse(wanted_format, &format)) {
		fprintf(stderr, "plat: PLAT_LOG_FORMAT is auto, json or text, not '" STR_FMT "'\n",
			STR_ARG(wanted_format));
		return -1;
	}
	log_set_format(format);
	return 0;
}

static int unknown_command(const char *name)
{
	const char *near = args_nearest_command(name);

	fprintf(stderr, "plat: there is no command '%s'", name);
	if (near)
		fprintf(stderr, " (did you mean %s?)", near);
	fprintf(stderr, "; see plat help\n");
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		args_print_help(argc < 2 ? stderr : stdout, NULL);
		return argc < 2 ? EXIT_USAGE : EXIT_OK;
	}
	const char *name = strcmp(argv[1], "--version") ? argv[1] : "version";
	const struct command *command = args_find_command(name);
	if (!command)
		return unknown_command(name);
	int operands = args_parse(command, argc - 2, argv + 2);
	if (operands < 0)
		return operands == -2 ? EXIT_OK : EXIT_USAGE;
	if (settings_check() || set_log())
		return EXIT_USAGE;
	/* Also into a file: what is printed stands between the log lines where it belongs. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE,
		SIG_IGN); /* a reader that goes away is an error of that write, not our end */
	return command->run(operands, argv + 2);
}
