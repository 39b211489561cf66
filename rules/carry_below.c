/* SPDX-License-Identifier: MIT */
/*
 * carry_below(apr): what the pair pays a year is too little.
 *	TRUE when D_now * 365 < apr
 * D_now = short rate - long rate, signed, per day; apr is simple, a share of
 * the notional of one leg (finance.md 6: 0.0000125 per hour = 10.95 %), never
 * compounded and not on capital. Over whole days the legs' settlements pay
 * exactly D a day, whatever their rhythm, so a schedule would say the same.
 * UNKNOWN while either leg's rate is.
 */
#include "rule.h"

enum { APR };

static struct finding eval(const struct facts *f, const struct dec *arg)
{
	if (!f->v[FACT_DIVERGENCE].known)
		return finding_missing(f, FACT_DIVERGENCE);
	return finding_bool(dec_cmp_mul(f->v[FACT_DIVERGENCE].v, dec_int(365),
					arg[APR], dec_int(1)) < 0);
}

const struct rule rule_carry_below = {
	.name = "carry_below",
	.help = "the divergence, as a simple APR, is below `apr`",
	.params = {
		[APR] = { "apr", PARAM_SHARE, NULL, "-2", "2", NULL,
			  "simple APR on the notional of one leg, as 5%" },
	},
	.uses = USES(DIVERGENCE),
	.eval = eval,
};
