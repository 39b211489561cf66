/* SPDX-License-Identifier: MIT */
/* Owners and modes (ours.h); refuses with the remedy, mends what is safe. */
#include "ours.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTHERS_WRITE (S_IWGRP | S_IWOTH)

static bool refuse(struct err *err, const char *path, const char *why)
{
	return err_set(err, ERR_STORE, "%s: %s", path, why);
}

static bool trusted(uid_t owner)
{
	return owner == geteuid() || owner == 0;
}

bool ours_directory(const char *dir, struct err *err)
{
	struct stat st;

	if (lstat(dir, &st) != 0)
		return refuse(err, dir, strerror(errno));
	if (S_ISLNK(st.st_mode) && !trusted(st.st_uid))
		return refuse(err, dir, "is a symbolic link of another user: "
			      "name the directory itself");
	if (stat(dir, &st) != 0)
		return refuse(err, dir, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return refuse(err, dir, "is not a directory");
	if (!trusted(st.st_uid))
		return refuse(err, dir, "the directory belongs to another "
			      "user: chown it to the user of the monitor");
	if (st.st_mode & OTHERS_WRITE && !(st.st_mode & S_ISVTX))
		return refuse(err, dir, "others can write in the directory: "
			      "chmod go-w it, or name a new one below it");
	return true;
}

bool ours_file(int fd, const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return refuse(err, path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return refuse(err, path, "is not a file");
	if (st.st_uid != geteuid())
		return refuse(err, path, "belongs to another user: run this "
			      "as that user, or move it away");
	if (st.st_mode & OTHERS_WRITE &&
	    fchmod(fd, st.st_mode & 0777 & ~(mode_t)OTHERS_WRITE) != 0)
		return refuse(err, path, "others can write it: chmod 600");
	return true;
}
