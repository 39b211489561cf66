/* SPDX-License-Identifier: MIT */
/* The decision ladder, step by step, over several polls of one position. */
#include "decide_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void the_first_true_close_line_closes_with_its_label(void **state)
{
	struct bench *b = bench_new(usual_close, usual_alert);

	(void)state;
	assert_decided(poll_next(b, "0.0005"), ACTION_HOLD, "", 0);
	assert_decided(poll_next(b, "0.000499999999999999"), ACTION_CLOSE,
		       "PROFIT_EROSION", NOTICE_CLOSE);
	assert_true(b->d.close_now);
	assert_int_equal(b->d.line, 1);
	assert_decided(poll_next(b, "-0.0001"), ACTION_CLOSE,
		       "DIVERGENCE_FLIPPED", NOTICE_CLOSE);
	assert_int_equal(b->d.line, 0);
	/* Both lines are on record, and the age line too. */
	assert_int_equal(b->d.finding[1].verdict, VERDICT_TRUE);
	assert_int_equal(b->d.finding[2].verdict, VERDICT_FALSE);
	assert_int_equal(b->d.n_lines, 5);
	/* Nobody wrote it down, and it is over. */
	assert_string_equal(b->watch.label.s, "");
	assert_decided(poll_next(b, "0.0009"), ACTION_HOLD, "", 0);
	arena_free(b->arena);
}

static void unknown_never_closes_and_becomes_blind(void **state)
{
	struct bench *b = bench_new(usual_close, NULL);
	int told = 0;

	(void)state;
	assert_decided(poll_next(b, "0.0009"), ACTION_HOLD, "", 0);
	for (int i = 2; i <= 12; i++)	/* unknown since minute 2 */
		assert_decided(poll_next(b, NULL), ACTION_HOLD, "", 0);
	assert_decided(poll_next(b, NULL), ACTION_ALERT, "BLIND",
		       NOTICE_BLIND);
	for (int i = 14; i <= 13 + 600; i++)
		told += poll_next(b, NULL)->notices == NOTICE_BLIND;
	assert_int_equal(told, 3);	/* +1 h, +5 h, +9 h within ten hours */
	assert_decided(poll_next(b, "0.0009"), ACTION_HOLD, "",
		       NOTICE_CLEARED);
	assert_int_equal(b->watch.blind_notices, 0);
	assert_false(instant_known(b->watch.blind_told));
	arena_free(b->arena);
}

static void blindness_is_told_again_to_the_minute(void **state)
{
	struct bench *b = bench_new(usual_close, NULL);

	(void)state;
	for (int i = 1; i <= 11; i++)
		assert_false(poll_next(b, NULL)->notices);
	assert_int_equal(poll_next(b, NULL)->notices, NOTICE_BLIND);	/* 12 */
	assert_int_equal(poll_at(b, 71)->notices, 0);
	assert_int_equal(poll_at(b, 72)->notices, NOTICE_BLIND);
	assert_int_equal(poll_at(b, 72 + 239)->notices, 0);
	assert_int_equal(poll_at(b, 72 + 240)->notices, NOTICE_BLIND);
	arena_free(b->arena);
}

static void a_leg_without_a_time_is_no_new_data(void **state)
{
	struct bench *b = bench_new(usual_close, NULL);
	struct decide_now *now = &b->now;

	(void)state;
	for (int s = 0; s < 2; s++) {
		see(b, "0.0009");
		now->now = instant_add(given_time(GIVEN_NOW), span_s(60));
		now->observed[s] = now->now;
		now->observed[!s] = INSTANT_UNKNOWN;
		decide(&b->d, b->slots, &b->watch, &b->pos, &b->facts,
		       b->profile, now);
		assert_false(b->d.new_data);	/* the first poll of all */
	}
	assert_true(poll_next(b, "0.0009")->new_data);
	now->now = instant_add(now->now, span_s(60));
	now->observed[LEG_LONG] = now->now;
	now->observed[LEG_SHORT] = INSTANT_UNKNOWN;
	decide(&b->d, b->slots, &b->watch, &b->pos, &b->facts, b->profile,
	       now);
	assert_false(b->d.new_data);
	arena_free(b->arena);
}

/* The first line of all: index 0 is a line like the others. */
static void the_first_line_waits_and_alerts_too(void **state)
{
	static const char *const due[] = { "OLD: age(1h)", NULL };
	static const char *const none[] = { NULL };
	struct bench *b = bench_new(due, NULL);

	(void)state;
	assert_decided(poll_next(b, NULL), ACTION_ALERT, "WAITING_FOR_DATA",
		       NOTICE_WAITING);
	arena_free(b->arena);
	b = bench_new(none, due);
	assert_decided(poll_next(b, "0.0009"), ACTION_ALERT, "OLD",
		       NOTICE_ALERT);
	arena_free(b->arena);
}

