/* SPDX-License-Identifier: MIT */
/*
 * take_profit(gain, pnl=net|carry): the pair has earned enough.
 *	TRUE when pnl >= gain * size_usd
 * net = price + funding settled - costs paid - expected cost of the exit, USD,
 * + earned (finance.md 7); carry = the same without price, for sources that
 * have no mark prices. gain is a share of the notional of one leg. Compared
 * as products, so nothing is rounded. UNKNOWN when any of these is: a missing
 * price or a settlement of unknown amount is never taken for 0.
 */
#include "earned.h"

enum { GAIN, PNL };

static struct finding eval(const struct facts *f, const struct dec *arg)
{
	struct finding why;
	int sign;

	if (!earned_against(&sign, &why, f, arg[PNL], arg[GAIN]))
		return why;
	return finding_bool(sign >= 0);
}

const struct rule rule_take_profit = {
	.name = "take_profit",
	.help = "closed now, the pair would have earned `gain` or more",
	.params = {
		[GAIN] = { "gain", PARAM_SHARE, NULL, "0.0001", "1", NULL,
			   "of the notional of one leg, net of all costs" },
		[PNL] = { "pnl", PARAM_CHOICE, "net", NULL, NULL,
			  earned_choices, "net: price and funding; carry: "
			  "without price, where no mark prices come" },
	},
	.uses = USES(SIZE) | USES(PRICE) | EARNED_USES_CARRY,
	.only = { { PNL, EARNED_NET, USES(PRICE) } },
	.eval = eval,
};
