/* SPDX-License-Identifier: MIT */
/* The backtest's money: what each settlement, close and midnight is worth. */
#include "backtest_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- settlements ---- */

/* finance.md 3 as history: 8 x 0.10 paid each hour, 4.00 received. */
static void each_leg_settles_at_its_own_times(void **state)
{
	struct scene *s = *state;
	const struct report_trade *t;

	settle(s, BTC_A, 0, 24, 1, "0.00001");
	settle(s, BTC_B, 0, 24, 8, "0.0004");
	add_pair(s, BTC_A, BTC_B, "10000");
	add_lane(s, never, 0, 24);
	play(s);
	t = trade(s, 0);
	assert_int_equal(t->opened_at.ms, hour(0).ms);
	assert_false(instant_known(t->closed_at));
	/* Owed after the opening, not at it: 24 hourly, 3 of 8 h. */
	assert_int_equal(t->settlements, 27);
	same_fact(t->funding_usd, "9.6");
	same_fact(t->held_funding_usd, "9.6");
	same(t->fees_usd, "4");
	same(t->exit_usd, "4");
	same(t->held_costs_usd, "8");
	assert_int_equal(s->run[0].n_trades, 1);
	assert_int_equal(s->work.polls, 24);
	assert_int_equal(s->work.evaluations, 23);
}

/* One closed at t is paid what settles at t. */
static void a_close_comes_behind_its_settlement(void **state)
{
	static const char *const close[] = { "OLD: age(8h)", NULL };
	struct scene *s = *state;
	const struct report_trade *t;

	settle(s, BTC_A, 0, 24, 1, "0.00001");
	settle(s, BTC_B, 0, 24, 8, "0.0004");
	add_pair(s, BTC_A, BTC_B, "10000");
	add_lane(s, close, 0, 24);
	play(s);
	t = trade(s, 0);
	assert_int_equal(t->closed_at.ms, hour(8).ms);
	assert_string_equal(t->reason.s, "OLD");
	same_fact(t->funding_usd, "3.2");	/* 4.00 - 8 x 0.10 */
	assert_int_equal(t->settlements, 9);
	same_fact(t->held_funding_usd, "9.6");
	same(t->fees_usd, "8");
	same(t->exit_usd, "0");
	same(t->held_costs_usd, "8");
	/* 0.0004 x 3 - 0.00001 x 24 a day. */
	same_fact(t->entry_divergence, "0.00096");
	same_fact(t->exit_divergence, "0.00096");
}

/* A settlement off the steps counts at its own time. */
static void between_two_polls(void **state)
{
	static const char *const close[] = { "OLD: age(2h)", NULL };
	struct scene *s = *state;

	settle(s, BTC_A, 0, 5, 1, "0");
	settle(s, BTC_B, 0, 0, 1, "0.0001");
	for (int h = 0; h < 5; h++)
		add_row(s, (struct instant){ hour(h).ms + HOUR_MS / 2 },
			BTC_B, 3600, "0.0001");
	add_pair(s, BTC_A, BTC_B, "10000");
	add_lane(s, close, 0, 5);
	play(s);
	/* Held from 0:00 to 2:00: those of 0:30 and 1:30, and B's hours. */
	same_fact(trade(s, 0)->funding_usd, "2");
	assert_int_equal(trade(s, 0)->settlements, 4);
}

/* 8 h, then 4 h, then 1 h of one contract: each row pays what it says. */
static void intervals_change_with_the_rows(void **state)
{
	struct scene *s = *state;

	settle(s, BTC_A, 0, 24, 1, "0");
	settle(s, BTC_B, 0, 8, 8, "0.0008");
	settle(s, BTC_B, 12, 16, 4, "0.0004");
	settle(s, BTC_B, 17, 24, 1, "0.0001");
	settle(s, BTC_B, 32, 40, 8, "0.0008");
	add_pair(s, BTC_A, BTC_B, "10000");
	add_lane(s, never, 0, 24);
	add_lane(s, never, 0, 40);
	play(s);
	same_fact(trade(s, 0)->funding_usd, "24");	/* 8 + 2 x 4 + 8 x 1 */
	assert_int_equal(trade(s, 0)->settlements, 24 + 1 + 2 + 8);
	assert_int_equal(trade(s, 0)->unknown, 0);
	same_fact(s->run[1].trades[0].funding_usd, "40");
	/* A ends at 24; B's change back to 8 h has left nothing out. */
	assert_int_equal(s->run[1].trades[0].unknown, 16);
}