static void a_due_age_line_waits_for_fresh_rates(void **state)
{
	struct bench *b = bench_new(usual_close, NULL);

	(void)state;
	b->facts.v[FACT_AGE] = fact_known(dec_int(168 * 3600));
	assert_decided(poll_next(b, NULL), ACTION_ALERT, "WAITING_FOR_DATA",
		       NOTICE_WAITING);
	assert_int_equal(b->d.line, 2);
	assert_decided(poll_next(b, NULL), ACTION_ALERT, "WAITING_FOR_DATA",
		       0);
	assert_decided(poll_next(b, "0.0009"), ACTION_CLOSE,
		       "WEEKLY_REBALANCE", NOTICE_CLOSE);
	arena_free(b->arena);
}

static void a_protective_line_closes_on_stale_rates(void **state)
{
	struct bench *b = bench_new(usual_close, NULL);

	(void)state;
	b->facts.v[FACT_AGE] = fact_known(dec_int(168 * 3600));
	b->profile->line[2].protective = true;
	assert_decided(poll_next(b, NULL), ACTION_CLOSE, "WEEKLY_REBALANCE",
		       NOTICE_CLOSE);
	arena_free(b->arena);
}

/* What is not given of a leg is told apart from rates that are lost. */
static void a_protective_line_is_unwatched(void **state)
{
	struct bench *b = bench_new(usual_close, usual_alert);

	(void)state;
	b->profile->line[2].protective = true;
	b->facts.v[FACT_AGE] = fact_unknown(WHY_NULL_VALUE);
	for (int i = 1; i <= 11; i++) {
		assert_decided(poll_next(b, "0.0009"), ACTION_HOLD, "", 0);
		assert_int_equal(b->d.unwatched, -1);
	}
	assert_decided(poll_next(b, "0.0009"), ACTION_ALERT, "UNWATCHED",
		       NOTICE_ALERT);
	assert_int_equal(b->d.line, 2);
	assert_int_equal(b->watch.blind_notices, 0);
	b->facts.v[FACT_LONG_OI] = fact_known(dec_int(4));
	assert_decided(poll_next(b, "0.0009"), ACTION_ALERT, "OI_IMBALANCE",
		       NOTICE_ALERT);
	assert_int_equal(b->d.unwatched, 2);
	for (int i = 14; i <= 24; i++)
		poll_next(b, NULL);
	assert_decided(poll_next(b, NULL), ACTION_ALERT, "BLIND",
		       NOTICE_BLIND);
	assert_int_equal(b->d.unwatched, 2);
	b->pos.status = STATUS_PENDING_CLOSE;
	assert_int_equal(poll_next(b, "0.0009")->unwatched, 2);
	b->facts.v[FACT_AGE] = fact_known(dec_int(60));
	assert_int_equal(poll_next(b, "0.0009")->unwatched, -1);
	arena_free(b->arena);
}

static void alerts_are_told_once_per_change(void **state)
{
	struct bench *b = bench_new(usual_close, usual_alert);

	(void)state;
	b->facts.v[FACT_LONG_OI] = fact_known(dec_int(4));
	assert_decided(poll_next(b, "0.0009"), ACTION_ALERT, "OI_IMBALANCE",
		       NOTICE_ALERT);
	assert_decided(poll_next(b, "0.0009"), ACTION_ALERT, "OI_IMBALANCE",
		       0);
	b->facts.v[FACT_LONG_QUOTE_AGE] = fact_known(dec_int(181));
	assert_decided(poll_next(b, "0.0009"), ACTION_ALERT, "STALE",
		       NOTICE_ALERT);
	b->facts.v[FACT_LONG_QUOTE_AGE] = fact_known(dec_int(5));
	b->facts.v[FACT_LONG_OI] = fact_known(dec_int(1));
	assert_decided(poll_next(b, "0.0009"), ACTION_HOLD, "",
		       NOTICE_CLEARED);
	assert_decided(poll_next(b, "0.0009"), ACTION_HOLD, "", 0);
	arena_free(b->arena);
}

