/* SPDX-License-Identifier: MIT */
/* Sums of the money facts. Knows no rule and no threshold. */
#include "earned.h"

const char *const earned_choices[] = {
	[EARNED_NET] = "net", [EARNED_CARRY] = "carry", NULL
};

static const struct part {
	enum fact_id id;
	bool (*take)(struct dec *out, struct dec a, struct dec b);
} parts[] = {
	{ FACT_PRICE, dec_add },
	{ FACT_FUNDING, dec_add },
	{ FACT_PAID, dec_sub },
	{ FACT_EXIT_COST, dec_sub },
};

bool earned_if_closed(struct dec *out, struct finding *why,
		      const struct facts *f, enum earned_of of)
{
	*out = DEC_ZERO;
	for (size_t i = of == EARNED_CARRY; i < sizeof(parts) / sizeof(*parts);
	     i++) {
		const struct part *p = &parts[i];

		if (!f->v[p->id].known) {
			*why = finding_missing(f, p->id);
			return false;
		}
		if (!p->take(out, *out, f->v[p->id].v)) {
			*why = finding_unknown(p->id, WHY_OVERFLOW);
			return false;
		}
	}
	return true;
}

bool earned_against(int *sign, struct finding *why, const struct facts *f,
		    struct dec of, struct dec share)
{
	bool carry = dec_cmp(of, dec_int(EARNED_CARRY)) == 0;
	struct dec earned;

	if (!earned_if_closed(&earned, why, f,
			      carry ? EARNED_CARRY : EARNED_NET))
		return false;
	if (!f->v[FACT_SIZE].known) {
		*why = finding_missing(f, FACT_SIZE);
		return false;
	}
	*sign = dec_cmp_mul(earned, dec_int(1), share, f->v[FACT_SIZE].v);
	return true;
}
