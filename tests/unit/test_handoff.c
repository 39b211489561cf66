/* SPDX-License-Identifier: MIT */
/*
 * The life of a hand-off: what each state does with each event, and a whole
 * world at random in which answers are lost, come late, and the monitor ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "given_random.h"
#include "handoff_scene.h"

/* A minute later, with a bad answer; the last good one is lately enough. */
static enum handoff_todo poll_blind(void)
{
	view.now.ms += MIN;
	view.polled = true;
	return handoff_step(&row, &view);
}

static enum handoff_todo due(void)
{
	view.polled = false;
	return handoff_step(&row, &view);
}

static void it_goes_only_when_all_agree(void **state)
{
	(void)state;
	assert_int_equal(due(), HANDOFF_DO_SEND);
#define NOT_WITH(change) do { \
		begin(NULL); \
		change; \
		assert_int_equal(due(), HANDOFF_DO_NOTHING); \
	} while (0)
	NOT_WITH(view.paused = true);
	NOT_WITH(view.running = true);
	NOT_WITH(strcpy(row.held, "breaker"));
	NOT_WITH(row.next_at.ms = view.now.ms + 1);
	NOT_WITH(view.present = false);
	NOT_WITH(view.fresh = false);
	NOT_WITH(view.source = false; view.present = view.fresh = false);
	NOT_WITH(row.state = HANDOFF_FAILED);
	NOT_WITH(row.state = HANDOFF_CONFIRMED);
	begin(NULL);
	view.moved = view.running = true;
	assert_int_equal(due(), HANDOFF_DO_NOTHING);
	view.running = false;
	assert_int_equal(due(), HANDOFF_DO_WRITE);
	assert_string_equal(row.held, "target");
	assert_int_equal(due(), HANDOFF_DO_NOTHING);
	/* A receiver that repeats harmlessly needs nobody to ask. */
	begin(NULL);
	view.idempotent = true;
	view.source = view.fresh = view.present = false;
	assert_int_equal(due(), HANDOFF_DO_SEND);
}

