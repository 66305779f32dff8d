#include "app/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/cluster_local.h"
#include "app/settings.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "loop/child.h"
#include "loop/fiber.h"

#define START_LIMIT_MS 60000 /* crash recovery may take long */
#define STOP_LIMIT_MS 30000
#define POLL_MS 10
#define OWNER "plat"

struct cluster {
	struct loop *loop;
	struct cluster_place place;
	struct child *child; /* NULL when the postmaster is not our child */
	int lock;            /* -1: borrowed */
	pid_t pid;
	bool stopping;
	void (*on_death)(void *arg);
	void *arg;
	char url[PATH_MAX + 64];
};

static int make_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		int bad = mkdir(path, 0755) && errno != EEXIST;
		*slash = '/';
		if (bad)
			return -1;
	}
	return mkdir(path, 0711) && errno != EEXIST ? -1 : 0;
}

const char *cluster_data_dir(struct err *e)
{
	const char *given = setting(SET_DATA), *home = getenv("HOME"),
		   *share = getenv("XDG_DATA_HOME");
	char *path;

	if (given)
		path = arena_printf(e->arena, "%s", given);
	else if (!geteuid())
		path = arena_printf(e->arena, "/var/lib/plat");
	else if (share && *share)
		path = arena_printf(e->arena, "%s/plat", share);
	else
		path = arena_printf(e->arena, "%s/.local/share/plat", home ? home : ".");
	if (make_parents(path)) {
		err_set(e, E_INPUT, "the data directory %s cannot be made: %s", path,
			strerror(errno));
		return NULL;
	}
	char *whole = realpath(path, NULL);
	if (!whole) {
		err_set(e, E_INPUT, "the data directory %s cannot be entered: %s", path,
			strerror(errno));
		return NULL;
	}
	path = arena_dup(e->arena, whole, strlen(whole));
	free(whole);
	return path;
}

/* -1 when another plat holds it. */
static int take_lock(const char *data, int *ret_fd, struct err *e)
{
	char path[PATH_MAX + 32];

	snprintf(path, sizeof path, "%s/cluster.lock", data);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(e, E_INPUT, "%s cannot be opened: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		close(fd);
		fd = -1;
	}
	*ret_fd = fd;
	return 0;
}

static int run_initdb(struct cluster *c, struct err *e)
{
	const struct cluster_place *p = &c->place;
	char program[PATH_MAX + 16];
	struct child_exit how;
	struct str output;

	snprintf(program, sizeof program, "%s/initdb", p->bin);
	const char *argv[] = {program, "-D", p->pgdata, "-U", OWNER, "--encoding=UTF8",
		"--locale=C.UTF-8", "--auth-local=trust", "--auth-host=scram-sha-256",
		"--data-checksums", NULL};
	struct child_options options = {.argv = argv,
		.cwd = "/",
		.as_user = p->as_user,
		.uid = p->uid,
		.gid = p->gid};
	if (child_run(c->loop, &options, 8192, &how, &output, e))
		return e->code;
	if (how.status || how.signal)
		return err_set(e, E_UPSTREAM, "initdb failed in %s (%s): " STR_FMT, p->pgdata,
			child_exit_text(how), STR_ARG(str_trim(output)));
	return cluster_include_conf(p, e);
}

/* initdb was interrupted when there is a folder without the include that we add last. */
static bool is_complete(const struct cluster_place *p)
{
	char path[PATH_MAX + 32], line[256];
	bool found = false;

	snprintf(path, sizeof path, "%s/postgresql.conf", p->pgdata);
	FILE *f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		found |= !strncmp(line, "include = 'plat.conf'", 21);
	if (f)
		fclose(f);
	return found;
}

static int remove_half(struct cluster *c, struct err *e)
{
	struct child_exit how;
	const char *argv[] = {"rm", "-rf", "--", c->place.pgdata, NULL};

	return child_run(c->loop, &(struct child_options){.argv = argv}, 0, &how, NULL, e);
}

static int make(struct cluster *c, struct err *e)
{
	const struct cluster_place *p = &c->place;

	if (cluster_make_folder(p, p->run, e))
		return e->code;
	if (is_complete(p))
		return 0;
	int64_t began = mono_us();
	/* Nothing was ever stored in a cluster that was not finished: plat connects only afterwards. */
	if (remove_half(c, e) || cluster_make_folder(p, p->pgdata, e) || run_initdb(c, e))
		return e->code;
	log_debug("cluster.made", LOG_CSTR("folder", p->pgdata), LOG_INT("postgresql", p->major),
		LOG_US("took_us", mono_us() - began));
	return 0;
}

