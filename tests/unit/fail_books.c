/* SPDX-License-Identifier: MIT */
/* Invariants in SQL, asked through SQLite's own VFS (fail_books.h). */
#include "fail_books.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "fail_desk.h"
#include "migrate.h"

#define CLOSES	"(SELECT count(*) FROM decisions d WHERE d.position = p.id " \
		"AND d.action = 'close')"

/* Each counts what must not be. */
static const char *const never[] = {
	"SELECT count(*) FROM pragma_integrity_check "
	"WHERE integrity_check <> 'ok'",
	"SELECT count(*) FROM pragma_foreign_key_check",
	"SELECT count(*) FROM positions p WHERE " CLOSES " > 1",
	"SELECT count(*) FROM positions p WHERE (p.decided_at IS NOT NULL) "
	"<> (" CLOSES " = 1)",
	"SELECT count(*) FROM positions p WHERE p.status = 'pending_close' "
	"AND " CLOSES " <> 1",
	"SELECT count(*) FROM positions p WHERE (SELECT count(*) FROM events "
	"e WHERE e.position = p.id AND e.kind = 'decide') <> " CLOSES,
	"SELECT count(*) FROM decisions WHERE poll NOT IN "
	"(SELECT seq FROM polls)",
	"SELECT max(seq) - min(seq) + 1 - count(*) FROM polls",
	"SELECT count(*) FROM polls WHERE seq > (SELECT min(poll) FROM "
	"evidence) AND seq NOT IN (SELECT poll FROM evidence)",
	"SELECT count(*) FROM evidence WHERE poll NOT IN "
	"(SELECT seq FROM polls)",
	NULL
};

/* These tables came later than the oldest schema. */
static const char *const never_new[] = {
	"SELECT count(*) FROM positions p WHERE (SELECT count(*) FROM "
	"handoffs h WHERE h.position = p.id) <> " CLOSES,
	"SELECT count(*) FROM handoffs h WHERE key <> 'main-' || position "
	"|| '-' || poll OR (poll, position) NOT IN (SELECT poll, position "
	"FROM decisions WHERE action = 'close')",
	"SELECT count(*) FROM handoffs WHERE (tries > 0) <> "
	"(sent_at IS NOT NULL) OR (tries = 0 AND state IN "
	"('sent', 'acknowledged', 'unknown'))",
	"SELECT count(*) FROM deliveries WHERE message NOT IN "
	"(SELECT id FROM outbox)",
	"SELECT count(*) - 1 FROM outbox WHERE kind = 'close' AND "
	"fingerprint IS NOT NULL AND NOT resolved GROUP BY position",
	NULL
};

/* What was promised, by enum fail_mark: each must be 1. */
static const char *const promised[] = {
	[FAIL_POLLED] = "SELECT count(*) FROM decisions d JOIN positions p "
		"ON p.id = d.position WHERE d.action = 'close' AND d.label = "
		"'FLIPPED' AND p.status <> 'open'",
	[FAIL_SENT] = "SELECT count(*) FROM handoffs WHERE tries > 0",
	[FAIL_ANSWERED] = "SELECT count(*) FROM handoffs WHERE state IN "
		"('acknowledged', 'confirmed')",
	[FAIL_ACKED] = "SELECT count(*) > 0 FROM alerts WHERE acked_at IS "
		"NOT NULL AND acked_by = 'test'",
};

static sqlite3 *open_raw(const char *path, const char *where)
{
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE |
			    SQLITE_OPEN_CREATE, "unix") != SQLITE_OK)
		fail_msg("%s: %s", where, sqlite3_errmsg(db));
	return db;
}

static int64_t ask(sqlite3 *db, const char *sql, const char *where)
{
	sqlite3_stmt *st = NULL;
	int64_t v = 0;
	int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);

	if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW)
		v = sqlite3_column_int64(st, 0);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		fail_msg("%s: %s: %s", where, sqlite3_errmsg(db), sql);
	sqlite3_finalize(st);
	return v;
}

