/* SPDX-License-Identifier: MIT */
/*
 * liquidation_near(distance=10%): a leg is about to be liquidated.
 *	TRUE when (mark - liquidation) / mark < distance for the long leg, or
 *	(liquidation - mark) / mark < distance for the short one
 * The nearer leg counts: one that is near is TRUE whatever the other is.
 * UNKNOWN when none is near and one is not known. Protective.
 */
#include "rule.h"

enum { DISTANCE };

static struct finding eval(const struct facts *f, const struct dec *arg)
{
	const struct fact *l = &f->v[FACT_LONG_LIQUIDATION];
	const struct fact *s = &f->v[FACT_SHORT_LIQUIDATION];

	if ((l->known && dec_cmp(l->v, arg[DISTANCE]) < 0) ||
	    (s->known && dec_cmp(s->v, arg[DISTANCE]) < 0))
		return finding_bool(true);
	if (!l->known)
		return finding_missing(f, FACT_LONG_LIQUIDATION);
	if (!s->known)
		return finding_missing(f, FACT_SHORT_LIQUIDATION);
	return finding_bool(false);
}

const struct rule rule_liquidation_near = {
	.name = "liquidation_near",
	.help = "a leg's mark price is nearer than `distance` to liquidation",
	.params = {
		[DISTANCE] = { "distance", PARAM_SHARE, "0.1", "0.001", "0.9",
			       NULL, "of the mark price" },
	},
	.uses = USES(LONG_LIQUIDATION) | USES(SHORT_LIQUIDATION),
	.protective = true,
	.eval = eval,
};
