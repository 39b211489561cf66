/* SPDX-License-Identifier: MIT */
/*
 * Creates and checks the file of a database before SQLite sees it. Journals
 * get the mode of the database, so 0600 here is 0600 everywhere.
 */
#include "store_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ours.h"

static bool make_directory(const char *dir, struct err *err)
{
	if (mkdir(dir, 0700) == 0 || errno == EEXIST)
		return true;
	return err_set(err, ERR_STORE, "cannot create the directory %s: %s",
		       dir, strerror(errno));
}

/* Every directory on the way to the file that is not there yet. */
static bool make_directories(const char *path, struct err *err)
{
	char dir[PATH_MAX];
	size_t n = strlen(path);

	if (n >= sizeof(dir))
		return err_set(err, ERR_STORE, "name too long: %s", path);
	memcpy(dir, path, n + 1);
	for (char *p = strchr(dir + 1, '/'); p; p = strchr(p + 1, '/')) {
		struct stat st;

		*p = '\0';
		if (stat(dir, &st) != 0 && !make_directory(dir, err))
			return false;
		*p = '/';
	}
	return true;
}

/* Someone else may be first: that is as good. */
static bool create(const char *path, struct err *err)
{
	int fd;

	if (!make_directories(path, err))
		return false;
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		  0600);
	if (fd >= 0 ? close(fd) == 0 : errno == EEXIST)
		return true;
	return err_set(err, ERR_STORE, "cannot create the database %s: %s",
		       path, strerror(errno));
}

static bool check_owner(struct store_file *out, const char *path,
			const struct stat *st, enum store_access access,
			struct err *err)
{
	out->foreign = st->st_uid != geteuid();
	if (!out->foreign || access == STORE_READ)
		return true;
	return err_set(err, ERR_STORE, "%s belongs to user %lu, not to you "
		       "(%lu): run this as that user", path,
		       (unsigned long)st->st_uid, (unsigned long)geteuid());
}

/*
 * Nobody else writes in its directory, nor in it. By name: closing a
 * descriptor of the database would drop the locks SQLite holds on it.
 */
static bool check_private(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX] = ".";
	struct stat st;

	if (slash && (size_t)(slash - path) < sizeof(dir) - 1) {
		memcpy(dir, path, (size_t)(slash - path));
		dir[slash - path] = '\0';
	}
	if (!ours_directory(slash == path ? "/" : dir, err))
		return false;
	if (lstat(path, &st) == 0 && (!(st.st_mode & (S_IWGRP | S_IWOTH)) ||
				      chmod(path, st.st_mode & 0755) == 0))
		return true;
	return err_set(err, ERR_STORE, "%s: others can write it: chmod 600: "
		       "%s", path, strerror(errno));
}

bool store_file_prepare(struct store_file *out, const char *path,
			enum store_access access, struct err *err)
{
	struct stat st;

	*out = (struct store_file){ false, false };
	if (lstat(path, &st) != 0) {
		if (errno != ENOENT)
			return err_set(err, ERR_STORE, "cannot look at the "
				       "database %s: %s", path,
				       strerror(errno));
		out->missing = access == STORE_READ;
		return out->missing ||
		       (create(path, err) && check_private(path, err));
	}
	if (S_ISLNK(st.st_mode))
		return err_set(err, ERR_STORE, "%s is a symbolic link: name "
			       "the database itself", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_STORE, "%s is not a file", path);
	return check_owner(out, path, &st, access, err) &&
	       (access == STORE_READ || check_private(path, err));
}