static void on_exit_of_postgres(struct child *child, struct child_exit how, void *arg)
{
	struct cluster *c = arg;

	(void)child;
	if (c->stopping)
		return;
	log_error("cluster.died", LOG_CSTR("how", child_exit_text(how)),
		LOG_CSTR("log", c->place.pgdata));
	if (c->on_death)
		c->on_death(c->arg);
}

static int launch(struct cluster *c, struct err *e)
{
	const struct cluster_place *p = &c->place;
	char program[PATH_MAX + 16];

	if (cluster_write_conf(p, e))
		return e->code;
	snprintf(program, sizeof program, "%s/postgres", p->bin);
	const char *argv[] = {program, "-D", p->pgdata, NULL};
	struct child_options options = {.argv = argv,
		.cwd = "/",
		.as_user = p->as_user,
		.uid = p->uid,
		.gid = p->gid,
		.own_session = true, /* Ctrl-C is for us: we stop it when its clients have gone */
		.on_exit = on_exit_of_postgres,
		.arg = c};
	c->child = child_start(c->loop, &options, e);
	return c->child ? 0 : e->code;
}

static int wait_until_ready(struct cluster *c, struct err *e)
{
	for (int waited = 0; waited < START_LIMIT_MS; waited += POLL_MS) {
		if (c->child && !child_is_running(c->child))
			return err_set(e, E_UPSTREAM,
				"PostgreSQL did not start; its log is in %s/log", c->place.pgdata);
		if (cluster_postmaster(&c->place, &c->pid) == POSTMASTER_READY)
			return 0;
		if (fiber_sleep_ms(POLL_MS))
			return err_set(e, E_CANCEL, "stopped while PostgreSQL was starting");
	}
	return err_set(e, E_TIMEOUT, "PostgreSQL was not ready after %d s; its log is in %s/log",
		START_LIMIT_MS / 1000, c->place.pgdata);
}

/* What a plat that was killed left behind: running goes on, stopping is waited for. */
static bool adopt(struct cluster *c)
{
	for (int waited = 0; waited < STOP_LIMIT_MS; waited += POLL_MS) {
		enum postmaster_state state = cluster_postmaster(&c->place, &c->pid);
		if (state != POSTMASTER_STOPPING)
			return state != POSTMASTER_NONE;
		if (fiber_sleep_ms(POLL_MS))
			return false;
	}
	return false;
}

static int bring_up(struct cluster *c, struct err *e)
{
	if (c->lock < 0) { /* another plat is at it: it starts, we wait */
		if (wait_until_ready(c, e))
			return err_prefix(e, "another plat runs on this data directory");
		return 0;
	}
	if (!adopt(c) && (make(c, e) || launch(c, e)))
		return e->code;
	return wait_until_ready(c, e);
}

struct cluster *cluster_start(struct loop *loop, const char *data, struct err *e)
{
	struct cluster *c = calloc(1, sizeof *c);

	if (!c)
		abort();
	c->loop = loop;
	c->lock = -1;
	int64_t began = mono_us();
	if (cluster_find(&c->place, data, e) || take_lock(data, &c->lock, e) || bring_up(c, e)) {
		cluster_stop(c);
		return NULL;
	}
	snprintf(c->url, sizeof c->url, "host='%s' user=" OWNER " dbname=plat", c->place.run);
	log_debug("cluster.ready", LOG_CSTR("folder", c->place.pgdata),
		LOG_INT("postgresql", c->place.major), LOG_BOOL("borrowed", c->lock < 0),
		LOG_US("took_us", mono_us() - began));
	return c;
}

const char *cluster_url(const struct cluster *c)
{
	return c->url;
}

_Bool cluster_is_borrowed(const struct cluster *c)
{
	return c->lock < 0;
}

void cluster_on_death(struct cluster *c, void (*fn)(void *arg), void *arg)
{
	c->on_death = fn;
	c->arg = arg;
}

static void stop_postgres(void *arg)
{
	struct cluster *c = arg;
	pid_t pid = c->pid;

	c->stopping = true;
	if (c->child)
		child_kill(c->child, SIGINT);
	else if (pid)
		kill(pid, SIGINT);
	for (int waited = 0; waited < STOP_LIMIT_MS; waited += POLL_MS) {
		bool gone = c->child ? !child_is_running(c->child)
				     : cluster_postmaster(&c->place, &pid) == POSTMASTER_NONE;
		if (gone)
			return;
		fiber_sleep_ms(POLL_MS);
	}
	log_warn("cluster.slow_stop", LOG_INT("pid", c->pid));
}

void cluster_stop(struct cluster *c)
{
	if (!c)
		return;
	if (c->lock >= 0) {
		/* In a fiber of its own, since ours may have been cancelled and could not wait any more. */
		fiber_join(fiber_start(c->loop, stop_postgres, c));
		close(c->lock);
	}
	child_free(c->child);
	free(c);
}
