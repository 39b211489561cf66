/* SPDX-License-Identifier: MIT */
/* The decision ladder at its ends: first lines, last seconds, nothing left. */
#include "decide_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Longer than three polls and than blind_after, to the second. */
static void a_silence_breaks_a_run_of_time(void **state)
{
	static const char *const close[] = { "FLIP: flip for 2h", NULL };
	static const struct { int64_t poll_s, silence_s; } cases[] = {
		{ 60, 600 }, { 199, 600 }, { 300, 900 }, { 1800, 5400 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(*cases); i++) {
		struct bench *b = bench_new(close, NULL);
		struct instant t0 = given_time(GIVEN_NOW), since;
		int64_t late = i & 1;

		b->profile->poll_interval = span_s(cases[i / 2].poll_s);
		see(b, "-0.1");
		poll_at(b, 0);
		b->now.now = instant_add(t0, span_s(cases[i / 2].silence_s +
						    late));
		decide(&b->d, b->slots, &b->watch, &b->pos, &b->facts,
		       b->profile, &b->now);
		since = late ? b->now.now : t0;
		assert_int_equal(b->slots[1].since.ms, since.ms);
		arena_free(b->arena);
	}
}

static void a_muted_line_does_not_hide_the_next_that_waits(void **state)
{
	static const char *const close[] = { "A: age(1h)", "B: age(1h)", NULL };
	struct bench *b = bench_new(close, NULL);

	(void)state;
	memcpy(b->pos.muted.s, "A", 2);
	b->pos.muted_until = given_time("2026-11-20T23:00:00Z");
	assert_decided(poll_next(b, NULL), ACTION_ALERT, "WAITING_FOR_DATA",
		       NOTICE_WAITING);
	assert_int_equal(b->d.line, 1);
	arena_free(b->arena);
}

static void an_alert_line_is_never_blind(void **state)
{
	struct bench *b = bench_new(usual_close, usual_alert);

	(void)state;
	b->facts.v[FACT_LONG_OI] = fact_unknown(WHY_NULL_VALUE);
	for (int i = 1; i <= 15; i++)
		assert_decided(poll_next(b, "0.0009"), ACTION_HOLD, "", 0);
	arena_free(b->arena);
}

/* A protective line above others: each is told in its own way. */
static void a_protective_first_line_is_told_apart(void **state)
{
	static const char *const close[] = { "P: age(9h)", "FLIP: flip", NULL };
	struct bench *b = bench_new(close, NULL);

	(void)state;
	b->profile->line[0].protective = true;
	b->facts.v[FACT_AGE] = fact_unknown(WHY_NULL_VALUE);
	for (int i = 1; i <= 11; i++)
		assert_decided(poll_next(b, NULL), ACTION_HOLD, "", 0);
	assert_decided(poll_next(b, NULL), ACTION_ALERT, "BLIND", NOTICE_BLIND);
	assert_int_equal(b->d.line, 1);
	assert_int_equal(b->d.unwatched, 0);
	assert_decided(poll_next(b, "0.0009"), ACTION_ALERT, "UNWATCHED",
		       NOTICE_ALERT);
	assert_int_equal(b->d.line, 0);
	b->now.last_poll = given_time("2026-11-20T22:00:00Z");
	assert_decided(poll_at(b, 14), ACTION_ALERT, "CLOCK_BACK",
		       NOTICE_CLOCK);
	assert_int_equal(b->d.line, -1);
	assert_int_equal(b->d.unwatched, -1);
	arena_free(b->arena);
}

/* On copies, but whole: also what a streak says. */
static void a_clock_that_went_back_leaves_the_record_whole(void **state)
{
	static const char *const close[] = { "FLIP: flip for 2 polls", NULL };
	struct bench *b = bench_new(close, usual_alert);

	(void)state;
	poll_next(b, "-0.1");
	assert_decided(poll_next(b, "-0.1"), ACTION_CLOSE, "FLIP",
		       NOTICE_CLOSE);
	memset(b->d.finding, 0x55, sizeof(b->d.finding));
	b->d.n_lines = 0;
	b->now.last_poll = given_time("2026-11-20T22:00:00Z");
	assert_decided(poll_at(b, 3), ACTION_ALERT, "CLOCK_BACK",
		       NOTICE_CLOCK);
	assert_int_equal(b->d.n_lines, 3);
	assert_int_equal(b->d.finding[0].verdict, VERDICT_TRUE);
	assert_int_equal(b->d.finding[1].verdict, VERDICT_FALSE);
	assert_false(b->d.new_data);
	arena_free(b->arena);
}

static void pending(struct bench *b, const char *reason)
{
	b->pos.status = STATUS_PENDING_CLOSE;
	memcpy(b->pos.reason.s, reason, strlen(reason) + 1);
	b->pos.decided_at = INSTANT_UNKNOWN;
}

/* Neither the reason itself nor a line below it is severer. */
static void only_a_line_further_up_is_severer(void **state)
{
	struct bench *b = bench_new(usual_close, NULL);

	(void)state;
	pending(b, "PROFIT_EROSION");
	b->facts.v[FACT_AGE] = fact_known(dec_int(168 * 3600));
	assert_decided(poll_next(b, "0.0001"), ACTION_CLOSE, "PROFIT_EROSION",
		       0);
	pending(b, "DIVERGENCE_FLIPPED");
	assert_decided(poll_next(b, "0.0001"), ACTION_CLOSE,
		       "DIVERGENCE_FLIPPED", 0);
	assert_int_equal(b->d.line, 0);
	arena_free(b->arena);
}

/* The clock that decided, and that told, was a day ahead. */
static void a_wait_that_cannot_be_known_is_told(void **state)
{
	struct bench *b = bench_new(usual_close, NULL);

	(void)state;
	pending(b, "PROFIT_EROSION");
	b->pos.decided_at = given_time("2026-11-21T21:01:00Z");
	b->watch.unclosed_told = given_time("2026-11-21T21:31:00Z");
	assert_int_equal(poll_next(b, "0.0009")->notices, NOTICE_UNCLOSED);
	assert_int_equal(b->watch.unclosed_told.ms, b->now.now.ms);
	assert_int_equal(poll_next(b, "0.0009")->notices, 0);
	arena_free(b->arena);
}

/* It hurries a close that waits for a person, wherever it stands. */
static void a_protective_line_joins_a_decided_close(void **state)
{
	struct bench *b = bench_new(usual_close, NULL);

	(void)state;
	b->profile->line[2].protective = true;
	b->facts.v[FACT_AGE] = fact_known(dec_int(168 * 3600));
	assert_int_equal(poll_next(b, "0.0009")->protects, -1);	/* decides */
	pending(b, "DIVERGENCE_FLIPPED");
	assert_int_equal(poll_next(b, "0.0009")->protects, 2);
	b->pos.muted = b->profile->line[2].label;
	b->pos.muted_until = given_time("2027-01-01T00:00:00Z");
	assert_int_equal(poll_next(b, "0.0009")->protects, -1);
	b->pos.muted_until = INSTANT_UNKNOWN;
	b->facts.legs_fresh = false;
	assert_int_equal(poll_next(b, "0.0009")->protects, 2);
	b->facts.v[FACT_AGE] = fact_known(dec_int(3600));
	assert_int_equal(poll_next(b, "0.0009")->protects, -1);
	arena_free(b->arena);
}

static void the_first_line_can_be_a_reason_gone(void **state)
{
	struct bench *b = bench_new(usual_close, NULL);

	(void)state;
	pending(b, "DIVERGENCE_FLIPPED");
	for (int i = 1; i <= 40; i++)
		assert_int_equal(poll_next(b, "0.0009")->notices,
				 i == 10 ? NOTICE_REASON_GONE : 0);
	assert_int_equal(b->watch.gone_polls, 11);	/* counted no further */
	pending(b, "MANUAL");				/* no line's */
	b->watch.gone_polls = 0;
	for (int i = 1; i <= 12; i++)
		assert_int_equal(poll_next(b, "0.0009")->notices, 0);
	assert_int_equal(b->watch.gone_polls, 0);
	arena_free(b->arena);
}

static void without_new_data_no_reason_is_gone(void **state)
{
	struct bench *b = bench_new(usual_close, NULL);

	(void)state;
	pending(b, "WEEKLY_REBALANCE");
	for (int i = 1; i <= 10; i++)
		assert_int_equal(poll_next(b, NULL)->finding[2].verdict,
				 VERDICT_FALSE);
	assert_int_equal(b->watch.gone_polls, 0);
	arena_free(b->arena);
}

static void a_pending_position_alerts_from_its_first_line(void **state)
{
	static const char *const none[] = { NULL };
	static const char *const old[] = { "OLD: age(1h)", NULL };
	struct bench *b = bench_new(none, old);

	(void)state;
	pending(b, "MANUAL");
	assert_decided(poll_next(b, "0.0009"), ACTION_CLOSE, "MANUAL",
		       NOTICE_ALERT);
	assert_string_equal(b->watch.label.s, "OLD");
	assert_decided(poll_next(b, "0.0009"), ACTION_CLOSE, "MANUAL", 0);
	b->facts.v[FACT_AGE] = fact_known(dec_int(60));
	assert_decided(poll_next(b, "0.0009"), ACTION_CLOSE, "MANUAL", 0);
	assert_string_equal(b->watch.label.s, "");
	arena_free(b->arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_silence_breaks_a_run_of_time),
		cmocka_unit_test(a_muted_line_does_not_hide_the_next_that_waits),
		cmocka_unit_test(an_alert_line_is_never_blind),
		cmocka_unit_test(a_protective_first_line_is_told_apart),
		cmocka_unit_test(a_clock_that_went_back_leaves_the_record_whole),
		cmocka_unit_test(only_a_line_further_up_is_severer),
		cmocka_unit_test(a_wait_that_cannot_be_known_is_told),
		cmocka_unit_test(a_protective_line_joins_a_decided_close),
		cmocka_unit_test(the_first_line_can_be_a_reason_gone),
		cmocka_unit_test(without_new_data_no_reason_is_gone),
		cmocka_unit_test(a_pending_position_alerts_from_its_first_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
