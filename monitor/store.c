/* SPDX-License-Identifier: MIT */
/*
 * Opens and closes the database of an account and runs its transactions.
 * What is in it is store_*.c; how it comes to be is migrate.c.
 */
#include "migrate.h"
#include "store_file.h"
#include "store_leftover.h"
#include "store_schema.h"
#include "store_sql.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_MS		2000
#define OLDEST_SQLITE	3037000		/* the first with STRICT tables */
#define MEMORY		":memory:"

int store_schema_version(void)
{
	return migrate_count;
}

/* ---- opening ---- */

static bool exec(struct store *s, const char *sql, struct err *err)
{
	int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK || sql_fail(s, rc, err);
}

/* The first column of the first row as text: pragmas say numbers too. */
static bool ask(struct store *s, char *buf, size_t size, const char *sql,
		struct err *err)
{
	struct sql q = { .store = s };

	buf[0] = '\0';
	q.rc = sqlite3_prepare_v2(s->db, sql, -1, &q.st, NULL);
	if (sql_row(&q))
		snprintf(buf, size, "%s", sql_get_shown(&q));
	if (q.rc != SQLITE_OK)
		sql_fail(s, q.rc, err);
	sqlite3_finalize(q.st);
	return q.rc == SQLITE_OK;
}

static bool open_file(struct store *s, bool write, struct err *err)
{
	int flags = (write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) |
		    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	int rc;

	if (sqlite3_libversion_number() < OLDEST_SQLITE)
		return err_set(err, ERR_STORE, "SQLite %s is too old: 3.37 or "
			       "a newer one is needed", sqlite3_libversion());
	rc = sqlite3_open_v2(s->path, &s->db, flags, NULL);
	if (rc != SQLITE_OK)
		return sql_fail(s, rc, err);
	if (!store_leftover_check(s->db, s->path, err))
		return false;
	sqlite3_busy_timeout(s->db, BUSY_MS);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return exec(s, "PRAGMA synchronous = EXTRA; "
		    "PRAGMA foreign_keys = ON; "
		    "PRAGMA trusted_schema = OFF; "
		    "PRAGMA cell_size_check = ON; "
		    "PRAGMA temp_store = MEMORY", err);
}

/* Also turns back a file that some tool switched to WAL. */
static bool set_journal(struct store *s, struct err *err)
{
	char mode[16];

	if (!ask(s, mode, sizeof(mode), "PRAGMA journal_mode = DELETE", err))
		return false;
	if (strcmp(mode, "delete") == 0 || strcmp(mode, "memory") == 0)
		return true;
	return err_set(err, ERR_BUSY, "%s is in journal mode %s and cannot be "
		       "switched to delete: end the other programs that have "
		       "it open", s->path, mode);
}

/* For want of memory, or the disk: SQLite does not say. So it is asked again. */
#define NO_PAGE	"failed to get page"

static bool ask_check(struct store *s, char *buf, size_t size,
		      struct err *err)
{
	static const char sql[] = "PRAGMA quick_check(1)";

	return ask(s, buf, size, sql, err) &&
	       (!strstr(buf, NO_PAGE) || ask(s, buf, size, sql, err));
}

/* A page that could not be had is no damage: memory, or the disk. */
static bool unreadable(struct store *s, const char *found, struct err *err)
{
	const char *code = strstr(found, "error code=");
	int rc = code ? atoi(code + strlen("error code=")) & 0xff : 0;

	if (rc == SQLITE_NOMEM)
		return !sql_fail(s, rc, err);
	if (rc != SQLITE_IOERR && !strstr(found, NO_PAGE))
		return false;
	return !err_set(err, ERR_STORE, "%s cannot be read (%s): see to the "
			"disk", s->path, found);
}

