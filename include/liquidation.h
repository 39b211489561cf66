/* SPDX-License-Identifier: MIT */
/*
 * Where a leg is liquidated, for linear contracts (finance.md 8; Binance FAQ
 * b3c689c1): where equity W + side*q*(P - E) meets maintenance q*P*mmr - cum.
 * A venue's own number is better where it has one: tiers, other positions in
 * cross margin and closing fees are its business. 1/leverage is not it.
 */
#ifndef CARRYWATCH_LIQUIDATION_H
#define CARRYWATCH_LIQUIDATION_H

#include "position.h"

struct margin {
	struct dec wallet;	/* W, quote: isolated margin of the leg */
	struct dec quantity;	/* q, coins, > 0 */
	struct dec entry_price;	/* E, quote per coin, > 0 */
	struct dec maintenance;	/* mmr, a fraction, 0 <= mmr < 1 */
	struct dec deduction;	/* cum of the tier, quote, >= 0 */
};

/*
 * P = (W + cum - side*q*E) / (q * (mmr - side)), side +1 long, -1 short,
 * each product and the quotient rounded at 18 places. Not above zero: a long
 * that no fall liquidates is unknown (WHY_NOT_POSITIVE).
 */
struct fact liquidation_price(enum side side, const struct margin *m);

/* |P - P_liq| / P, unknown when either is; P > 0. */
struct fact liquidation_distance(struct dec price, struct fact liquidation);

#endif
