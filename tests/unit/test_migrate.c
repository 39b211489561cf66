/* SPDX-License-Identifier: MIT */
/* Schema steps: order, backups, failures, refusals, and text constraints. */
#include "migrate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "store_schema.h"

static const char *const one[] = {
	"CREATE TABLE a (x TEXT) STRICT", "INSERT INTO a VALUES ('first')",
	NULL
};
static const char *const two[] = {
	"CREATE TABLE b (x TEXT) STRICT", "INSERT INTO b SELECT x FROM a", NULL
};
static const char *const broken[] = {
	"CREATE TABLE c (x TEXT) STRICT", "INSERT INTO nowhere VALUES (1)",
	NULL
};

static const struct migration steps[] = { { one }, { two }, { broken } };

struct fixture {
	char dir[64], path[96];
	sqlite3 *db;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/cw-migrate-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/a.db", f->dir);
	assert_int_equal(sqlite3_open(f->path, &f->db), SQLITE_OK);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	static const char *const left[] = {
		"a.db", "a.db.backup-v1", "a.db.backup-v2",
		"a.db.backup-v1.part",
	};
	char path[128];

	sqlite3_close(f->db);
	for (int i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", f->dir, left[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(f->dir), 0);
	free(f);
	return 0;
}

static int64_t number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st;
	int64_t v = -1;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL),
			 SQLITE_OK);
	if (sqlite3_step(st) == SQLITE_ROW)
		v = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return v;
}

static bool exists(const struct fixture *f, const char *suffix)
{
	char path[128];

	snprintf(path, sizeof(path), "%s%s", f->path, suffix);
	return access(path, F_OK) == 0;
}

static void migrate(struct fixture *f, int n)
{
	struct err err;

	if (!migrate_run(f->db, f->path, steps, n, &err))
		fail_msg("%s", err.text);
}

static void a_fresh_file_needs_no_backup(void **state)
{
	struct fixture *f = *state;
	bool fresh = false;

	assert_true(migrate_check(f->db, f->path, 2, &fresh, NULL));
	assert_true(fresh);
	migrate(f, 2);
	assert_int_equal(number(f->db, "PRAGMA user_version"), 2);
	assert_int_equal(number(f->db, "PRAGMA application_id"),
			 MIGRATE_APPLICATION_ID);
	assert_int_equal(number(f->db, "SELECT count(*) FROM b"), 1);
	assert_false(exists(f, ".backup-v1"));
	assert_true(migrate_check(f->db, f->path, 2, &fresh, NULL));
	assert_false(fresh);
	migrate(f, 2);			/* nothing left to do */
	assert_int_equal(number(f->db, "SELECT count(*) FROM b"), 1);
}

static void an_upgrade_keeps_a_whole_copy(void **state)
{
	struct fixture *f = *state;
	char path[128];
	struct stat st;
	sqlite3 *old;

	migrate(f, 1);
	migrate(f, 2);
	snprintf(path, sizeof(path), "%s.backup-v1", f->path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_false(exists(f, ".backup-v1.part"));
	assert_int_equal(sqlite3_open(path, &old), SQLITE_OK);
	assert_int_equal(number(old, "PRAGMA user_version"), 1);
	assert_int_equal(number(old, "PRAGMA application_id"),
			 MIGRATE_APPLICATION_ID);
	assert_int_equal(number(old, "SELECT count(*) FROM a"), 1);
	sqlite3_close(old);
}

static void a_failed_step_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct err err;

	migrate(f, 2);
	for (int i = 0; i < 2; i++) {	/* also again, over its own backup */
		assert_false(migrate_run(f->db, f->path, steps, 3, &err));
		assert_int_equal(err.kind, ERR_STORE);
		assert_non_null(strstr(err.text, "schema step 3"));
		assert_int_equal(number(f->db, "PRAGMA user_version"), 2);
		assert_int_equal(number(f->db, "SELECT count(*) FROM "
					"sqlite_schema WHERE name = 'c'"), 0);
		assert_true(sqlite3_get_autocommit(f->db));
	}
	assert_true(exists(f, ".backup-v2"));
}

static void a_busy_file_is_left_alone(void **state)
{
	struct fixture *f = *state;
	sqlite3 *other;
	struct err err;

	assert_int_equal(sqlite3_open(f->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL,
				      NULL), SQLITE_OK);
	assert_false(migrate_run(f->db, f->path, steps, 1, &err));
	assert_int_equal(err.kind, ERR_BUSY);
	sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(other);
	migrate(f, 1);
}

