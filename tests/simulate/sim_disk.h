/* SPDX-License-Identifier: MIT */
/*
 * A disk in memory, as SQLite's default VFS: it survives the end of the
 * simulated process, and it can die at any one write, so that what was written
 * before it is all the next process finds. One connection at a time.
 */
#ifndef CARRYWATCH_SIM_DISK_H
#define CARRYWATCH_SIM_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum disk_fault { DISK_WELL, DISK_DIES, DISK_FULL };

/* Once in the life of the program; false when SQLite refuses. */
bool disk_register(void);
/* Empty, for the next seed. */
void disk_format(void);
/* After so many more writes: die for good, or be full for one write. */
void disk_arm(enum disk_fault fault, int64_t writes);
/* Everything that is written from now on is lost. */
void disk_die(void);
bool disk_dead(void);
/* The machine starts again: what was written in time is there. */
void disk_boot(void);
/* A person's command does not break: faults wait. */
void disk_hold(bool hold);
size_t disk_bytes(void);

#endif
