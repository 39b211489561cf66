/* SPDX-License-Identifier: MIT */
/*
 * flock follows the open file, so a crash releases it and a copy of the
 * database elsewhere has a lock of its own. The pid inside is for people; the
 * number of the last poll is for the next monitor.
 */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "ours.h"

static bool lock_path(char *buf, size_t n, const char *database)
{
	int len = snprintf(buf, n, "%s.lock", database);

	return len > 0 && (size_t)len < n;
}

static long read_pid(int fd)
{
	char text[32];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return 0;
	text[n] = '\0';
	return strtol(text, NULL, 10);
}

/* Of a fixed length and in one write: nobody finds half of it. */
static bool write_text(const struct lock *l)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "%-10ld\npoll %-19" PRId64 "\n",
			 (long)getpid(), l->last_poll);

	return pwrite(l->fd, text, (size_t)n, 0) == n;
}

static int64_t read_poll(int fd)
{
	char text[64];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	const char *poll;

	text[n > 0 ? n : 0] = '\0';
	poll = strstr(text, "\npoll ");
	return poll ? strtoll(poll + 6, NULL, 10) : 0;
}

/* `status` holds it for a moment when it looks: that is not a monitor. */
static bool try_lock(int fd)
{
	static const struct timespec pause = { 0, 20 * 1000 * 1000 };

	for (int i = 0; i < 20; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

bool lock_take(struct lock *out, const char *database, struct err *err)
{
	char path[1024];
	int fd;

	if (!lock_path(path, sizeof(path), database))
		return err_set(err, ERR_CONFIG, "the path is too long: %s",
			       database);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_set(err, ERR_IO, "%s: cannot open the lock: %s",
			       path, errno == ELOOP ? "it is a symbolic link; "
			       "remove it" : strerror(errno));
	if (!ours_file(fd, path, err)) {
		close(fd);
		return false;
	}
	if (!try_lock(fd)) {
		err_set(err, ERR_LOCKED, "%s: another monitor (pid %ld) runs "
			"this account; stop it first", path, read_pid(fd));
		close(fd);
		return false;
	}
	out->fd = fd;
	out->last_poll = read_poll(fd);
	if (write_text(out))
		return true;
	err_set(err, ERR_IO, "%s: cannot write the pid: %s", path,
		strerror(errno));
	lock_release(out);
	return false;
}

void lock_note_poll(struct lock *l, int64_t seq)
{
	l->last_poll = seq;
	if (l->fd >= 0 && !write_text(l))
		return;			/* then the next start knows less */
}

void lock_release(struct lock *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

bool lock_probe(long *pid, const char *database)
{
	char path[1024];
	bool held;
	int fd;

	*pid = 0;
	if (!lock_path(path, sizeof(path), database))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return false;
	held = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
	if (held)
		*pid = read_pid(fd);
	close(fd);
	return held;
}
