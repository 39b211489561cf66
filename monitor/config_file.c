/* SPDX-License-Identifier: MIT */
/*
 * Where the configuration is, who owns it, and its bytes. A file another
 * user could have written is refused: it decides what is closed.
 */
#include "config_load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX ((size_t)1 << 20)

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* The first place that exists; "" when none does. */
static void find_path(char out[static CONFIG_TEXT_MAX])
{
	const char *named = getenv("CARRYWATCH_CONFIG");
	const char *home = getenv("HOME");

	if (named && *named) {
		snprintf(out, CONFIG_TEXT_MAX, "%s", named);
		return;		/* named but absent is an error later */
	}
	snprintf(out, CONFIG_TEXT_MAX, "carrywatch.yaml");
	if (exists(out))
		return;
	snprintf(out, CONFIG_TEXT_MAX,
		 "%s/.config/carrywatch/carrywatch.yaml", home ? home : "");
	if (home && exists(out))
		return;
	snprintf(out, CONFIG_TEXT_MAX, "/etc/carrywatch/carrywatch.yaml");
	if (!exists(out))
		out[0] = '\0';
}

static bool refuse(struct err *err, const char *path, const char *why)
{
	return err_set(err, ERR_CONFIG, "%s: %s", path, why);
}

/* All of fd into a buffer of FILE_MAX + 1. */
static bool read_all(char *buf, size_t *n, int fd, const char *path,
		     struct err *err)
{
	size_t used = 0;

	while (used <= FILE_MAX) {
		ssize_t got = read(fd, buf + used, FILE_MAX + 1 - used);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return refuse(err, path, strerror(errno));
		if (got == 0)
			break;
		used += (size_t)got;
	}
	if (used > FILE_MAX)
		return refuse(err, path, "is larger than 1 MiB");
	*n = used;
	return true;
}

static bool check_file(struct stat *st, int fd, const char *path,
		       struct err *err)
{
	if (fstat(fd, st) != 0)
		return refuse(err, path, strerror(errno));
	if (S_ISDIR(st->st_mode))
		return refuse(err, path, "is a directory: name the file");
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return refuse(err, path, "belongs to another user: make it "
			      "yours, or root's");
	return true;
}

static bool read_file(char *buf, size_t *n, struct stat *st,
		      const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return refuse(err, path, strerror(errno));
	ok = check_file(st, fd, path, err) &&
	     read_all(buf, n, fd, path, err);
	close(fd);
	return ok;
}

/* The text is gone afterwards: a monitor would hold it for months. */
static bool load_file(struct config *out, struct stat *st, const char *path,
		      struct arena *arena, struct complaints *list,
		      struct err *err)
{
	char *text = malloc(FILE_MAX + 1);
	size_t n = 0;
	bool ok;

	if (!text)
		return err_set(err, ERR_MEMORY, "out of memory");
	ok = read_file(text, &n, st, path, err) &&
	     config_load_text(out, path, text, n, arena, list, err);
	free(text);
	return ok;
}

bool config_load(struct config *out, const char *path, struct arena *arena,
		 struct complaints *list, struct err *err)
{
	char found[CONFIG_TEXT_MAX];
	struct stat st = { 0 };

	*list = (struct complaints){ 0 };
	if (!path) {
		find_path(found);
		path = found;
	}
	if (!*path)	/* no file at all: defaults, and no account */
		return config_load_text(out, "", "version: 1\n", 11, arena,
					list, err);
	if (!load_file(out, &st, path, arena, list, err))
		return false;
	if (S_ISREG(st.st_mode) && st.st_mode & (S_IWGRP | S_IWOTH))
		complain(list, true, 0, 0, "others may change this file: "
			 "chmod 600 %s", path);
	else if (S_ISREG(st.st_mode) && st.st_mode & (S_IRGRP | S_IROTH))
		complain(list, true, 0, 0, "others may read this file: "
			 "chmod 600 %s", path);
	return true;
}
