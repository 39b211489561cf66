/* SPDX-License-Identifier: MIT */
/* From the trading client's book to our pairs (held_judge.h). No store, no clock. */
#include "held_judge.h"

#include <stdio.h>
#include <string.h>

#include "change.h"

struct held_memory held_memory_none(int64_t position)
{
	const struct fact none = fact_unknown(WHY_NOT_SET);
	struct held_memory m = { .position = position,
				 .seen_at = INSTANT_UNKNOWN };

	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		m.missing_since[s] = INSTANT_UNKNOWN;
		m.leg[s] = (struct held_leg){ false, none, none, none, none,
					      none };
	}
	return m;
}

bool held_there(const struct held_memory *m)
{
	return instant_known(m->seen_at) && m->absent == 0;
}

/* ---- which pair is which ---- */

static bool alike(const struct position *p, const struct book_pair *x)
{
	return x->readable && symbol_cmp(p->symbol, x->symbol) == 0 &&
	       venue_cmp(p->leg[LEG_LONG].venue, x->venue[LEG_LONG]) == 0 &&
	       venue_cmp(p->leg[LEG_SHORT].venue, x->venue[LEG_SHORT]) == 0;
}

static bool claimed(const struct book_pair *x, const struct position *all,
		    size_t n_all)
{
	for (size_t i = 0; i < n_all; i++)
		if (all[i].status != STATUS_CLOSED &&
		    !strcmp(all[i].external_id, x->id))
			return true;
	return false;
}

static size_t nameless_alike(const struct book_pair *x,
			     const struct position *all, size_t n_all)
{
	size_t n = 0;

	for (size_t i = 0; i < n_all; i++)
		n += all[i].status != STATUS_CLOSED &&
		     !all[i].external_id[0] && alike(&all[i], x);
	return n;
}

const struct book_pair *held_pair_of(const struct position *p,
				     const struct position *all, size_t n_all,
				     const struct book_view *book)
{
	const struct book_pair *only = NULL;
	size_t n = 0;

	for (size_t i = 0; i < book->n; i++) {
		const struct book_pair *x = &book->pairs[i];

		if (p->external_id[0]) {
			if (!strcmp(p->external_id, x->id))
				return x;
			continue;
		}
		if (!alike(p, x) || claimed(x, all, n_all))
			continue;
		only = x;
		n++;
	}
	/* Two that look the same cannot be told apart: a person says which. */
	return n == 1 && nameless_alike(only, all, n_all) == 1 ? only : NULL;
}

bool held_is_new(const struct book_pair *pair, const struct position *all,
		 size_t n_all)
{
	return !claimed(pair, all, n_all) &&
	       nameless_alike(pair, all, n_all) == 0;
}

bool held_new_position(struct position *out, char note[static 200],
		       const struct book_pair *x, struct instant now)
{
	struct err err = { ERR_NONE, "" };
	const char *key;

	snprintf(note, 200, "read from the trading client");
	if (!x->readable || !x->size_usd.known) {
		snprintf(note, 200, "position %.63s of the trading client "
			 "cannot be read: its size or a name is malformed",
			 x->id);
		return false;
	}
	change_init_new(out);
	out->symbol = x->symbol;
	out->size_usd = x->size_usd.v;
	out->opened_at = instant_known(x->opened_at) ? x->opened_at : now;
	snprintf(out->external_id, sizeof(out->external_id), "%s", x->id);
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		out->leg[s].venue = x->venue[s];
		out->leg[s].quantity = x->leg[s].quantity;
		out->leg[s].entry_price = x->leg[s].entry_price;
	}
	if (change_check_new(out, &key, &x->entry_divergence_8h, now, &err))
		return true;
	snprintf(note, 200, "position %.63s of the trading client cannot be "
		 "watched: %.80s", x->id, err.text);
	return false;
}

/* ---- one pair ---- */

/* Only what is known now replaces what was recorded. */
static bool take_fact(struct fact *to, const struct fact *from)
{
	if (!from->known || fact_equal(*to, *from))
		return false;
	*to = *from;
	return true;
}

static bool take_numbers(struct position *p, const struct book_pair *x)
{
	bool changed = false;

	if (x->size_usd.known && dec_cmp(p->size_usd, x->size_usd.v) != 0) {
		p->size_usd = x->size_usd.v;
		changed = true;
	}
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		changed |= take_fact(&p->leg[s].quantity, &x->leg[s].quantity);
		changed |= take_fact(&p->leg[s].entry_price,
				     &x->leg[s].entry_price);
	}
	return changed;
}

static void add_quantity(char *buf, size_t n, const struct fact *q)
{
	char text[DEC_TEXT_MAX] = "?";

	if (q->known)
		dec_format(text, q->v);
	snprintf(buf, n, "%s", text);
}

