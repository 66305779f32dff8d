#include "app/cluster_local.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lines of postmaster.pid (PostgreSQL: src/include/utils/pidfile.h). */
#define LINE_PID 1
#define LINE_STATUS 8

static bool is_postgres(pid_t pid)
{
	char path[64], name[32] = "";

	snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
	FILE *f = fopen(path, "re");
	if (!f)
		return false;
	if (!fgets(name, sizeof name, f))
		name[0] = 0;
	fclose(f);
	return !strncmp(name, "postgres", 8);
}

static enum postmaster_state state_named(const char *line)
{
	if (!strncmp(line, "ready", 5) || !strncmp(line, "standby", 7))
		return POSTMASTER_READY;
	return strncmp(line, "stopping", 8) ? POSTMASTER_STARTING : POSTMASTER_STOPPING;
}

enum postmaster_state cluster_postmaster(const struct cluster_place *p, pid_t *ret_pid)
{
	char path[PATH_MAX + 32], line[1024];
	enum postmaster_state state = POSTMASTER_STARTING;
	pid_t pid = 0;

	snprintf(path, sizeof path, "%s/postmaster.pid", p->pgdata);
	FILE *f = fopen(path, "re");
	if (!f)
		return POSTMASTER_NONE;
	for (int n = 1; n <= LINE_STATUS && fgets(line, sizeof line, f); n++) {
		if (n == LINE_PID)
			pid = (pid_t)strtol(line, NULL, 10);
		else if (n == LINE_STATUS)
			state = state_named(line);
	}
	fclose(f);
	/* A file that a crash left behind names a process that is gone, or has become another program. */
	if (pid <= 0 || !is_postgres(pid))
		return POSTMASTER_NONE;
	*ret_pid = pid;
	return state;
}
