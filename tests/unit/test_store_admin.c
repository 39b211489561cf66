/* SPDX-License-Identifier: MIT */
/*
 * What `db check` and `db backup` say of a database that another program
 * wrote into, and what is read out of such rows: they are named, never used.
 */
#include "store_admin.h"
#include "store_case.h"
#include "store_handoffs.h"
#include "store_sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define check		store_case_check
#define refused		store_case_refused
#define add		store_case_add
#define TEST(f)		cmocka_unit_test_setup_teardown(f, \
				store_case_set_up, store_case_tear_down)

static void run(struct store_case *f, const char *text)
{
	char *why = NULL;

	if (sqlite3_exec(f->store->db, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", text, why);
}

/* ---- one of each table ---- */

static const char rows[] =
	"INSERT INTO configs VALUES ('aa', 'x');"
	"INSERT INTO polls VALUES (5, 1, 1, 'ok', 1, 1, 0, 1, 'aa', '1.0.0', "
	"'');"
	"INSERT INTO evidence VALUES (5, 1, x'00');"
	"INSERT INTO decisions VALUES (1, 5, 1, 1, 'close', 'hold', 'X', "
	"'why');"
	"INSERT INTO settlements VALUES (1, 'long', 1, '0.0001', 3600, "
	"'entry notional', NULL, NULL, '-0.25', NULL, NULL, 0, 0);"
	"INSERT INTO funding VALUES (1, '-0.25', 1, 0);"
	"INSERT INTO streaks VALUES (1, 'flip()', 0, 1, 2, 3, 1);"
	"INSERT INTO handoffs VALUES (1, 'main-1-5', 1, 5, 'exec', 'market', "
	"'X', 'queued', '', 1, 0, 1, NULL, NULL, NULL, 0, 0, '')";

/* Changes are made outside of a transaction; constraints are off meanwhile. */
static void open_rows(struct store_case *f)
{
	add(f, "BTC");
	run(f, rows);
	check(f, store_commit(f->store, INT64_MAX, &f->err));
	run(f, "PRAGMA foreign_keys = OFF");
}

static void meddle(struct store_case *f, const char *text)
{
	run(f, "PRAGMA ignore_check_constraints = ON; SAVEPOINT a");
	run(f, text);
	run(f, "PRAGMA ignore_check_constraints = OFF");
}

static void mend(struct store_case *f)
{
	run(f, "ROLLBACK TO a; RELEASE a");
}

/* ---- db check ---- */

static const struct {
	const char *sql, *what, *detail;
} problems[] = {
	{ "UPDATE positions SET status = 'pending_close'",
	  "pending positions without a reason or a time of decision", "1" },
	{ "UPDATE positions SET closed_at = 5",
	  "open positions with a close of theirs", "1" },
	{ "INSERT INTO decisions VALUES (2, 9, 1, 1, 'close', 'hold', '', '')",
	  "decisions of polls that are still to come", "1" },
	{ "UPDATE funding SET settlements = 2",
	  "funding sums that are not of the ledger", "1" },
	{ "DELETE FROM decisions", "hand-offs without their decision", "1" },
	{ "UPDATE positions SET size_usd = '1,5'", "damaged",
	  "CHECK constraint failed in positions" },
	{ "INSERT INTO events VALUES (7, 99, 1, 'note', '', '', '', 'cli', "
	  "'')", "rows that refer to nothing in", "events" },
};

static void each_problem_has_its_words(void **state)
{
	struct store_case *f = *state;
	struct store_problem *list;
	size_t n;

	open_rows(f);
	check(f, store_check(f->store, &list, &n, f->arena, &f->err));
	if (n > 0)
		fail_msg("%s: %s", list[0].what, list[0].detail);
	for (size_t i = 0; i < sizeof(problems) / sizeof(problems[0]); i++) {
		meddle(f, problems[i].sql);
		check(f, store_check(f->store, &list, &n, f->arena, &f->err));
		assert_int_equal(n, 1);
		assert_string_equal(list[0].what, problems[i].what);
		assert_string_equal(list[0].detail, problems[i].detail);
		mend(f);
	}
}

static void what_is_there_is_counted(void **state)
{
	struct store_case *f = *state;
	struct store_info info;

	check(f, store_info(f->store, &info, &f->err));
	assert_int_equal(info.schema, store_schema_version());
	assert_false(instant_known(info.oldest_poll));
	assert_false(instant_known(info.newest_poll));
	assert_string_equal(info.count[3].table, "polls");
	assert_int_equal(info.count[3].rows, 0);
	open_rows(f);
	check(f, store_info(f->store, &info, &f->err));
	assert_int_equal(info.oldest_poll.ms, 1);
	assert_int_equal(info.newest_poll.ms, 1);
	assert_int_equal(info.count[3].rows, 1);
}

/* ---- db backup, db migrate ---- */

static void the_schema_of_a_file_is_known_before_it_is_opened(void **state)
{
	char dir[] = "/tmp/cw-admin-XXXXXX", path[80];
	struct store_case *f = *state;
	int schema = -1;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/copy.db", dir);
	check(f, store_file_schema(path, &schema, &f->err));
	assert_int_equal(schema, 0);		/* there is none yet */
	open_rows(f);
	check(f, store_backup(f->store, path, &f->err));
	check(f, store_file_schema(path, &schema, &f->err));
	assert_int_equal(schema, store_schema_version());
	assert_int_equal(truncate(path, 4000), 0);
	refused(f, store_file_schema(path, &schema, &f->err), ERR_STORE,
		"copy.db cannot be read");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

/* ---- rows that make no sense ---- */

static bool read_positions(struct store_case *f)
{
	struct position *list;
	size_t n;

	return store_positions(f->store, &list, &n, STORE_ALL,
			       INSTANT_UNKNOWN, f->arena, &f->err);
}

static bool read_position(struct store_case *f)
{
	struct position p;

	return store_position(f->store, &p, 1, &f->err);
}

static bool read_settlements(struct store_case *f)
{
	struct settlement *list;
	size_t n;

	return store_settlements(f->store, &list, &n, 1, f->arena, &f->err);
}

static bool read_funding(struct store_case *f)
{
	struct funding sum;

	return store_funding(f->store, &sum, 1, &f->err);
}

static bool read_decisions(struct store_case *f)
{
	struct decision_row *list;
	size_t n;

	return store_decisions(f->store, &list, &n, 1, INSTANT_UNKNOWN,
			       INSTANT_UNKNOWN, 0, f->arena, &f->err);
}

static bool read_handoffs(struct store_case *f)
{
	struct handoff_row *list;
	size_t n;

	return store_open_handoffs(f->store, &list, &n, f->arena, &f->err);
}

static bool read_brakes(struct store_case *f)
{
	struct brakes b;

	return store_brakes(f->store, &b, &f->err);
}

static bool read_memory(struct store_case *f)
{
	static const char *const flip[] = { "A: flip", NULL };
	struct streak slots[SLOTS_MAX];
	struct watch watch;

	return store_load_memory(f->store, slots, &watch, 1,
				 given_profile(f->arena, flip, NULL),
				 &f->err);
}

#define LONG_TEXT "'a text that has far more letters than any of them has room" \
		  " for, and then some more of them to be quite sure of it'"

/* A table of the same columns that takes any value: it opens all the same. */
#define LOOSE_BRAKES "DROP TABLE brakes; CREATE TABLE brakes (id INTEGER " \
	"PRIMARY KEY, paused_at INTEGER, paused_by TEXT NOT NULL, " \
	"tripped_at INTEGER, tripped_poll INTEGER); "

static const struct {
	const char *sql;
	bool (*read)(struct store_case *f);
	const char *column;
} nonsense[] = {
	{ "UPDATE positions SET status = 'closed'", read_position,
	  "closed_at" },
	{ "UPDATE positions SET external_id = " LONG_TEXT, read_positions,
	  "external_id" },
	{ "UPDATE settlements SET side = 'both'", read_settlements, "side" },
	{ "UPDATE settlements SET base = ''", read_settlements, "base" },
	{ "UPDATE settlements SET base = " LONG_TEXT, read_settlements,
	  "base" },
	{ "UPDATE settlements SET late = 2", read_settlements, "late" },
	{ "UPDATE settlements SET pays_every_s = 4294967296",
	  read_settlements, "pays_every_s" },
	{ "UPDATE funding SET settled_usd = '?stale'", read_funding,
	  "settled_usd" },
	{ "DELETE FROM funding; UPDATE settlements SET amount_usd = 'x'",
	  read_funding, "amount_usd" },
	{ "UPDATE decisions SET action = 'run'", read_decisions, "action" },
	{ "UPDATE handoffs SET order_type = 'stop'", read_handoffs,
	  "order_type" },
	{ "UPDATE handoffs SET state = 'lost'", read_handoffs, "state" },
	{ "UPDATE handoffs SET target = " LONG_TEXT, read_handoffs,
	  "target" },
	{ "UPDATE streaks SET stored = 3", read_memory, "stored" },
	{ "UPDATE streaks SET count = -4294967296", read_memory, "count" },
	{ LOOSE_BRAKES "INSERT INTO brakes VALUES (1, 'today', '', NULL, "
	  "NULL)", read_brakes, "paused_at" },
	{ LOOSE_BRAKES "INSERT INTO brakes VALUES (1, 1, 2.5, NULL, NULL)",
	  read_brakes, NULL },		/* it is text all the same */
	{ LOOSE_BRAKES "INSERT INTO brakes VALUES (1, 1, x'41', NULL, NULL)",
	  read_brakes, "paused_by" },
};

static void a_value_that_makes_no_sense_is_named(void **state)
{
	struct store_case *f = *state;

	open_rows(f);
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
		char words[64];

		check(f, nonsense[i].read(f));
		meddle(f, nonsense[i].sql);
		f->err = (struct err){ ERR_NONE, "" };
		if (!nonsense[i].column) {
			check(f, nonsense[i].read(f));
		} else {
			snprintf(words, sizeof(words), "a value of %s makes "
				 "no sense", nonsense[i].column);
			if (nonsense[i].read(f))
				fail_msg("taken: %s", nonsense[i].sql);
			refused(f, false, ERR_STORE, words);
		}
		mend(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_problem_has_its_words),
		TEST(what_is_there_is_counted),
		TEST(the_schema_of_a_file_is_known_before_it_is_opened),
		TEST(a_value_that_makes_no_sense_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
