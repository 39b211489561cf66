/* SPDX-License-Identifier: MIT */
/*
 * A shim over SQLite's own VFS, for tests: the nth call of some kinds fails,
 * and what was written is logged, so that a power cut can be played at every
 * point of it. Syncs are counted and logged, but not passed on: the disk of
 * the tests loses no power.
 */
#ifndef CARRYWATCH_TESTS_FAULT_VFS_H
#define CARRYWATCH_TESTS_FAULT_VFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fault_op {
	FAULT_READ = 1, FAULT_WRITE = 2, FAULT_SYNC = 4, FAULT_OPEN = 8,
	FAULT_DELETE = 16, FAULT_TRUNCATE = 32, FAULT_LOCK = 64,
	FAULT_ACCESS = 128, FAULT_SIZE = 256, FAULT_ALL = 511
};

enum fault_kind {
	FAULT_EIO,	/* the error of that call, nothing done */
	FAULT_ENOSPC,	/* writes: half of it is written, the disk is full */
	FAULT_BUSY,	/* locks */
	FAULT_DONE	/* it is done all the same, and the error is told */
};

/* From now on the default VFS of the process. */
void fault_vfs_install(void);

/* The nth (from 1) of the calls `ops` fails; always: every one from it on. */
void fault_vfs_arm(unsigned ops, enum fault_kind kind, int64_t n,
		   bool always);
/* No more faults. True when one happened. */
bool fault_vfs_disarm(void);
/* Calls of the armed kinds since fault_vfs_arm. */
int64_t fault_vfs_calls(void);

/* ---- power ---- */

/* Log what happens to files of this directory from now on. */
void fault_vfs_log(const char *dir);
/* Something was promised at this point of the log. */
void fault_vfs_mark(int what);
/* End of the log; how many entries it has. */
size_t fault_vfs_log_end(void);
void fault_vfs_log_free(void);

/*
 * The directory as it may be found after the power went off behind entry `at`:
 * what was synced is there. Of the rest: seed 0 nothing, 1 everything, else
 * each sector by chance. Returns the marks that stand before the cut, as bits.
 */
unsigned fault_vfs_cut(size_t at, uint64_t seed);

#endif
