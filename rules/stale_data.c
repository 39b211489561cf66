/* SPDX-License-Identifier: MIT */
/*
 * stale_data(time): a leg has had no usable rate for too long.
 *	TRUE when now - (newest usable quote of either leg) > time
 * by the service's own timestamps, in seconds. UNKNOWN for a leg that never
 * had a usable quote, unless the other leg already makes it TRUE.
 */
#include "rule.h"

enum { TIME };

static struct finding older(const struct facts *f, enum fact_id id,
			    struct dec limit)
{
	if (!f->v[id].known)
		return finding_missing(f, id);
	return finding_bool(dec_cmp(f->v[id].v, limit) > 0);
}

static struct finding eval(const struct facts *f, const struct dec *arg)
{
	return finding_or(older(f, FACT_LONG_QUOTE_AGE, arg[TIME]),
			  older(f, FACT_SHORT_QUOTE_AGE, arg[TIME]));
}

const struct rule rule_stale_data = {
	.name = "stale_data",
	.help = "the newest usable rate of a leg is older than `time`",
	.params = {
		[TIME] = { "time", PARAM_TIME, NULL, "0", NULL, NULL,
			   "age of a rate that is still good" },
	},
	.uses = USES(LONG_QUOTE_AGE) | USES(SHORT_QUOTE_AGE),
	.eval = eval,
};
