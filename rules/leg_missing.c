/* SPDX-License-Identifier: MIT */
/*
 * leg_missing(): one leg is gone, the other runs naked.
 *	TRUE when a leg is missing for good: three good answers of the trading
 *	client without it, over three minutes, its venue well
 * UNKNOWN while a leg is neither seen nor proven gone, and without a trading
 * client. Protective: an open leg does not wait for fresh rates.
 */
#include "rule.h"

static struct finding eval(const struct facts *f, const struct dec *arg)
{
	const struct fact *l = &f->v[FACT_LONG_MISSING];
	const struct fact *s = &f->v[FACT_SHORT_MISSING];

	(void)arg;
	if ((l->known && dec_sign(l->v) > 0) || (s->known && dec_sign(s->v) > 0))
		return finding_bool(true);
	if (!l->known)
		return finding_missing(f, FACT_LONG_MISSING);
	if (!s->known)
		return finding_missing(f, FACT_SHORT_MISSING);
	return finding_bool(false);
}

const struct rule rule_leg_missing = {
	.name = "leg_missing",
	.help = "one leg is gone at its venue, by three answers over 3 minutes",
	.uses = USES(LONG_MISSING) | USES(SHORT_MISSING),
	.protective = true,
	.eval = eval,
};