/* The same rate a day in another interval decides alike. */
static void intervals_decide_alike(void **state)
{
	static const char *const close[] = { "FLIPPED: flip", NULL };
	struct scene *s = *state;
	static const struct { int interval; const char *high, *low; } forms[] = {
		{ 1, "0.0001", "-0.0001" }, { 2, "0.0002", "-0.0002" },
		{ 4, "0.0004", "-0.0004" }, { 8, "0.0008", "-0.0008" },
	};

	add_lane(s, close, 0, 48);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		s->n_rows = 0;
		settle(s, BTC_A, 0, 48, 1, "0");
		settle(s, BTC_B, 0, 8, forms[i].interval, forms[i].high);
		settle(s, BTC_B, 16, 48, forms[i].interval, forms[i].low);
		play(s);
		assert_int_equal(s->run[0].n_trades, 2);
		assert_int_equal(trade(s, 0)->opened_at.ms, hour(0).ms);
		assert_int_equal(trade(s, 0)->closed_at.ms, hour(16).ms);
		assert_int_equal(trade(s, 1)->opened_at.ms, hour(40).ms);
		assert_string_equal(trade(s, 1)->long_venue.s, "b");
		same_fact(trade(s, 0)->entry_divergence, "0.0024");
		same_fact(trade(s, 0)->exit_divergence, "-0.0024");
	}
}

/* What nobody recorded is counted, not invented. */
static void holes_are_counted(void **state)
{
	struct scene *s = *state;

	settle(s, BTC_A, 0, 4, 1, "0.00001");
	settle(s, BTC_A, 8, 30, 1, "0.00001");
	settle(s, BTC_B, 0, 8, 8, "0.0004");
	add_pair(s, BTC_A, BTC_B, "10000");
	add_lane(s, never, 0, 30);
	play(s);
	/* A: 5, 6, 7; B: 16 and 24, due until the end. */
	assert_int_equal(trade(s, 0)->unknown, 5);
	assert_int_equal(trade(s, 0)->settlements, 30 + 3);
	same_fact(trade(s, 0)->funding_usd, "1.3");	/* 4 - 27 x 0.1 */
}

/* Also when the pair was gone before the next row told. */
static void holes_before_a_close_are_counted(void **state)
{
	static const char *const close[] = { "OLD: age(10h)", NULL };
	struct scene *s = *state;

	settle(s, BTC_A, 0, 30, 1, "0.00001");
	settle(s, BTC_B, 0, 8, 1, "0.0001");
	settle(s, BTC_B, 11, 30, 1, "0.0001");
	add_pair(s, BTC_A, BTC_B, "10000");
	add_lane(s, close, 0, 30);
	add_lane(s, never, 0, 30);
	play(s);
	/* B: 9 and 10 lie before the close, and at it. */
	assert_int_equal(trade(s, 0)->closed_at.ms, hour(10).ms);
	assert_int_equal(trade(s, 0)->unknown, 2);
	assert_int_equal(trade(s, 0)->settlements, 20);
	same_fact(trade(s, 0)->funding_usd, "7");	/* 8 x 1 - 10 x 0.1 */
	assert_int_equal(s->run[1].trades[0].unknown, 2);
	assert_int_equal(s->run[1].trades[0].settlements, 60);
	/* Nothing is missing where a longer interval is not over. */
	s->n_rows = 0;
	settle(s, BTC_A, 0, 30, 1, "0.00001");
	settle(s, BTC_B, 0, 24, 8, "0.0008");
	play(s);
	assert_int_equal(trade(s, 0)->unknown, 0);
	assert_int_equal(trade(s, 0)->settlements, 11);
}

static void what_was_missed_before_the_opening_is_not(void **state)
{
	struct scene *s = *state;

	settle(s, BTC_A, 0, 30, 1, "0");
	add_row(s, hour(0), BTC_B, 28800, "0.0004");
	add_row(s, hour(24), BTC_B, 28800, "0.0004");
	s->limits.max_data_age = span_s(DAY_S);
	add_pair(s, BTC_A, BTC_B, "10000");
	add_lane(s, never, 10, 30);
	add_lane(s, never, 16, 30);
	play(s);
	assert_int_equal(trade(s, 0)->opened_at.ms, hour(10).ms);
	assert_int_equal(trade(s, 0)->unknown, 1);	/* 16:00 */
	assert_int_equal(s->run[1].trades[0].unknown, 0);
}

/* ---- the other way round ---- */

static struct dec funding_of(struct scene *s, int l, int r, const char *size)
{
	s->setup.n_pairs = 0;
	add_pair(s, l, r, size);
	play(s);
	return trade(s, 0)->funding_usd.v;
}

