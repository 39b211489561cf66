/* SPDX-License-Identifier: MIT */
/* What fault_vfs.c tells the log of writes; names NULL are temporary files. */
#ifndef CARRYWATCH_TESTS_FAULT_POWER_H
#define CARRYWATCH_TESTS_FAULT_POWER_H

#include <stddef.h>
#include <stdint.h>

#define POWER_SECTOR 512

void power_open(const char *name);
void power_write(const char *name, const void *p, size_t n, int64_t at);
void power_truncate(const char *name, int64_t n);
void power_sync(const char *name);
/* sync: its directory is synced too. */
void power_delete(const char *name, int sync);

#endif
