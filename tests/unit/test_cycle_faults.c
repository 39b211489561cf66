/* SPDX-License-Identifier: MIT */
/*
 * What happens to a poll from the side: the row of its position is changed or
 * gone when the poll is written down; the clock jumps; a reload was refused.
 */
#include "cycle_desk.h"
#include "given.h"
#include "store_sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PLAIN	"profile: wary"		/* flip for 2 polls */

static void meddle(struct desk *d, const char *text)
{
	char *why = NULL;

	if (sqlite3_exec(d->store->db, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", text, why);
}

static int64_t number(struct desk *d, const char *text)
{
	sqlite3_stmt *st;
	int64_t v;

	assert_int_equal(sqlite3_prepare_v2(d->store->db, text, -1, &st,
					    NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	v = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return v;
}

static void open_desk(struct desk *d)
{
	desk_open(d, "lighter", PLAIN);
	d->rate[LEG_LONG] = "0.0001";
	d->rate[LEG_SHORT] = "0.00005";		/* flipped from the start */
}

static void edit(struct desk *d)
{
	meddle(d, "UPDATE positions SET size_usd = '7', version = version + 1");
}

static void close_it(struct desk *d)
{
	meddle(d, "UPDATE positions SET status = 'closed', closed_at = 1, "
		  "version = version + 1");
}

static void remove_it(struct desk *d)
{
	meddle(d, "PRAGMA foreign_keys = OFF; DELETE FROM positions; "
		  "PRAGMA foreign_keys = ON");
}

static int64_t pending(struct desk *d)
{
	return number(d, "SELECT count(*) FROM positions WHERE status = "
			 "'pending_close'");
}

/*
 * The poll that would have closed it decides nothing about it, and goes well
 * for all others; so do those after it.
 */
static void a_row_changed_during_a_poll_gets_no_decision(void **state)
{
	static void (*const how[])(struct desk *d) = {
		edit, close_it, remove_it
	};

	(void)state;
	for (size_t i = 0; i < sizeof(how) / sizeof(*how); i++) {
		struct desk d;
		int64_t before;

		open_desk(&d);
		desk_poll(&d, "2026-11-20T15:00:10Z");
		before = number(&d, "SELECT count(*) FROM decisions");
		d.meanwhile = how[i];
		desk_poll(&d, "2026-11-20T15:01:10Z");
		assert_int_equal(number(&d, "SELECT count(*) FROM polls"), 2);
		assert_int_equal(number(&d, "SELECT count(*) FROM decisions"),
				 before);
		assert_int_equal(pending(&d), 0);
		d.meanwhile = NULL;
		desk_poll(&d, "2026-11-20T15:02:10Z");
		/* Only the edited one is still there to be closed. */
		assert_int_equal(pending(&d), how[i] == edit);
		assert_int_equal(number(&d, "SELECT count(*) FROM positions "
					"WHERE size_usd = '7'"),
				 how[i] == edit);
		desk_close(&d);
	}
}

/* Times may go back; numbers of polls, decisions and events never do. */
static void numbers_grow_whatever_the_clock_does(void **state)
{
	static const char *const times[] = {
		"2026-11-20T15:00:10Z", "2026-11-20T14:00:10Z",
		"2025-01-01T00:00:00Z", "2026-11-20T15:01:10Z",
		"2026-11-20T15:01:10Z", "2026-11-20T15:02:10Z",
		"2026-11-20T15:00:11Z", "2026-11-20T15:03:10Z",
	};
	struct desk d;

	(void)state;
	open_desk(&d);
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		desk_poll(&d, times[i]);
		if (i % 3 == 2)
			desk_restart(&d);
		assert_int_equal(number(&d, "SELECT max(seq) FROM polls"),
				 i + 1);
		assert_int_equal(number(&d, "SELECT count(*) FROM polls"),
				 i + 1);
	}
	assert_true(number(&d, "SELECT count(*) FROM polls WHERE result = "
			   "'clock_back'") >= 2);
	assert_int_equal(number(&d, "SELECT count(*) FROM positions WHERE "
				"status = 'pending_close'"), 1);
	/* By id is by poll, in each table. */
	assert_int_equal(number(&d, "SELECT count(*) FROM decisions a JOIN "
				"decisions b ON b.id > a.id AND "
				"b.poll < a.poll"), 0);
	assert_int_equal(number(&d, "SELECT count(*) FROM decisions d JOIN "
				"polls p ON p.seq = d.poll AND p.at <> d.at"),
			 0);
	assert_true(number(&d, "SELECT count(*) FROM decisions") >= 2);
	desk_close(&d);
}

/* Numbers that were given once are not given again after a backup. */
static void numbers_go_on_behind_those_of_a_lost_database(void **state)
{
	struct desk d;

	(void)state;
	open_desk(&d);
	desk_poll(&d, "2026-11-20T15:00:10Z");
	d.cycle->polls_before = 700;
	desk_poll(&d, "2026-11-20T15:01:10Z");
	desk_poll(&d, "2026-11-20T15:02:10Z");
	assert_int_equal(number(&d, "SELECT group_concat(seq, '') FROM "
				"polls"), 1701702);
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_changed_during_a_poll_gets_no_decision),
		cmocka_unit_test(numbers_grow_whatever_the_clock_does),
		cmocka_unit_test(numbers_go_on_behind_those_of_a_lost_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
