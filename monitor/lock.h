/* SPDX-License-Identifier: MIT */
/*
 * One monitor per database: flock on DATABASE.lock, which names the pid. It
 * also keeps the number of the last poll that was recorded, so that a database
 * that went back behind it is noticed.
 */
#ifndef CARRYWATCH_LOCK_H
#define CARRYWATCH_LOCK_H

#include <stdint.h>

#include "err.h"

struct lock {
	int fd;
	int64_t last_poll;	/* 0: none, or nobody knows */
};

/* ERR_LOCKED names the holder's pid. Given back when the process ends. */
MUST_USE bool lock_take(struct lock *out, const char *database,
			struct err *err);
/* A poll is in the database. Not synced: after a power loss it may be behind,
 * never ahead. */
void lock_note_poll(struct lock *l, int64_t seq);
void lock_release(struct lock *l);
/* True and *pid (0 if unreadable) while somebody holds it. */
bool lock_probe(long *pid, const char *database);

#endif