static void swapping_and_scaling(void **state)
{
	struct scene *s = *state;
	struct dec one, other, tenfold;

	add_lane(s, never, 0, 100);
	fill_walk(s, 0, 100, 9);
	one = funding_of(s, BTC_A, BTC_B, "1234.56789");
	other = funding_of(s, BTC_B, BTC_A, "1234.56789");
	assert_int_equal(dec_cmp(one, dec_neg(other)), 0);
	assert_int_not_equal(dec_sign(one), 0);
	tenfold = funding_of(s, BTC_A, BTC_B, "12345.6789");
	assert_true(dec_mul_int(&one, one, 10));
	assert_int_equal(dec_cmp(one, tenfold), 0);
}

/* ---- days, and after a close ---- */

static void equity_at_midnight(void **state)
{
	static const char *const close[] = { "OLD: age(30h)", NULL };
	struct scene *s = *state;
	const struct report_day *day;

	settle(s, BTC_A, 0, 80, 1, "0");
	settle(s, BTC_B, 0, 80, 8, "0.0004");
	add_pair(s, BTC_A, BTC_B, "10000");
	add_lane(s, close, 6, 72);
	play(s);
	day = s->run[0].days;
	assert_int_equal(s->run[0].n_days, 4);
	assert_int_equal(day[0].at.ms, hour(0).ms);
	same(day[0].equity_usd, "100000");
	same(day[0].held_usd, "100000");
	assert_int_equal(day[1].at.ms, hour(24).ms);
	same(day[1].equity_usd, "100004");	/* 8, 16, 24 less 8 */
	same(day[1].held_usd, "100004");
	/* Opened at 6, closed at 36: four settlements, then none. */
	same(day[2].equity_usd, "100008");
	same(day[2].held_usd, "100016");
	same(day[3].equity_usd, "100008");
	same(day[3].held_usd, "100028");
	same_fact(trade(s, 0)->funding_usd, "16");
}

/* The poll of midnight comes first; days begin once. */
static void midnight_sees_its_own_poll(void **state)
{
	struct scene *s = *state;
	const struct report_day *day;

	settle(s, BTC_A, 0, 60, 1, "0");
	settle(s, BTC_B, 24, 60, 1, "0.0001");
	add_pair(s, BTC_A, BTC_B, "10000");
	add_lane(s, never, 0, 60);
	add_lane(s, never, 24, 60);
	play(s);
	day = s->run[0].days;
	assert_int_equal(s->run[0].n_days, 3);
	same(day[0].equity_usd, "100000");
	same(day[1].equity_usd, "99992");
	same(day[2].equity_usd, "100016");
	assert_int_equal(s->run[1].n_days, 2);
	same(s->run[1].days[0].equity_usd, "100000");
	assert_int_equal(s->run[1].days[0].at.ms, hour(24).ms);
}

/* Polls stand on the round time, wherever the data begins. */
static void polls_are_on_the_grid(void **state)
{
	struct scene *s = *state;

	settle(s, BTC_A, 0, 10, 1, "0");
	settle(s, BTC_B, 0, 10, 1, "0.0001");
	add_pair(s, BTC_A, BTC_B, "10000");
	add_lane(s, never, 0, 10);
	s->lane[0].since.ms += 1;
	play(s);
	assert_int_equal(trade(s, 0)->opened_at.ms, hour(1).ms);
}

static void seven_days_after_a_close(void **state)
{
	static const char *const close[] = { "OLD: age(1h)", NULL };
	struct scene *s = *state;

	settle(s, BTC_A, 0, 400, 1, "0");
	settle(s, BTC_B, 0, 400, 1, "0.0001");
	add_pair(s, BTC_A, BTC_B, "10000");
	add_lane(s, close, 0, 169);
	add_lane(s, close, 0, 168);
	add_lane(s, close, 0, 400);
	play(s);
	assert_int_equal(trade(s, 0)->closed_at.ms, hour(1).ms);
	same_fact(trade(s, 0)->after_usd, "168");
	assert_false(s->run[1].trades[0].after_usd.known);
	same_fact(s->run[2].trades[0].after_usd, "168");
	same_fact(s->run[2].trades[0].held_funding_usd, "400");
	same_fact(s->run[1].trades[0].held_funding_usd, "168");
}

