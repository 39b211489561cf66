/* SPDX-License-Identifier: MIT */
/*
 * Compares what a database holds with what the steps of migrate_schema.c make
 * of an empty one, so that there is no second list of tables.
 */
#include "store_schema.h"

#include <stdbool.h>
#include <string.h>

#include "hash.h"
#include "migrate.h"

/*
 * Names and types of columns, not the text of the table: SQLite writes that
 * anew when a column is added. Our one trigger never was, nor may another be.
 */
#define ROWS \
	"SELECT m.name || '.' || c.name || ' ' || c.type || ' ' || " \
	"c.\"notnull\" || c.pk || c.hidden FROM sqlite_schema m, " \
	"pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.sql NOT " \
	"LIKE 'CREATE VIRTUAL%' AND m.name NOT GLOB 'sqlite_stat*' " \
	"UNION ALL SELECT type || ' ' || name || ' ' || sql FROM " \
	"sqlite_schema WHERE type IN ('trigger', 'view') OR sql LIKE " \
	"'CREATE VIRTUAL%' ORDER BY 1"

struct list {
	sqlite3 *db;
	sqlite3_stmt *st;
	const char *row;		/* NULL: no more */
};

static bool cannot(const struct list *l, const char *path, struct err *err)
{
	int rc = sqlite3_errcode(l->db) & 0xff;

	if (rc == SQLITE_NOMEM)
		return err_set(err, ERR_MEMORY, "no memory to look at the "
			       "tables of %s", path);
	if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
		return err_set(err, ERR_BUSY, "%s is in use by another "
			       "process: nothing was written, try again",
			       path);
	return err_set(err, ERR_STORE, "%s: its tables cannot be read (%s): "
		       "put a backup back", path, sqlite3_errstr(rc));
}

static bool next(struct list *l, const char *path, struct err *err)
{
	int rc = sqlite3_step(l->st);

	l->row = rc == SQLITE_ROW ?
		 (const char *)sqlite3_column_text(l->st, 0) : NULL;
	return l->row || rc == SQLITE_DONE || cannot(l, path, err);
}

/* The first word or two, without what is not fit to be shown. */
static bool differs(const char *path, const char *row, const char *what,
		    struct err *err)
{
	char name[64];
	size_t n = 0;

	for (; row[n] && row[n] != '\n' && n < sizeof(name) - 1; n++)
		name[n] = row[n] >= ' ' && row[n] <= '~' ? row[n] : '?';
	name[n] = '\0';
	return err_set(err, ERR_STORE, "%s was changed by another program: "
		       "%s \"%s\"; put a backup back", path, what, name);
}

static bool compare(struct list *ours, struct list *theirs, const char *path,
		    struct err *err)
{
	do {
		const char *a, *b;
		int order;

		if (!next(ours, path, err) || !next(theirs, path, err))
			return false;
		a = ours->row;
		b = theirs->row;
		order = !a ? 1 : !b ? -1 : strcmp(a, b);
		if ((a || b) && order != 0)
			return order < 0 ? differs(path, a, "there is no",
						   err) :
					   differs(path, b, "there is also",
						   err);
	} while (ours->row);
	return true;
}

static bool ask(struct list *l, const char *path, struct err *err)
{
	return sqlite3_prepare_v2(l->db, ROWS, -1, &l->st, NULL) ==
	       SQLITE_OK || cannot(l, path, err);
}

static bool compare_all(sqlite3 *fresh, sqlite3 *db, const char *path,
			struct err *err)
{
	struct list ours = { .db = fresh }, theirs = { .db = db };
	bool ok = ask(&ours, path, err) && ask(&theirs, path, err) &&
		  compare(&ours, &theirs, path, err);

	sqlite3_finalize(ours.st);
	sqlite3_finalize(theirs.st);
	return ok;
}

void store_schema_hash(char out[static HASH_TEXT], sqlite3 *db)
{
	sqlite3_stmt *st = NULL;

	out[0] = '\0';
	if (sqlite3_prepare_v2(db, "SELECT group_concat(row, char(10)) FROM "
			       "(SELECT '' AS row WHERE 0 UNION ALL " ROWS ")",
			       -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW && sqlite3_column_text(st, 0))
		hash_text(out, (const char *)sqlite3_column_text(st, 0),
			  (size_t)sqlite3_column_bytes(st, 0));
	sqlite3_finalize(st);
}

/*
 * To make all tables anew takes 20 ms, so only where something differs. Who
 * can write a file that fools the hash can write the positions themselves.
 */
static bool is_known(sqlite3 *db)
{
	char hash[HASH_TEXT];

	store_schema_hash(hash, db);
	return strcmp(hash, migrate_hash) == 0;
}

static bool compare_fresh(sqlite3 *fresh, sqlite3 *db, const char *path,
			  struct err *err)
{
	return migrate_run(fresh, ":memory:", migrate_steps, migrate_count,
			   err) && compare_all(fresh, db, path, err);
}

bool store_schema_check(sqlite3 *db, const char *path, struct err *err)
{
	sqlite3 *fresh = NULL;
	bool ok;

	if (is_known(db))
		return true;
	ok = sqlite3_open(":memory:", &fresh) == SQLITE_OK ?
	     compare_fresh(fresh, db, path, err) :
	     err_set(err, ERR_MEMORY, "no memory to look at the tables of %s",
		     path);
	sqlite3_close(fresh);
	return ok;
}
