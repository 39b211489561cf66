/* SPDX-License-Identifier: MIT */
/*
 * Compares what a database holds with what the steps of migrate_schema.c make
 * of an empty one, so that there is no second list of tables.
 */
#include "store_schema.h"

#include <stdbool.h>
#include <string.h>

#include "migrate.h"

/*
 * Names and types of columns, not the text of the table: SQLite writes that
 * anew when a column is added. Our one trigger never was, nor may another be.
 */
static const char rows[] =
	"SELECT m.name || '.' || c.name || ' ' || c.type || ' ' || "
	"c.\"notnull\" || c.pk || c.hidden FROM sqlite_schema m, "
	"pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.sql NOT "
	"LIKE 'CREATE VIRTUAL%' AND m.name NOT GLOB 'sqlite_stat*' "
	"UNION ALL SELECT type || ' ' || name || ' ' || sql FROM "
	"sqlite_schema WHERE type IN ('trigger', 'view') OR sql LIKE "
	"'CREATE VIRTUAL%' ORDER BY 1";

static const char *next(sqlite3_stmt *st)
{
	return sqlite3_step(st) == SQLITE_ROW ?
	       (const char *)sqlite3_column_text(st, 0) : NULL;
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

static bool compare(sqlite3_stmt *ours, sqlite3_stmt *theirs,
		    const char *path, struct err *err)
{
	const char *a, *b;

	do {
		int order;

		a = next(ours);
		b = next(theirs);
		order = !a ? 1 : !b ? -1 : strcmp(a, b);
		if ((a || b) && order != 0)
			return order < 0 ? differs(path, a, "there is no",
						   err) :
					   differs(path, b, "there is also",
						   err);
	} while (a);
	return true;
}

static bool compare_all(sqlite3 *fresh, sqlite3 *db, const char *path,
			struct err *err)
{
	sqlite3_stmt *ours = NULL, *theirs = NULL;
	bool ok;

	if (sqlite3_prepare_v2(fresh, rows, -1, &ours, NULL) != SQLITE_OK)
		ok = err_set(err, ERR_STORE, "the schema of this program: %s",
			     sqlite3_errmsg(fresh));
	else if (sqlite3_prepare_v2(db, rows, -1, &theirs, NULL) != SQLITE_OK)
		ok = err_set(err, ERR_STORE, "%s: its tables cannot be read: "
			     "put a backup back", path);
	else
		ok = compare(ours, theirs, path, err);
	sqlite3_finalize(ours);
	sqlite3_finalize(theirs);
	return ok;
}

bool store_schema_check(sqlite3 *db, const char *path, struct err *err)
{
	sqlite3 *fresh = NULL;
	bool ok = sqlite3_open(":memory:", &fresh) == SQLITE_OK &&
		  migrate_run(fresh, ":memory:", migrate_steps, migrate_count,
			      err);

	ok = ok && compare_all(fresh, db, path, err);
	sqlite3_close(fresh);
	return ok;
}
