/* SPDX-License-Identifier: MIT */
/*
 * fees_covered: the funding received has paid for the whole round trip.
 *	TRUE when funding settled >= costs paid + expected cost of the exit
 * All USD; prices are left out. For use behind `and`: `erosion(0.5) and
 * fees_covered` leaves an eroded pair only once it has earned its costs.
 * UNKNOWN when one of the three is: a settlement of unknown amount, or a fee
 * that is not configured.
 */
#include "earned.h"

static struct finding eval(const struct facts *f, const struct dec *arg)
{
	struct finding why;
	struct dec earned;

	(void)arg;
	if (!earned_if_closed(&earned, &why, f, EARNED_CARRY))
		return why;
	return finding_bool(dec_sign(earned) >= 0);
}

const struct rule rule_fees_covered = {
	.name = "fees_covered",
	.help = "the funding settled covers the costs paid and of the exit",
	.uses = EARNED_USES_CARRY,
	.eval = eval,
};
