/* SPDX-License-Identifier: MIT */
/*
 * flip(margin=0): the pair pays instead of earning.
 *	TRUE when D_now < margin
 * D_now = short rate - long rate, signed, per day inside; margin per 8 h, so
 * it counts three times. A positive margin fires while the pair still earns
 * up to that much. Source: design of the exit rules, "divergence flipped".
 * UNKNOWN while either leg's rate is.
 */
#include "rule.h"

enum { MARGIN };

static struct finding eval(const struct facts *f, const struct dec *arg)
{
	const struct fact *now = &f->v[FACT_DIVERGENCE];

	if (!now->known)
		return finding_missing(f, FACT_DIVERGENCE);
	return finding_bool(dec_cmp_mul(now->v, dec_int(1),
					arg[MARGIN], dec_int(3)) < 0);
}

const struct rule rule_flip = {
	.name = "flip",
	.help = "the divergence is below the margin: the pair pays",
	.params = {
		[MARGIN] = { "margin", PARAM_SHARE, "0", "-1", "1", NULL,
			     "divergence per 8 h; a positive one fires earlier" },
	},
	.uses = USES(DIVERGENCE),
	.eval = eval,
};
