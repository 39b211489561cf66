/* SPDX-License-Identifier: MIT */
/*
 * Alternatives: every ordered pair of fresh quotes of the symbol on venues
 * the account may use, except the held pair in the held direction. Stale,
 * failed, unlisted and inactive venues offer nothing.
 */
#include "facts_alt.h"

#include <assert.h>

#define OFFERS_MAX	256	/* venues of one symbol; more are not compared */

static bool in_list(const struct venue *list, size_t n, const struct venue *v)
{
	for (size_t i = 0; i < n; i++)
		if (venue_same(&list[i], v))
			return true;
	return false;
}

static bool allowed(const struct terms *t, const struct venue_view *v)
{
	if (!v->listed || !v->active)
		return false;
	return t->n_allowed == 0 || in_list(t->allowed, t->n_allowed, &v->venue);
}

static bool held(const struct position *p, const struct venue *v)
{
	return venue_same(v, &p->leg[LEG_LONG].venue) ||
	       venue_same(v, &p->leg[LEG_SHORT].venue);
}

/*
 * With a list of venues in the configuration it is known which others there
 * are; without one only a venue list from the service can tell.
 */
static bool others_unknown(const struct position *p, const struct market *m,
			   const struct terms *t)
{
	bool any = false;

	for (size_t i = 0; i < m->n_venues; i++) {
		const struct venue_view *v = &m->venues[i];

		if (held(p, &v->venue) || !allowed(t, v))
			continue;
		if (v->rates == ANSWER_OK)
			return false;
		any = true;
	}
	for (size_t i = 0; i < t->n_allowed && !any; i++)
		any = !held(p, &t->allowed[i]) &&
		      !market_venue(m, t->allowed[i]);
	return any || (t->n_allowed == 0 && !m->dexes_known);
}

/* One fill: taker fee and slippage, of notional. */
static struct fact fill_cost(const struct terms *t, struct venue v)
{
	const struct venue_terms *vt = terms_find(t->venue, t->n_venue, v);

	if (!vt)
		return fact_unknown(WHY_NOT_SET);
	return fact_add(vt->taker_fee, vt->slippage);
}

static struct fact of_two(const struct terms *t, struct venue l, struct venue s,
			  struct fact (*part)(const struct venue_terms *v))
{
	const struct venue_terms *a = terms_find(t->venue, t->n_venue, l);
	const struct venue_terms *b = terms_find(t->venue, t->n_venue, s);

	if (!a || !b)
		return fact_unknown(WHY_NOT_SET);
	return fact_add(part(a), part(b));
}

static struct fact taker_fee(const struct venue_terms *v)
{
	return v->taker_fee;
}

static struct fact slippage(const struct venue_terms *v)
{
	return v->slippage;
}

struct facts_cost facts_half_costs(const struct terms *t, struct venue l,
				   struct venue s)
{
	struct dec half;
	bool ok;

	if (t->costs == COSTS_FEES)
		return (struct facts_cost){ of_two(t, l, s, taker_fee),
					    of_two(t, l, s, slippage) };
	ok = dec_div(&half, t->round_trip, dec_int(2));
	assert(ok);		/* a half is never larger */
	(void)ok;
	return (struct facts_cost){ fact_known(half), fact_known(DEC_ZERO) };
}

struct fact facts_half_cost(const struct terms *t, struct venue l,
			    struct venue s)
{
	struct facts_cost c = facts_half_costs(t, l, s);

	return fact_add(c.fees, c.slippage);
}

/*
 * finance.md 4: leaving the held pair now or later costs the same, so the
 * change costs the new legs' round trip; a leg that stays costs nothing.
 */
struct fact facts_switch_cost(const struct terms *t, struct venue l,
			      struct venue s, struct venue l2,
			      struct venue s2)
{
	struct fact cost = fact_known(DEC_ZERO);

	if (t->costs == COSTS_ROUND_TRIP)
		return fact_known(t->round_trip);
	if (venue_cmp(l, l2) != 0)
		cost = fact_add(cost, fact_add(fill_cost(t, l2), fill_cost(t, l2)));
	if (venue_cmp(s, s2) != 0)
		cost = fact_add(cost, fact_add(fill_cost(t, s2), fill_cost(t, s2)));
	return cost;
}

/* Where a minimum is set, an unknown volume is below it. */
static bool offers(const struct quote *q, const struct market *m,
		   const struct terms *t)
{
	const struct venue_view *v = market_venue(m, q->venue);

	if (q->why != WHY_KNOWN || !v || !allowed(t, v))
		return false;
	if (!t->min_volume_usd.known)
		return true;
	return q->volume_usd.known &&
	       dec_cmp(q->volume_usd.v, t->min_volume_usd.v) >= 0;
}

struct offer {
	const struct quote *quote;
	struct dec daily;
	bool held[2];			/* is it this leg already? by side */
};