static void a_clock_behind_the_last_poll_moves_nothing(void **state)
{
	static const char *const close[] = { "FLIP: flip for 2 polls", NULL };
	struct bench *b = bench_new(close, NULL);

	(void)state;
	poll_next(b, "-0.1");
	assert_int_equal(b->slots[1].count, 1);
	see(b, "-0.1");
	b->now.last_poll = given_time("2026-11-20T22:00:00Z");
	assert_decided(poll_at(b, 2), ACTION_ALERT, "CLOCK_BACK",
		       NOTICE_CLOCK);
	assert_int_equal(b->slots[1].count, 1);
	b->now.last_poll = given_time("2026-11-20T22:00:00Z");
	assert_decided(poll_at(b, 3), ACTION_ALERT, "CLOCK_BACK", 0);
	b->now.last_poll = given_time("2026-11-20T21:04:02Z");
	assert_decided(poll_at(b, 4), ACTION_CLOSE, "FLIP", NOTICE_CLOSE);
	arena_free(b->arena);
}

static void a_pending_close_stays_a_close(void **state)
{
	struct bench *b = bench_new(usual_close, usual_alert);
	const struct decision *d;

	(void)state;
	b->pos.status = STATUS_PENDING_CLOSE;
	memcpy(b->pos.reason.s, "PROFIT_EROSION", 15);
	b->pos.decided_at = given_time(GIVEN_NOW);
	d = poll_next(b, "0.0009");
	assert_decided(d, ACTION_CLOSE, "PROFIT_EROSION", 0);
	assert_false(d->close_now);
	d = poll_next(b, "-0.1");
	assert_decided(d, ACTION_CLOSE, "PROFIT_EROSION", NOTICE_SEVERER);
	assert_string_equal(b->watch.severer.s, "DIVERGENCE_FLIPPED");
	assert_decided(poll_next(b, "-0.1"), ACTION_CLOSE, "PROFIT_EROSION",
		       0);
	b->facts.v[FACT_LONG_OI] = fact_known(dec_int(4));
	assert_decided(poll_next(b, "0.0001"), ACTION_CLOSE,
		       "PROFIT_EROSION", NOTICE_ALERT);
	assert_decided(poll_next(b, "0.0001"), ACTION_CLOSE,
		       "PROFIT_EROSION", 0);
	b->now.last_poll = given_time("2026-11-20T22:00:00Z");
	assert_decided(poll_at(b, 6), ACTION_CLOSE, "PROFIT_EROSION",
		       NOTICE_CLOCK);
	arena_free(b->arena);
}

static void a_pending_close_tells_when_its_reason_is_gone(void **state)
{
	struct bench *b = bench_new(usual_close, NULL);

	(void)state;
	b->pos.status = STATUS_PENDING_CLOSE;
	memcpy(b->pos.reason.s, "PROFIT_EROSION", 15);
	b->pos.decided_at = given_time("2026-11-20T21:01:00Z");
	for (int i = 1; i <= 5; i++)
		assert_int_equal(poll_next(b, "0.0009")->notices, 0);
	assert_int_equal(poll_next(b, NULL)->notices, 0);	/* unknown */
	for (int i = 7; i <= 10; i++)
		assert_int_equal(poll_next(b, "0.0009")->notices, 0);
	assert_int_equal(poll_next(b, "0.0009")->notices, NOTICE_REASON_GONE);
	for (int i = 12; i <= 15; i++)
		assert_int_equal(poll_next(b, "0.0009")->notices, 0);
	assert_int_equal(poll_next(b, "0.0009")->notices, NOTICE_UNCLOSED);
	for (int i = 17; i <= 75; i++)
		assert_int_equal(poll_next(b, "0.0009")->notices, 0);
	assert_int_equal(poll_next(b, "0.0009")->notices, NOTICE_UNCLOSED);
	poll_next(b, "0.0001");
	assert_int_equal(b->watch.gone_polls, 0);
	arena_free(b->arena);
}

/* Fresh legs, yet the reason is UNKNOWN: that is not a reason gone. */
static void an_unknown_reason_is_not_counted_as_gone(void **state)
{
	struct bench *b = bench_new(usual_close, NULL);

	(void)state;
	b->pos.status = STATUS_PENDING_CLOSE;
	memcpy(b->pos.reason.s, "PROFIT_EROSION", 15);
	b->pos.decided_at = INSTANT_UNKNOWN;
	poll_next(b, "0.0009");
	assert_int_equal(b->watch.gone_polls, 1);
	b->facts.v[FACT_ENTRY_DIVERGENCE] = fact_unknown(WHY_NOT_SET);
	for (int i = 2; i <= 20; i++) {
		assert_int_equal(poll_next(b, "0.0009")->notices &
				 NOTICE_REASON_GONE, 0);
		assert_true(b->d.new_data);
		assert_int_equal(b->watch.gone_polls, 1);
	}
	arena_free(b->arena);
}

