/* SPDX-License-Identifier: MIT */
/*
 * stop_loss(loss, pnl=net|carry): the pair has lost too much.
 *	TRUE when pnl <= -loss * size_usd
 * net = price + funding settled - costs paid - expected cost of the exit, USD,
 * + earned (finance.md 7); carry = the same without price, for sources that
 * have no mark prices. loss is a share of the notional of one leg, written
 * positive. Compared as products, so nothing is rounded. UNKNOWN when any of
 * these is: what is not known is neither a loss nor none.
 */
#include "earned.h"

enum { LOSS, PNL };

static struct finding eval(const struct facts *f, const struct dec *arg)
{
	struct finding why;
	int sign;

	if (!earned_against(&sign, &why, f, arg[PNL], dec_neg(arg[LOSS])))
		return why;
	return finding_bool(sign <= 0);
}

const struct rule rule_stop_loss = {
	.name = "stop_loss",
	.help = "closed now, the pair would have lost `loss` or more",
	.params = {
		[LOSS] = { "loss", PARAM_SHARE, NULL, "0.0001", "1", NULL,
			   "of the notional of one leg, all costs counted" },
		[PNL] = { "pnl", PARAM_CHOICE, "net", NULL, NULL,
			  earned_choices, "net: price and funding; carry: "
			  "without price, where no mark prices come" },
	},
	.uses = USES(SIZE) | USES(PRICE) | EARNED_USES_CARRY,
	.only = { { PNL, EARNED_NET, USES(PRICE) } },
	.eval = eval,
};
