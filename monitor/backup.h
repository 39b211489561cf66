/* SPDX-License-Identifier: MIT */
/*
 * Timed backups of a database: DIRECTORY/NAME.TIME.db. All of the last day are
 * kept, one a day of the last week, one a week of the last five weeks. What
 * stands in the directory is all that is remembered.
 */
#ifndef CARRYWATCH_BACKUP_H
#define CARRYWATCH_BACKUP_H

#include "instant.h"
#include "store.h"

#define BACKUP_NAMES_MAX 512

struct backups {
	struct instant at[BACKUP_NAMES_MAX];	/* oldest first */
	size_t n;
};

/* How many of them a clock that is right by a day can have made; the others,
 * behind these, count for nothing and are left alone. */
size_t backup_known(const struct backups *b, struct instant now);
/* keep[i]: is the i-th still wanted? The newest always is. Pure. */
void backup_thin(bool *keep, const struct backups *b, struct instant now);

/* Those of the database in the directory; none when there is none. */
void backup_list(struct backups *out, const char *dir, const char *name);
/* DIR/NAME.20261126T073000Z.db */
void backup_path(char *buf, size_t n, const char *dir, const char *name,
		 struct instant at);

/* Is one due? `every` 0: never. */
bool backup_due(const char *dir, const char *name, struct span every,
		struct instant now);
/* Make one and thin out; the directory is made when it is missing. */
MUST_USE bool backup_make(struct store *s, const char *dir, const char *name,
			  struct instant now, struct err *err);

#endif
