/* SPDX-License-Identifier: MIT */
/* Settlements of a backtest, paid and missing; for backtest*.c only. */
#ifndef CARRYWATCH_BACKTEST_SETTLE_H
#define CARRYWATCH_BACKTEST_SETTLE_H

#include "backtest_work.h"

/* What a row pays to the pairs held; before it is put into its slot. */
MUST_USE bool backtest_book(struct backtest *b, struct lane *l, size_t slot,
			    const struct settled *row);
/* Settlements between the last one and this row that nobody recorded. */
int64_t backtest_missed(const struct slot *s, const struct settled *row);
/* What the pair was paid until then, and how much of it nobody recorded. */
void backtest_earned(const struct backtest *b, struct trade *t,
		     struct held_pair *h, struct instant until);
/* All that were due from the legs until then and that nobody recorded. */
int64_t backtest_holes(const struct backtest *b, const struct trade *t,
		       struct instant until);

#endif
