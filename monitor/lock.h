/* SPDX-License-Identifier: MIT */
/* One monitor per database: flock on DATABASE.lock, which names the pid. */
#ifndef CARRYWATCH_LOCK_H
#define CARRYWATCH_LOCK_H

#include "err.h"

struct lock { int fd; };

/* ERR_LOCKED names the holder's pid. Given back when the process ends. */
MUST_USE bool lock_take(struct lock *out, const char *database,
			struct err *err);
void lock_release(struct lock *l);
/* True and *pid (0 if unreadable) while somebody holds it. */
bool lock_probe(long *pid, const char *database);

#endif
