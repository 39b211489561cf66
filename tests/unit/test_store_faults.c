/* SPDX-License-Identifier: MIT */
/*
 * Faults of the database itself: an upgrade that is killed at any write, a
 * history of millions of rows, values that make no sense, a file that somebody
 * prepared.
 */
#include "given.h"
#include "migrate.h"
#include "store_admin.h"
#include "store_sql.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW	given_time(GIVEN_NOW)
#ifdef __SANITIZE_ADDRESS__		/* ten times as slow */
#define SOME	17
#define ROWS	10000
#else
#define SOME	5
#define ROWS	20000
#endif

struct fixture {
	char dir[64], path[96];
	struct arena *arena;
	struct err err;
};

static const char *const files[] = {
	"", "-journal", "-wal", "-shm", ".backup-v1", ".backup-v1.part",
	".backup-v2", ".old",
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new();
	snprintf(f->dir, sizeof(f->dir), "/tmp/cw-faults-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/main.db", f->dir);
	*state = f;
	return 0;
}

static void remove_all(const struct fixture *f)
{
	char path[160];

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), "%s%s", f->path, files[i]);
		unlink(path);
	}
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	remove_all(f);
	assert_int_equal(rmdir(f->dir), 0);
	arena_free(f->arena);
	free(f);
	return 0;
}

static void check(struct fixture *f, bool ok)
{
	if (!ok)
		fail_msg("%s", f->err.text);
}

static void refused(struct fixture *f, bool ok, const char *words)
{
	assert_false(ok);
	assert_int_equal(f->err.kind, ERR_STORE);
	if (!strstr(f->err.text, words))
		fail_msg("\"%s\" is not in: %s", words, f->err.text);
}

static struct store *open_store(struct fixture *f)
{
	struct store *s;

	check(f, store_open(&s, f->path, "main", false, STORE_RUN, &f->err));
	return s;
}

static void sql(sqlite3 *db, const char *text)
{
	char *why = NULL;

	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", text, why);
}

/* Any SQL on the file, behind the store's back. */
static void meddle(struct fixture *f, const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	sql(db, text);
	sqlite3_close(db);
}

/* ---- an upgrade that is killed ---- */

/* Databases and journals have methods of their own. */
static struct counted {
	sqlite3_io_methods m;
	const sqlite3_io_methods *real;
} counted[4];
static int (*real_open)(sqlite3_vfs *, const char *, sqlite3_file *, int,
			int *);
static int (*real_delete)(sqlite3_vfs *, const char *, int);
static long steps_left;

/* Everything that changes something on the disk; dies before the last. */
static void step(void)
{
	if (steps_left > 0 && --steps_left == 0)
		raise(SIGKILL);
}

static const sqlite3_io_methods *real(const sqlite3_file *f)
{
	return ((const struct counted *)(const void *)f->pMethods)->real;
}

static int step_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	step();
	return real(f)->xWrite(f, p, n, at);
}

static int step_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	step();
	return real(f)->xTruncate(f, size);
}

/* A killed process loses nothing that it wrote: no need to wait for a disk. */
static int step_sync(sqlite3_file *f, int flags)
{
	(void)f;
	(void)flags;
	step();
	return SQLITE_OK;
}

static int step_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)sync;
	step();
	return real_delete(vfs, name, 0);
}

static int step_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f,
		     int flags, int *out)
{
	int rc = real_open(vfs, name, f, flags, out);
	struct counted *c = counted;

	if (rc != SQLITE_OK || !f->pMethods)
		return rc;
	while (c->real && c->real != f->pMethods)
		c++;
	assert_true(c < counted + sizeof(counted) / sizeof(*counted));
	c->real = f->pMethods;
	c->m = *c->real;
	c->m.xWrite = step_write;
	c->m.xTruncate = step_truncate;
	c->m.xSync = step_sync;
	f->pMethods = &c->m;
	return rc;
}

static int count_steps(void **state)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	(void)state;
	real_open = vfs->xOpen;
	real_delete = vfs->xDelete;
	vfs->xOpen = step_open;
	vfs->xDelete = step_delete;
	return 0;
}

