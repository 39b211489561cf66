/* SPDX-License-Identifier: MIT */
/*
 * age(limit): the pair has been open for so long.
 *	TRUE when now - opened_at >= limit
 * in market time, to the millisecond. Never UNKNOWN: every position has an
 * opening time.
 */
#include "rule.h"

enum { LIMIT };

static struct finding eval(const struct facts *f, const struct dec *arg)
{
	if (!f->v[FACT_AGE].known)
		return finding_missing(f, FACT_AGE);
	return finding_bool(dec_cmp(f->v[FACT_AGE].v, arg[LIMIT]) >= 0);
}

const struct rule rule_age = {
	.name = "age",
	.help = "open for at least `limit`",
	.params = {
		[LIMIT] = { "limit", PARAM_TIME, NULL, "0", NULL, NULL,
			    "age at which it is TRUE, as 72h or 7d" },
	},
	.uses = USES(AGE),
	.eval = eval,
};