static void a_pending_close_without_its_line_looks_at_all_lines(void **state)
{
	struct bench *b = bench_new(usual_close, NULL);

	(void)state;
	b->pos.status = STATUS_PENDING_CLOSE;
	memcpy(b->pos.reason.s, "MANUAL", 7);
	b->pos.decided_at = INSTANT_UNKNOWN;
	assert_decided(poll_next(b, "0.0001"), ACTION_CLOSE, "MANUAL",
		       NOTICE_SEVERER);
	assert_string_equal(b->watch.severer.s, "PROFIT_EROSION");
	assert_int_equal(b->d.line, -1);
	assert_int_equal(poll_next(b, "0.0001")->notices, 0);
	assert_decided(poll_next(b, "-0.1"), ACTION_CLOSE, "MANUAL",
		       NOTICE_SEVERER);
	arena_free(b->arena);
}

static void keep_mutes_one_label_for_its_time(void **state)
{
	struct bench *b = bench_new(usual_close, NULL);

	(void)state;
	memcpy(b->pos.muted.s, "PROFIT_EROSION", 15);
	b->pos.muted_until = given_time("2026-11-20T21:03:00Z");
	assert_decided(poll_next(b, "0.0001"), ACTION_HOLD, "", 0);
	assert_decided(poll_next(b, "-0.1"), ACTION_CLOSE,
		       "DIVERGENCE_FLIPPED", NOTICE_CLOSE);
	assert_decided(poll_next(b, "0.0001"), ACTION_CLOSE,
		       "PROFIT_EROSION", NOTICE_CLOSE);
	b->pos.muted_until = given_time("2026-11-20T23:00:00Z");
	b->facts.v[FACT_AGE] = fact_known(dec_int(168 * 3600));
	assert_decided(poll_next(b, "0.0001"), ACTION_CLOSE,
		       "WEEKLY_REBALANCE", NOTICE_CLOSE);
	memcpy(b->pos.muted.s, "WEEKLY_REBALANCE", 17);
	assert_decided(poll_next(b, "0.0009"), ACTION_HOLD, "", 0);
	arena_free(b->arena);
}

static void only_moved_timestamps_of_both_legs_count(void **state)
{
	static const char *const close[] = { "FLIP: flip for 2 polls", NULL };
	struct bench *b = bench_new(close, NULL);

	(void)state;
	poll_next(b, "-0.1");
	assert_true(b->d.new_data);
	for (int i = 0; i < 3; i++) {	/* the very same timestamps again */
		b->now.now = instant_add(b->now.now, span_s(60));
		decide(&b->d, b->slots, &b->watch, &b->pos, &b->facts,
		       b->profile, &b->now);
		assert_false(b->d.new_data);
		assert_int_equal(b->d.action, ACTION_HOLD);
	}
	b->now.observed[LEG_LONG] = b->now.now;	/* one leg moved */
	decide(&b->d, b->slots, &b->watch, &b->pos, &b->facts, b->profile,
	       &b->now);
	assert_false(b->d.new_data);
	b->now.observed[LEG_LONG] = b->watch.counted[LEG_LONG];
	b->now.observed[LEG_SHORT] = b->now.now;	/* the other one */
	decide(&b->d, b->slots, &b->watch, &b->pos, &b->facts, b->profile,
	       &b->now);
	assert_false(b->d.new_data);
	b->now.observed[LEG_LONG] = b->now.now;
	decide(&b->d, b->slots, &b->watch, &b->pos, &b->facts, b->profile,
	       &b->now);
	assert_true(b->d.new_data);
	assert_int_equal(b->d.action, ACTION_CLOSE);
	arena_free(b->arena);
}

static void the_last_known_divergence_is_remembered(void **state)
{
	struct bench *b = bench_new(usual_close, NULL);
	char text[DEC_TEXT_MAX];

	(void)state;
	poll_next(b, "0.0009");
	poll_next(b, NULL);
	dec_format(text, b->watch.divergence.v);
	assert_string_equal(text, "0.0027");
	assert_int_equal(b->watch.divergence_at.ms,
			 given_time("2026-11-20T21:01:00Z").ms);
	arena_free(b->arena);
}

/* With slow polls the silence that breaks a run grows with them. */
static void slow_polls_do_not_break_a_run(void **state)
{
	static const char *const close[] = { "FLIP: flip for 2h", NULL };
	struct bench *b = bench_new(close, NULL);

	(void)state;
	b->profile->poll_interval = span_s(1800);
	for (int minute = 0; minute < 120; minute += 30) {
		see(b, "-0.1");
		assert_int_equal(poll_at(b, minute)->action, ACTION_HOLD);
	}
	see(b, "-0.1");
	assert_int_equal(poll_at(b, 120)->action, ACTION_CLOSE);
	arena_free(b->arena);
}

