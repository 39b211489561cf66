/* SPDX-License-Identifier: MIT */
/*
 * funding_window(before, when=paying|any): a settlement is close.
 *	any:	TRUE when 0 < t < before, t = time to the next settlement of
 *		either leg
 *	paying:	and the settlements of both legs from now through the next one
 *		of the leg with the longer payment interval sum up below zero
 * Source: finance.md 3; its example is FALSE at 14:50 and at 15:50, because
 * the 16:00 receipt outweighs what the hourly leg pays until then.
 * UNKNOWN when a settlement time (or for `paying` a rate) is unknown and the
 * rest does not settle it.
 */
#include "rule.h"

enum { BEFORE, WHEN };
enum { PAYING, ANY };

static const char *const whens[] = { "paying", "any", NULL };

static struct finding soon(const struct facts *f, enum fact_id id,
			   struct dec before)
{
	if (!f->v[id].known)
		return finding_missing(f, id);
	return finding_bool(dec_sign(f->v[id].v) > 0 &&
			    dec_cmp(f->v[id].v, before) < 0);
}

static struct finding pays(const struct facts *f)
{
	if (!f->v[FACT_WINDOW_CARRY].known)
		return finding_missing(f, FACT_WINDOW_CARRY);
	return finding_bool(dec_sign(f->v[FACT_WINDOW_CARRY].v) < 0);
}

static struct finding eval(const struct facts *f, const struct dec *arg)
{
	struct finding near = finding_or(soon(f, FACT_LONG_NEXT, arg[BEFORE]),
					 soon(f, FACT_SHORT_NEXT, arg[BEFORE]));

	if (dec_cmp(arg[WHEN], dec_int(ANY)) == 0)
		return near;
	return finding_and(near, pays(f));
}

const struct rule rule_funding_window = {
	.name = "funding_window",
	.help = "a leg settles within `before` (and the pair pays until then)",
	.params = {
		[BEFORE] = { "before", PARAM_TIME, NULL, "0", NULL, NULL,
			     "time to the settlement, below a quarter of the "
			     "payment interval" },
		[WHEN] = { "when", PARAM_CHOICE, "paying", NULL, NULL, whens,
			   "paying: only if the pair pays in sum; any: always" },
	},
	.uses = USES(LONG_NEXT) | USES(SHORT_NEXT) | USES(WINDOW_CARRY),
	.eval = eval,
};
