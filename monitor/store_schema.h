/* SPDX-License-Identifier: MIT */
/* Are the tables of a database those of this program? */
#ifndef CARRYWATCH_STORE_SCHEMA_H
#define CARRYWATCH_STORE_SCHEMA_H

#include <sqlite3.h>

#include "err.h"
#include "hash.h"

/*
 * For a database at the newest version. Another column, a missing table, a
 * trigger, a view or a virtual table is ERR_STORE and named: it could change
 * what we write. Indexes are the user's affair.
 */
MUST_USE bool store_schema_check(sqlite3 *db, const char *path,
				 struct err *err);

/* Of the tables a database has; "" when it cannot be had. */
void store_schema_hash(char out[static HASH_TEXT], sqlite3 *db);

#endif