static void newer_and_foreign_files_are_refused(void **state)
{
	struct fixture *f = *state;
	struct err err;
	bool fresh;

	migrate(f, 2);
	assert_false(migrate_check(f->db, f->path, 1, &fresh, &err));
	assert_int_equal(err.kind, ERR_STORE);
	assert_non_null(strstr(err.text, "version 2"));
	assert_non_null(strstr(err.text, "up to 1"));
	sqlite3_exec(f->db, "PRAGMA application_id = 7", NULL, NULL, NULL);
	assert_false(migrate_check(f->db, f->path, 2, &fresh, &err));
	assert_non_null(strstr(err.text, "another program"));
}

static void refused(bool ok, const struct err *err, enum err_kind kind,
		    const char *words)
{
	assert_false(ok);
	assert_int_equal(err->kind, kind);
	if (!strstr(err->text, words))
		fail_msg("\"%s\" is not in: %s", words, err->text);
}

/* Whatever is in it without our stamp was not made by us. */
static void what_is_not_ours_is_no_fresh_file(void **state)
{
	static const char *const makes[] = {
		"CREATE TABLE x (a)", "PRAGMA user_version = 1",
		"PRAGMA application_id = 7",
	};
	struct fixture *f = *state;
	char sql[64];
	struct err err;
	bool fresh;

	for (size_t i = 0; i < sizeof(makes) / sizeof(makes[0]); i++) {
		sqlite3_close(f->db);
		unlink(f->path);
		sqlite3_open(f->path, &f->db);
		sqlite3_exec(f->db, makes[i], NULL, NULL, NULL);
		refused(migrate_check(f->db, f->path, 2, &fresh, &err), &err,
			ERR_STORE, "another program: name another file");
		assert_false(fresh);
	}
	snprintf(sql, sizeof(sql), "PRAGMA application_id = %d",
		 MIGRATE_APPLICATION_ID);
	sqlite3_exec(f->db, sql, NULL, NULL, NULL);	/* of no version */
	refused(migrate_check(f->db, f->path, 2, &fresh, &err), &err,
		ERR_STORE, "another program");
}

static void what_cannot_be_read_is_named(void **state)
{
	struct fixture *f = *state;
	struct err err;
	bool fresh;
	FILE *out;

	migrate(f, 2);
	sqlite3_close(f->db);
	out = fopen(f->path, "r+");
	fseek(out, 100, SEEK_SET);	/* behind the header: the list of tables */
	for (int i = 0; i < 200; i++)
		fputc(0xa5, out);
	fclose(out);
	sqlite3_open(f->path, &f->db);
	refused(migrate_check(f->db, f->path, 2, &fresh, &err), &err,
		ERR_STORE, "a.db is damaged: restore a backup, or move it away "
		"to start anew");
	sqlite3_close(f->db);
	out = fopen(f->path, "w");
	fputs("a shopping list of more than a few bytes, but no database; "
	      "eggs, flour, milk, salt, sugar, butter, yeast", out);
	fclose(out);
	sqlite3_open(f->path, &f->db);
	refused(migrate_check(f->db, f->path, 2, &fresh, &err), &err,
		ERR_STORE, "a.db is not a database");
}

/* Two monitors of a new version start at once: the other one was quicker. */
static int other_is_quicker(void *other, int tries)
{
	const char *const sql[] = {
		one[0], one[1], two[0], two[1], "PRAGMA user_version = 2",
		"COMMIT",
	};

	assert_int_equal(tries, 0);
	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++)
		assert_int_equal(sqlite3_exec(other, sql[i], NULL, NULL,
					      NULL), SQLITE_OK);
	return 1;
}

static void a_step_that_was_taken_meanwhile_is_not_taken_twice(void **state)
{
	struct fixture *f = *state;
	sqlite3 *other;

	assert_int_equal(sqlite3_open(f->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL,
				      NULL), SQLITE_OK);
	sqlite3_busy_handler(f->db, other_is_quicker, other);
	migrate(f, 2);
	sqlite3_close(other);
	assert_int_equal(number(f->db, "SELECT count(*) FROM b"), 1);
	assert_int_equal(number(f->db, "PRAGMA user_version"), 2);
}

static void where_no_copy_can_be_kept_nothing_changes(void **state)
{
	char name[5000], path[128], part[140];
	struct fixture *f = *state;
	struct err err;

	migrate(f, 1);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	refused(migrate_run(f->db, name, steps, 2, &err), &err, ERR_STORE,
		"name too long: nnn");
	name[4095] = '\0';		/* .part has no room */
	refused(migrate_copy(f->db, name, &err), &err, ERR_STORE,
		"name too long: nnn");
	refused(migrate_copy(f->db, "/nonexistent/copy.db", &err), &err,
		ERR_STORE, "cannot write the backup /nonexistent/copy.db.part");
	snprintf(path, sizeof(path), "%s.backup-v1", f->path);
	snprintf(part, sizeof(part), "%s.part", path);
	assert_int_equal(mkdir(path, 0700), 0);
	refused(migrate_run(f->db, f->path, steps, 2, &err), &err, ERR_STORE,
		"before the schema changes: cannot keep the backup");
	assert_int_equal(access(part, F_OK), -1);
	assert_int_equal(number(f->db, "PRAGMA user_version"), 1);
	assert_int_equal(rmdir(path), 0);
	migrate(f, 2);
}

