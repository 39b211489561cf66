/* SPDX-License-Identifier: MIT */
/*
 * oi_imbalance(high=3, low=0.33, basis=absolute|entry): open interest of the
 * two venues has drifted apart.
 *	TRUE when OI_long / OI_short > high or < low
 * in USD, compared by cross products. basis=entry divides that ratio by the
 * one at opening first, so that a venue's size and its way of counting
 * cancel. UNKNOWN when an open interest is unknown or zero, and with
 * basis=entry when no ratio was stored at opening.
 */
#include "rule.h"

enum { HIGH, LOW, BASIS };
enum { ABSOLUTE, ENTRY };

static const char *const bases[] = { "absolute", "entry", NULL };

/* The fact, if it is known and above zero; else *why_not says so. */
static bool positive(const struct facts *f, enum fact_id id, struct dec *v,
		     struct finding *why_not)
{
	if (f->v[id].known && dec_sign(f->v[id].v) > 0) {
		*v = f->v[id].v;
		return true;
	}
	*why_not = f->v[id].known ? finding_unknown(id, WHY_NOT_POSITIVE) :
				    finding_missing(f, id);
	return false;
}

static struct finding eval(const struct facts *f, const struct dec *arg)
{
	struct dec one = dec_int(1), l, s, base = one;
	struct finding why_not;

	if (!positive(f, FACT_LONG_OI, &l, &why_not) ||
	    !positive(f, FACT_SHORT_OI, &s, &why_not))
		return why_not;
	if (dec_cmp(arg[BASIS], dec_int(ENTRY)) == 0 &&
	    !positive(f, FACT_ENTRY_OI_RATIO, &base, &why_not))
		return why_not;
	return finding_bool(dec_cmp_mul3(l, one, one, arg[HIGH], s, base) > 0 ||
			    dec_cmp_mul3(l, one, one, arg[LOW], s, base) < 0);
}

static const char *contradiction(const struct dec *arg)
{
	return dec_cmp(arg[LOW], arg[HIGH]) < 0 ? NULL :
	       "low must be below high, or it is always TRUE";
}

const struct rule rule_oi_imbalance = {
	.name = "oi_imbalance",
	.help = "open interest long / short is above `high` or below `low`",
	.params = {
		[HIGH] = { "high", PARAM_NUMBER, "3", "0", NULL, NULL,
			   "above this ratio" },
		[LOW] = { "low", PARAM_NUMBER, "0.33", "0", NULL, NULL,
			  "below this ratio" },
		[BASIS] = { "basis", PARAM_CHOICE, "absolute", NULL, NULL,
			    bases, "entry: relative to the ratio at opening" },
	},
	.uses = USES(LONG_OI) | USES(SHORT_OI) | USES(ENTRY_OI_RATIO),
	.eval = eval,
	.contradiction = contradiction,
};
