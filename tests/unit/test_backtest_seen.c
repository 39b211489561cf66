/* SPDX-License-Identifier: MIT */
/*
 * What a backtest sees and does: nothing of the future, nothing of other
 * lanes, no close on old rates, and entries as the policy says.
 */
#include "backtest_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- what is seen ---- */

static const char *const lively[] = {
	"FLIPPED: flip", "ERODED: erosion(0.4) for 2 polls",
	"BETTER: better_opportunity(0.002) and min_hold(2h)", NULL
};

struct deed {
	struct instant at;
	int64_t id;
	struct fact divergence;
	char what[LABEL_TEXT_MAX];
};

/* What was done at or before `until`, in the order of trades. */
static size_t deeds(struct deed *out, const struct report_run *run,
		    struct instant until)
{
	size_t n = 0;

	for (size_t i = 0; i < run->n_trades; i++) {
		const struct report_trade *t = &run->trades[i];

		if (t->opened_at.ms <= until.ms) {
			out[n] = (struct deed){ t->opened_at, t->id,
						t->entry_divergence, "open" };
			n++;
		}
		if (instant_known(t->closed_at) &&
		    t->closed_at.ms <= until.ms) {
			out[n] = (struct deed){ t->closed_at, t->id,
						t->exit_divergence, "" };
			memcpy(out[n++].what, t->reason.s, LABEL_TEXT_MAX);
		}
	}
	return n;
}

static bool alike(const struct deed *a, const struct deed *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i].at.ms != b[i].at.ms || a[i].id != b[i].id ||
		    a[i].divergence.known != b[i].divergence.known ||
		    dec_cmp(a[i].divergence.v, b[i].divergence.v) != 0 ||
		    strcmp(a[i].what, b[i].what) != 0)
			return false;
	return true;
}

/* Whatever comes after a poll, it has not decided otherwise. */
static void no_look_ahead(void **state)
{
	struct scene *s = *state;
	static struct deed was[500], is[500];
	size_t n;

	s->account.entry.cooldown = span_s(3600);
	add_lane(s, lively, 0, 100);
	fill_walk(s, 0, 100, 1);
	play(s);
	n = deeds(was, &s->run[0], hour(60));
	assert_true(n > 20);
	for (unsigned seed = 2; seed < 12; seed++) {
		s->n_rows = 0;
		fill_walk(s, 0, 60, 1);
		fill_walk(s, 61, 100, seed);
		play(s);
		assert_int_equal(deeds(is, &s->run[0], hour(60)), n);
		assert_true(alike(is, was, n));
	}
	/* And a row of the same moment is seen. */
	s->n_rows = 0;
	fill_walk(s, 0, 59, 1);
	fill_walk(s, 60, 100, 7);
	play(s);
	assert_true(deeds(is, &s->run[0], hour(60)) != n ||
		    !alike(is, was, n));
}

static void shifted_time_changes_nothing(void **state)
{
	struct scene *s = *state;
	struct report_trade first[64];
	size_t n;

	add_lane(s, lively, 0, 100);
	fill_walk(s, 0, 100, 3);
	play(s);
	n = s->run[0].n_trades;
	assert_true(n > 3 && n < 64);
	memcpy(first, s->run[0].trades, n * sizeof(*first));
	s->n_rows = 0;
	fill_walk(s, 48, 148, 3);
	s->lane[0].since = hour(48);
	s->lane[0].until = hour(148);
	play(s);
	assert_int_equal(s->run[0].n_trades, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(trade(s, i)->opened_at.ms,
				 first[i].opened_at.ms + 48 * HOUR_MS);
		assert_int_equal(dec_cmp(trade(s, i)->funding_usd.v,
					 first[i].funding_usd.v), 0);
		assert_string_equal(trade(s, i)->reason.s, first[i].reason.s);
	}
}

/* Beside others a lane does what it does alone. */
static void lanes_do_not_meet(void **state)
{
	struct scene *s = *state;
	static struct deed alone[500], beside[500];
	size_t n;

	fill_walk(s, 0, 100, 5);
	add_lane(s, lively, 10, 90);
	play(s);
	n = deeds(alone, &s->run[0], hour(100));
	s->n_lanes = 0;
	add_lane(s, never, 0, 100);
	add_lane(s, lively, 10, 90);
	add_lane(s, lively, 40, 70);
	play(s);
	assert_int_equal(deeds(beside, &s->run[1], hour(100)), n);
	assert_true(alike(beside, alone, n));
	assert_true(s->run[2].trades[0].opened_at.ms >= hour(40).ms);
}

