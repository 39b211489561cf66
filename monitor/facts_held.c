/* SPDX-License-Identifier: MIT */
/*
 * What is really held, as facts:
 *	to liquidation (long)  = (mark - liquidation) / mark
 *	to liquidation (short) = (liquidation - mark) / mark
 *	leg drift = |q_long - q_short| / max(q_long, q_short)
 *	basis = |mark_long - mark_short| / ((mark_long + mark_short) / 2)
 * Each is unknown when one of its numbers is, or is not above zero; a missing
 * number is not 0. A quotient that 18 places do not hold is rounded to where
 * the danger is (room down, drift and basis up): against a limit of 18 places
 * it then compares as the exact one does.
 */
#include "facts_held.h"

#include "facts_plan.h"

enum towards { DOWN = -1, UP = 1 };

/* b > 0. dec_div is off by half a place at most: one step mends it. */
static struct fact quotient(struct fact a, struct dec b, enum towards way)
{
	const struct dec step = way == UP ? DEC_UNIT : dec_neg(DEC_UNIT);
	struct dec v, one = dec_int(1);

	if (!a.known)
		return a;
	if (!dec_div(&v, a.v, b))
		return fact_unknown(WHY_OVERFLOW);
	if (dec_cmp_mul(a.v, one, v, b) * (int)way > 0 && !dec_add(&v, v, step))
		return fact_unknown(WHY_OVERFLOW);
	return fact_known(v);
}

static struct fact positive(struct fact f)
{
	return f.known && dec_sign(f.v) <= 0 ? fact_unknown(WHY_NOT_POSITIVE)
					     : f;
}

static struct fact absolute(struct fact f)
{
	f.v = dec_abs(f.v);
	return f;
}

static struct fact twice(struct fact f)
{
	return fact_add(f, f);
}

static struct fact to_liquidation(const struct held_leg *leg, enum side side)
{
	struct fact mark = positive(leg->mark_price);
	struct fact at = positive(leg->liquidation_price);

	/* Known only where mark is. */
	return quotient(side == LEG_LONG ? fact_sub(mark, at) :
					   fact_sub(at, mark), mark.v, DOWN);
}

static struct fact leg_drift(struct fact l, struct fact s)
{
	struct fact apart;

	l = positive(l);
	s = positive(s);
	apart = fact_sub(l, s);
	return quotient(absolute(apart), dec_sign(apart.v) > 0 ? l.v : s.v, UP);
}

static struct fact basis(struct fact l, struct fact s)
{
	struct fact both;

	l = positive(l);
	s = positive(s);
	both = fact_add(l, s);
	if (!both.known)
		return both;
	return quotient(twice(absolute(fact_sub(l, s))), both.v, UP);
}

struct fact facts_held_price(const struct held_leg *leg, enum side side)
{
	struct fact moved = fact_sub(leg->mark_price, leg->entry_price);
	struct dec v;

	if (!leg->quantity.known || !moved.known)
		return moved.known ? leg->quantity : moved;
	if (!dec_mul(&v, leg->quantity.v, moved.v))
		return fact_unknown(WHY_OVERFLOW);
	return fact_known(side == LEG_LONG ? v : dec_neg(v));
}

void facts_put_held(struct facts *out, const struct held *h)
{
	const struct held_leg *l, *s;
	struct fact *v = out->v;

	if (!h || !h->good) {
		facts_put_unknown(out, FACTS_HELD, h && h->asked ?
				  WHY_FAILED : WHY_NOT_ASKED);
		return;
	}
	l = &h->leg[LEG_LONG];
	s = &h->leg[LEG_SHORT];
	v[FACT_LONG_QUANTITY] = l->quantity;
	v[FACT_SHORT_QUANTITY] = s->quantity;
	v[FACT_LONG_MARK] = l->mark_price;
	v[FACT_SHORT_MARK] = s->mark_price;
	v[FACT_LONG_LIQUIDATION] = to_liquidation(l, LEG_LONG);
	v[FACT_SHORT_LIQUIDATION] = to_liquidation(s, LEG_SHORT);
	v[FACT_LONG_MISSING] = h->missing[LEG_LONG];
	v[FACT_SHORT_MISSING] = h->missing[LEG_SHORT];
	v[FACT_LEG_DRIFT] = leg_drift(l->quantity, s->quantity);
	v[FACT_BASIS] = basis(l->mark_price, s->mark_price);
}
