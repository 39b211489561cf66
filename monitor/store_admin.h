/* SPDX-License-Identifier: MIT */
/* A database looked at and copied as a whole. */
#ifndef CARRYWATCH_STORE_ADMIN_H
#define CARRYWATCH_STORE_ADMIN_H

#include "store.h"

struct store_count {
	const char *table;
	int64_t rows;
};

#define STORE_TABLES	12

struct store_info {
	int64_t bytes, evidence_bytes;
	int schema;
	struct instant oldest_poll, newest_poll;
	struct store_count count[STORE_TABLES];
	int n_counts;
};

MUST_USE bool store_info(struct store *s, struct store_info *out,
			 struct err *err);

struct store_problem {
	const char *what;	/* "pending positions without a reason" */
	const char *detail;	/* a number, or SQLite's own words */
};

/*
 * integrity_check, foreign keys and our own invariants; *n 0: all well. At
 * most 32 problems, in the arena.
 */
MUST_USE bool store_check(struct store *s, struct store_problem **out,
			  size_t *n, struct arena *arena, struct err *err);
int store_checks(void);			/* how many invariants there are */

/* A whole, checked copy; the file `to` is replaced only by one. */
MUST_USE bool store_backup(struct store *s, const char *to, struct err *err);
/* The schema version of a file, whatever it is; 0: no database. */
MUST_USE bool store_file_schema(const char *path, int *out, struct err *err);

/*
 * The SQLite this process runs with, and, where that is another one, what is
 * to be said of it; "" else. Older than STRICT tables: no database opens.
 */
const char *store_sqlite_version(void);
void store_sqlite_note(char *buf, size_t n);

#endif