static void each_answer_has_its_state(void **state)
{
	static const struct {
		enum handoff_says says;
		bool idempotent;
		enum handoff_state want;
	} cases[] = {
		{ HANDOFF_SAYS_TAKEN, false, HANDOFF_ACKNOWLEDGED },
		{ HANDOFF_SAYS_TAKEN, true, HANDOFF_ACKNOWLEDGED },
		{ HANDOFF_SAYS_WIDE, false, HANDOFF_QUEUED },
		{ HANDOFF_SAYS_NO, false, HANDOFF_FAILED },
		{ HANDOFF_SAYS_LATER, false, HANDOFF_QUEUED },
		{ HANDOFF_SAYS_LATER, true, HANDOFF_QUEUED },
		{ HANDOFF_SAYS_NOTHING, false, HANDOFF_UNKNOWN },
		{ HANDOFF_SAYS_NOTHING, true, HANDOFF_QUEUED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		begin(NULL);
		view.idempotent = cases[i].idempotent;
		sent();
		answer(cases[i].says);
		assert_int_equal(row.state, cases[i].want);
		assert_string_equal(row.detail, "why");
		assert_string_equal(row.held, cases[i].says ==
				    HANDOFF_SAYS_WIDE ? "spread" : "");
		if (row.state == HANDOFF_QUEUED && !row.held[0])
			assert_true(row.next_at.ms > view.now.ms);
	}
}

static void whatever_happens_a_closed_position_ends_it(void **state)
{
	(void)state;
	for (int s = HANDOFF_QUEUED; s <= HANDOFF_UNKNOWN; s++) {
		begin(NULL);
		row.state = (enum handoff_state)s;
		view.status = STATUS_CLOSED;
		assert_int_equal(due(), s == HANDOFF_CONFIRMED ?
				 HANDOFF_DO_NOTHING : HANDOFF_DO_WRITE);
		assert_int_equal(row.state, HANDOFF_CONFIRMED);
	}
	begin(NULL);
	view.status = STATUS_OPEN;
	assert_int_equal(due(), HANDOFF_DO_WRITE);
	assert_int_equal(row.state, HANDOFF_FAILED);
}

static void no_answer_is_looked_for_until_it_has_settled(void **state)
{
	(void)state;
	sent();
	answer(HANDOFF_SAYS_NOTHING);
	for (int minute = 1; minute < 10; minute++) {
		assert_int_equal(poll_later(1), HANDOFF_DO_NOTHING);
		assert_int_equal(due(), HANDOFF_DO_NOTHING);
	}
	assert_int_equal(poll_later(1), HANDOFF_DO_WRITE);	/* one read */
	assert_int_equal(row.state, HANDOFF_UNKNOWN);
	view.fresh = false;
	assert_int_equal(poll_later(1), HANDOFF_DO_NOTHING);
	view.fresh = true;
	view.present = false;
	assert_int_equal(poll_later(1), HANDOFF_DO_NOTHING);
	view.present = true;
	assert_int_equal(poll_later(1), HANDOFF_DO_WRITE);	/* two */
	assert_int_equal(row.state, HANDOFF_QUEUED);
	assert_int_equal(due(), HANDOFF_DO_SEND);
}

/* The pair was in it, and then nobody could ask: no second look at it. */
static void a_poll_without_a_good_read_is_no_look(void **state)
{
	(void)state;
	sent();
	answer(HANDOFF_SAYS_NOTHING);
	assert_int_equal(poll_later(10), HANDOFF_DO_WRITE);
	for (int minute = 0; minute < 3; minute++)
		assert_int_equal(poll_blind(), HANDOFF_DO_NOTHING);
	assert_int_equal(row.polls, 1);
	assert_int_equal(row.state, HANDOFF_UNKNOWN);
	assert_int_equal(poll_later(1), HANDOFF_DO_WRITE);
	assert_int_equal(row.state, HANDOFF_QUEUED);
	/* Nor is it one more in which a limit order did not fill. */
	begin(NULL);
	row.order = ORDER_LIMIT;
	sent();
	answer(HANDOFF_SAYS_TAKEN);
	assert_int_equal(poll_later(10), HANDOFF_DO_WRITE);
	for (int minute = 0; minute < 3; minute++)
		assert_int_equal(poll_blind(), HANDOFF_DO_NOTHING);
	assert_int_equal(row.polls, 1);
	assert_int_equal(poll_later(1), HANDOFF_DO_WRITE);
	assert_int_equal(row.state, HANDOFF_ACKNOWLEDGED);
	assert_int_equal(poll_later(1), HANDOFF_DO_WRITE);
	assert_int_equal(row.order, ORDER_MARKET);
}

static void a_clock_that_leaps_settles_nothing(void **state)
{
	(void)state;
	sent();
	answer(HANDOFF_SAYS_NOTHING);
	assert_int_equal(poll_later(1), HANDOFF_DO_NOTHING);
	view.now.ms += 60 * MIN;
	view.leapt_at = view.now;
	for (int minute = 0; minute < 10; minute++)
		assert_int_equal(poll_later(minute ? 1 : 0),
				 HANDOFF_DO_NOTHING);
	assert_false(handoff_again(&row, &view));
	assert_int_equal(poll_later(1), HANDOFF_DO_WRITE);
	assert_int_equal(poll_later(1), HANDOFF_DO_WRITE);
	assert_int_equal(due(), HANDOFF_DO_SEND);
	/* One that was long over when it was sent is no matter. */
	sent();
	answer(HANDOFF_SAYS_NOTHING);
	assert_int_equal(poll_later(10), HANDOFF_DO_WRITE);
}

static void a_restart_knows_not_what_became_of_it(void **state)
{
	(void)state;
	sent();
	view.running = true;
	assert_int_equal(due(), HANDOFF_DO_NOTHING);
	view.running = false;
	assert_int_equal(due(), HANDOFF_DO_WRITE);
	assert_int_equal(row.state, HANDOFF_UNKNOWN);
	begin(NULL);
	view.idempotent = true;
	sent();
	assert_int_equal(due(), HANDOFF_DO_WRITE);
	assert_int_equal(row.state, HANDOFF_QUEUED);
	assert_int_equal(due(), HANDOFF_DO_SEND);
}

static void a_limit_order_goes_to_market_once_it_has_settled(void **state)
{
	(void)state;
	row.order = ORDER_LIMIT;
	sent();
	answer(HANDOFF_SAYS_TAKEN);
	for (int minute = 1; minute < 10; minute++)
		assert_int_equal(poll_later(1), HANDOFF_DO_WRITE);
	assert_int_equal(row.state, HANDOFF_ACKNOWLEDGED);
	assert_int_equal(poll_later(1), HANDOFF_DO_WRITE);
	assert_int_equal(row.state, HANDOFF_QUEUED);
	assert_int_equal(row.order, ORDER_MARKET);
	assert_int_equal(due(), HANDOFF_DO_SEND);
	sent();
	answer(HANDOFF_SAYS_TAKEN);
	for (int minute = 0; minute < 100; minute++)
		poll_later(1);
	assert_int_equal(row.state, HANDOFF_ACKNOWLEDGED);	/* a person */
	assert_int_equal(row.tries, 2);
	/* Never, when it is not wanted. */
	begin(NULL);
	policy.escalate_after = 0;
	row.order = ORDER_LIMIT;
	sent();
	answer(HANDOFF_SAYS_TAKEN);
	for (int minute = 0; minute < 100; minute++)
		poll_later(1);
	assert_int_equal(row.order, ORDER_LIMIT);
}

static void a_wide_spread_is_waited_for(void **state)
{
	(void)state;
	sent();
	answer(HANDOFF_SAYS_WIDE);
	assert_int_equal(due(), HANDOFF_DO_NOTHING);
	poll_later(1);
	poll_later(1);
	assert_false(row.confirm_wide);
	poll_later(1);
	assert_true(row.confirm_wide);
	assert_int_equal(due(), HANDOFF_DO_SEND);
}

/* Without escalate_after nobody accepts it but a person. */
static void a_wide_spread_may_be_waited_for_for_ever(void **state)
{
	(void)state;
	policy.escalate_after = 0;
	sent();
	answer(HANDOFF_SAYS_WIDE);
	for (int i = 0; i < 100; i++)
		poll_later(1);
	assert_false(row.confirm_wide);
	assert_string_equal(row.held, "spread");
	assert_int_equal(row.polls, 100);
}

static void what_is_over_is_not_replaced(void **state)
{
	(void)state;
	for (int i = HANDOFF_QUEUED; i <= HANDOFF_UNKNOWN; i++) {
		bool over = i == HANDOFF_CONFIRMED || i == HANDOFF_FAILED;

		begin(NULL);
		row.state = (enum handoff_state)i;
		assert_int_equal(handoff_replaced(&row), !over);
		assert_int_equal(row.state, over ? i : HANDOFF_FAILED);
		assert_string_equal(row.detail, over ? "" : "the position was "
				    "kept, and decided anew");
	}
}

static void each_state_is_read_back_by_its_word(void **state)
{
	enum handoff_state got;

	(void)state;
	for (int i = HANDOFF_QUEUED; i <= HANDOFF_UNKNOWN; i++) {
		const char *word = handoff_state_word((enum handoff_state)i);

		assert_true(handoff_state_parse(&got, word));
		assert_int_equal(got, i);
	}
	assert_false(handoff_state_parse(&got, "forgotten"));
}

/* One that waits for an earlier close of the pair waits on. */
static void sent_by_hand_it_waits_no_longer_than_it_must(void **state)
{
	(void)state;
	strcpy(row.held, "breaker");
	row.next_at.ms = view.now.ms + 5 * MIN;
	assert_true(handoff_again(&row, &view));
	assert_int_equal(row.next_at.ms, view.now.ms + 5 * MIN);
	row.next_at.ms = view.now.ms - 5 * MIN;
	assert_true(handoff_again(&row, &view));
	assert_int_equal(row.next_at.ms, view.now.ms);
	assert_int_equal(due(), HANDOFF_DO_SEND);
}

static void a_person_may_send_again_what_has_ended(void **state)
{
	(void)state;
	sent();
	answer(HANDOFF_SAYS_NOTHING);
	assert_false(handoff_again(&row, &view));
	view.now.ms += SETTLE_MS - 1;
	assert_false(handoff_again(&row, &view));
	view.now.ms += 1;
	view.running = true;
	assert_false(handoff_again(&row, &view));
	view.running = false;
	assert_true(handoff_again(&row, &view));
	assert_int_equal(due(), HANDOFF_DO_SEND);
	begin(NULL);
	sent();
	answer(HANDOFF_SAYS_NO);		/* nothing was done: at once */
	assert_true(handoff_again(&row, &view));
}

/* settle may be shorter than what the client is given to answer in. */
static void what_is_on_its_way_is_not_sent_again_by_hand(void **state)
{
	(void)state;
	policy.settle = span_s(2);
	sent();
	view.now.ms += HANDOFF_WORKS_MS - 1;
	assert_false(handoff_again(&row, &view));
	view.now.ms += 1;
	assert_true(handoff_again(&row, &view));
	begin(NULL);
	sent();
	view.now.ms += SETTLE_MS - 1;
	assert_false(handoff_again(&row, &view));
	/* Its answer was lost: only what was agreed counts. */
	begin(NULL);
	policy.settle = span_s(2);
	sent();
	answer(HANDOFF_SAYS_NOTHING);
	view.now.ms += 2000;
	assert_true(handoff_again(&row, &view));
}

static void the_breaker_counts(void **state)
{
	static const struct { int closes, book; bool want; } cases[] = {
		{ 1, 1, false }, { 3, 3, false }, { 4, 100, true },
		{ 3, 100, false }, { 2, 4, false }, { 3, 4, true },
		{ 3, 6, false }, { 3, 5, true }, { 0, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(handoff_breaker(&policy, cases[i].closes,
						 cases[i].book),
				 cases[i].want);
}

static void a_protective_line_lets_it_go(void **state)
{
	(void)state;
	strcpy(row.held, "breaker");
	row.order = ORDER_LIMIT;
	assert_true(handoff_hurries(&row, ORDER_MARKET));
	assert_string_equal(row.held, "");
	assert_int_equal(row.order, ORDER_MARKET);
	assert_false(handoff_hurries(&row, ORDER_MARKET));
	/* Never slower than it was. */
	assert_false(handoff_hurries(&row, ORDER_LIMIT));
	assert_int_equal(row.order, ORDER_MARKET);
	strcpy(row.held, "breaker");
	assert_true(handoff_hurries(&row, ORDER_LIMIT));
	assert_string_equal(row.held, "");
	assert_int_equal(row.order, ORDER_MARKET);
	row.order = ORDER_LIMIT;
	assert_false(handoff_hurries(&row, ORDER_LIMIT));
	strcpy(row.held, "target");		/* another receiver's: a person */
	assert_true(handoff_hurries(&row, ORDER_MARKET));
	assert_string_equal(row.held, "target");
	/* What was sent is asked as it was. */
	row.order = ORDER_LIMIT;
	sent();
	assert_false(handoff_hurries(&row, ORDER_MARKET));
	answer(HANDOFF_SAYS_LATER);
	assert_int_equal(row.state, HANDOFF_QUEUED);
	assert_false(handoff_hurries(&row, ORDER_MARKET));
}

/* Sent once, the answer lost; sent again. */
static void sent_in_doubt(bool idempotent)
{
	begin(NULL);
	view.idempotent = idempotent;
	sent();
	answer(HANDOFF_SAYS_NOTHING);
	assert_false(instant_known(row.answered_at));
	sent();
}

static void a_later_answer_says_nothing_of_a_lost_one(void **state)
{
	(void)state;
	sent_in_doubt(true);
	answer(HANDOFF_SAYS_LATER);
	assert_int_equal(row.state, HANDOFF_QUEUED);
	assert_false(instant_known(row.answered_at));
	sent();
	answer(HANDOFF_SAYS_NO);
	assert_int_equal(row.state, HANDOFF_UNKNOWN);
	assert_false(instant_known(row.answered_at));
	assert_string_equal(row.detail, "why, but an answer before was lost");
	sent_in_doubt(true);
	answer(HANDOFF_SAYS_TAKEN);
	assert_int_equal(row.state, HANDOFF_ACKNOWLEDGED);
	assert_int_equal(row.answered_at.ms, view.now.ms);
	/* Taken, and asked once more by hand: it may still be done. */
	assert_true(handoff_again(&row, &view));
	sent();
	answer(HANDOFF_SAYS_NO);
	assert_int_equal(row.state, HANDOFF_UNKNOWN);
	/* The client's has settled before it is sent again. */
	sent_in_doubt(false);
	answer(HANDOFF_SAYS_NO);
	assert_int_equal(row.state, HANDOFF_FAILED);
}

static void each_answer_not_taken_leaves_no_doubt(void **state)
{
	(void)state;
	view.idempotent = true;
	for (int i = 0; i < 3; i++) {
		sent();
		answer(HANDOFF_SAYS_LATER);
		assert_int_equal(row.answered_at.ms, view.now.ms);
	}
	/* Interrupted, or repeated by hand while it was on its way. */
	sent();
	assert_int_equal(due(), HANDOFF_DO_WRITE);
	assert_false(instant_known(row.answered_at));
	begin(NULL);
	view.idempotent = true;
	sent();
	answer(HANDOFF_SAYS_LATER);
	sent();
	assert_true(handoff_again(&row, &view));
	assert_false(instant_known(row.answered_at));
}

static void a_receiver_cannot_ask_for_more_than_an_hour(void **state)
{
	static const struct { int64_t asked_s, waits_s; } cases[] = {
		{ 0, 5 }, { 5, 5 }, { 6, 6 }, { 3600, 3600 }, { 3601, 3600 },
		{ 99999999999, 3600 }, { INT64_MAX, 3600 }, { -1, 5 },
		{ INT64_MIN, 5 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct handoff_answer a = { HANDOFF_SAYS_LATER,
					    cases[i].asked_s, "HTTP 503" };

		begin(NULL);
		sent();
		handoff_answered(&row, &a, &view);
		assert_int_equal(row.next_at.ms - view.now.ms,
				 1000 * cases[i].waits_s);
	}
}

static bool leapt_lately(void)
{
	return instant_known(view.leapt_at) &&
	       view.now.ms - view.leapt_at.ms < 2 * SETTLE_MS;
}

/*
 * A world in which a close takes up to eight minutes, one answer in five is
 * lost, one in ten comes late, the clock is set on by an hour, and the monitor
 * ends now and then, though not soon after such a leap, of which it would know
 * nothing: nothing is ever sent while a sent one may be working, and every
 * close gets done.
 */
static void at_random_nothing_is_doubled_or_lost(void **state)
{
	(void)state;
	given_seed(20261127);
	for (int scene = 0; scene < 2000; scene++) {
		int64_t works_until = -1;
		bool gone = false, pending = false, unworked = false;
		int sends = 0, minute = 0;

		begin(NULL);
		view.idempotent = false;
		for (; minute < 600 && row.state != HANDOFF_CONFIRMED;
		     minute++) {
			view.now.ms += MIN;
			if (works_until >= 0 && view.now.ms >= works_until) {
				gone = gone || !unworked;
				works_until = -1;
			}
			if (given_chance(2)) {
				view.now.ms += 60 * MIN;
				works_until += works_until < 0 ? 0 : 60 * MIN;
				view.leapt_at = view.now;
			}
			if (given_chance(10) && !leapt_lately()) {
				view.running = pending = false;	/* it ends */
			}
			if (pending && given_chance(50)) {
				pending = view.running = false;
				answer(given_chance(20) ?
				       HANDOFF_SAYS_NOTHING :
				       unworked ? HANDOFF_SAYS_NOTHING :
				       HANDOFF_SAYS_TAKEN);
			}
			view.fresh = !given_chance(20);
			view.present = !gone;
			if (view.fresh && !gone)
				view.seen_at = view.now;
			view.status = gone && given_chance(50) ?
				      STATUS_CLOSED : STATUS_PENDING_CLOSE;
			view.polled = true;
			handoff_step(&row, &view);
			view.polled = false;
			if (handoff_step(&row, &view) != HANDOFF_DO_SEND)
				continue;
			assert_true(works_until < 0);
			assert_false(gone && view.fresh);
			sent();
			sends++;
			if (given_chance(10))
				continue;	/* ends before it is sent */
			unworked = given_chance(20);
			works_until = view.now.ms + MIN +
				      given_below(8) * MIN;
			view.running = pending = true;
		}
		/* What was taken and never worked waits for a person. */
		assert_true(row.state == HANDOFF_CONFIRMED ||
			    row.state == HANDOFF_ACKNOWLEDGED);
		assert_true(sends >= 1);
		assert_string_equal(row.key, "main-1-7");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_goes_only_when_all_agree, begin),
		cmocka_unit_test_setup(each_answer_has_its_state, begin),
		cmocka_unit_test_setup(
			whatever_happens_a_closed_position_ends_it, begin),
		cmocka_unit_test_setup(
			no_answer_is_looked_for_until_it_has_settled, begin),
		cmocka_unit_test_setup(a_poll_without_a_good_read_is_no_look,
				       begin),
		cmocka_unit_test_setup(a_clock_that_leaps_settles_nothing,
				       begin),
		cmocka_unit_test_setup(a_restart_knows_not_what_became_of_it,
				       begin),
		cmocka_unit_test_setup(
			a_limit_order_goes_to_market_once_it_has_settled,
			begin),
		cmocka_unit_test_setup(a_wide_spread_is_waited_for, begin),
		cmocka_unit_test_setup(
			a_wide_spread_may_be_waited_for_for_ever, begin),
		cmocka_unit_test_setup(what_is_over_is_not_replaced, begin),
		cmocka_unit_test(each_state_is_read_back_by_its_word),
		cmocka_unit_test_setup(
			sent_by_hand_it_waits_no_longer_than_it_must, begin),
		cmocka_unit_test_setup(a_person_may_send_again_what_has_ended,
				       begin),
		cmocka_unit_test_setup(
			what_is_on_its_way_is_not_sent_again_by_hand, begin),
		cmocka_unit_test_setup(the_breaker_counts, begin),
		cmocka_unit_test_setup(a_protective_line_lets_it_go, begin),
		cmocka_unit_test_setup(
			a_receiver_cannot_ask_for_more_than_an_hour, begin),
		cmocka_unit_test_setup(
			a_later_answer_says_nothing_of_a_lost_one, begin),
		cmocka_unit_test_setup(each_answer_not_taken_leaves_no_doubt,
				       begin),
		cmocka_unit_test_setup(at_random_nothing_is_doubled_or_lost,
				       begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
