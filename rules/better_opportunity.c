/* SPDX-License-Identifier: MIT */
/*
 * better_opportunity(min_improvement, horizon=24h): another pair for the same
 * symbol pays more than this one even after the cost of changing.
 *	TRUE when (D_new - D_now) * horizon - cost > min_improvement
 * D per day, horizon in days, cost and improvement as fractions of notional
 * (the position's size stands on both sides and cancels); D_new is the gross
 * divergence of the best fresh alternative. Compared after multiplying by
 * 86400 s, so nothing is rounded. FALSE without an alternative. UNKNOWN when
 * D_now, or any answer about alternatives, or the cost is.
 */
#include "rule.h"

enum { MIN_IMPROVEMENT, HORIZON };

static struct finding worth_it(const struct facts *f, const struct dec *arg)
{
	struct dec gain, hurdle;

	if (!dec_sub(&gain, f->v[FACT_ALT_DIVERGENCE].v,
		     f->v[FACT_DIVERGENCE].v))
		return finding_unknown(FACT_ALT_DIVERGENCE, WHY_OVERFLOW);
	if (!dec_add(&hurdle, f->v[FACT_ALT_COST].v, arg[MIN_IMPROVEMENT]))
		return finding_unknown(FACT_ALT_COST, WHY_OVERFLOW);
	return finding_bool(dec_cmp_mul(gain, arg[HORIZON],
					hurdle, dec_int(DAY_S)) > 0);
}

static struct finding eval(const struct facts *f, const struct dec *arg)
{
	static const enum fact_id needed[] = {
		FACT_ALT_DIVERGENCE, FACT_ALT_COST
	};

	if (!f->v[FACT_DIVERGENCE].known)
		return finding_missing(f, FACT_DIVERGENCE);
	if (!f->v[FACT_ALT_COUNT].known)
		return finding_missing(f, FACT_ALT_COUNT);
	if (dec_sign(f->v[FACT_ALT_COUNT].v) == 0)
		return finding_bool(false);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!f->v[needed[i]].known)
			return finding_missing(f, needed[i]);
	return worth_it(f, arg);
}

const struct rule rule_better_opportunity = {
	.name = "better_opportunity",
	.help = "another pair for the symbol earns more, net of the change",
	.params = {
		[MIN_IMPROVEMENT] = { "min_improvement", PARAM_SHARE, NULL,
				      "0", NULL, NULL,
				      "gain over the horizon, of notional" },
		[HORIZON] = { "horizon", PARAM_TIME, "24h", "1", NULL, NULL,
			      "time over which the gain is counted" },
	},
	.uses = USES(DIVERGENCE) | USES(ALT_COUNT) | USES(ALT_DIVERGENCE) |
		USES(ALT_COST),
	.eval = eval,
};
