#include "app/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/settings.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/keyring.h"

#define KEYFILE_MAX 16384

static void path_of(char path[PATH_MAX], const char *data, const char *suffix)
{
	snprintf(path, PATH_MAX, "%s/master.key%s", data, suffix);
}

static int check_mode(int fd, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st))
		return err_set(e, E_INPUT, "the master key file %s cannot be examined: %s", path,
			strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, E_INPUT, "the master key file %s is not a regular file", path);
	if (st.st_mode & 077)
		return err_set(e, E_INPUT,
			"the master key file %s can be read by others (mode %04o); make it 0600 (chmod 600 %s)",
			path, (unsigned)(st.st_mode & 07777), path);
	return 0;
}

static struct keyring *read_open(int fd, const char *path, struct err *e)
{
	char text[KEYFILE_MAX];
	struct keyring *k = NULL;
	ssize_t n = read(fd, text, sizeof text);

	if (n < 0)
		err_set(e, E_INPUT, "the master key file %s cannot be read: %s", path,
			strerror(errno));
	else if ((size_t)n == sizeof text)
		err_set(e, E_INPUT, "the master key file %s is longer than %d bytes", path,
			KEYFILE_MAX - 1);
	else if (!(k = keyring_parse(str_from(text, (size_t)n), e)))
		err_prefix(e, "the master key file %s", path);
	crypto_wipe(text, sizeof text);
	return k;
}

static int write_all(int fd, struct str text)
{
	while (text.len) {
		ssize_t n = write(fd, text.p, text.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		text = str_sub(text, (size_t)n, text.len);
	}
	return fsync(fd);
}

static int sync_folder(const char *data)
{
	int fd = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	int bad = fsync(fd);
	close(fd);
	return bad;
}

/* The keys in a file of this process beside the one to be; put in place by rename or link. */
static int write_fresh(const char *fresh, const struct keyring *k)
{
	struct buf text;

	buf_init(&text, KEYFILE_MAX);
	keyring_format(k, &text);
	unlink(fresh); /* left by a killed process that had our number */
	int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool bad = fd < 0 || fchmod(fd, 0600) || write_all(fd, buf_view(&text));
	crypto_wipe(text.p, text.len);
	buf_done(&text);
	if (fd >= 0)
		bad |= close(fd) != 0;
	return bad ? -1 : 0;
}

static int refuse_write(const char *path, const char *fresh, struct err *e)
{
	int code = err_set(e, E_INPUT, "the master key file %s cannot be written: %s", path,
		strerror(errno));

	unlink(fresh);
	return code;
}

static void paths_of(char path[PATH_MAX], char fresh[PATH_MAX], const char *data)
{
	char suffix[32];

	snprintf(suffix, sizeof suffix, ".%d.new", (int)getpid());
	path_of(path, data, "");
	path_of(fresh, data, suffix);
}

int keyfile_save(const char *data, const struct keyring *k, struct err *e)
{
	char path[PATH_MAX], fresh[PATH_MAX];

	if (setting(SET_MASTER_KEY))
		return err_set(e, E_CONFLICT,
			"the master key comes from PLAT_MASTER_KEY; keep it in the data directory's master.key to rotate it");
	paths_of(path, fresh, data);
	if (write_fresh(fresh, k) || rename(fresh, path) || sync_folder(data))
		return refuse_write(path, fresh, e);
	return 0;
}

/* Several processes may find no file at the same time: link() lets one of them win, and the others read what it made. */
static int save_first(const char *data, const struct keyring *k, bool *ret_won, struct err *e)
{
	char path[PATH_MAX], fresh[PATH_MAX];

	paths_of(path, fresh, data);
	if (write_fresh(fresh, k))
		return refuse_write(path, fresh, e);
	*ret_won = !link(fresh, path);
	if (!*ret_won && errno != EEXIST)
		return refuse_write(path, fresh, e);
	if (unlink(fresh) || sync_folder(data))
		return refuse_write(path, fresh, e);
	return 0;
}

/* NULL with *ret_lost: another process was faster. */
static struct keyring *make(const char *data, bool *ret_lost, struct err *e)
{
	struct keyring *k = keyring_new();
	bool won = false;

	if (!keyring_add(k, now_us(), e) && !save_first(data, k, &won, e)) {
		if (won)
			return k;
		*ret_lost = true;
	}
	keyring_free(k);
	return NULL;
}

static struct keyring *read_file(int fd, const char *path, struct err *e)
{
	struct keyring *k = check_mode(fd, path, e) ? NULL : read_open(fd, path, e);

	close(fd);
	return k;
}

struct keyring *keyfile_load(const char *data, _Bool *ret_made, struct err *e)
{
	char path[PATH_MAX];
	struct keyring *k = NULL;
	bool made = false, lost = false;

	if (setting(SET_MASTER_KEY)) {
		if (!(k = keyring_from_text(str_of(setting(SET_MASTER_KEY)), e)))
			err_prefix(e, "PLAT_MASTER_KEY");
		return k;
	}
	path_of(path, data, "");
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT) {
		k = make(data, &lost, e);
		made = k != NULL;
		if (!k && !lost)
			return NULL;
		if (lost)
			fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	}
	if (fd >= 0)
		k = read_file(fd, path, e);
	else if (!made)
		err_set(e, E_INPUT, "the master key file %s cannot be opened: %s", path,
			strerror(errno));
	if (ret_made)
		*ret_made = made;
	return k;
}