/* Fresh until two intervals overdue, then ageing: no close on old rates. */
static void a_dead_venue_closes_nothing(void **state)
{
	static const char *const close[] = { "OLD: age(5h)", NULL };
	struct scene *s = *state;

	settle(s, BTC_A, 0, 30, 1, "0");
	settle(s, BTC_B, 0, 1, 1, "0.0001");
	settle(s, BTC_B, 20, 30, 1, "0.0001");
	add_pair(s, BTC_A, BTC_B, "10000");
	add_lane(s, close, 0, 30);
	play(s);
	assert_int_equal(trade(s, 0)->closed_at.ms, hour(20).ms);

	s->n_lanes = 0;
	add_lane(s, (const char *const[]){ "OLD: age(4h)", NULL }, 0, 30);
	play(s);	/* 1:00 and two intervals more than one: 4:00 */
	assert_int_equal(trade(s, 0)->closed_at.ms, hour(4).ms);
}

/* Where a venue settles off the round hours, its next one is an interval on. */
static void the_next_settlement_is_an_interval_on(void **state)
{
	static const char *const close[] = {
		"WINDOW: funding_window(70m, when=any)", NULL
	};
	struct scene *s = *state;

	settle(s, BTC_A, -4, 30, 8, "0");
	settle(s, BTC_B, -4, 30, 8, "0.0008");
	add_pair(s, BTC_A, BTC_B, "10000");
	add_lane(s, close, 0, 30);
	play(s);
	assert_int_equal(trade(s, 0)->closed_at.ms, hour(3).ms);
}

/* Contracts that come later move the places of all others. */
static void contracts_come_later(void **state)
{
	static const char *const close[] = {
		"BETTER: better_opportunity(0.001)", "OLD: age(9h)", NULL
	};
	struct scene *s = *state;

	settle(s, ETH_A, 0, 20, 1, "0.00001");
	settle(s, ETH_B, 0, 20, 1, "0.00003");
	settle(s, BTC_A, 3, 20, 1, "-0.0001");
	settle(s, BTC_B, 5, 20, 1, "0.0001");
	add_pair(s, ETH_A, ETH_B, "10000");
	add_lane(s, close, 0, 20);
	play(s);
	assert_string_equal(trade(s, 0)->reason.s, "OLD");
	same_fact(trade(s, 0)->exit_divergence, "0.00048");
}

/* ---- entries ---- */

static void the_widest_pair_is_opened_first(void **state)
{
	struct scene *s = *state;

	settle(s, BTC_A, 0, 10, 1, "0.0001");
	settle(s, BTC_B, 0, 10, 1, "0.0002");
	settle(s, BTC_C, 0, 10, 1, "-0.0001");
	settle(s, ETH_A, 0, 10, 1, "0.0005");
	settle(s, ETH_B, 0, 10, 1, "0");
	s->account.entry.max_positions = 2;
	add_lane(s, never, 0, 10);
	play(s);
	assert_int_equal(s->run[0].n_trades, 2);
	assert_string_equal(trade(s, 0)->symbol.s, "ETH");
	assert_string_equal(trade(s, 0)->long_venue.s, "b");
	assert_string_equal(trade(s, 1)->long_venue.s, "c");
	assert_string_equal(trade(s, 1)->short_venue.s, "b");
	same_fact(trade(s, 1)->entry_divergence, "0.0072");
}

/* min_profit is per 8 h; the limit itself is enough. */
static void entries_keep_to_the_policy(void **state)
{
	struct scene *s = *state;

	s->account.entry.max_break_even = span_s(365 * DAY_S);
	settle(s, BTC_A, 0, 10, 1, "0");
	settle(s, BTC_B, 0, 4, 1, "0.000012499999999999");
	settle(s, BTC_B, 5, 10, 1, "0.0000125");
	add_lane(s, never, 0, 10);
	play(s);
	assert_int_equal(s->run[0].n_trades, 1);
	assert_int_equal(trade(s, 0)->opened_at.ms, hour(5).ms);
}

static void a_symbol_cools_down(void **state)
{
	static const char *const close[] = { "OLD: age(2h)", NULL };
	struct scene *s = *state;

	s->account.entry.cooldown = span_s(3 * 3600);
	settle(s, BTC_A, 0, 12, 1, "0");
	settle(s, BTC_B, 0, 12, 1, "0.0001");
	add_lane(s, close, 0, 12);
	play(s);
	assert_int_equal(s->run[0].n_trades, 3);
	assert_int_equal(trade(s, 1)->opened_at.ms, hour(5).ms);
	assert_int_equal(trade(s, 2)->opened_at.ms, hour(10).ms);
	assert_int_equal(trade(s, 2)->id, 3);
}

