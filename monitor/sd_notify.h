/* SPDX-License-Identifier: MIT */
/*
 * What systemd is told, by its datagram protocol itself (sd_notify(3)): ready
 * after the first poll, a sign of life for each completed evaluation, reload,
 * end. Without $NOTIFY_SOCKET nothing happens; no failure stops a monitor.
 */
#ifndef CARRYWATCH_SD_NOTIFY_H
#define CARRYWATCH_SD_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"

struct sd_notify {
	int fd;				/* -1: nobody listens */
	int64_t watchdog_ms;		/* 0: none is kept */
	bool ready;
};

/* Takes the variables out of the environment: they are not for children. */
void sd_open(struct sd_notify *sd);
void sd_close(struct sd_notify *sd);
/* One datagram of "KEY=VALUE" lines. */
void sd_say(const struct sd_notify *sd, const char *fmt, ...) PRINTF(2, 3);
/* A poll is over; `evaluated`: it was completed and written down. */
void sd_polled(struct sd_notify *sd, bool evaluated, const char *status);
void sd_reloading(const struct sd_notify *sd);

#endif