/* One poll ten hours ahead, unknown like those that follow it. */
static void a_clock_that_was_ahead_hides_no_blindness(void **state)
{
	struct bench *b = bench_new(usual_close, NULL);

	(void)state;
	poll_next(b, "0.0009");
	see(b, NULL);
	assert_decided(poll_at(b, 600), ACTION_HOLD, "", 0);
	assert_decided(poll_at(b, 2), ACTION_ALERT, "CLOCK_BACK",
		       NOTICE_CLOCK);
	assert_decided(poll_at(b, 3), ACTION_HOLD, "", NOTICE_CLEARED);
	for (int i = 4; i <= 13; i++)
		assert_decided(poll_at(b, i), ACTION_HOLD, "", 0);
	assert_decided(poll_at(b, 14), ACTION_ALERT, "BLIND", NOTICE_BLIND);
	arena_free(b->arena);
}

static void what_was_told_ahead_of_time_is_told_again(void **state)
{
	struct bench *b = bench_new(usual_close, NULL);

	(void)state;
	for (int i = 1; i <= 12; i++)
		poll_next(b, NULL);
	assert_int_equal(poll_at(b, 612)->notices, NOTICE_BLIND);
	assert_int_equal(poll_at(b, 13)->notices, NOTICE_CLOCK);
	assert_int_equal(poll_at(b, 14)->notices, NOTICE_BLIND);
	assert_int_equal(poll_at(b, 14 + 239)->notices, 0);
	assert_int_equal(poll_at(b, 14 + 240)->notices, NOTICE_BLIND);
	/* A clock may wobble by two seconds. */
	b->watch.blind_told = instant_add(b->now.now, span_s(2));
	assert_int_equal(poll_at(b, 254)->notices, 0);
	b->watch.blind_told.ms++;
	assert_int_equal(poll_at(b, 254)->notices, NOTICE_BLIND);
	arena_free(b->arena);
}

static void a_close_decided_ahead_of_time_is_told_unclosed(void **state)
{
	struct bench *b = bench_new(usual_close, NULL);

	(void)state;
	b->pos.status = STATUS_PENDING_CLOSE;
	memcpy(b->pos.reason.s, "PROFIT_EROSION", 15);
	b->pos.decided_at = given_time("2026-11-20T21:01:02Z");
	assert_int_equal(poll_next(b, "0.0001")->notices, 0);
	b->pos.decided_at = given_time("2026-11-21T07:00:00Z");
	assert_int_equal(poll_next(b, "0.0001")->notices, NOTICE_UNCLOSED);
	assert_int_equal(poll_next(b, "0.0001")->notices, 0);
	b->watch.unclosed_told = b->pos.decided_at;
	assert_int_equal(poll_next(b, "0.0001")->notices, NOTICE_UNCLOSED);
	assert_int_equal(poll_next(b, "0.0001")->notices, 0);
	arena_free(b->arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_true_close_line_closes_with_its_label),
		cmocka_unit_test(unknown_never_closes_and_becomes_blind),
		cmocka_unit_test(blindness_is_told_again_to_the_minute),
		cmocka_unit_test(a_leg_without_a_time_is_no_new_data),
		cmocka_unit_test(the_first_line_waits_and_alerts_too),
		cmocka_unit_test(a_due_age_line_waits_for_fresh_rates),
		cmocka_unit_test(a_protective_line_closes_on_stale_rates),
		cmocka_unit_test(a_protective_line_is_unwatched),
		cmocka_unit_test(alerts_are_told_once_per_change),
		cmocka_unit_test(a_clock_behind_the_last_poll_moves_nothing),
		cmocka_unit_test(a_pending_close_stays_a_close),
		cmocka_unit_test(a_pending_close_tells_when_its_reason_is_gone),
		cmocka_unit_test(an_unknown_reason_is_not_counted_as_gone),
		cmocka_unit_test(a_pending_close_without_its_line_looks_at_all_lines),
		cmocka_unit_test(keep_mutes_one_label_for_its_time),
		cmocka_unit_test(only_moved_timestamps_of_both_legs_count),
		cmocka_unit_test(the_last_known_divergence_is_remembered),
		cmocka_unit_test(slow_polls_do_not_break_a_run),
		cmocka_unit_test(a_clock_that_was_ahead_hides_no_blindness),
		cmocka_unit_test(what_was_told_ahead_of_time_is_told_again),
		cmocka_unit_test(a_close_decided_ahead_of_time_is_told_unclosed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
