/* SPDX-License-Identifier: MIT */
/* A clock that was ahead, with hand-offs under way, is put right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "handoff_scene.h"

static enum handoff_todo due(void)
{
	view.polled = false;
	return handoff_step(&row, &view);
}

#define DAY_MS		(24 * 60 * (int64_t)MIN)

/* The receiver is down while the clock is a day ahead; then it is put right. */
static void a_pause_does_not_outlive_a_clock_set_back(void **state)
{
	(void)state;
	view.idempotent = true;
	view.now.ms += DAY_MS;
	assert_int_equal(due(), HANDOFF_DO_SEND);
	sent();
	answer(HANDOFF_SAYS_LATER);
	view.now.ms -= DAY_MS;
	assert_int_equal(due(), HANDOFF_DO_WRITE);
	assert_int_equal(row.sent_at.ms, view.now.ms);
	assert_int_equal(due(), HANDOFF_DO_SEND);
	/* Sent before the clock went wrong: the pause alone is ahead. */
	begin(NULL);
	sent();
	answer(HANDOFF_SAYS_LATER);
	row.next_at.ms += DAY_MS;
	assert_int_equal(due(), HANDOFF_DO_WRITE);
	assert_int_equal(due(), HANDOFF_DO_SEND);
	/* Decided a day ahead, and never sent. */
	begin(NULL);
	row.created_at.ms += DAY_MS;
	row.next_at = row.created_at;
	assert_int_equal(due(), HANDOFF_DO_WRITE);
	assert_int_equal(due(), HANDOFF_DO_SEND);
}

/* The pauses there are, and the one asked for, are waited for. */
static void a_pause_is_kept(void **state)
{
	struct handoff_answer a = { HANDOFF_SAYS_LATER, 3600, "why" };

	(void)state;
	view.idempotent = true;
	for (int i = 0; i < 6; i++) {
		sent();
		handoff_answered(&row, &a, &view);
		assert_int_equal(due(), HANDOFF_DO_NOTHING);
		view.now = row.next_at;
		assert_int_equal(due(), HANDOFF_DO_SEND);
	}
}

/* Another close of the pair was sent before: it may be working for a while. */
static void a_wait_for_another_close_begins_anew(void **state)
{
	(void)state;
	row.next_at.ms = view.now.ms + SETTLE_MS;
	assert_int_equal(due(), HANDOFF_DO_NOTHING);
	row.created_at.ms += DAY_MS;
	row.next_at.ms = row.created_at.ms + SETTLE_MS;
	assert_int_equal(due(), HANDOFF_DO_WRITE);
	assert_int_equal(row.next_at.ms, view.now.ms + SETTLE_MS);
	assert_int_equal(due(), HANDOFF_DO_NOTHING);
	view.now = row.next_at;
	assert_int_equal(due(), HANDOFF_DO_SEND);
}

/* What is sent ahead of now has its whole time yet, and no more. */
static void a_clock_set_back_settles_nothing_and_blocks_nothing(void **state)
{
	(void)state;
	view.now.ms += DAY_MS;
	sent();
	answer(HANDOFF_SAYS_NOTHING);
	view.now.ms -= DAY_MS;
	assert_false(handoff_again(&row, &view));
	assert_int_equal(poll_later(0), HANDOFF_DO_WRITE);
	assert_int_equal(row.state, HANDOFF_UNKNOWN);
	for (int minute = 1; minute < 10; minute++) {
		assert_int_equal(poll_later(1), HANDOFF_DO_NOTHING);
		assert_false(handoff_again(&row, &view));
	}
	assert_int_equal(poll_later(1), HANDOFF_DO_WRITE);	/* one read */
	assert_int_equal(poll_later(1), HANDOFF_DO_WRITE);	/* two */
	assert_int_equal(due(), HANDOFF_DO_SEND);
	/* On its way it keeps its state. */
	view.now.ms += DAY_MS;
	sent();
	view.running = true;
	view.now.ms -= DAY_MS;
	assert_int_equal(due(), HANDOFF_DO_WRITE);
	assert_int_equal(row.state, HANDOFF_SENT);
	assert_int_equal(due(), HANDOFF_DO_NOTHING);
}

/* A host that starts in 1970 sends nothing, and forgets nothing. */
static void a_clock_that_is_years_behind_is_not_believed(void **state)
{
	(void)state;
	row.created_at.ms += 367 * DAY_MS;
	row.next_at = row.created_at;
	assert_int_equal(due(), HANDOFF_DO_NOTHING);
	begin(NULL);
	view.now.ms += 367 * DAY_MS;
	sent();
	answer(HANDOFF_SAYS_NOTHING);
	view.now.ms -= 367 * DAY_MS;
	assert_int_equal(poll_later(0), HANDOFF_DO_NOTHING);
	assert_int_equal(row.sent_at.ms, view.now.ms + 367 * DAY_MS);
	row.state = HANDOFF_QUEUED;
	row.next_at = row.sent_at;
	assert_int_equal(due(), HANDOFF_DO_NOTHING);
	/* Sent before now: an old Retry-After, and not the clock. */
	row.sent_at.ms = view.now.ms - 1;
	assert_int_equal(due(), HANDOFF_DO_WRITE);
	assert_int_equal(due(), HANDOFF_DO_SEND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			a_pause_does_not_outlive_a_clock_set_back, begin),
		cmocka_unit_test_setup(a_pause_is_kept, begin),
		cmocka_unit_test_setup(a_wait_for_another_close_begins_anew,
				       begin),
		cmocka_unit_test_setup(
			a_clock_set_back_settles_nothing_and_blocks_nothing,
			begin),
		cmocka_unit_test_setup(
			a_clock_that_is_years_behind_is_not_believed, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
