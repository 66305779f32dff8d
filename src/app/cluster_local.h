/* cluster_local: what the parts of cluster share. Not for others. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct loop;

/* Where one cluster lives, and as whom it runs. */
struct cluster_place {
	char bin[PATH_MAX];    /* folder with initdb and postgres */
	char pgdata[PATH_MAX]; /* the cluster's folder */
	char run[PATH_MAX];    /* the socket's folder */
	int major;    /* of the installed PostgreSQL, or of the cluster that is already there */
	bool as_user; /* we are root and become uid/gid */
	uid_t uid;
	gid_t gid;
};

/* What postmaster.pid says. */
enum postmaster_state {
	POSTMASTER_NONE,
	POSTMASTER_STARTING,
	POSTMASTER_READY,
	POSTMASTER_STOPPING
};

/* cluster_find.c: programs, user and folders. */
int cluster_find(struct cluster_place *p, const char *data, struct err *e) MUST_CHECK;
int cluster_make_folder(const struct cluster_place *p, const char *path, struct err *e) MUST_CHECK;

/* cluster_conf.c: settings for this machine; written before every start. */
int cluster_write_conf(const struct cluster_place *p, struct err *e) MUST_CHECK;
int cluster_include_conf(const struct cluster_place *p, struct err *e) MUST_CHECK;

/* cluster_pid.c: is there a postmaster on this folder, and how far is it? */
enum postmaster_state cluster_postmaster(const struct cluster_place *p, pid_t *ret_pid);
