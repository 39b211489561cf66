/* SPDX-License-Identifier: MIT */
/* The parts of the command `backtest`; nobody else includes this. */
#ifndef CARRYWATCH_CMD_BACKTEST_H
#define CARRYWATCH_CMD_BACKTEST_H

#include "backtest.h"
#include "cli.h"
#include "settlement_csv.h"

#define BACKTEST_RUNS_MAX 2000
#define BACKTEST_FOLDS_MAX 24

/* What is in the files: learnt by reading them once before anything runs. */
struct backtest_data {
	const char *path[SETTLEMENT_FILES_MAX];
	size_t n_paths;
	bool skip_bad;
	struct csv_counts counts;
	struct instant first, last;
	struct backtest_series *series;	/* sorted by symbol, venue */
	size_t n_series;
	size_t n_contracts;		/* those not played too */
};

struct backtest_ask {
	struct cli *cli;
	struct config *config;
	struct backtest_data data;
	struct account account;		/* its entry policy */
	char *entry_text;		/* "min_profit=0.01%, ..." */
	struct terms terms;
	struct market_limits limits;
	struct backtest_setup setup;
	struct backtest_lane *sets;	/* over all the time, one a run */
	size_t n_sets;
	int32_t folds, jobs;
	struct instant since, until;
};

/* One segment of time after the other, for each set: [segment][set]. */
struct backtest_result {
	struct report_run *runs;	/* by set */
	struct report_run *parts;	/* by segment, then set */
	struct instant *bounds;		/* folds + 2 of them */
	struct backtest_work work;
};

/* cmd_backtest_data.c */
MUST_USE bool backtest_scan(struct backtest_data *d, struct arena *arena,
			    struct err *err);
/* cmd_backtest_ask.c: the command line to values. */
MUST_USE bool backtest_ask(struct backtest_ask *a, struct cli *c,
			   struct err *err);
/* cmd_backtest_policy.c: a->config, its costs, the entry policy. */
MUST_USE bool backtest_policy(struct backtest_ask *a, struct err *err);
/* cmd_backtest_sets.c: profiles, and every combination of --set. */
MUST_USE bool backtest_sets(struct backtest_ask *a, struct err *err);
/*
 * cmd_backtest_jobs.c: play lanes on all threads. runs[i] is of lanes[i],
 * whatever the number of threads; memory lives in arenas put into `owned`.
 */
struct backtest_owned {
	struct arena **arena;
	size_t n;
};
MUST_USE bool backtest_run_lanes(struct report_run *runs,
				 struct backtest_work *work,
				 struct backtest_owned *owned,
				 const struct backtest_ask *a,
				 const struct backtest_lane *lanes, size_t n,
				 struct err *err);
void backtest_owned_free(struct backtest_owned *o);
/* cmd_backtest_show.c */
MUST_USE bool backtest_show(FILE *f, const struct backtest_ask *a,
			    const struct backtest_result *r,
			    struct err *err);

#endif
