/* SPDX-License-Identifier: MIT */
/*
 * What the trading client said of each pair, against what it said in the poll
 * before: mark prices move every minute, quantities seldom. A row says who is
 * there, which numbers are others, and those; where the rows are others, all
 * of it.
 */
#include "evidence_parts.h"

/* First byte of a row. */
enum { HELD_ANY = 1, HELD_ASKED = 2, HELD_GOOD = 4, HELD_LONG = 8,
       HELD_SHORT = 16, HELD_WHYS = 32, HELD_ALL = 63 };

/* The oftener a number moves, the lower its bit: most rows take one byte. */
#define NUMBERS	12

static void numbers_of(struct fact *n[NUMBERS], struct held *h)
{
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		n[s] = &h->leg[s].mark_price;
		n[2 + s] = &h->leg[s].funding_usd;
		n[4 + s] = &h->leg[s].liquidation_price;
		n[6 + s] = &h->missing[s];
		n[8 + s] = &h->leg[s].quantity;
		n[10 + s] = &h->leg[s].entry_price;
	}
}

/* Where it did not answer, or nobody was asked, legs say nothing. */
static struct held plain(const struct held *h)
{
	struct held out = HELD_NONE;

	if (!h)
		return out;
	out.missing[LEG_LONG] = h->missing[LEG_LONG];
	out.missing[LEG_SHORT] = h->missing[LEG_SHORT];
	out.asked = h->asked;
	out.good = h->good;
	for (int s = LEG_LONG; s <= LEG_SHORT && h->good; s++)
		out.leg[s] = h->leg[s];
	return out;
}

bool evidence_any_held(const struct evidence_view *v)
{
	for (size_t i = 0; i < v->n_rows; i++)
		if (v->rows[i].held)
			return true;
	return false;
}

/* ---- writing ---- */

static unsigned flags_of(const struct held *h)
{
	return HELD_ANY | (h->asked ? HELD_ASKED : 0u) |
	       (h->good ? HELD_GOOD : 0u) |
	       (h->leg[LEG_LONG].listed ? HELD_LONG : 0u) |
	       (h->leg[LEG_SHORT].listed ? HELD_SHORT : 0u);
}

static struct dec value(const struct fact *f)
{
	return f->known ? f->v : DEC_ZERO;
}

static void put_row(struct evidence_out *o, const struct held *held,
		    const struct held *before)
{
	struct held h = plain(held), b = plain(before);
	struct fact *now[NUMBERS], *base[NUMBERS];
	unsigned flags = flags_of(&h), others = 0;

	if (!h.good)
		b.leg[LEG_LONG] = b.leg[LEG_SHORT] = h.leg[LEG_LONG];
	numbers_of(now, &h);
	numbers_of(base, &b);
	for (unsigned i = 0; i < NUMBERS; i++) {
		if (fact_same(*now[i], *base[i]))
			continue;
		others |= 1u << i;
		if (!now[i]->known || !base[i]->known)
			flags |= HELD_WHYS;
	}
	evidence_put_u8(o, flags);
	evidence_put_uint(o, others);
	for (unsigned i = 0; i < NUMBERS; i++) {
		if (!(others >> i & 1))
			continue;
		if (flags & HELD_WHYS)
			evidence_put_u8(o, now[i]->known ? WHY_KNOWN :
					now[i]->why == WHY_KNOWN ?
					WHY_NOT_SET : now[i]->why);
		if (now[i]->known)
			evidence_put_dec(o, now[i]->v, value(base[i]));
	}
}

void evidence_put_held(struct evidence_out *o,
		       const struct evidence_view *now,
		       const struct evidence_view *before)
{
	for (size_t i = 0; i < now->n_rows; i++) {
		if (now->rows[i].held)
			put_row(o, now->rows[i].held,
				before ? before->rows[i].held : NULL);
		else
			evidence_put_u8(o, 0);
	}
}

/* ---- reading ---- */

/* *f: as it was before. */
static void get_number(struct evidence_in *in, struct fact *f, bool whys)
{
	const struct dec base = value(f);
	unsigned why = whys ? evidence_get_u8(in) : WHY_KNOWN;

	if (why >= WHY_COUNT)
		in->failed = true;
	else if (why != WHY_KNOWN)
		*f = fact_unknown((enum why)why);
	else
		*f = fact_known(evidence_get_dec(in, base));
}

static void get_row(struct evidence_in *in, struct held *h, unsigned flags)
{
	struct fact *number[NUMBERS];
	uint64_t others = evidence_get_uint(in);

	if (others >> NUMBERS != 0)
		in->failed = true;
	if (!(flags & HELD_GOOD))
		h->leg[LEG_LONG] = h->leg[LEG_SHORT] = (struct held_leg){ 0 };
	h->asked = flags & HELD_ASKED;
	h->good = flags & HELD_GOOD;
	h->leg[LEG_LONG].listed = flags & HELD_LONG;
	h->leg[LEG_SHORT].listed = flags & HELD_SHORT;
	numbers_of(number, h);
	for (unsigned i = 0; i < NUMBERS && !in->failed; i++)
		if (others >> i & 1)
			get_number(in, number[i], flags & HELD_WHYS);
}

/*
 * The list of the view before, if it was one of the same rows, is changed
 * where it stands or copied; a new one would not outlive the blob.
 */
static void begin(struct evidence_in *in, struct evidence_view *now,
		  const struct evidence_view *before, struct arena *arena)
{
	if (before && now->rows == before->rows) {
		now->held = before->held;
	} else {
		now->held = arena_array(arena, now->n_rows,
					sizeof(*now->held));
		for (size_t i = 0; now->held && i < now->n_rows; i++)
			now->held[i] = before && before->held ?
				       before->held[i] : HELD_NONE;
	}
	if (!now->held)
		evidence_no_memory(in);
}

void evidence_get_held(struct evidence_in *in, struct evidence_view *now,
		       const struct evidence_view *before, struct arena *arena)
{
	begin(in, now, before, arena);
	for (size_t i = 0; i < now->n_rows && !in->failed; i++) {
		unsigned flags = evidence_get_u8(in);

		if (flags & ~(unsigned)HELD_ALL ||
		    (flags != 0 && !(flags & HELD_ANY)))
			in->failed = true;
		if (flags == 0)
			now->held[i] = HELD_NONE;
		if (flags == 0 || in->failed)
			continue;
		get_row(in, &now->held[i], flags);
		now->rows[i].held = &now->held[i];
	}
}
