/* SPDX-License-Identifier: MIT */
/*
 * leg_drift(share=5%): the legs no longer cover each other.
 *	TRUE when |q_long - q_short| / max(q_long, q_short) > share
 * Quantities in coins, as the trading client says they are held. UNKNOWN when
 * one of them is. Protective: what is not covered does not wait for rates.
 */
#include "rule.h"

enum { SHARE };

static struct finding eval(const struct facts *f, const struct dec *arg)
{
	const struct fact *drift = &f->v[FACT_LEG_DRIFT];

	if (!drift->known)
		return finding_missing(f, FACT_LEG_DRIFT);
	return finding_bool(dec_cmp(drift->v, arg[SHARE]) > 0);
}

const struct rule rule_leg_drift = {
	.name = "leg_drift",
	.help = "the quantities of the legs differ by more than `share`",
	.params = {
		[SHARE] = { "share", PARAM_SHARE, "0.05", "0.0001", "1", NULL,
			    "of the larger leg" },
	},
	.uses = USES(LEG_DRIFT),
	.protective = true,
	.eval = eval,
};
