/* SPDX-License-Identifier: MIT */
/*
 * A funding rate is a fraction of notional per interval, positive = longs
 * pay shorts. Rates of different intervals meet only as the daily rate
 * r * 86400 / T, an integer factor and therefore exact for every T that
 * divides a day; another T is refused.
 */
#ifndef CARRYWATCH_RATE_H
#define CARRYWATCH_RATE_H

#include "dec.h"
#include "instant.h"

#define RATE_8H_S 28800

struct rate {
	struct dec fraction;
	int32_t interval_s;
};

/* False when the interval does not divide 24 h or the product overflows. */
MUST_USE static inline bool rate_per_day(struct dec *out, struct rate r)
{
	if (r.interval_s == RATE_8H_S)	/* nearly all: spares a division */
		return dec_mul_int(out, r.fraction, DAY_S / RATE_8H_S);
	if (r.interval_s <= 0 || DAY_S % r.interval_s != 0)
		return false;
	return dec_mul_int(out, r.fraction, DAY_S / r.interval_s);
}

/* For display only: a daily rate per interval_s, half-even at 18 places. */
struct dec rate_from_day(struct dec daily, int32_t interval_s);

#endif
