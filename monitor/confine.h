/* SPDX-License-Identifier: MIT */
/*
 * The monitor takes away from itself what it never needs, once everything is
 * open: writing outside its directory (Landlock), and the system calls of
 * those who break out: new programs and processes, tracing, mounting, modules,
 * other identities, odd kinds of sockets (seccomp, EPERM). What the system
 * does not offer is no reason not to start; the log says what is in force.
 */
#ifndef CARRYWATCH_CONFINE_H
#define CARRYWATCH_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

struct confined {
	bool files, calls;	/* in force */
	const char *no_files, *no_calls;	/* why not; else NULL */
};

/*
 * For good, for this process and every thread it starts. Writable stay what
 * lies below `dirs` (those that exist; NULL-ended) and /dev/null. A process
 * that must start programs cannot be confined: they inherit it all.
 */
struct confined confine_process(const char *const *dirs);
/* A preloaded library may need what nobody here knows of. */
bool confine_possible(void);

#endif