/* Known as a whole or not at all: a part of it would read as the whole. */
static void a_hole_after_a_close_leaves_its_seven_days_unknown(void **state)
{
	static const char *const close[] = { "OLD: age(10h)", NULL };
	struct scene *s = *state;

	add_pair(s, BTC_A, BTC_B, "10000");
	add_lane(s, close, 0, 400);
	settle(s, BTC_A, 0, 400, 1, "0");
	settle(s, BTC_B, 0, 100, 1, "0.0001");	/* then gone for good */
	play(s);
	assert_int_equal(trade(s, 0)->closed_at.ms, hour(10).ms);
	assert_int_equal(trade(s, 0)->unknown, 0);
	assert_false(trade(s, 0)->after_usd.known);
	settle(s, BTC_B, 102, 400, 1, "0.0001");	/* one is missing */
	play(s);
	assert_false(trade(s, 0)->after_usd.known);
	/* What is missing until the close is not missing after it. */
	s->n_rows = 0;
	settle(s, BTC_A, 0, 400, 1, "0");
	settle(s, BTC_B, 0, 8, 1, "0.0001");
	settle(s, BTC_B, 11, 400, 1, "0.0001");
	play(s);
	assert_int_equal(trade(s, 0)->unknown, 2);
	same_fact(trade(s, 0)->after_usd, "168");
	/* Nor what comes behind the seven days. */
	s->n_rows = 0;
	settle(s, BTC_A, 0, 400, 1, "0");
	settle(s, BTC_B, 0, 178, 1, "0.0001");
	play(s);
	same_fact(trade(s, 0)->after_usd, "168");
}

/* Pictures are thinned, evenly, and keep their beginning. */
static void pictures_are_bounded(void **state)
{
	struct scene *s = *state;
	const struct report_trade *t;

	s->setup.points_max = 8;
	settle(s, BTC_A, 0, 100, 1, "0");
	settle(s, BTC_B, 0, 100, 1, "0.0001");
	add_pair(s, BTC_A, BTC_B, "10000");
	add_lane(s, never, 0, 100);
	play(s);
	t = trade(s, 0);
	assert_true(t->n_points > 4 && t->n_points <= 8);
	for (size_t i = 0; i < t->n_points; i++)
		assert_int_equal(t->points[i].at.ms, hour((int)i * 16).ms);
}

/* An odd number of points: the one that comes when they are full may go. */
static void an_odd_number_of_points_is_thinned_alike(void **state)
{
	struct scene *s = *state;
	const struct report_trade *t;

	s->setup.points_max = 5;
	settle(s, BTC_A, 0, 100, 1, "0");
	settle(s, BTC_B, 0, 100, 1, "0.0001");
	add_pair(s, BTC_A, BTC_B, "10000");
	add_lane(s, never, 0, 100);
	play(s);
	t = trade(s, 0);
	assert_int_equal(t->n_points, 4);	/* 0, 32, 64, 96 */
	for (size_t i = 0; i < t->n_points; i++)
		assert_int_equal(t->points[i].at.ms, hour((int)i * 32).ms);
}

/* Rows of one hour, then what a broken file gives. */
static enum pulled pull_and_fail(void *ctx, struct settled *out,
				 struct err *err)
{
	struct scene *s = ctx;

	if (s->at == s->n_rows) {
		err_set(err, ERR_DATA, "x.csv:4:1: broken");
		return PULLED_FAILED;
	}
	*out = s->row[s->at++];
	return PULLED_ROW;
}

static void a_source_that_fails_is_no_result(void **state)
{
	struct scene *s = *state;
	struct settled_source source = { s, pull_and_fail };

	settle(s, BTC_A, 0, 0, 1, "0");
	settle(s, BTC_B, 0, 0, 1, "0.0001");
	add_lane(s, never, 0, 10);
	assert_false(backtest_play(s->run, &s->work, &s->setup, s->lane, 1,
				   &source, s->arena, s->scratch, &s->err));
	assert_int_equal(s->err.kind, ERR_DATA);
	assert_string_equal(s->err.text, "x.csv:4:1: broken");
	assert_int_equal(s->work.polls, 0);
}

static void money_out_of_range_is_an_error(void **state)
{
	struct scene *s = *state;

	settle(s, BTC_A, 0, 400, 1, "100000000000000000000");
	settle(s, BTC_B, 0, 400, 1, "0.0001");
	add_lane(s, never, 0, 400);
	assert_false(try_play(s));
	assert_int_equal(s->err.kind, ERR_DATA);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, \
						   scene_teardown)
	const struct CMUnitTest tests[] = {
		TEST(each_leg_settles_at_its_own_times),
		TEST(a_close_comes_behind_its_settlement),
		TEST(between_two_polls),
		TEST(intervals_change_with_the_rows),
		TEST(intervals_decide_alike),
		TEST(holes_are_counted),
		TEST(holes_before_a_close_are_counted),
		TEST(what_was_missed_before_the_opening_is_not),
		TEST(swapping_and_scaling),
		TEST(equity_at_midnight),
		TEST(midnight_sees_its_own_poll),
		TEST(polls_are_on_the_grid),
		TEST(seven_days_after_a_close),
		TEST(a_hole_after_a_close_leaves_its_seven_days_unknown),
		TEST(pictures_are_bounded),
		TEST(an_odd_number_of_points_is_thinned_alike),
		TEST(a_source_that_fails_is_no_result),
		TEST(money_out_of_range_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
