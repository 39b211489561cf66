/* SPDX-License-Identifier: MIT */
/*
 * The backtest over tiny markets whose money can be reckoned by hand. Hours
 * count from 2026-01-01T00:00:00Z; a pair is 10,000 USD, costs are 8 bps a
 * round trip: 4 USD for opening and 4 for closing.
 */
#include "backtest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "given.h"
#include "simulate.h"

#define EPOCH_MS INT64_C(1767225600000)
#define HOUR_MS INT64_C(3600000)
#define LANES_MAX 3
#define ROWS_MAX 4000

/* Contracts of the tests, sorted by symbol and venue. */
enum { BTC_A, BTC_B, BTC_C, ETH_A, ETH_B, N_SERIES };
static const char *const names[N_SERIES][2] = {
	[BTC_A] = { "BTC", "a" }, [BTC_B] = { "BTC", "b" },
	[BTC_C] = { "BTC", "c" }, [ETH_A] = { "ETH", "a" },
	[ETH_B] = { "ETH", "b" },
};

static const char *const never[] = { NULL };

struct scene {
	struct arena *arena, *scratch;
	struct settled row[ROWS_MAX];
	size_t n_rows, at;
	struct backtest_series series[N_SERIES];
	struct backtest_pair pair[2];
	struct terms terms;
	struct market_limits limits;
	struct account account;
	struct backtest_setup setup;
	struct backtest_lane lane[LANES_MAX];
	size_t n_lanes;
	struct report_run run[LANES_MAX];
	struct backtest_work work;
	struct err err;
};

static struct instant hour(int h)
{
	return (struct instant){ EPOCH_MS + h * HOUR_MS };
}

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	s->arena = arena_new();
	s->scratch = arena_new();
	given_terms(&s->terms);
	s->limits = (struct market_limits){
		.max_data_age = span_s(300), .max_future = span_s(120),
		.max_abs_rate_8h = dec_lit("0.05"),
	};
	for (size_t i = 0; i < N_SERIES; i++)
		s->series[i] = (struct backtest_series){
			given_symbol(names[i][0]), given_venue(names[i][1]),
			N_SERIES - 1 - i	/* as rows number them */
		};
	s->account.entry = (struct entry_policy){
		.enabled = true, .min_profit = dec_lit("0.0001"),
		.max_oi_usd = fact_unknown(WHY_NOT_SET),
		.min_oi_usd = fact_unknown(WHY_NOT_SET),
		.min_volume_usd = fact_unknown(WHY_NOT_SET),
		.max_exposure_per_venue_usd = fact_unknown(WHY_NOT_SET),
		.max_positions = 5, .size_usd = fact_known(dec_int(10000)),
		.cooldown = span_s(24 * 3600),
		.max_break_even = span_s(3 * DAY_S),
	};
	s->setup = (struct backtest_setup){
		.series = s->series, .n_series = N_SERIES,
		.terms = &s->terms, .limits = &s->limits,
		.account = &s->account, .pairs = s->pair,
		.every = span_s(3600), .capital_usd = dec_int(100000),
		.executor = simulate_executor(&s->terms),
	};
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	arena_free(s->arena);
	arena_free(s->scratch);
	free(s);
	return 0;
}

/* ---- what is settled ---- */

static void add_row(struct scene *s, struct instant at, int series,
		    int32_t interval_s, const char *rate)
{
	assert_true(s->n_rows < ROWS_MAX);
	s->row[s->n_rows++] = (struct settled){
		.venue = s->series[series].venue,
		.symbol = s->series[series].symbol,
		.series = s->series[series].series, .at = at,
		.rate = { dec_lit(rate), interval_s },
		.mark_price = fact_unknown(WHY_NOT_SET),
		.oi_usd = fact_unknown(WHY_NOT_SET),
	};
}

/* At every `interval` hours from `from` until `to`, both included. */
static void settle(struct scene *s, int series, int from, int to, int interval,
		   const char *rate)
{
	for (int h = from; h <= to; h += interval)
		add_row(s, hour(h), series, interval * 3600, rate);
}

static int by_time(const void *a, const void *b)
{
	const struct settled *x = a, *y = b;

	if (x->at.ms != y->at.ms)
		return x->at.ms < y->at.ms ? -1 : 1;
	return x->series < y->series ? -1 : 1;
}

static enum pulled pull(void *ctx, struct settled *out, struct err *err)
{
	struct scene *s = ctx;

