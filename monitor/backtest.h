/* SPDX-License-Identifier: MIT */
/*
 * Recorded settlements played through the code of the live poll: facts,
 * decide, entry policy, ledger amounts, simulated fills. Between settlements
 * a venue's last settled rate is its rate. Pure over a pull of rows: no file,
 * no clock. A poll at t sees what was settled until t and nothing later.
 *
 * A pair opened at t is owed settlements after t; one closed at t those
 * until t. Every lane keeps its own book; all see the same market, so what
 * one lane does never depends on the others.
 */
#ifndef CARRYWATCH_BACKTEST_H
#define CARRYWATCH_BACKTEST_H

#include "config.h"
#include "ports.h"
#include "report.h"
#include "settled.h"

/* A contract that plays: at most one for each symbol and venue. */
struct backtest_series {
	struct symbol symbol;
	struct venue venue;
	size_t series;			/* its number in the rows */
};

/* Opened once both rates are known, instead of by the entry policy. */
struct backtest_pair {
	struct symbol symbol;
	struct venue venue[2];		/* by enum side */
	struct dec size_usd;
};

/* One run: polls in [since, until), settlements in (since, until]. */
struct backtest_lane {
	char name[REPORT_NAME_MAX];
	/* poll_interval == every: else `for TIME` breaks off at each step */
	const struct profile *profile;
	struct instant since, until;
};

struct backtest_setup {
	const struct backtest_series *series;	/* sorted by symbol, venue */
	size_t n_series;
	const struct terms *terms;
	const struct market_limits *limits;
	const struct account *account;	/* its entry policy, or: */
	const struct backtest_pair *pairs;
	size_t n_pairs;
	struct span every;		/* between polls; divides a day */
	struct dec capital_usd;
	struct executor executor;
	size_t points_max;		/* of each pair's picture; 0: none */
};

struct backtest_work {
	int64_t polls;			/* of all lanes */
	int64_t evaluations;		/* positions decided, one by one */
};

/*
 * Play all rows and fill runs[i] from lanes[i]. Results live in `keep`,
 * which grows with positions and days; `scratch` is reset at every step.
 */
MUST_USE bool backtest_play(struct report_run *runs,
			    struct backtest_work *work,
			    const struct backtest_setup *setup,
			    const struct backtest_lane *lanes, size_t n,
			    const struct settled_source *source,
			    struct arena *keep, struct arena *scratch,
			    struct err *err);

#endif
