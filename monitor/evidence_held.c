/* SPDX-License-Identifier: MIT */
/*
 * What the trading client said of each pair in this poll, whole each time:
 * mark prices move every minute, so there is little to say by difference.
 * Flags of a row: who is there, which numbers are known.
 */
#include "evidence_parts.h"

#define NUMBERS	5	/* of a leg */

/* Bits of a row's first number. */
enum { HELD_ANY = 1, HELD_ASKED = 2, HELD_GOOD = 4, HELD_LONG = 8,
       HELD_SHORT = 16, HELD_ALL = 31 };

bool evidence_any_held(const struct evidence_view *v)
{
	for (size_t i = 0; i < v->n_rows; i++)
		if (v->rows[i].held)
			return true;
	return false;
}

static unsigned flags_of(const struct held *h)
{
	if (!h)
		return 0;
	return HELD_ANY | (h->asked ? HELD_ASKED : 0u) |
	       (h->good ? HELD_GOOD : 0u) |
	       (h->leg[0].listed ? HELD_LONG : 0u) |
	       (h->leg[1].listed ? HELD_SHORT : 0u);
}

static void numbers_of(struct fact *n[NUMBERS], struct held_leg *leg)
{
	n[0] = &leg->quantity;
	n[1] = &leg->entry_price;
	n[2] = &leg->mark_price;
	n[3] = &leg->liquidation_price;
	n[4] = &leg->funding_usd;
}

static void put_row(struct evidence_out *o, const struct held *h)
{
	evidence_put_u8(o, flags_of(h));
	if (!h)
		return;
	evidence_put_fact(o, h->missing[0]);
	evidence_put_fact(o, h->missing[1]);
	for (int s = 0; h->good && s < 2; s++) {
		struct held_leg leg = h->leg[s];
		struct fact *n[NUMBERS];

		numbers_of(n, &leg);
		for (int i = 0; i < NUMBERS; i++)
			evidence_put_fact(o, *n[i]);
	}
}

void evidence_put_held(struct evidence_out *o,
		       const struct evidence_view *now)
{
	for (size_t i = 0; i < now->n_rows; i++)
		put_row(o, now->rows[i].held);
}

static void get_row(struct evidence_in *in, struct held *h, unsigned flags)
{
	*h = HELD_NONE;
	h->asked = flags & HELD_ASKED;
	h->good = flags & HELD_GOOD;
	h->leg[0].listed = flags & HELD_LONG;
	h->leg[1].listed = flags & HELD_SHORT;
	h->missing[0] = evidence_get_fact(in);
	h->missing[1] = evidence_get_fact(in);
	for (int s = 0; h->good && s < 2; s++) {
		struct fact *n[NUMBERS];

		numbers_of(n, &h->leg[s]);
		for (int i = 0; i < NUMBERS; i++)
			*n[i] = evidence_get_fact(in);
	}
}

void evidence_get_held(struct evidence_in *in, struct evidence_view *now,
		       struct arena *arena)
{
	struct held *list = arena_array(arena, now->n_rows, sizeof(*list));

	if (!list)
		in->failed = true;
	for (size_t i = 0; i < now->n_rows && !in->failed; i++) {
		unsigned flags = evidence_get_u8(in);

		if (flags & ~(unsigned)HELD_ALL)
			in->failed = true;
		if (!(flags & HELD_ANY) || in->failed)
			continue;
		get_row(in, &list[i], flags);
		now->rows[i].held = &list[i];
	}
}
