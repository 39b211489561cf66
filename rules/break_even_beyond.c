/* SPDX-License-Identifier: MIT */
/*
 * break_even_beyond(time, cost=all_in|exit): earning the costs takes too long.
 *	TRUE when the first settlement at which the carry by schedule from now
 *	on covers the cost lies more than `time` away, or never comes
 * all_in = costs paid + expected exit - funding settled: 0 or less is earned
 * already, FALSE whatever the rates. exit = expected exit alone: the entry is
 * sunk (finance.md 5, a step, not cost / D). USD over size_usd, compared as
 * products; today's rates are held. UNKNOWN when a cost is, or, with something
 * left to earn, a leg's rate, next settlement or payment interval.
 */
#include "carry.h"
#include "earned.h"

enum { TIME, COST };
enum { ALL_IN, EXIT };

static const char *const costs[] = { "all_in", "exit", NULL };

static bool left_to_earn(struct dec *cost, struct finding *why,
			 const struct facts *f, bool exit)
{
	struct dec earned;

	*cost = f->v[FACT_EXIT_COST].v;
	*why = finding_missing(f, FACT_EXIT_COST);
	if (exit)
		return f->v[FACT_EXIT_COST].known;
	if (!earned_if_closed(&earned, why, f, EARNED_CARRY))
		return false;
	*cost = dec_neg(earned);
	return true;
}

static struct finding eval(const struct facts *f, const struct dec *arg)
{
	bool exit = dec_cmp(arg[COST], dec_int(EXIT)) == 0;
	struct carry_leg leg[2];
	struct finding why;
	struct dec cost;
	int64_t after_ms;

	if (!left_to_earn(&cost, &why, f, exit))
		return why;
	if (dec_sign(cost) <= 0)
		return finding_bool(false);
	if (!f->v[FACT_SIZE].known)
		return finding_missing(f, FACT_SIZE);
	if (!carry_legs(leg, &why, f, false))
		return why;
	if (!carry_break_even(&after_ms, leg, cost, f->v[FACT_SIZE].v))
		return finding_unknown(FACT_EXIT_COST, WHY_OVERFLOW);
	return finding_bool(dec_cmp_mul(dec_int(after_ms), dec_int(1),
					arg[TIME], dec_int(1000)) > 0);
}

const struct rule rule_break_even_beyond = {
	.name = "break_even_beyond",
	.help = "the carry covers the costs later than `time` from now, or never",
	.params = {
		[TIME] = { "time", PARAM_TIME, NULL, "0", "31536000", NULL,
			   "time to the settlement that covers them" },
		[COST] = { "cost", PARAM_CHOICE, "all_in", NULL, NULL, costs,
			   "all_in: what is not earned yet; exit: leaving alone" },
	},
	.uses = USES(SIZE) | EARNED_USES_CARRY | CARRY_USES_HELD,
	.only = { { COST, ALL_IN, USES(FUNDING) | USES(PAID) } },
	.eval = eval,
};