/* In the child: open, and so upgrade, until killed; 0 when it is through. */
static int upgrade(const char *path, long kill_at)
{
	struct store *s;
	struct err err;

	steps_left = kill_at;
	if (!store_open(&s, path, "main", false, STORE_RUN, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	return 0;
}

static const char old_rows[] =
	"INSERT INTO meta VALUES (1, 'main', 'live');"
	"INSERT INTO positions VALUES (1, 1, 'open', 'BTC', 'lighter', NULL, "
	"NULL, NULL, 'grvt', NULL, NULL, NULL, '20000', 1, 1, '0.0003', 0, "
	"NULL, '0', NULL, '', NULL, NULL, '', NULL);"
	"INSERT INTO settlements VALUES (1, 'long', 1, '0.0001', 3600, "
	"'-0.25', 0, 0), (1, 'long', 2, NULL, 3600, NULL, 1, 0), "
	"(1, 'short', 1, '0.0004', 28800, '8', 0, 0);";

/* A database of the first version, as a file to copy from. */
static void make_old(struct fixture *f)
{
	char old[128];
	sqlite3 *db;

	snprintf(old, sizeof(old), "%s.old", f->path);
	assert_int_equal(sqlite3_open(old, &db), SQLITE_OK);
	check(f, migrate_run(db, old, migrate_steps, 1, &f->err));
	sql(db, old_rows);
	sqlite3_close(db);
}

static void put_old(struct fixture *f)
{
	static char bytes[1 << 20];
	char old[128];
	FILE *in, *out;
	size_t n;

	snprintf(old, sizeof(old), "%s.old", f->path);
	in = fopen(old, "r");
	out = fopen(f->path, "w");
	n = fread(bytes, 1, sizeof(bytes), in);
	assert_true(n > 0 && n < sizeof(bytes));
	assert_int_equal(fwrite(bytes, 1, n, out), n);
	fclose(in);
	fclose(out);
}

/* How the child ended: true when it came to the end of the upgrade. */
static bool one_upgrade(struct fixture *f, long kill_at)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(upgrade(f->path, kill_at));
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGKILL);
		return false;
	}
	assert_int_equal(WEXITSTATUS(status), 0);
	return true;
}

static void assert_upgraded(struct fixture *f)
{
	struct store *s = open_store(f);
	struct store_problem *problems;
	struct settlement *rows;
	size_t n;

	check(f, store_check(s, &problems, &n, f->arena, &f->err));
	if (n > 0)
		fail_msg("%s: %s", problems[0].what, problems[0].detail);
	check(f, store_settlements(s, &rows, &n, 1, f->arena, &f->err));
	assert_int_equal(n, 3);
	assert_true(dec_cmp(rows[0].amount_usd.v, dec_lit("-0.25")) == 0 ||
		    dec_cmp(rows[0].amount_usd.v, dec_lit("8")) == 0);
	store_close(s);
	arena_reset(f->arena);
}

/* CW_ALL=1: at all of them. */
static void an_upgrade_killed_at_any_write_is_whole_afterwards(void **state)
{
	struct fixture *f = *state;
	char backup[128];
	long every = getenv("CW_ALL") ? 1 : SOME, at = 1;

	make_old(f);
	for (;; at += every) {
		bool through;

		put_old(f);
		through = one_upgrade(f, at);
		assert_upgraded(f);
		if (through)
			break;
	}
	print_message("# killed up to step %ld of writes, syncs and "
		      "deletions\n", at - every);
	assert_true(at > 40);
	snprintf(backup, sizeof(backup), "%s.backup-v1", f->path);
	assert_int_equal(access(backup, R_OK), 0);
}

static void tables_of_somebody_else_are_refused(void **state)
{
	static const struct { const char *sql, *words; } strange[] = {
		{ "ALTER TABLE positions ADD COLUMN mood TEXT",
		  "there is also \"positions.mood" },
		{ "ALTER TABLE polls RENAME COLUMN took_ms TO took",
		  "there is also \"polls.took " },
		{ "DROP TABLE brakes", "there is no \"brakes." },
		{ "CREATE TABLE mine (x)", "there is also \"mine.x" },
		{ "CREATE TABLE zz (x)", "there is also \"zz.x" },
		{ "DROP TABLE watches", "there is no \"watches." },
		{ "CREATE TABLE \"t\xc3\xa4t\r\" (x)", "\"t??t?.x" },
		{ "CREATE TABLE \"a\nb\" (x)", "there is also \"a\";" },
	};
	struct fixture *f = *state;
	struct store *s;

	for (size_t i = 0; i < sizeof(strange) / sizeof(*strange); i++) {
		remove_all(f);
		store_close(open_store(f));
		meddle(f, strange[i].sql);
		refused(f, store_open(&s, f->path, "main", false, STORE_RUN,
				      &f->err), strange[i].words);
		refused(f, store_open(&s, f->path, "main", false,
				      STORE_CHANGE, &f->err),
			"changed by another program");
	}
	remove_all(f);
	store_close(open_store(f));
	meddle(f, "CREATE INDEX mine ON polls(took_ms); ANALYZE");
	store_close(open_store(f));	/* an index changes nothing */
}

/* ---- a prepared file ---- */