static bool make_offer(struct offer *out, const struct quote *q,
		       const struct position *p)
{
	out->quote = q;
	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		out->held[s] = venue_same(&q->venue, &p->leg[s].venue);
	return rate_per_day(&out->daily, q->rate);
}

static size_t collect(struct offer out[static OFFERS_MAX],
		      const struct position *p, const struct market *m,
		      const struct terms *t)
{
	size_t n, count = 0;
	const struct quote *q = market_symbol(m, p->symbol, &n);

	for (size_t i = 0; i < n && count < OFFERS_MAX; i++)
		if (offers(&q[i], m, t) && make_offer(&out[count], &q[i], p))
			count++;
	return count;
}

struct pair {
	const struct offer *l, *s;
	struct dec gross;		/* per day */
};

static struct fact pair_cost(const struct pair *a, const struct position *p,
			     const struct terms *t)
{
	return facts_switch_cost(t, p->leg[LEG_LONG].venue,
				 p->leg[LEG_SHORT].venue,
				 a->l->quote->venue, a->s->quote->venue);
}

/* Same gross: the cheaper one nets more; an unknown cost comes last. */
static int cmp_cost(struct fact a, struct fact b)
{
	if (a.known != b.known)
		return a.known ? -1 : 1;
	return a.known ? dec_cmp(a.v, b.v) : 0;
}

static bool better(const struct pair *a, const struct pair *b,
		   const struct position *p, const struct terms *t)
{
	int c = dec_cmp(b->gross, a->gross);

	if (c == 0)
		c = cmp_cost(pair_cost(a, p, t), pair_cost(b, p, t));
	if (c == 0)
		c = venue_cmp(a->l->quote->venue, b->l->quote->venue);
	if (c == 0)
		c = venue_cmp(a->s->quote->venue, b->s->quote->venue);
	return c < 0;
}

static bool make_pair(struct pair *out, const struct offer *l,
		      const struct offer *s)
{
	if (l == s || (l->held[LEG_LONG] && s->held[LEG_SHORT]))
		return false;
	out->l = l;
	out->s = s;
	return dec_sub(&out->gross, s->daily, l->daily);
}

/* Returns how many pairs there are; *best is the best of them. */
static int64_t best_pair(struct pair *best, const struct offer *o, size_t n,
			 const struct position *p, const struct terms *t)
{
	int64_t count = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			struct pair a;

			if (!make_pair(&a, &o[i], &o[j]))
				continue;
			if (count++ == 0 || better(&a, best, p, t))
				*best = a;
		}
	}
	return count;
}

struct alt_leg {
	enum fact_id rate, next, pays;
};

static const struct alt_leg alt_legs[2] = {
	{ FACT_ALT_LONG_RATE, FACT_ALT_LONG_NEXT, FACT_ALT_LONG_PAYS },
	{ FACT_ALT_SHORT_RATE, FACT_ALT_SHORT_NEXT, FACT_ALT_SHORT_PAYS },
};

static void put_leg(struct facts *out, const struct alt_leg *id,
		    const struct offer *o, const struct market *m,
		    const struct terms *t)
{
	const struct quote *q = o->quote;

	out->v[id->rate] = fact_known(o->daily);
	facts_put_schedule(&out->v[id->next], &out->v[id->pays], q,
			   terms_find(t->venue, t->n_venue, q->venue),
			   m->taken_at);
}

static void put_nothing(struct facts *out)
{
	static const enum fact_id ids[] = {
		FACT_ALT_DIVERGENCE, FACT_ALT_COST, FACT_ALT_LONG_RATE,
		FACT_ALT_SHORT_RATE, FACT_ALT_LONG_NEXT, FACT_ALT_SHORT_NEXT,
		FACT_ALT_LONG_PAYS, FACT_ALT_SHORT_PAYS,
	};

	out->alt_found = false;
	out->alt_long = out->alt_short = (struct venue){ "" };
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		out->v[ids[i]] = fact_unknown(WHY_NOT_LISTED);
}

void facts_alt_find(struct facts *out, const struct position *p,
		    const struct market *m, const struct terms *t)
{
	struct offer offer[OFFERS_MAX];
	struct pair best = { .l = NULL };
	int64_t count;

	put_nothing(out);
	if (others_unknown(p, m, t)) {
		out->v[FACT_ALT_COUNT] = fact_unknown(WHY_FAILED);
		return;
	}
	count = best_pair(&best, offer, collect(offer, p, m, t), p, t);
	out->v[FACT_ALT_COUNT] = fact_known(dec_int(count));
	if (count == 0)
		return;
	out->alt_found = true;
	out->alt_long = best.l->quote->venue;
	out->alt_short = best.s->quote->venue;
	out->v[FACT_ALT_DIVERGENCE] = fact_known(best.gross);
	out->v[FACT_ALT_COST] = pair_cost(&best, p, t);
	put_leg(out, &alt_legs[LEG_LONG], best.l, m, t);
	put_leg(out, &alt_legs[LEG_SHORT], best.s, m, t);
}
