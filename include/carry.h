/* SPDX-License-Identifier: MIT */
/*
 * Carry by schedule (finance.md 3 and 5): what a pair is paid at its legs'
 * settlements, counted one by one. An hourly and an 8 h leg with the same
 * daily rate pay the same in a day, but not in the next hour. Rates are held
 * at what they are now. Pure integers and decimals, no clock.
 */
#ifndef CARRYWATCH_CARRY_H
#define CARRYWATCH_CARRY_H

#include "position.h"
#include "rule.h"

struct carry_leg {
	struct dec daily;	/* rate per day, + longs pay */
	int64_t next_ms;	/* from now to the next settlement, (0, 24 h] */
	int64_t pays_s;		/* between settlements; divides 24 h */
};

/* Facts carry_legs() reads. */
#define CARRY_USES_HELD \
	(USES(LONG_RATE) | USES(SHORT_RATE) | USES(LONG_NEXT) | \
	 USES(SHORT_NEXT) | USES(LONG_PAYS) | USES(SHORT_PAYS))
#define CARRY_USES_ALTERNATIVE \
	(USES(ALT_LONG_RATE) | USES(ALT_SHORT_RATE) | USES(ALT_LONG_NEXT) | \
	 USES(ALT_SHORT_NEXT) | USES(ALT_LONG_PAYS) | USES(ALT_SHORT_PAYS))

/*
 * The legs of the held pair, or of the best alternative, out of the facts.
 * False when one of them is not known; *why then names it.
 */
MUST_USE bool carry_legs(struct carry_leg out[static 2], struct finding *why,
			 const struct facts *f, bool alternative);

/* Settlements of a leg in (0, horizon]. */
int64_t carry_count(const struct carry_leg *leg, int64_t horizon_ms);

/*
 * E[C] over (0, horizon] for a notional of 1, times 86400 so that it stays
 * exact ("rate*s"), + received: sum of -side * daily * pays_s * count. False
 * when it does not fit.
 */
MUST_USE bool carry_expected(struct dec *out, const struct carry_leg leg[static 2],
			     int64_t horizon_ms);

/*
 * What the best alternative is expected to earn more than the held pair over
 * the horizon (seconds), before the cost of the change; "rate*s" as above.
 * False when a leg is unknown or it does not fit; *why then says so.
 */
MUST_USE bool carry_gain(struct dec *out, struct finding *why,
			 const struct facts *f, struct dec horizon);

/*
 * Time from now to the first settlement at which the carry since now on a
 * notional of `size` (> 0) has reached `cost`, both USD and compared exactly:
 * 0 when there is nothing to earn, CARRY_NEVER when it is not reached within
 * a hundred years. False when a sum does not fit.
 */
#define CARRY_NEVER INT64_MAX
MUST_USE bool carry_break_even(int64_t *after_ms,
			       const struct carry_leg leg[static 2],
			       struct dec cost, struct dec size);

#endif
