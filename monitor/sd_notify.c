/* SPDX-License-Identifier: MIT */
/* Datagrams to $NOTIFY_SOCKET (sd_notify.h). */
#include "sd_notify.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* A path, or with a leading @ a name without a file. */
static bool connect_to(int fd, const char *name)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t n = strlen(name);

	if (n < 2 || n >= sizeof(a.sun_path) ||
	    (*name != '/' && *name != '@'))
		return false;
	memcpy(a.sun_path, name, n);
	if (*name == '@')
		a.sun_path[0] = '\0';
	return connect(fd, (const struct sockaddr *)&a,
		       (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				   n)) == 0;
}

/* WATCHDOG_USEC counts only for the process it names. */
static int64_t watchdog_ms(void)
{
	const char *us = getenv("WATCHDOG_USEC"), *pid =
		getenv("WATCHDOG_PID");

	if (!us || (pid && strtol(pid, NULL, 10) != (long)getpid()))
		return 0;
	return strtoll(us, NULL, 10) / 1000;
}

void sd_open(struct sd_notify *sd)
{
	const char *name = getenv("NOTIFY_SOCKET");

	*sd = (struct sd_notify){ .fd = -1 };
	if (name)
		sd->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sd->fd >= 0 && !connect_to(sd->fd, name))
		sd_close(sd);
	sd->watchdog_ms = sd->fd >= 0 ? watchdog_ms() : 0;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

void sd_close(struct sd_notify *sd)
{
	if (sd->fd >= 0)
		close(sd->fd);
	sd->fd = -1;
}

void sd_say(const struct sd_notify *sd, const char *fmt, ...)
{
	char text[256];
	va_list args;
	int n;

	if (sd->fd < 0)
		return;
	va_start(args, fmt);
	n = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (n > 0 && n < (int)sizeof(text) &&
	    send(sd->fd, text, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return;			/* it is only told, never relied on */
}

void sd_polled(struct sd_notify *sd, bool evaluated, const char *status)
{
	sd_say(sd, "%s%sSTATUS=%s", sd->ready ? "" : "READY=1\n",
	       evaluated ? "WATCHDOG=1\n" : "", status);
	sd->ready = true;
}

void sd_reloading(const struct sd_notify *sd)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	sd_say(sd, "RELOADING=1\nMONOTONIC_USEC=%lld",
	       (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000);
}
