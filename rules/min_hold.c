/* SPDX-License-Identifier: MIT */
/*
 * min_hold(time): the pair was held long enough.
 *	TRUE when now - opened_at >= time
 * An ordinary predicate: `erosion(0.5) and min_hold(24h)` holds back that
 * one line and no other.
 */
#include "rule.h"

enum { TIME };

static struct finding eval(const struct facts *f, const struct dec *arg)
{
	if (!f->v[FACT_AGE].known)
		return finding_missing(f, FACT_AGE);
	return finding_bool(dec_cmp(f->v[FACT_AGE].v, arg[TIME]) >= 0);
}

const struct rule rule_min_hold = {
	.name = "min_hold",
	.help = "held for at least `time`; for use behind `and`",
	.params = {
		[TIME] = { "time", PARAM_TIME, NULL, "0", NULL, NULL,
			   "age from which the line may fire" },
	},
	.uses = USES(AGE),
	.eval = eval,
};
