/* The whole command line. There are two things to do to add a command: write src/cmd/x.c with a constant `x_command`, and name
 * it here. */
#include "cmd/args.h"

#include <stddef.h>

extern const struct command compliance_command;
extern const struct command domains_command;
extern const struct command alerts_command;
extern const struct command up_command, serve_command, rest_command, migrate_command, demo_command,
	connect_command, connections_command, tasks_command, runs_command, sync_command,
	import_command, feed_command, consumers_command, search_keys_command, secrets_command,
	keys_command, work_command, jobs_command, mail_command, invite_command, user_command,
	storage_command, settings_command, mapping_command, help_command, version_command;

const struct command *const commands[] = {
	&up_command,
	&serve_command,
	&rest_command,
	&migrate_command,
	&demo_command,
	&connect_command,
	&connections_command,
	&tasks_command,
	&mapping_command,
	&sync_command,
	&runs_command,
	&import_command,
	&feed_command,
	&compliance_command,
	&work_command,
	&jobs_command,
	&mail_command,
	&alerts_command,
	&invite_command,
	&user_command,
	&storage_command,
	&consumers_command,
	&domains_command,
	&search_keys_command,
	&secrets_command,
	&keys_command,
	&settings_command,
	&help_command,
	&version_command,
	NULL,
};
