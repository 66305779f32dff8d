#include "app/cluster_local.h"

#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/settings.h"
#include "base/hash.h"

#define OLDEST 15
#define DEBIAN_BASE "/usr/lib/postgresql"
/* sun_path holds 108 bytes; the socket's own name takes up to 20 of them. */
#define SOCKET_FOLDER_MAX 85

static bool has_programs(const char *bin)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof path, "%s/initdb", bin);
	if (access(path, X_OK))
		return false;
	snprintf(path, sizeof path, "%s/postgres", bin);
	return !access(path, X_OK);
}

/* The version that `postgres --version` prints, as "postgres (PostgreSQL) 15.20 (Debian ...)". */
static int version_of(const char *bin)
{
	char command[PATH_MAX + 32], line[128] = "";

	snprintf(command, sizeof command, "'%s/postgres' --version", bin);
	FILE *f = strchr(bin, '\'') ? NULL : popen(command, "re");
	if (!f)
		return 0;
	if (!fgets(line, sizeof line, f))
		line[0] = 0;
	pclose(f);
	const char *number =
		strrchr(line, ')') && strstr(line, ") ") ? strstr(line, ") ") + 2 : "0";
	return atoi(number);
}

/* An existing cluster runs only under the major version that made it. */
static int version_of_data(const char *pgdata)
{
	char path[PATH_MAX + 16];
	int major = 0;

	snprintf(path, sizeof path, "%s/PG_VERSION", pgdata);
	FILE *f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%d", &major) != 1)
		major = 0;
	fclose(f);
	return major;
}

static int newest_installed(void)
{
	int best = 0;
	DIR *d = opendir(DEBIAN_BASE);

	if (!d)
		return 0;
	for (struct dirent *entry; (entry = readdir(d));) {
		char bin[PATH_MAX];
		int major = atoi(entry->d_name);

		snprintf(bin, sizeof bin, "%s/%s/bin", DEBIAN_BASE, entry->d_name);
		if (major > best && has_programs(bin))
			best = major;
	}
	closedir(d);
	return best;
}

static int find_programs(struct cluster_place *p, struct err *e)
{
	int made_by = version_of_data(p->pgdata);
	const char *given = setting(SET_PG_BIN);

	if (given) {
		snprintf(p->bin, sizeof p->bin, "%s", given);
		if (!has_programs(p->bin))
			return err_set(e, E_INPUT,
				"PLAT_PG_BIN: there is no initdb and postgres in %s", given);
		p->major = version_of(p->bin);
	} else {
		p->major = made_by ? made_by : newest_installed();
		snprintf(p->bin, sizeof p->bin, DEBIAN_BASE "/%d/bin", p->major);
		if (!p->major || !has_programs(p->bin))
			return made_by
				? err_set(e, E_INPUT,
					  "the cluster in %s was made by PostgreSQL %d, which is not installed",
					  p->pgdata, made_by)
				: err_set(e, E_INPUT,
					  "no PostgreSQL is installed under " DEBIAN_BASE
					  "; run tools/install-deps, or set DATABASE_URL or PLAT_PG_BIN");
	}
	if (p->major < OLDEST)
		return err_set(e, E_INPUT, "PostgreSQL %d in %s is too old: plat needs %d or newer",
			p->major, p->bin, OLDEST);
	if (made_by && made_by != p->major)
		return err_set(e, E_INPUT,
			"the cluster in %s was made by PostgreSQL %d, but %s has %d", p->pgdata,
			made_by, p->bin, p->major);
	return 0;
}

static int find_user(struct cluster_place *p, struct err *e)
{
	p->uid = geteuid();
	p->gid = getegid();
	p->as_user = p->uid == 0;
	if (!p->as_user)
		return 0;
	struct passwd *pw = getpwnam("postgres");
	if (!pw)
		return err_set(e, E_INPUT,
			"PostgreSQL refuses to run as root, and there is no user 'postgres' to run it as");
	p->uid = pw->pw_uid;
	p->gid = pw->pw_gid;
	return 0;
}

/* Whether the user can walk down to the folder; the folder itself will be made. */
static bool is_reachable(const struct cluster_place *p, const char *folder)
{
	char path[PATH_MAX];
	struct stat st;

	if (!p->as_user)
		return true;
	snprintf(path, sizeof path, "%s", folder);
	for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
		if (slash)
			*slash = 0;
		if (stat(path, &st) || !(st.st_mode & (st.st_uid == p->uid ? S_IXUSR : S_IXOTH)))
			return false;
		if (!slash)
			return true;
		*slash = '/';
	}
}

int cluster_make_folder(const struct cluster_place *p, const char *path, struct err *e)
{
	struct stat st;

	if (mkdir(path, 0700) && errno != EEXIST)
		return err_set(e, E_INPUT, "the folder %s cannot be made: %s", path,
			strerror(errno));
	if (lstat(path, &st) || !S_ISDIR(st.st_mode))
		return err_set(e, E_INPUT, "%s is not a folder", path);
	/* In /tmp somebody else could have made it before us. */
	if (st.st_uid != p->uid && st.st_uid != geteuid())
		return err_set(e, E_INPUT, "the folder %s belongs to somebody else", path);
	if (chmod(path, 0700) || (p->as_user && chown(path, p->uid, p->gid)))
		return err_set(e, E_INPUT, "the folder %s cannot be given to its user: %s", path,
			strerror(errno));
	return 0;
}

static int choose_base(const struct cluster_place *p, const char *data, char base[PATH_MAX],
	struct err *e)
{
	if (is_reachable(p, data)) {
		snprintf(base, PATH_MAX, "%s", data);
		return 0;
	}
	snprintf(base, PATH_MAX, "/var/lib/plat");
	if (mkdir(base, 0755) && errno != EEXIST)
		return err_set(e, E_INPUT, "the folder %s cannot be made: %s", base,
			strerror(errno));
	snprintf(base, PATH_MAX, "/var/lib/plat/%016llx",
		(unsigned long long)hash_128(str_of(data)).lo);
	if (mkdir(base, 0755) && errno != EEXIST)
		return err_set(e, E_INPUT, "the folder %s cannot be made: %s", base,
			strerror(errno));
	return 0;
}

int cluster_find(struct cluster_place *p, const char *data, struct err *e)
{
	char base[PATH_MAX];

	*p = (struct cluster_place){0};
	if (find_user(p, e) || choose_base(p, data, base, e))
		return e->code;
	if (snprintf(p->pgdata, sizeof p->pgdata, "%s/postgres", base) >= (int)sizeof p->pgdata)
		return err_set(e, E_INPUT, "the data directory's path is too long: %s", data);
	if (snprintf(p->run, sizeof p->run, "%s/run", base) > SOCKET_FOLDER_MAX)
		snprintf(p->run, sizeof p->run, "%s/plat-%016llx", geteuid() ? "/tmp" : "/run",
			(unsigned long long)hash_128(str_of(base)).lo);
	return find_programs(p, e);
}
