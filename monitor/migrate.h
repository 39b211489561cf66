/* SPDX-License-Identifier: MIT */
/*
 * Schema of the database, as steps counted by user_version. A step is never
 * changed once released; a new one is added behind it.
 */
#ifndef CARRYWATCH_MIGRATE_H
#define CARRYWATCH_MIGRATE_H

#include "err.h"

struct sqlite3;

#define MIGRATE_APPLICATION_ID	0x63617277	/* "carw" */

/* The statements of one step, NULL-ended. */
struct migration {
	const char *const *sql;
};

extern const struct migration migrate_steps[];
extern const int migrate_count;		/* = the newest version */
/* store_schema_hash of what the steps make. While it is wrong, every open
 * makes all tables anew to compare. */
extern const char migrate_hash[];

MUST_USE bool migrate_version(struct sqlite3 *db, int *out, struct err *err);
/* Refuses a database that is newer, or not ours; fresh: no schema yet. */
MUST_USE bool migrate_check(struct sqlite3 *db, const char *path, int newest,
			    bool *fresh, struct err *err);
/* A compact copy under the name `to`, which is there only when it is whole and
 * on the disk. */
MUST_USE bool migrate_copy(struct sqlite3 *db, const char *to,
			   struct err *err);
/*
 * Bring it to version n, every step in its own transaction, a new file in
 * one. A database that holds something is first copied to PATH.backup-vN.
 */
MUST_USE bool migrate_run(struct sqlite3 *db, const char *path,
			  const struct migration *steps, int n,
			  struct err *err);

#endif