static void a_prepared_file_runs_nothing(void **state)
{
	static const struct { const char *sql, *words; } traps[] = {
		{ "CREATE TRIGGER trap AFTER INSERT ON polls BEGIN UPDATE "
		  "positions SET status = 'closed', closed_at = 1; END",
		  "there is also \"trigger trap" },
		{ "CREATE VIEW trap AS SELECT load_extension('x')",
		  "there is also \"view trap" },
		{ "DROP TRIGGER closed_never_changes; CREATE TRIGGER "
		  "closed_never_changes BEFORE UPDATE ON positions BEGIN "
		  "SELECT 1; END", "\"trigger closed_never_changes" },
	};
	struct fixture *f = *state;
	struct store *s;

	for (size_t i = 0; i < sizeof(traps) / sizeof(*traps); i++) {
		remove_all(f);
		store_close(open_store(f));
		meddle(f, traps[i].sql);
		refused(f, store_open(&s, f->path, "main", false, STORE_RUN,
				      &f->err), traps[i].words);
	}
}

/* The three switches that keep a file from doing harm, as this SQLite says. */
static void a_prepared_file_is_not_trusted(void **state)
{
	struct fixture *f = *state;
	struct store *s = open_store(f);
	sqlite3_stmt *st;
	int defensive = 0;

	for (int i = 0; i < 2; i++) {
		static const char *const ask[] = {
			"PRAGMA trusted_schema", "PRAGMA cell_size_check"
		};

		assert_int_equal(sqlite3_prepare_v2(s->db, ask[i], -1, &st,
						    NULL), SQLITE_OK);
		assert_int_equal(sqlite3_step(st), SQLITE_ROW);
		assert_int_equal(sqlite3_column_int(st, 0), i);
		sqlite3_finalize(st);
	}
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, -1, &defensive);
	assert_int_equal(defensive, 1);
	store_close(s);
}

/* ---- a long history ---- */

static long ops;

static int count_ops(void *unused)
{
	(void)unused;
	ops++;
	return 0;
}

/* In steps of SQLite's machine: time would depend on the host. */
static long cost_of_retention(struct fixture *f, struct store *s)
{
	ops = 0;
	sqlite3_progress_handler(s->db, 10, count_ops, NULL);
	check(f, store_retain(s, NOW, span_s(60), 0, &f->err));
	sqlite3_progress_handler(s->db, 0, NULL, NULL);
	return ops;
}

static void add_history(struct store *s, long rows)
{
	char text[800];

	snprintf(text, sizeof(text),
		 "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
		 "FROM n WHERE i < %ld) INSERT INTO decisions (poll, "
		 "position, at, action, before, label, text) SELECT i, 1, i, "
		 "'alert', 'hold', 'X', 'why' FROM n; "
		 "INSERT INTO polls SELECT poll, at, 1, 'ok', 1, 1, 0, 1, "
		 "'aa', '1.0.0', '' FROM decisions; "
		 "INSERT INTO evidence SELECT seq, seq %% 64 = 1, x'00' FROM "
		 "polls WHERE seq > %ld - 6400", rows, rows);
	sql(s->db, text);
}

