/* SPDX-License-Identifier: MIT */
/*
 * What a run of an account earned, as plain values: filled by backtest,
 * replay and the account's own ledger, measured by report.c, shown by
 * report_*.c. All money in USD, signed, + gained; costs are positive. Rates
 * are daily (rate.h). Arrays belong to an arena of the caller.
 */
#ifndef CARRYWATCH_REPORT_H
#define CARRYWATCH_REPORT_H

#include "position.h"
#include "report_metric.h"

#define REPORT_NAME_MAX 160

/* Divergence over the life of one pair, for its picture. */
struct report_point {
	struct instant at;
	struct fact divergence;
};

struct report_trade {
	int64_t id;
	struct symbol symbol;
	struct venue long_venue, short_venue;
	struct dec size_usd;		/* notional of one leg */
	struct instant opened_at;
	struct instant closed_at;	/* unknown: open at the end */
	struct label reason;		/* "" while open */
	struct fact entry_divergence, exit_divergence;	/* per day */
	struct fact funding_usd;	/* booked while held */
	struct fact price_usd;		/* finance.md 7; unknown without marks */
	struct dec fees_usd, slippage_usd;	/* paid so far */
	struct dec exit_usd;		/* expected cost of leaving; 0 if closed */
	int32_t settlements, unknown;	/* booked, and of unknown amount */
	/* The same entry never closed before the end of the data: */
	struct fact held_funding_usd;
	struct fact held_price_usd;	/* unknown without marks */
	struct dec held_costs_usd;	/* entry paid and exit expected */
	/* Funding of the 7 days after the close; unknown: data ends before,
	 * or some settlement of them is not known. */
	struct fact after_usd;
	const struct report_point *points;
	size_t n_points;
};

/* Exit value of the whole account at 00:00 UTC, capital included. */
struct report_day {
	struct instant at;
	struct dec equity_usd;		/* as decided */
	struct dec held_usd;		/* hold-through: same entries, no exit */
};

struct report_run {
	char name[REPORT_NAME_MAX];	/* "steady", "aggressive erosion.keep=0.5" */
	struct instant since, until;	/* of the data */
	struct dec capital_usd;		/* what returns are relative to; > 0 */
	/*
	 * Every trade's price is known and in the days too; else price is in
	 * nothing, not even where one trade's is known.
	 */
	bool price_included;
	/* Hold-through ends so long after a close; 0: with the data. */
	struct span held_after;
	const struct report_trade *trades;	/* by opening time, then id */
	size_t n_trades;
	const struct report_day *days;	/* by time; first: before any trade */
	size_t n_days;
};

struct report_exit {			/* one reason, closed trades only */
	struct label reason;
	int32_t n, wins, losses, ties;
	struct dec net_usd, held_net_usd;
	struct span held;		/* sum of the times held */
	struct dec after_usd;		/* gave up after exit, known ones */
	int32_t n_after;		/* how many are in it */
};

struct report_summary {
	struct report_metric own[METRIC_COUNT];
	struct report_metric held[METRIC_COUNT];	/* hold-through */
	struct report_exit *exits;	/* by number, then name */
	size_t n_exits;
};

/* Measure a run; false without memory or when a sum leaves the range. */
MUST_USE bool report_measure(struct report_summary *out,
			     const struct report_run *run,
			     struct arena *arena, struct err *err);
/* funding + price - fees - slippage - expected exit, of the known parts. */
MUST_USE bool report_net(struct dec *out, const struct report_trade *t);
/* The same had it never been closed. */
MUST_USE bool report_held_net(struct dec *out, const struct report_trade *t);
/* Both without price where the run has none. False: out of range. */
MUST_USE bool report_nets(struct dec *net, struct dec *held,
			  const struct report_run *run,
			  const struct report_trade *t);

#endif
