/* SPDX-License-Identifier: MIT */
/* Scenes for the tests of the backtest. */
#include "backtest_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "given.h"
#include "simulate.h"

#define EPOCH_MS INT64_C(1767225600000)

static const char *const names[N_SERIES][2] = {
	[BTC_A] = { "BTC", "a" }, [BTC_B] = { "BTC", "b" },
	[BTC_C] = { "BTC", "c" }, [ETH_A] = { "ETH", "a" },
	[ETH_B] = { "ETH", "b" },
};

const char *const never[] = { NULL };

struct instant hour(int h)
{
	return (struct instant){ EPOCH_MS + h * HOUR_MS };
}

int scene_setup(void **state)
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

int scene_teardown(void **state)
{
	struct scene *s = *state;

	arena_free(s->arena);
	arena_free(s->scratch);
	free(s);
	return 0;
}

/* ---- what is settled ---- */

void add_row(struct scene *s, struct instant at, int series,
		    int32_t interval_s, const char *rate)
{
	assert_true(s->n_rows < BACKTEST_ROWS_MAX);
	s->row[s->n_rows++] = (struct settled){
		.venue = s->series[series].venue,
		.symbol = s->series[series].symbol,
		.series = s->series[series].series, .at = at,
		.rate = { dec_lit(rate), interval_s },
		.mark_price = fact_unknown(WHY_NOT_SET),
		.oi_usd = fact_unknown(WHY_NOT_SET),
	};
}

void settle(struct scene *s, int series, int from, int to, int interval,
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

void fill_walk(struct scene *s, int from, int to, unsigned seed)
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

void fill_waves(struct scene *s, int hours)
{
	static const int every[N_SERIES] = { 1, 4, 8, 1, 4 };
	int64_t level[N_SERIES] = { 0 };
	unsigned seed = 20261120;

	for (int h = 0; h < hours; h++) {
		for (int k = 0; k < N_SERIES; k++) {
			char rate[DEC_TEXT_MAX];
			struct dec d;

			seed = seed * 1103515245u + 12345u;
			level[k] += (int64_t)(seed >> 16) % 4001 - 2000;
			level[k] -= level[k] / 8;
			if (h % every[k] != 0)
				continue;
			assert_true(dec_join(&d, level[k] * every[k], 8));
			dec_format(rate, d);
			add_row(s, hour(h), k, every[k] * 3600, rate);
		}
	}
}

/* ---- what is played ---- */

void add_lane(struct scene *s, const char *const *close, int since,
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

void add_pair(struct scene *s, int l, int r, const char *size)
{
	s->pair[s->setup.n_pairs++] = (struct backtest_pair){
		s->series[l].symbol, { s->series[l].venue, s->series[r].venue },
		dec_lit(size)
	};
}

bool try_play(struct scene *s)
{
	struct settled_source source = { s, pull };

	s->at = 0;
	qsort(s->row, s->n_rows, sizeof(*s->row), by_time);
	return backtest_play(s->run, &s->work, &s->setup, s->lane, s->n_lanes,
			     &source, s->arena, s->scratch, &s->err);
}

void play(struct scene *s)
{
	if (!try_play(s))
		fail_msg("%s", s->err.text);
}

const struct report_trade *trade(const struct scene *s, size_t i)
{
	assert_true(i < s->run[0].n_trades);
	return &s->run[0].trades[i];
}

void same(struct dec v, const char *want)
{
	char text[DEC_TEXT_MAX];

	dec_format(text, v);
	assert_string_equal(text, want);
}

void same_fact(struct fact f, const char *want)
{
	assert_true(f.known);
	same(f.v, want);
}