static int64_t number(struct store *s, const char *text)
{
	sqlite3_stmt *st;
	int64_t v;

	assert_int_equal(sqlite3_prepare_v2(s->db, text, -1, &st, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	v = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return v;
}

/* CW_ROWS=10000000 for the long form. */
static void millions_of_decisions_cost_a_poll_nothing(void **state)
{
	const char *wanted = getenv("CW_ROWS");
	long rows = wanted ? atol(wanted) : ROWS, small, large;
	struct fixture *f = *state;
	struct position p = given_position("BTC", "lighter", "grvt", "20000",
					   NULL);
	struct decision_row *d;
	struct store *s = open_store(f);
	size_t n;

	check(f, store_begin(s, &f->err));
	check(f, store_put_config(s, "aa", "x", &f->err));
	check(f, store_add_position(s, &p, NOW, "cli", "", &f->err));
	add_history(s, 6400);
	small = cost_of_retention(f, s);
	store_rollback(s);
	check(f, store_begin(s, &f->err));
	check(f, store_put_config(s, "aa", "x", &f->err));
	p.id = 0;
	check(f, store_add_position(s, &p, NOW, "cli", "", &f->err));
	add_history(s, rows);
	check(f, store_commit(s, 60000, &f->err));

	/* Stopped in the middle: as if it had never begun. */
	check(f, store_begin(s, &f->err));
	large = cost_of_retention(f, s);
	assert_true(number(s, "SELECT count(*) FROM evidence") < 6400);
	store_rollback(s);
	assert_int_equal(number(s, "SELECT count(*) FROM evidence"), 6400);
	print_message("# retention: %ld steps with 6400 decisions, %ld with "
		      "%ld\n", small, large, rows);
	assert_true(large < 2 * small);

	check(f, store_begin(s, &f->err));
	cost_of_retention(f, s);
	check(f, store_commit(s, 60000, &f->err));
	check(f, store_decisions(s, &d, &n, 0, INSTANT_UNKNOWN,
				 INSTANT_UNKNOWN, 3, f->arena, &f->err));
	assert_int_equal(n, 3);
	assert_int_equal(d[0].poll, rows);
	assert_int_equal(number(s, "SELECT count(*) FROM decisions"), rows);
	store_close(s);
}

/* ---- values ---- */

struct nonsense {
	const char *set;		/* of the one position */
	const char *column;		/* named in the message */
};

static const struct nonsense nonsenses[] = {
	{ "size_usd = ''", "size_usd" },
	{ "size_usd = '1,5'", "size_usd" },
	{ "size_usd = '1e'", "size_usd" },
	{ "size_usd = 'NaN'", "size_usd" },
	{ "size_usd = '1' || x'00' || '2'", "size_usd" },
	{ "size_usd = '99999999999999999999999999'", "size_usd" },
	{ "size_usd = '0.0000000000000000001'", "size_usd" },
	{ "size_usd = '-20000'", "size_usd" },
	{ "size_usd = '0.0'", "size_usd" },
	{ "short_venue = long_venue", "short_venue" },
	{ "status = 'open' || x'00'", "status" },
	{ "fees_usd = 'much'", "fees_usd" },
	{ "entry_divergence = '?'", "entry_divergence" },
	{ "entry_divergence = '?no such reason'", "entry_divergence" },
	{ "long_quantity = '--1'", "long_quantity" },
	{ "long_price = 'x'", "long_price" },
	{ "status = 'opened'", "status" },
	{ "status = ''", "status" },
	{ "symbol = ''", "symbol" },
	{ "symbol = 'A SYMBOL THAT IS FAR TOO LONG TO BE ONE'", "symbol" },
	{ "long_venue = ''", "long_venue" },
	{ "reason = 'A LABEL THAT IS FAR TOO LONG TO BE ONE'", "reason" },
	{ "entry_manual = 2", "entry_manual" },
};

static const char *const wrong_types[] = {
	"size_usd = NULL", "size_usd = x'31'", "opened_at = 'yesterday'",
	"opened_at = 1.5", "opened_at = NULL", "opened_at = x'31'",
	"version = 'one'", "status = NULL", "symbol = x'42'",
};

static void values_that_make_no_sense_are_named_never_used(void **state)
{
	struct fixture *f = *state;
	struct store *s = open_store(f);
	struct position p = given_position("BTC", "lighter", "grvt", "20000",
					   "0.0003"), *list;
	char text[200];
	size_t n;

	check(f, store_begin(s, &f->err));
	check(f, store_add_position(s, &p, NOW, "cli", "", &f->err));
	check(f, store_commit(s, 100, &f->err));
	for (size_t i = 0; i < sizeof(nonsenses) / sizeof(*nonsenses); i++) {
		snprintf(text, sizeof(text), "PRAGMA ignore_check_constraints "
			 "= ON; SAVEPOINT a; UPDATE positions SET %s",
			 nonsenses[i].set);
		sql(s->db, text);
		f->err.kind = ERR_NONE;
		if (store_positions(s, &list, &n, STORE_ALL, INSTANT_UNKNOWN,
				    f->arena, &f->err))
			fail_msg("%s was taken", nonsenses[i].set);
		snprintf(text, sizeof(text), "a value of %s makes no sense",
			 nonsenses[i].column);
		refused(f, false, text);
		sql(s->db, "ROLLBACK TO a; RELEASE a");
	}
	for (size_t i = 0; i < sizeof(wrong_types) / sizeof(*wrong_types);
	     i++) {
		snprintf(text, sizeof(text), "UPDATE positions SET %s",
			 wrong_types[i]);
		if (sqlite3_exec(s->db, text, NULL, NULL, NULL) !=
		    SQLITE_CONSTRAINT_DATATYPE &&
		    sqlite3_errcode(s->db) != SQLITE_CONSTRAINT_NOTNULL)
			fail_msg("%s: %s", text, sqlite3_errmsg(s->db));
	}
	check(f, store_positions(s, &list, &n, STORE_ALL, INSTANT_UNKNOWN,
				 f->arena, &f->err));
	assert_int_equal(n, 1);
	store_close(s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_upgrade_killed_at_any_write_is_whole_afterwards),
		TEST(tables_of_somebody_else_are_refused),
		TEST(a_prepared_file_runs_nothing),
		TEST(a_prepared_file_is_not_trusted),
		TEST(millions_of_decisions_cost_a_poll_nothing),
		TEST(values_that_make_no_sense_are_named_never_used),
	};

	return cmocka_run_group_tests(tests, count_steps, NULL);
}
