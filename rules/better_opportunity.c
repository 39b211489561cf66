/* SPDX-License-Identifier: MIT */
/*
 * better_opportunity(min_improvement, horizon=24h, model=linear|schedule):
 * another pair for the symbol pays more even after the cost of changing.
 *	linear:   TRUE when (D_new - D_now) * horizon - cost > min_improvement
 *	schedule: TRUE when E_new - E_now - cost > min_improvement, E = what the
 *		  legs' settlements inside the horizon pay (finance.md 3)
 * D per day, horizon in days, cost and improvement as fractions of notional
 * (the position's size stands on both sides and cancels). The new pair is the
 * fresh alternative of the largest divergence, in both models. Compared after
 * multiplying by 86400 s, so nothing is rounded. FALSE without an alternative.
 * UNKNOWN when D_now, or any answer about alternatives, or the cost is; with
 * schedule also when a leg's next settlement or payment interval is.
 */
#include "carry.h"

enum { MIN_IMPROVEMENT, HORIZON, MODEL };
enum { LINEAR, SCHEDULE };

static const char *const models[] = { "linear", "schedule", NULL };

/* What changing pairs brings: *gain * *times, in shares times seconds. */
static bool gain_of(struct dec *gain, struct dec *times, struct finding *why,
		    const struct facts *f, const struct dec *arg)
{
	if (dec_cmp(arg[MODEL], dec_int(SCHEDULE)) == 0) {
		*times = dec_int(1);
		return carry_gain(gain, why, f, arg[HORIZON]);
	}
	*times = arg[HORIZON];
	*why = finding_unknown(FACT_ALT_DIVERGENCE, WHY_OVERFLOW);
	return dec_sub(gain, f->v[FACT_ALT_DIVERGENCE].v,
		       f->v[FACT_DIVERGENCE].v);
}

static struct finding worth_it(const struct facts *f, const struct dec *arg)
{
	struct dec gain, times, hurdle;
	struct finding why;

	if (!gain_of(&gain, &times, &why, f, arg))
		return why;
	if (!dec_add(&hurdle, f->v[FACT_ALT_COST].v, arg[MIN_IMPROVEMENT]))
		return finding_unknown(FACT_ALT_COST, WHY_OVERFLOW);
	return finding_bool(dec_cmp_mul(gain, times,
					hurdle, dec_int(DAY_S)) > 0);
}

static struct finding eval(const struct facts *f, const struct dec *arg)
{
	if (!f->v[FACT_DIVERGENCE].known)
		return finding_missing(f, FACT_DIVERGENCE);
	if (!f->v[FACT_ALT_COUNT].known)
		return finding_missing(f, FACT_ALT_COUNT);
	if (dec_sign(f->v[FACT_ALT_COUNT].v) == 0)
		return finding_bool(false);
	if (!f->v[FACT_ALT_DIVERGENCE].known)
		return finding_missing(f, FACT_ALT_DIVERGENCE);
	if (!f->v[FACT_ALT_COST].known)
		return finding_missing(f, FACT_ALT_COST);
	return worth_it(f, arg);
}

#define LEGS (CARRY_USES_HELD | CARRY_USES_ALTERNATIVE)

const struct rule rule_better_opportunity = {
	.name = "better_opportunity",
	.help = "another pair for the symbol earns more, net of the change",
	.params = {
		[MIN_IMPROVEMENT] = { "min_improvement", PARAM_SHARE, NULL,
				      "0", NULL, NULL,
				      "gain over the horizon, of notional" },
		[HORIZON] = { "horizon", PARAM_TIME, "24h", "1", NULL, NULL,
			      "time over which the gain is counted" },
		[MODEL] = { "model", PARAM_CHOICE, "linear", NULL, NULL, models,
			    "linear: divergence x time; schedule: the "
			    "settlements inside the horizon" },
	},
	.added = 1 << MODEL,
	.uses = USES(DIVERGENCE) | USES(ALT_COUNT) | USES(ALT_DIVERGENCE) |
		USES(ALT_COST) | LEGS,
	.only = { { MODEL, SCHEDULE, LEGS } },
	.eval = eval,
};