static void note_change(char note[static 200], const struct position *was,
			const struct position *is)
{
	char a[4][DEC_TEXT_MAX];

	add_quantity(a[0], sizeof(a[0]), &was->leg[LEG_LONG].quantity);
	add_quantity(a[1], sizeof(a[1]), &is->leg[LEG_LONG].quantity);
	add_quantity(a[2], sizeof(a[2]), &was->leg[LEG_SHORT].quantity);
	add_quantity(a[3], sizeof(a[3]), &is->leg[LEG_SHORT].quantity);
	if (!was->external_id[0])
		snprintf(note, 200, "known to the trading client as %.63s",
			 is->external_id);
	else
		snprintf(note, 200, "trading client: long %.40s -> %.40s, "
			 "short %.40s -> %.40s", a[0], a[1], a[2], a[3]);
}

static bool venue_well(const struct book_view *book, struct venue v)
{
	for (size_t i = 0; book->balances_good && i < book->n_balances; i++)
		if (venue_cmp(book->balances[i].venue, v) == 0)
			return book->balances[i].well;
	return false;
}

bool held_leg_gone(const struct held_memory *m, enum side side,
		   struct instant now)
{
	return m->missing[side] >= HELD_MISSING_ANSWERS &&
	       instant_diff(now, m->missing_since[side]).ms >=
	       HELD_MISSING_MS;
}

/* One leg of a pair that is there: present, missing for good, or unknown. */
static struct fact judge_leg(struct held_memory *m, enum side s,
			     const struct position *p,
			     const struct book_view *book,
			     const struct book_pair *x, struct instant now)
{
	bool none = !x->leg[LEG_LONG].listed && !x->leg[LEG_SHORT].listed;

	if (x->leg[s].listed) {
		m->missing[s] = 0;
		m->missing_since[s] = INSTANT_UNKNOWN;
		return fact_known(DEC_ZERO);
	}
	/* No legs at all: the client could not ask. */
	if (!x->readable || none || !venue_well(book, p->leg[s].venue))
		return fact_unknown(WHY_FAILED);
	if (m->missing[s]++ == 0)
		m->missing_since[s] = now;
	return held_leg_gone(m, s, now) ? fact_known(dec_int(1)) :
					  fact_unknown(WHY_UNPROVEN);
}

static void present(struct held_result *out, const struct position *p,
		    const struct book_view *book, const struct book_pair *x,
		    struct instant now)
{
	struct held_memory *m = &out->memory;

	m->seen_at = now;
	m->absent = 0;
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		out->held.missing[s] = judge_leg(m, (enum side)s, p, book, x,
						 now);
		if (x->leg[s].listed)
			m->leg[s] = x->leg[s];
		out->held.leg[s] = x->leg[s];
	}
	out->held.good = true;
	out->held.age_hours = x->age_hours;
	if (!x->readable)
		return;
	if (take_numbers(&out->position, x))
		out->change = HELD_UPDATED;
	if (!p->external_id[0]) {
		snprintf(out->position.external_id,
			 sizeof(out->position.external_id), "%s", x->id);
		out->change = HELD_UPDATED;
	}
	if (out->change == HELD_UPDATED)
		note_change(out->note, p, &out->position);
}

/* Only what was seen there once can be gone from there. */
static void absent(struct held_result *out)
{
	struct held_memory *m = &out->memory;

	if (!instant_known(m->seen_at))
		return;
	if (m->absent >= HELD_ABSENT_CLOSES)
		m->absent = 0;
	if (++m->absent < HELD_ABSENT_CLOSES)
		return;
	out->change = HELD_CLOSED;
	out->position.status = STATUS_CLOSED;
	if (!out->position.reason.s[0])
		snprintf(out->position.reason.s,
			 sizeof(out->position.reason.s), "EXTERNAL");
	snprintf(out->note, sizeof(out->note), "gone from the trading client "
		 "in %d good answers", HELD_ABSENT_CLOSES);
}

/*
 * Nothing is known of it; what was absent is not there again by that. Where
 * its id names another pair it is not there to be closed.
 */
static void unknown(struct held_result *out)
{
	struct held_memory *m = &out->memory;

	if (m->absent > 0 || (out->another && instant_known(m->seen_at)))
		m->absent = HELD_ABSENT_ANEW;
	for (int s = LEG_LONG; s <= LEG_SHORT && out->held.asked; s++)
		out->held.missing[s] = fact_unknown(WHY_FAILED);
}

void held_judge(struct held_result *out, const struct position *p,
		const struct held_memory *before, const struct book_view *book,
		const struct book_pair *pair, struct instant now)
{
	*out = (struct held_result){ .position = *p, .held = HELD_NONE,
				     .memory = *before };
	out->held.asked = book->asked;
	out->held.age_hours = fact_unknown(WHY_NOT_ASKED);
	/* An id that names another pair there must not close that one. */
	out->another = book->good && pair && pair->readable &&
		       !alike(p, pair);
	if (!book->good || out->another)
		unknown(out);
	else if (pair)
		present(out, p, book, pair, now);
	else
		absent(out);
}
