/* SPDX-License-Identifier: MIT */
/* Files beside a database that SQLite would play into it unasked. */
#ifndef CARRYWATCH_STORE_LEFTOVER_H
#define CARRYWATCH_STORE_LEFTOVER_H

#include <sqlite3.h>

#include "err.h"

/*
 * A -journal or -wal of another database, left beside a file that was put in
 * its place, would overwrite pages of it. ERR_STORE names the file. To be
 * asked before the first statement.
 */
MUST_USE bool store_leftover_check(sqlite3 *db, const char *path,
				   struct err *err);

#endif