static void none_of(sqlite3 *db, const char *const *sql, const char *where)
{
	for (; *sql; sql++)
		if (ask(db, *sql, where) != 0)
			fail_msg("%s: must not be: %s", where, *sql);
}

void fail_books(const char *path, unsigned marks, const char *where)
{
	sqlite3 *db = open_raw(path, where);

	none_of(db, never, where);
	if (ask(db, "PRAGMA user_version", where) == migrate_count)
		none_of(db, never_new, where);
	for (int i = 0; i <= FAIL_ACKED; i++)
		if (marks & 1u << i && ask(db, promised[i], where) != 1)
			fail_msg("%s: promised, and not there: %s", where,
				 promised[i]);
	sqlite3_close(db);
}

static bool holds(const char *path, const char *sql)
{
	sqlite3 *db = open_raw(path, sql);
	bool yes = ask(db, sql, path) == 1;

	sqlite3_close(db);
	return yes;
}

bool fail_books_closed(const char *path)
{
	return holds(path, "SELECT (SELECT count(*) FROM positions WHERE "
		     "status = 'closed') = 1 AND (SELECT count(*) FROM "
		     "handoffs WHERE state = 'confirmed') = 1");
}

bool fail_books_decided(const char *path)
{
	return holds(path, "SELECT count(*) FROM decisions WHERE action = "
		     "'close'");
}

bool fail_books_key(const char *path, const char *key)
{
	char sql[200];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM handoffs WHERE "
		 "key = '%.95s'", key);
	return holds(path, sql);
}

/* ---- an old database ---- */

static const char *const old_rows[] = {
	"INSERT INTO meta VALUES (1, 'main', 'live')",
	"INSERT INTO configs VALUES ('0123456789abcdef', 'version: 1')",
	"INSERT INTO positions (id, version, status, symbol, long_venue, "
	"short_venue, size_usd, opened_at, entry_divergence, entry_manual, "
	"fees_usd, external_id, reason, muted) VALUES (1, 1, 'open', 'BTC', "
	"'lighter', 'grvt', '20000', 1795000000000, '0.0005', 0, '0', 'u-1', "
	"'', '')",
	"INSERT INTO events (position, at, kind, before, after, reason, who, "
	"note) VALUES (1, 1795000000000, 'open', '', 'open', '', 'cli', '')",
	"INSERT INTO polls VALUES (1, 1795000060000, 5, 'ok', 1, 5, 0, 999, "
	"'0123456789abcdef', '0.1', '')",
	"INSERT INTO decisions VALUES (1, 1, 1, 1795000060000, 'alert', "
	"'hold', 'HALF', 'half')",
	"INSERT INTO outbox (at, priority, position, kind, text, sent_at) "
	"VALUES (1795000060000, 4, 1, 'alert', 'half', 1795000060000)",
	NULL
};

void fail_books_old(const char *path, int schema)
{
	sqlite3 *db = open_raw(path, "old");
	struct err err;

	if (!migrate_run(db, path, migrate_steps, schema, &err))
		fail_msg("%s", err.text);
	for (int i = 0; old_rows[i]; i++)
		if (sqlite3_exec(db, old_rows[i], NULL, NULL, NULL))
			fail_msg("%s: %s", sqlite3_errmsg(db), old_rows[i]);
	sqlite3_close(db);
	assert_int_equal(chmod(path, 0600), 0);
}

/* ---- files ---- */

unsigned char *fail_books_read(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	unsigned char *p;
	struct stat st;

	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	*n = (size_t)st.st_size;
	p = malloc(*n);
	assert_non_null(p);
	assert_int_equal(fread(p, 1, *n, f), *n);
	fclose(f);
	return p;
}

void fail_books_write(const char *path, const unsigned char *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_true(write(fd, p, n) == (ssize_t)n);
	assert_int_equal(close(fd), 0);
}

void fail_books_wipe(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[400];

	assert_non_null(d);
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		unlink(path);
	}
	closedir(d);
}
