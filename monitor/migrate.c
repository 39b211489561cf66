/* SPDX-License-Identifier: MIT */
/*
 * Walks a database from its version to ours; store.c calls it at every open.
 * The tables themselves are in migrate_schema.c.
 */
#include "migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What SQLite says of a damaged file may quote the damage: not shown. */
static bool fail(sqlite3 *db, const char *doing, struct err *err)
{
	const char *path = sqlite3_db_filename(db, "main");
	int rc = sqlite3_errcode(db) & 0xff;

	if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
		return err_set(err, ERR_BUSY, "%s is in use by another "
			       "process: nothing was written, try again",
			       path);
	if (rc == SQLITE_NOTADB)
		return err_set(err, ERR_STORE, "%s is not a database", path);
	if (rc == SQLITE_CORRUPT)
		return err_set(err, ERR_STORE, "%s is damaged: restore a "
			       "backup, or move it away to start anew", path);
	return err_set(err, rc == SQLITE_NOMEM ? ERR_MEMORY : ERR_STORE,
		       "%s: %s: %s", path, doing, sqlite3_errmsg(db));
}

static bool ask_int(sqlite3 *db, int64_t *out, const char *sql,
		    struct err *err)
{
	sqlite3_stmt *st;
	bool ok = false;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW) {
		*out = sqlite3_column_int64(st, 0);
		ok = true;
	}
	if (!ok)
		fail(db, sql, err);
	sqlite3_finalize(st);
	return ok;
}

static bool run(sqlite3 *db, const char *sql, struct err *err)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	return fail(db, "changing the schema", err);
}

bool migrate_version(sqlite3 *db, int *out, struct err *err)
{
	int64_t v;

	if (!ask_int(db, &v, "PRAGMA user_version", err))
		return false;
	*out = (int)v;
	return true;
}

bool migrate_check(sqlite3 *db, const char *path, int newest, bool *fresh,
		   struct err *err)
{
	int64_t id, tables;
	int version;

	if (!migrate_version(db, &version, err) ||
	    !ask_int(db, &id, "PRAGMA application_id", err) ||
	    !ask_int(db, &tables, "SELECT count(*) FROM sqlite_schema", err))
		return false;
	*fresh = id == 0 && version == 0 && tables == 0;
	if (*fresh)
		return true;
	if (id != MIGRATE_APPLICATION_ID || version < 1)
		return err_set(err, ERR_STORE, "%s is a database of another "
			       "program: name another file", path);
	if (version > newest)
		return err_set(err, ERR_STORE, "%s has schema version %d, "
			       "this program knows versions up to %d: use the "
			       "newer program, or its backup %s.backup-v%d",
			       path, version, newest, path, newest);
	return true;
}

/* ---- backup ---- */

static bool sync_path(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return false;
	ok = fsync(fd) == 0;
	return close(fd) == 0 && ok;
}

static bool sync_directory_of(const char *path)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;

	if (n >= sizeof(dir))
		return false;
	memcpy(dir, path, n);
	dir[n] = '\0';
	if (!slash)
		return sync_path(".", O_RDONLY | O_DIRECTORY);
	return sync_path(n ? dir : "/", O_RDONLY | O_DIRECTORY);
}

/* VACUUM INTO takes an empty file, so that it is ours alone from the start. */
static bool create_empty(const char *path)
{
	int fd;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd >= 0 && close(fd) == 0;
}

static bool vacuum_into(sqlite3 *db, const char *path)
{
	sqlite3_stmt *st;
	bool ok = sqlite3_prepare_v2(db, "VACUUM INTO ?1", -1, &st,
				     NULL) == SQLITE_OK &&
		  sqlite3_bind_text(st, 1, path, -1,
				    SQLITE_STATIC) == SQLITE_OK &&
		  sqlite3_step(st) == SQLITE_DONE;

	sqlite3_finalize(st);
	return ok;
}

bool migrate_copy(sqlite3 *db, const char *to, struct err *err)
{
	char part[PATH_MAX];
	int n = snprintf(part, sizeof(part), "%s.part", to);

	if (n < 0 || (size_t)n >= sizeof(part))
		return err_set(err, ERR_STORE, "name too long: %s", to);
	if (!create_empty(part))
		return err_set(err, ERR_STORE, "cannot write the backup %s: "
			       "%s", part, strerror(errno));
	if (!vacuum_into(db, part)) {
		fail(db, "writing the backup", err);
		unlink(part);
		return false;
	}
	if (sync_path(part, O_RDONLY) && rename(part, to) == 0 &&
	    sync_directory_of(to))
		return true;
	err_set(err, ERR_STORE, "cannot keep the backup %s: %s", to,
		strerror(errno));
	unlink(part);
	return false;
}

static bool backup(sqlite3 *db, const char *path, int version,
		   struct err *err)
{
	char to[PATH_MAX];
	int n = snprintf(to, sizeof(to), "%s.backup-v%d", path, version);

	if (n < 0 || (size_t)n >= sizeof(to))
		return err_set(err, ERR_STORE, "name too long: %s", path);
	return migrate_copy(db, to, err) ||
	       err_prefix(err, "before the schema changes");
}

/* ---- steps ---- */

static bool run_statements(sqlite3 *db, const struct migration *m, int version,
			   struct err *err)
{
	char pragmas[96];

	for (size_t i = 0; m->sql[i]; i++)
		if (!run(db, m->sql[i], err))
			return false;
	snprintf(pragmas, sizeof(pragmas), "PRAGMA application_id = %d; "
		 "PRAGMA user_version = %d", MIGRATE_APPLICATION_ID, version);
	return run(db, pragmas, err);
}

/* Another process may have taken the step while we waited for the lock. */
static bool take_steps(sqlite3 *db, const struct migration *steps, int from,
		       int to, struct err *err)
{
	int version;
	bool ok;

	if (!run(db, "BEGIN IMMEDIATE", err))
		return false;
	ok = migrate_version(db, &version, err);
	for (from = ok && version > from ? version : from; ok && from < to;
	     from++)
		ok = run_statements(db, &steps[from], from + 1, err);
	if (ok && run(db, "COMMIT", err))
		return true;
	if (!sqlite3_get_autocommit(db))
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return err_prefix(err, "schema step %d", from);
}

bool migrate_run(sqlite3 *db, const char *path, const struct migration *steps,
		 int n, struct err *err)
{
	int version;

	if (!migrate_version(db, &version, err))
		return false;
	if (version > 0 && version < n && !backup(db, path, version, err))
		return false;
	if (version == 0)	/* no reader meets a new file half made */
		return take_steps(db, steps, 0, n, err);
	for (; version < n; version++)
		if (!take_steps(db, steps, version, version + 1, err))
			return false;
	return true;
}
