/* SPDX-License-Identifier: MIT */
/* Walk-forward of `backtest`: what was chosen, and how that did. */
#ifndef CARRYWATCH_CMD_BACKTEST_FOLDS_H
#define CARRYWATCH_CMD_BACKTEST_FOLDS_H

#include "cmd_backtest.h"

struct backtest_fold {
	struct instant since, until;	/* of the segment it is judged on */
	size_t chosen;			/* set */
	struct dec in_sample, out_of_sample, held;
};

struct backtest_folds {
	struct backtest_fold *fold;
	size_t n;
	struct dec *net, *held;		/* by segment, then set */
	struct dec total, total_held;	/* of what was chosen */
};

/* folds + 2 times, from since to until; NULL without memory. */
struct instant *backtest_bounds(const struct backtest_ask *a);
MUST_USE bool backtest_net(struct dec *net, struct dec *held,
			   const struct report_run *run, struct err *err);
MUST_USE bool backtest_folds(struct backtest_folds *out,
			     const struct backtest_ask *a,
			     const struct backtest_result *r,
			     struct err *err);
/* One set over all segments that are judged. */
MUST_USE bool backtest_fold_sum(struct dec *net, struct dec *held,
				const struct backtest_folds *all,
				size_t n_sets, size_t set, struct err *err);
MUST_USE bool backtest_folds_print(FILE *f, const struct backtest_ask *a,
				   const struct backtest_folds *all,
				   struct err *err);

#endif