static bool quick_check(struct store *s, struct err *err)
{
	char found[400];

	if (!ask_check(s, found, sizeof(found), err))
		return false;
	if (strcmp(found, "ok") == 0)
		return true;
	for (char *p = found; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = ' ';
	if (unreadable(s, found, err))
		return false;
	return err_set(err, ERR_STORE, "%s is damaged (%s): restore a backup, "
		       "or move it away to start anew", s->path, found);
}

static const char *mode_word(bool dry_run)
{
	return dry_run ? "dry-run" : "live";
}

/* Only a file that has none yet gets one: opening takes no write lock. */
static bool stamp(struct store *s, const char *account, bool dry_run,
		  struct err *err)
{
	char stamps[8];
	sqlite3_stmt *st;
	int rc;

	if (!ask(s, stamps, sizeof(stamps), "SELECT count(*) FROM meta", err))
		return false;
	if (strcmp(stamps, "0") != 0)
		return true;
	rc = sqlite3_prepare_v2(s->db, "INSERT INTO meta (id, account, mode) "
				"VALUES (1, ?1, ?2) ON CONFLICT (id) "
				"DO NOTHING", -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(st, 1, account, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(st, 2, mode_word(dry_run), -1,
				       SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	sqlite3_finalize(st);
	return rc == SQLITE_DONE || sql_fail(s, rc, err);
}

static bool no_database(const struct store *s, const char *account,
			struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "account %s has no database yet "
		       "(%s): start the monitor or record a position with "
		       "`positions open` first", account, s->path);
}

static bool check_stamp(struct store *s, const char *account, bool dry_run,
			struct err *err)
{
	char name[128], mode[16];

	if (!ask(s, name, sizeof(name), "SELECT account FROM meta", err) ||
	    !ask(s, mode, sizeof(mode), "SELECT mode FROM meta", err))
		return false;
	if (!name[0])
		return no_database(s, account, err);
	if (strcmp(name, account) != 0)
		return err_set(err, ERR_STORE, "%s is the database of account "
			       "%s, not of %s: give each account its own file",
			       s->path, name, account);
	if (strcmp(mode, mode_word(dry_run)) == 0)
		return true;
	return err_set(err, ERR_STORE, "%s holds %s positions of account %s, "
		       "but the account is configured as %s: set `mode: %s`, "
		       "or name a new account for the other mode", s->path,
		       mode, account, mode_word(dry_run), mode);
}

static bool check_version(struct store *s, struct err *err)
{
	int version;

	if (!migrate_version(s->db, &version, err))
		return false;
	if (version == migrate_count)
		return true;
	return err_set(err, ERR_STORE, "%s has schema version %d, this "
		       "program needs %d: start the monitor once, it upgrades "
		       "the file", s->path, version, migrate_count);
}

static bool check_read(struct store *s, const char *account, struct err *err)
{
	bool fresh;

	if (!migrate_check(s->db, s->path, migrate_count, &fresh, err))
		return false;
	if (fresh)
		return no_database(s, account, err);
	return check_version(s, err);
}

/* A hot journal or a file that only its owner may touch. */
static bool explain_read(const struct store *s, struct err *err)
{
	int rc = sqlite3_errcode(s->db) & 0xff;
	size_t n;

	if (!err || (rc != SQLITE_READONLY && rc != SQLITE_CANTOPEN))
		return false;
	n = strlen(err->text);
	strncpy(err->text + n, " (opened for reading only: start the monitor, "
		"or run this as the user of the monitor)",
		sizeof(err->text) - 1 - n);
	err->text[sizeof(err->text) - 1] = '\0';
	return false;
}

static bool open_read(struct store *s, bool foreign, const char *account,
		      struct err *err)
{
	if (!foreign && open_file(s, true, NULL) &&
	    !sqlite3_db_readonly(s->db, "main"))
		return check_read(s, account, err);
	sqlite3_close(s->db);
	s->db = NULL;
	if (!open_file(s, false, err))
		return explain_read(s, err);
	return check_read(s, account, err) || explain_read(s, err);
}

static bool open_write(struct store *s, const char *account, bool dry_run,
		       enum store_access access, struct err *err)
{
	bool fresh;

	if (!open_file(s, true, err) ||
	    !migrate_check(s->db, s->path, migrate_count, &fresh, err) ||
	    !set_journal(s, err) ||
	    (access == STORE_RUN && !quick_check(s, err)))
		return false;
	/*
	 * An upgrade is the monitor's, which holds the lock: an older one
	 * that still runs would go on writing in the old way.
	 */
	if (access == STORE_CHANGE && !fresh && !check_version(s, err))
		return false;
	return migrate_run(s->db, s->path, migrate_steps, migrate_count,
			   err) &&
	       (fresh || store_schema_check(s->db, s->path, err)) &&
	       stamp(s, account, dry_run, err);
}

static bool open_any(struct store *s, const char *account, bool dry_run,
		     enum store_access access, struct err *err)
{
	struct store_file file = { false, false };
	bool ok;

	if (strcmp(s->path, MEMORY) != 0 &&
	    !store_file_prepare(&file, s->path, access, err))
		return false;
	if (file.missing)
		return no_database(s, account, err);
	if (access == STORE_READ)
		ok = open_read(s, file.foreign, account, err);
	else
		ok = open_write(s, account, dry_run, access, err);
	return ok && check_stamp(s, account, dry_run, err);
}

bool store_open(struct store **out, const char *path, const char *account,
		bool dry_run, enum store_access access, struct err *err)
{
	struct store *s = calloc(1, sizeof(*s));

	*out = NULL;
	if (s) {
		s->path = strdup(path);
		s->evidence = -1;
	}
	if (!s || !s->path) {
		store_close(s);
		return err_set(err, ERR_MEMORY, "no memory for the database");
	}
	if (!open_any(s, account, dry_run, access, err)) {
		store_close(s);
		return false;
	}
	*out = s;
	return true;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	for (int i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(s->stmt[i]);
	sqlite3_close(s->db);
	free(s->path);
	free(s);
}

void store_rest(struct store *s)
{
	sqlite3_db_release_memory(s->db);
}

/* ---- transactions ---- */

static bool step(struct store *s, enum sql_id id, struct err *err)
{
	struct sql q = sql_use(s, id);

	while (sql_row(&q))
		;
	return sql_done(&q, err);
}

bool store_begin(struct store *s, struct err *err)
{
	if (sqlite3_db_readonly(s->db, "main"))
		return err_set(err, ERR_STORE, "%s is open for reading only: "
			       "run this as the user of the monitor", s->path);
	return step(s, SQL_BEGIN, err);
}

static bool outcome_unknown(struct store *s, int rc, struct err *err)
{
	return err_set(err, ERR_OUTCOME, "%s: the commit failed (%s) and may "
		       "still have happened: stop, see to the disk, start "
		       "again", s->path, sqlite3_errstr(rc));
}

/* SQLite waits by itself: our deadline is its busy timeout. */
static int commit(struct store *s, int64_t budget_ms)
{
	struct sql q = sql_use(s, SQL_COMMIT);
	int64_t ms = budget_ms < 0 ? 0 : budget_ms;

	sqlite3_busy_timeout(s->db, ms > INT_MAX ? INT_MAX : (int)ms);
	sql_row(&q);
	sqlite3_busy_timeout(s->db, BUSY_MS);
	return sql_done(&q, NULL) ? SQLITE_OK : q.rc;
}

bool store_commit(struct store *s, int64_t budget_ms, struct err *err)
{
	int rc;

	if (sqlite3_get_autocommit(s->db))
		return err_set(err, ERR_STORE, "%s: no transaction is open",
			       s->path);
	rc = commit(s, budget_ms);
	if (rc == SQLITE_OK)
		return true;
	store_rollback(s);
	if ((rc & 0xff) == SQLITE_BUSY)
		return err_set(err, ERR_BUSY, "%s was in use by another "
			       "process for too long: nothing was written",
			       s->path);
	return outcome_unknown(s, rc, err);
}

void store_rollback(struct store *s)
{
	struct err ignored;

	s->evidence = -1;
	if (!sqlite3_get_autocommit(s->db) &&
	    !step(s, SQL_ROLLBACK, &ignored))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

bool store_begin_read(struct store *s, struct err *err)
{
	return step(s, SQL_BEGIN_READ, err);
}

void store_end_read(struct store *s)
{
	store_rollback(s);
}
