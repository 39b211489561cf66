/* SPDX-License-Identifier: MIT */
/*
 * Settlements, counted anew in whole units of 1e-12 USD: each leg at each time
 * of its grid while the pair was held, at the last fresh rate before it; what
 * a pair brings from before the first poll that knows it is there and unknown.
 */
#include "sim_parts.h"

#include <string.h>

/* What a poll books of one leg, in (since, now]. */
struct due {
	struct sim_position *p;
	int side;
	const struct sim_quote *quote;
	int64_t every, since, now;
};

static int64_t first_due(const struct due *d)
{
	if (d->quote->known && d->quote->next != NEVER &&
	    d->quote->next > d->since)
		return d->quote->next;
	return (d->since / d->every + 1) * d->every;
}

static bool rate_known(const struct due *d, int64_t t)
{
	return d->quote->known && d->quote->polled <= t &&
	       t - d->quote->polled <= d->every;
}

/* size x rate (1e-9) x share of 8 h: exact in 1e-12. */
static int64_t amount(const struct due *d)
{
	int64_t v = d->p->size * d->quote->rate * (1000 * d->every / 3600000) /
		    (RATE_8H_S / 3600);

	return d->side == LEG_LONG ? -v : v;
}

/* The same time comes again after the clock was set back. */
static bool is_booked(const struct due *d, int64_t t)
{
	for (int i = 0; i < SIM_BOOKED; i++)
		if (d->p->booked[d->side][i].at == t)
			return true;
	return false;
}

/* One settlement more or less among the real ones, or those after a close. */
static void count(struct sim_position *p, const struct sim_settled *x, int by)
{
	*(x->after ? &p->after_settled : &p->settled) += by;
	*(x->after ? &p->after_unknown : &p->unknown) += x->known ? 0 : by;
	*(x->after ? &p->after : &p->funding) += x->known ? by * x->amount : 0;
}

void sim_close_ledger(struct sim_position *p)
{
	for (int i = 0; i < 2 * SIM_BOOKED; i++) {
		struct sim_settled *x = &p->booked[i % 2][i / 2];

		if (x->at <= p->closed || x->after)
			continue;
		count(p, x, -1);
		x->after = true;
		count(p, x, 1);
	}
}

void sim_unclose_ledger(struct sim_position *p)
{
	p->funding += p->after;
	p->settled += p->after_settled;
	p->unknown += p->after_unknown;
	p->after = p->after_settled = p->after_unknown = 0;
	for (int i = 0; i < 2 * SIM_BOOKED; i++)
		p->booked[i % 2][i / 2].after = false;
}

static void book(struct sim *s, const struct due *d, int64_t t, bool known)
{
	struct sim_position *p = d->p;
	struct sim_settled x = {
		.at = t, .known = known, .amount = amount(d),
		.after = p->closed != NEVER && t > p->closed,
	};

	s->count.settlements++;
	count(p, &x, 1);
	p->booked[d->side][p->n_booked[d->side]++ % SIM_BOOKED] = x;
}

static void meet(struct sim *s, const struct due *d)
{
	int64_t until = d->since == NEVER || d->since > d->now ? d->now :
								 d->since;

	for (int64_t t = (d->p->opened / d->every + 1) * d->every; t <= until;
	     t += d->every)
		if (!is_booked(d, t))
			book(s, d, t, false);
}

/* A clock that ran ahead, as the quotes of now show: it had not come yet. */
static void take_back(struct sim *s, struct sim_position *p)
{
	for (int i = 0; i < 2 * SIM_BOOKED; i++) {
		struct sim_settled *x = &p->booked[i % 2][i / 2];

		if (x->at <= s->given.now)
			continue;
		count(p, x, -1);
		*x = (struct sim_settled){ .at = 0 };
	}
}

static void settle_leg(struct sim *s, struct sim_position *p, int side)
{
	int v = p->venue[side];
	struct due d = {
		.p = p, .side = side, .quote = &s->quote[p->symbol][v],
		.every = (int64_t)sim_pays_every(v) * 1000,
		.since = s->last_at, .now = s->given.now,
	};

	if (!p->met)
		meet(s, &d);
	if (d.since == NEVER)
		return;
	for (int64_t t = first_due(&d); t <= d.now; t += d.every)
		if (t > p->opened && !is_booked(&d, t))
			book(s, &d, t, rate_known(&d, t));
}

void sim_settle(struct sim *s, const bool fresh[SIM_SYMBOLS][SIM_VENUES])
{
	int64_t week_ago = s->given.now - 7 * 24 * HOUR_MS;
	bool back = s->newest_at != NEVER &&
		    s->newest_at - s->given.now > 5 * MINUTE_MS;

	for (int i = 0; i < s->n_positions; i++) {
		struct sim_position *p = &s->position[i];

		if (p->wild ||
		    (p->status == STATUS_CLOSED && p->closed < week_ago))
			continue;
		if (back && p->was_watched && i < s->n_loaded &&
		    fresh[p->symbol][p->venue[0]] &&
		    fresh[p->symbol][p->venue[1]])
			take_back(s, p);
		settle_leg(s, p, LEG_LONG);
		settle_leg(s, p, LEG_SHORT);
		p->met = true;
	}
}

static void see(struct sim *s, int k, int v)
{
	const struct sim_row *r = &s->given.row[k][v];
	struct sim_quote *q = &s->quote[k][v];

	*q = (struct sim_quote){ true, r->rate, s->given.now, r->next };
	if (q->next != NEVER && q->next - s->given.now > 24 * HOUR_MS)
		q->next = NEVER;
}

void sim_see_quotes(struct sim *s, const bool fresh[SIM_SYMBOLS][SIM_VENUES])
{
	for (int i = 0; i < s->n_loaded; i++) {
		const struct sim_position *p = &s->position[i];

		for (int side = 0; side < 2 && p->was_recent; side++)
			if (fresh[p->symbol][p->venue[side]])
				see(s, p->symbol, p->venue[side]);
	}
}
