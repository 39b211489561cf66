/* SPDX-License-Identifier: MIT */
/*
 * Domain arithmetic of one position in one poll. Knows positions, quotes and
 * payment schedules; knows no rule, no profile, no clock and no I/O.
 * Called by the live poll, by the command line on recorded polls, and by the
 * entry policy for a pair that is not open yet.
 */
#include "facts.h"

#include "facts_alt.h"

#include <assert.h>

struct leg_view {
	const struct quote *quote;	/* NULL: absent */
	const struct venue_terms *terms;	/* NULL: not configured */
	struct fact daily;
	struct instant next;
};

/* Milliseconds as a decimal number of seconds; exact. */
static struct dec seconds(struct span d)
{
	struct dec s;
	bool ok = dec_join(&s, d.ms, 3);

	assert(ok);
	(void)ok;
	return s;
}

static struct fact daily_rate(const struct market *m, const struct quote *q,
			      struct venue v)
{
	struct dec daily;

	if (!q)
		return fact_unknown(market_why_absent(m, v));
	if (q->why != WHY_KNOWN)
		return fact_unknown(q->why);
	if (!rate_per_day(&daily, q->rate))
		return fact_unknown(WHY_OVERFLOW);
	return fact_known(daily);
}

struct instant facts_next_funding(bool *derived, const struct quote *q,
				  const struct venue_terms *v,
				  struct instant now)
{
	*derived = false;
	if (q && instant_known(q->next_funding) && q->next_funding.ms > now.ms)
		return q->next_funding;
	if (!v || v->pays_every_s <= 0)
		return INSTANT_UNKNOWN;
	*derived = true;
	return instant_next_on_grid(now, v->pays_every_s, v->anchor_s);
}

static struct leg_view look_at_leg(const struct position *p, enum side side,
				   const struct market *m,
				   const struct terms *t)
{
	struct venue v = p->leg[side].venue;
	struct leg_view leg;
	bool derived;

	leg.quote = market_quote(m, p->symbol, v);
	leg.terms = terms_find(t->venue, t->n_venue, v);
	leg.daily = daily_rate(m, leg.quote, v);
	leg.next = facts_next_funding(&derived, leg.quote, leg.terms,
				      m->taken_at);
	return leg;
}

static struct fact until(struct instant next, struct instant now)
{
	if (!instant_known(next))
		return fact_unknown(WHY_NO_INTERVAL);
	return fact_known(seconds(instant_diff(next, now)));
}

/* A stale quote was usable once; how long ago is what the rule asks. */
static struct fact quote_age(const struct quote *q, struct instant remembered,
			     struct instant now)
{
	struct instant newest = remembered;

	if (q && (q->why == WHY_KNOWN || q->why == WHY_STALE) &&
	    (!instant_known(newest) || q->observed_at.ms > newest.ms))
		newest = q->observed_at;
	if (!instant_known(newest))
		return fact_unknown(WHY_NOT_SET);
	return fact_known(seconds(instant_diff(now, newest)));
}

/* Market data carries no age of its own: it counts only beside a fresh rate. */
static struct fact open_interest(const struct market *m,
				 const struct quote *q, struct venue v)
{
	if (!q)
		return fact_unknown(market_why_absent(m, v));
	if (q->why != WHY_KNOWN)
		return fact_unknown(q->why);
	return q->oi_usd;
}

/* Then leg->next is known as well: the rhythm itself gives one. */
static bool pays(const struct leg_view *leg)
{
	return leg->terms && leg->terms->pays_every_s > 0;
}

/* Settlements of a leg from now through `end`. */
static int64_t settlements_through(const struct leg_view *leg,
				   struct instant end)
{
	int64_t every = (int64_t)leg->terms->pays_every_s * 1000;

	if (leg->next.ms > end.ms)
		return 0;
	return 1 + (end.ms - leg->next.ms) / every;
}

/* Next settlement of the leg with the longer payment interval. */
static struct instant window_end(const struct leg_view leg[2])
{
	int32_t a = leg[LEG_LONG].terms->pays_every_s;
	int32_t b = leg[LEG_SHORT].terms->pays_every_s;

	if (a != b)
		return a > b ? leg[LEG_LONG].next : leg[LEG_SHORT].next;
	return leg[LEG_LONG].next.ms > leg[LEG_SHORT].next.ms ?
	       leg[LEG_LONG].next : leg[LEG_SHORT].next;
}

/*
 * finance.md 3 over the window of funding_window(when=paying), times 86400
 * so that it stays exact: sum of -side * daily rate * pays_every * count.
 */
static struct fact window_carry(const struct leg_view leg[2])
{
	struct dec flow[2], sum;
	struct instant end;

	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		if (!leg[s].daily.known)
			return leg[s].daily;
		if (!pays(&leg[s]))
			return fact_unknown(WHY_NO_INTERVAL);
	}
	end = window_end(leg);
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		int64_t n = settlements_through(&leg[s], end);

		if (!dec_mul_int(&flow[s], leg[s].daily.v,
				 n * leg[s].terms->pays_every_s))
			return fact_unknown(WHY_OVERFLOW);
	}
	if (!dec_sub(&sum, flow[LEG_SHORT], flow[LEG_LONG]))
		return fact_unknown(WHY_OVERFLOW);
	return fact_known(sum);
}

static void put_legs(struct facts *out, const struct leg_view leg[2],
		     const struct position *p, const struct market *m,
		     const struct facts_memory *memory)
{
	static const enum fact_id rate[2] = { FACT_LONG_RATE, FACT_SHORT_RATE };
	static const enum fact_id next[2] = { FACT_LONG_NEXT, FACT_SHORT_NEXT };
	static const enum fact_id oi[2] = { FACT_LONG_OI, FACT_SHORT_OI };
	static const enum fact_id age[2] = { FACT_LONG_QUOTE_AGE,
					     FACT_SHORT_QUOTE_AGE };

	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		out->v[rate[s]] = leg[s].daily;
		out->v[next[s]] = until(leg[s].next, m->taken_at);
		out->v[oi[s]] = open_interest(m, leg[s].quote,
					      p->leg[s].venue);
		out->v[age[s]] = quote_age(leg[s].quote, memory->quote_at[s],
					   m->taken_at);
	}
	out->v[FACT_DIVERGENCE] = fact_sub(leg[LEG_SHORT].daily,
					   leg[LEG_LONG].daily);
	out->v[FACT_WINDOW_CARRY] = window_carry(leg);
	out->legs_fresh = leg[LEG_LONG].daily.known &&
			  leg[LEG_SHORT].daily.known;
}

void facts_compute(struct facts *out, const struct position *p,
		   const struct market *m, const struct terms *t,
		   const struct facts_memory *memory)
{
	struct leg_view leg[2] = {
		look_at_leg(p, LEG_LONG, m, t),
		look_at_leg(p, LEG_SHORT, m, t),
	};

	put_legs(out, leg, p, m, memory);
	out->v[FACT_ENTRY_DIVERGENCE] = p->entry_divergence;
	out->v[FACT_ENTRY_OI_RATIO] = p->entry_oi_ratio;
	out->v[FACT_SIZE] = fact_known(p->size_usd);
	out->v[FACT_AGE] = fact_known(seconds(instant_diff(m->taken_at,
							   p->opened_at)));
	facts_alt_find(out, p, m, t);
}