	(void)err;
	if (s->at == s->n_rows)
		return PULLED_END;
	*out = s->row[s->at++];
	return PULLED_ROW;
}

/* ---- what is played ---- */

static void add_lane(struct scene *s, const char *const *close, int since,
		     int until)
{
	struct profile *p = given_profile(s->arena, close, NULL);

	p->poll_interval = s->setup.every;
	s->lane[s->n_lanes] = (struct backtest_lane){
		.profile = p, .since = hour(since), .until = hour(until) };
	snprintf(s->lane[s->n_lanes].name, REPORT_NAME_MAX, "%s",
		 *close ? *close : "hold");
	s->n_lanes++;
}

static void add_pair(struct scene *s, int l, int r, const char *size)
{
	s->pair[s->setup.n_pairs++] = (struct backtest_pair){
		s->series[l].symbol, { s->series[l].venue, s->series[r].venue },
		dec_lit(size)
	};
}

static void play(struct scene *s)
{
	struct settled_source source = { s, pull };

	s->at = 0;
	qsort(s->row, s->n_rows, sizeof(*s->row), by_time);
	if (!backtest_play(s->run, &s->work, &s->setup, s->lane, s->n_lanes,
			   &source, s->arena, s->scratch, &s->err))
		fail_msg("%s", s->err.text);
}

static const struct report_trade *trade(const struct scene *s, size_t i)
{
	assert_true(i < s->run[0].n_trades);
	return &s->run[0].trades[i];
}

static void same(struct dec v, const char *want)
{
	char text[DEC_TEXT_MAX];

	dec_format(text, v);
	assert_string_equal(text, want);
}

static void same_fact(struct fact f, const char *want)
{
	assert_true(f.known);
	same(f.v, want);
}

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
	add_pair(s, BTC_A, BTC_B, "10000");
	add_lane(s, never, 0, 24);
	play(s);
	same_fact(trade(s, 0)->funding_usd, "24");	/* 8 + 2 x 4 + 8 x 1 */
	assert_int_equal(trade(s, 0)->settlements, 24 + 1 + 2 + 8);
	assert_int_equal(trade(s, 0)->unknown, 0);
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
	same_fact(trade(s, 0)->funding_usd, "1.3");	/* 4 - 27 x 0.1 */
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
	play(s);
	assert_int_equal(trade(s, 0)->opened_at.ms, hour(10).ms);
	assert_int_equal(trade(s, 0)->unknown, 1);	/* 16:00 */
}

/* ---- what is seen ---- */

static void fill_walk(struct scene *s, int from, int to, unsigned seed)
{
	for (int h = from; h <= to; h++) {
		for (int k = 0; k < N_SERIES; k++) {
			char rate[32];

			seed = seed * 1103515245u + 12345u;
			snprintf(rate, sizeof(rate), "%s0.000%03u",
				 seed >> 31 ? "-" : "", (seed >> 16) % 1000);
			add_row(s, hour(h), k, 3600, rate);
		}
	}
}

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

static void money_out_of_range_is_an_error(void **state)
{
	struct scene *s = *state;
	struct settled_source source = { s, pull };

	settle(s, BTC_A, 0, 400, 1, "100000000000000000000");
	settle(s, BTC_B, 0, 400, 1, "0.0001");
	add_lane(s, never, 0, 400);
	assert_false(backtest_play(s->run, &s->work, &s->setup, s->lane, 1,
				   &source, s->arena, s->scratch, &s->err));
	assert_int_equal(s->err.kind, ERR_DATA);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(each_leg_settles_at_its_own_times),
		TEST(a_close_comes_behind_its_settlement),
		TEST(between_two_polls),
		TEST(intervals_change_with_the_rows),
		TEST(intervals_decide_alike),
		TEST(holes_are_counted),
		TEST(what_was_missed_before_the_opening_is_not),
		TEST(no_look_ahead),
		TEST(shifted_time_changes_nothing),
		TEST(lanes_do_not_meet),
		TEST(a_dead_venue_closes_nothing),
		TEST(the_widest_pair_is_opened_first),
		TEST(entries_keep_to_the_policy),
		TEST(a_symbol_cools_down),
		TEST(swapping_and_scaling),
		TEST(equity_at_midnight),
		TEST(seven_days_after_a_close),
		TEST(pictures_are_bounded),
		TEST(money_out_of_range_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
