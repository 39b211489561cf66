/* SPDX-License-Identifier: MIT */
/*
 * What would have to be unwound, in words. The trading client's quantity
 * where it tells one, else the recorded one, else the notional. A leg that is
 * gone is called so: to unwind it would open it the other way round.
 */
#include "sentence_legs.h"

static bool is_gone(const struct held *h, enum side side)
{
	return h && h->missing[side].known && dec_sign(h->missing[side].v) > 0;
}

static struct fact quantity_of(const struct watched *x, enum side side)
{
	const struct held *h = x->memory.held;

	return h && h->good && h->leg[side].quantity.known ?
	       h->leg[side].quantity : x->pos.leg[side].quantity;
}

static void add_leg(struct text *t, const struct watched *x, enum side side)
{
	const struct held *h = x->memory.held;
	const struct fact quantity = quantity_of(x, side);
	const char *venue = x->pos.leg[side].venue.s;
	char shown[DEC_TEXT_MAX];

	if (is_gone(h, side)) {
		text_add(t, "nothing on %s (the %s leg is gone)", venue,
			 side_word(side));
		return;
	}
	text_add(t, "%s ", side_word(side));
	if (quantity.known) {
		dec_format(shown, quantity.v);
		text_add(t, "%s %s ", shown, x->pos.symbol.s);
	} else {
		text_add_cost(t, x->pos.size_usd);
		text_add(t, " of %s ", x->pos.symbol.s);
	}
	text_add(t, "on %s", venue);
	if (h && h->good && !h->leg[side].listed)
		text_add(t, " (not seen there now)");
}

void text_add_legs(struct text *t, const struct watched *x)
{
	add_leg(t, x, LEG_LONG);
	text_add(t, ", ");
	add_leg(t, x, LEG_SHORT);
}
