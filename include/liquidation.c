/* SPDX-License-Identifier: MIT */
/* The liquidation price of one linear leg, and how far a price is from it. */
#include "liquidation.h"

static bool sane(const struct margin *m)
{
	return dec_sign(m->quantity) > 0 && dec_sign(m->entry_price) > 0 &&
	       dec_sign(m->maintenance) >= 0 &&
	       dec_cmp(m->maintenance, dec_int(1)) < 0;
}

struct fact liquidation_price(enum side side, const struct margin *m)
{
	struct dec sign = dec_int(side == LEG_LONG ? 1 : -1);
	struct dec notional, above, below, price;

	if (!sane(m))
		return fact_unknown(WHY_NOT_POSITIVE);
	if (!dec_mul(&notional, m->quantity, m->entry_price) ||
	    !dec_mul(&notional, notional, sign) ||
	    !dec_add(&above, m->wallet, m->deduction) ||
	    !dec_sub(&above, above, notional) ||
	    !dec_sub(&below, m->maintenance, sign) ||
	    !dec_mul(&below, below, m->quantity) ||
	    !dec_div(&price, above, below))
		return fact_unknown(WHY_OVERFLOW);
	return dec_sign(price) > 0 ? fact_known(price) :
				     fact_unknown(WHY_NOT_POSITIVE);
}

struct fact liquidation_distance(struct dec price, struct fact liquidation)
{
	struct dec gap, share;

	if (!liquidation.known)
		return liquidation;
	if (dec_sign(price) <= 0)
		return fact_unknown(WHY_NOT_POSITIVE);
	if (!dec_sub(&gap, price, liquidation.v) ||
	    !dec_div(&share, dec_abs(gap), price))
		return fact_unknown(WHY_OVERFLOW);
	return fact_known(share);
}
