/* SPDX-License-Identifier: MIT */
/*
 * A poll must not read a whole table that grows for ever: SQLite is asked how
 * it would run each statement. A partial index, for one, is only used where its
 * own condition is written out again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store_case.h"
#include "store_sql.h"

/* What may be read as a whole, and why. */
struct scan {
	enum sql_id id;
	const char *why;
};

static const struct scan allowed[] = {
	{ SQL_POSITIONS, "all that are open, and what closed of late" },
	{ SQL_POSITION_IDS, "an error names what there is" },
	{ SQL_EVENTS, "a command lists them" },
	{ SQL_SHADOW, "one row" },
	{ SQL_POLL_LAST, "the first row from behind" },
	{ SQL_EVIDENCE_PAGES, "a table of SQLite's own" },
	{ SQL_FILE_BYTES, "numbers of SQLite's own" },
	{ SQL_DECISIONS, "a command lists them, from behind" },
	{ SQL_UNSENT, "an index of what waits" },
	{ SQL_MESSAGE_DROP, "with the retention, every so many polls" },
	{ SQL_ALERTS, "what fires now" },
	{ SQL_DELIVERY_RESTART, "an index of what waits" },
	{ SQL_DELIVERY_HEARD, "from behind, when an end replaces a telling" },
	{ SQL_DELIVERY_QUEUE, "from behind to the last error" },
	{ SQL_ALERTS_HEARD, "a command counts them" },
	{ SQL_DELIVERY_SINKS, "an index of what waits" },
	{ SQL_DELIVERIES_OF, "a command lists them, from behind" },
	{ SQL_QUOTES, "one row for each market" },
	{ SQL_HANDOFFS_OPEN, "one row for each close there ever was" },
	{ SQL_HANDOFFS, "a command lists them" },
	{ SQL_BRAKES, "one row" },
};

static const char *reason_of(enum sql_id id)
{
	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++)
		if (allowed[i].id == id)
			return allowed[i].why;
	return NULL;
}

/* The first step of the plan that reads a whole table or index; or "". */
static void scan_of(char out[static 200], sqlite3 *db, const char *text)
{
	char sql[4096];
	sqlite3_stmt *st;
	int n = snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", text);

	out[0] = '\0';
	assert_in_range(n, 1, sizeof(sql) - 1);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL),
			 SQLITE_OK);
	while (!out[0] && sqlite3_step(st) == SQLITE_ROW) {
		const char *step = (const char *)sqlite3_column_text(st, 3);

		if (strncmp(step, "SCAN ", 5) == 0)
			snprintf(out, 200, "%s", step);
	}
	sqlite3_finalize(st);
}

static void no_poll_reads_a_whole_table(void **state)
{
	struct store_case *f = *state;

	for (int i = 0; i < SQL_COUNT; i++) {
		const char *why = reason_of((enum sql_id)i);
		char scan[200];

		assert_non_null(sql_texts[i]);
		scan_of(scan, f->store->db, sql_texts[i]);
		if (scan[0] && !why)
			fail_msg("%s: %s", scan, sql_texts[i]);
		if (!scan[0] && why)
			fail_msg("scans no more (%s): %s", why, sql_texts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_poll_reads_a_whole_table,
						store_case_set_up,
						store_case_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
