/* SPDX-License-Identifier: MIT */
/*
 * basis_wide(share): the venues disagree about the price.
 *	TRUE when |mark_long - mark_short| / mean of the two > share
 * Mark prices as the trading client has them. UNKNOWN when one of them is.
 */
#include "rule.h"

enum { SHARE };

static struct finding eval(const struct facts *f, const struct dec *arg)
{
	const struct fact *basis = &f->v[FACT_BASIS];

	if (!basis->known)
		return finding_missing(f, FACT_BASIS);
	return finding_bool(dec_cmp(basis->v, arg[SHARE]) > 0);
}

const struct rule rule_basis_wide = {
	.name = "basis_wide",
	.help = "mark prices of the legs differ by more than `share`",
	.params = {
		[SHARE] = { "share", PARAM_SHARE, NULL, "0.00001", "1", NULL,
			    "of the mean of both prices" },
	},
	.uses = USES(BASIS),
	.eval = eval,
};
