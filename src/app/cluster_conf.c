#include "app/cluster_local.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MB (1024LL * 1024)

static long long clamp(long long v, long long low, long long high)
{
	return v < low ? low : v > high ? high : v;
}

static long long memory_mb(void)
{
	return (long long)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) / MB;
}

/* Memory: an eighth of the machine for shared buffers, since plat and others live on it too. Crash safety is never traded. */
static void print_conf(FILE *f, const struct cluster_place *p)
{
	long long memory = memory_mb(), cores = sysconf(_SC_NPROCESSORS_ONLN);

	fprintf(f,
		"# Written by plat at every start. Settings of your own belong into postgresql.conf, after the include.\n"
		"listen_addresses = ''\n"
		"unix_socket_directories = '%s'\n"
		"unix_socket_permissions = 0700\n"
		"max_connections = 64\n"
		"password_encryption = 'scram-sha-256'\n",
		p->run);
	fprintf(f,
		"shared_buffers = %lldMB\n"
		"effective_cache_size = %lldMB\n"
		"maintenance_work_mem = %lldMB\n"
		"work_mem = %lldMB\n"
		"max_worker_processes = %lld\n"
		"max_parallel_workers = %lld\n"
		"max_parallel_workers_per_gather = %lld\n",
		clamp(memory / 8, 64, 8192), clamp(memory / 2, 128, 1 << 20),
		clamp(memory / 16, 32, 1024), clamp(memory / 1024, 4, 32), clamp(cores + 4, 6, 64),
		clamp(cores, 2, 32), clamp(cores / 2, 1, 4));
	fprintf(f,
		"fsync = on\n"
		"full_page_writes = on\n"
		"synchronous_commit = on\n"
		"wal_compression = lz4\n"
		"default_toast_compression = 'lz4'\n"
		"min_wal_size = 256MB\n"
		"max_wal_size = 4GB\n"
		"checkpoint_timeout = 15min\n"
		"random_page_cost = 1.1\n"
		"jit = off\n"
		"timezone = 'UTC'\n"
		"log_timezone = 'UTC'\n"
		"logging_collector = on\n"
		"log_directory = 'log'\n"
		"log_filename = 'postgresql-%%a.log'\n"
		"log_truncate_on_rotation = on\n"
		"log_rotation_age = 1d\n"
		"log_rotation_size = 0\n"
		"log_min_duration_statement = 1s\n"
		"log_parameter_max_length = 0\n"
		"log_parameter_max_length_on_error = 0\n");
}

static int give(const struct cluster_place *p, FILE *f)
{
	return p->as_user && fchown(fileno(f), p->uid, p->gid);
}

int cluster_write_conf(const struct cluster_place *p, struct err *e)
{
	char path[PATH_MAX + 32];

	snprintf(path, sizeof path, "%s/plat.conf", p->pgdata);
	FILE *f = fopen(path, "we");
	if (!f)
		return err_set(e, E_INPUT, "%s cannot be written: %s", path, strerror(errno));
	print_conf(f, p);
	int bad = give(p, f) | ferror(f);
	if (fclose(f) || bad)
		return err_set(e, E_INPUT, "%s cannot be written: %s", path, strerror(errno));
	return 0;
}

int cluster_include_conf(const struct cluster_place *p, struct err *e)
{
	char path[PATH_MAX + 32];

	snprintf(path, sizeof path, "%s/postgresql.conf", p->pgdata);
	FILE *f = fopen(path, "ae");
	if (!f)
		return err_set(e, E_INPUT, "%s cannot be written: %s", path, strerror(errno));
	fprintf(f, "\ninclude = 'plat.conf'\n");
	if (fclose(f))
		return err_set(e, E_INPUT, "%s cannot be written: %s", path, strerror(errno));
	return 0;
}