static void without_a_policy_nothing_is_opened(void **state)
{
	struct scene *s = *state;

	s->account.entry.enabled = false;
	settle(s, BTC_A, 0, 10, 1, "0");
	settle(s, BTC_B, 0, 10, 1, "0.0001");
	add_lane(s, never, 0, 10);
	play(s);
	assert_int_equal(s->run[0].n_trades, 0);
	assert_int_equal(s->work.polls, 10);
}

/* It is known, but too old: opened when its venue settles again. */
static void a_given_pair_waits_for_both_rates(void **state)
{
	struct scene *s = *state;

	settle(s, BTC_A, 0, 1, 1, "0.0001");
	settle(s, BTC_B, 8, 20, 1, "0.0003");
	settle(s, BTC_A, 12, 20, 1, "0.0001");
	add_pair(s, BTC_A, BTC_B, "10000");
	add_lane(s, never, 0, 20);
	play(s);
	assert_int_equal(s->run[0].n_trades, 1);
	assert_int_equal(trade(s, 0)->opened_at.ms, hour(12).ms);
	same_fact(trade(s, 0)->entry_divergence, "0.0048");
}

/* ---- what a fill costs, and where there is none ---- */

struct venue_desk {
	int opened, left;		/* orders of each kind so far */
	int no_opening, no_leaving;	/* refuse the nth, 0: none */
};

static bool fill_some(void *ctx, struct fill *out, const struct order *o,
		      struct err *err)
{
	struct venue_desk *d = ctx;
	bool refused = o->opening ? ++d->opened == d->no_opening :
				    ++d->left == d->no_leaving;

	*out = (struct fill){ dec_int(1), dec_int(2) };
	return !refused || err_set(err, ERR_CONFIG, "no cost");
}

static void two_venues(struct scene *s, struct venue_desk *d)
{
	s->setup.executor = (struct executor){ d, fill_some };
	settle(s, BTC_A, 0, 10, 1, "0");
	settle(s, BTC_B, 0, 10, 1, "0.0001");
	add_lane(s, (const char *const[]){ "OLD: age(4h)", NULL }, 0, 10);
}

/* Of no known cost nothing is opened, as in dry-run; the next poll asks anew. */
static void nothing_is_opened_at_no_known_cost(void **state)
{
	struct venue_desk d = { .no_opening = 1 };
	struct scene *s = *state;

	two_venues(s, &d);
	play(s);
	assert_int_equal(trade(s, 0)->opened_at.ms, hour(1).ms);
	same(trade(s, 0)->held_costs_usd, "6");
	s->setup.executor = (struct executor){ NULL, NULL };
	play(s);
	assert_int_equal(s->run[0].n_trades, 0);
}

/* The first leaving is what it would cost, asked at the opening. */
static void a_pair_nobody_can_leave_is_refused(void **state)
{
	struct venue_desk d = { .no_leaving = 1 };
	struct scene *s = *state;

	two_venues(s, &d);
	assert_false(try_play(s));
	assert_int_equal(s->err.kind, ERR_CONFIG);
	assert_string_equal(s->err.text, "no cost of leaving BTC");
}

static void a_close_that_is_not_filled_stays_due(void **state)
{
	struct venue_desk d = { .no_leaving = 2 };
	struct scene *s = *state;

	two_venues(s, &d);
	play(s);
	assert_int_equal(s->run[0].n_trades, 1);
	assert_int_equal(trade(s, 0)->closed_at.ms, hour(5).ms);
	same(trade(s, 0)->fees_usd, "2");
	same(trade(s, 0)->slippage_usd, "4");
	same_fact(trade(s, 0)->funding_usd, "5");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, \
						   scene_teardown)
	const struct CMUnitTest tests[] = {
		TEST(no_look_ahead),
		TEST(shifted_time_changes_nothing),
		TEST(lanes_do_not_meet),
		TEST(a_dead_venue_closes_nothing),
		TEST(contracts_come_later),
		TEST(the_next_settlement_is_an_interval_on),
		TEST(the_widest_pair_is_opened_first),
		TEST(entries_keep_to_the_policy),
		TEST(a_symbol_cools_down),
		TEST(without_a_policy_nothing_is_opened),
		TEST(a_given_pair_waits_for_both_rates),
		TEST(nothing_is_opened_at_no_known_cost),
		TEST(a_pair_nobody_can_leave_is_refused),
		TEST(a_close_that_is_not_filled_stays_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
