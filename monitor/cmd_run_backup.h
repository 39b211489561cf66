/* SPDX-License-Identifier: MIT */
/*
 * Backups of a running monitor: when one is due there is the whole wait after
 * a poll for it. By the wall clock, whatever the market's: a disk knows none.
 */
#ifndef CARRYWATCH_CMD_RUN_BACKUP_H
#define CARRYWATCH_CMD_RUN_BACKUP_H

#include <stdbool.h>

#include "config.h"
#include "store.h"

struct run_backup {
	struct instant not_before;	/* the last try, failed or not */
};

bool run_backup_due(const struct run_backup *b, const struct config *c,
		    const char *database);
/* Logged either way; one that fails is tried again, but not within an hour. */
void run_backup_make(struct run_backup *b, const struct config *c,
		     const char *database, struct store *s);

#endif