/* As with `carrywatch db backup copy.db`. */
static void a_copy_goes_where_one_stands(void **state)
{
	struct fixture *f = *state;
	struct err err = { ERR_NONE, "" };
	char *before = getcwd(NULL, 0);

	migrate(f, 1);
	assert_int_equal(chdir(f->dir), 0);
	if (!migrate_copy(f->db, "a.db.backup-v2", &err))
		fail_msg("%s", err.text);
	assert_int_equal(chdir(before), 0);
	free(before);
	assert_true(exists(f, ".backup-v2"));
}

/* ---- what the real schema takes as a decimal ---- */

struct text_case {
	const char *text;
	bool dec, fact;
};

static const struct text_case texts[] = {
	{ "'0'", true, true }, { "'1'", true, true },
	{ "'-1'", true, true }, { "'0.5'", true, true },
	{ "'-0.000000000000000001'", true, true },
	{ "'10'", true, true }, { "'100.01'", true, true },
	{ "'?stale'", false, true }, { "NULL", false, true },
	{ "''", false, false }, { "'-'", false, false },
	{ "'.5'", false, false }, { "'5.'", false, false },
	{ "'-.5'", false, false }, { "'01'", false, false },
	{ "'-01'", false, false }, { "'00'", false, false },
	{ "'-0'", false, false }, { "'1.50'", false, false },
	{ "'0.0'", false, false }, { "'1e5'", false, false },
	{ "'1.2.3'", false, false }, { "'--1'", false, false },
	{ "'1-1'", false, false }, { "'+1'", false, false },
	{ "' 1'", false, false }, { "'1 '", false, false },
	{ "'?'", false, false }, { "'nan'", false, false },
	{ "1.0", false, false }, { "1e30", false, false },
	{ "x'31'", false, false },
};

static bool takes(sqlite3 *db, const char *rate, const char *amount)
{
	char sql[400];

	snprintf(sql, sizeof(sql), "INSERT OR REPLACE INTO last_quotes "
		 "(symbol, venue, rate_8h, observed_at, polled_at) "
		 "VALUES ('BTC', 'grvt', %s, 1, 1)", rate);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return false;
	snprintf(sql, sizeof(sql), "INSERT OR REPLACE INTO settlements VALUES "
		 "(1, 'long', 1, NULL, 3600, 'entry notional', NULL, NULL, "
		 "%s, NULL, NULL, 0, 0)", amount);
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static void only_canonical_decimals_get_in(void **state)
{
	struct fixture *f = *state;

	assert_true(migrate_run(f->db, f->path, migrate_steps, migrate_count,
				NULL));
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const struct text_case *c = &texts[i];

		if (takes(f->db, c->text, "'1'") != c->dec)
			fail_msg("decimal %s", c->text);
		if (takes(f->db, "'1'", c->text) != c->fact)
			fail_msg("fact %s", c->text);
	}
}

/* A new step changes it: without it every open takes 20 ms longer. */
static void what_the_steps_make_is_known_by_its_hash(void **state)
{
	struct fixture *f = *state;
	char hash[HASH_TEXT];

	assert_true(migrate_run(f->db, f->path, migrate_steps, migrate_count,
				NULL));
	store_schema_hash(hash, f->db);
	assert_string_equal(hash, migrate_hash);
	assert_int_equal(sqlite3_exec(f->db, "ALTER TABLE watches ADD COLUMN "
				      "x TEXT", NULL, NULL, NULL), SQLITE_OK);
	store_schema_hash(hash, f->db);
	assert_string_not_equal(hash, migrate_hash);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_fresh_file_needs_no_backup),
		TEST(an_upgrade_keeps_a_whole_copy),
		TEST(a_failed_step_changes_nothing),
		TEST(a_busy_file_is_left_alone),
		TEST(newer_and_foreign_files_are_refused),
		TEST(what_is_not_ours_is_no_fresh_file),
		TEST(what_cannot_be_read_is_named),
		TEST(a_step_that_was_taken_meanwhile_is_not_taken_twice),
		TEST(where_no_copy_can_be_kept_nothing_changes),
		TEST(a_copy_goes_where_one_stands),
		TEST(only_canonical_decimals_get_in),
		TEST(what_the_steps_make_is_known_by_its_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
