/* SPDX-License-Identifier: MIT */
/*
 * A backtest over tiny markets whose money can be reckoned by hand. Hours
 * count from 2026-01-01T00:00:00Z; a pair of the policy is 10,000 USD, costs
 * are 8 bps a round trip: 4 USD for opening and 4 for closing.
 */
#ifndef CARRYWATCH_TESTS_BACKTEST_CASE_H
#define CARRYWATCH_TESTS_BACKTEST_CASE_H

#include "backtest.h"

#define HOUR_MS INT64_C(3600000)
#define LANES_MAX 3
#define BACKTEST_ROWS_MAX 4000

/* Contracts of the tests, sorted by symbol and venue. */
enum { BTC_A, BTC_B, BTC_C, ETH_A, ETH_B, N_SERIES };

struct scene {
	struct arena *arena, *scratch;
	struct settled row[BACKTEST_ROWS_MAX];
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

/* A profile that never closes. */
extern const char *const never[];

int scene_setup(void **state);
int scene_teardown(void **state);
struct instant hour(int h);

void add_row(struct scene *s, struct instant at, int series,
	     int32_t interval_s, const char *rate);
/* At every `interval` hours from `from` until `to`, both included. */
void settle(struct scene *s, int series, int from, int to, int interval,
	    const char *rate);
/* Every hour a rate for each contract, by seed. */
void fill_walk(struct scene *s, int from, int to, unsigned seed);

/* Rates that come and go slowly; a settles hourly, b each 4 h, c each 8 h. */
void fill_waves(struct scene *s, int hours);

void add_lane(struct scene *s, const char *const *close, int since, int until);
void add_pair(struct scene *s, int l, int r, const char *size);
/* False: s->err. */
bool try_play(struct scene *s);
void play(struct scene *s);

/* Of the first lane. */
const struct report_trade *trade(const struct scene *s, size_t i);
void same(struct dec v, const char *want);
void same_fact(struct fact f, const char *want);

#endif
