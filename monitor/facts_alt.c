/* SPDX-License-Identifier: MIT */
/*
 * Alternatives: every ordered pair of fresh quotes of the symbol on venues
 * the account may use, except the held pair in the held direction. Stale,
 * failed, unlisted and inactive venues offer nothing.
 */
#include "facts_alt.h"

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

	if (t->costs == COSTS_FEES)
		return (struct facts_cost){ of_two(t, l, s, taker_fee),
					    of_two(t, l, s, slippage) };
	if (!dec_div(&half, t->round_trip, dec_int(2)))
		return (struct facts_cost){ fact_unknown(WHY_OVERFLOW),
					    fact_known(DEC_ZERO) };
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

/* ---- the search ---- */

struct offer {
	const struct quote *quote;
	struct dec daily;
};

struct pair {
	const struct offer *l, *s;
	struct dec gross;		/* per day */
};

/* The offers of a symbol, and what they span: nothing when n == 0. */
struct search {
	const struct position *p;
	const struct terms *t;
	struct offer offer[OFFERS_MAX];
	size_t n;
	const struct quote *leg[2];	/* the held ones; NULL: none */
	unsigned held;			/* how many of them offer */
	const struct offer *low, *high;	/* of several the first */
	bool tie;			/* another has the same as one of them */
};

/* Where a minimum is set, an unknown volume is below it. */
static bool offers(const struct quote *q, const struct terms *t)
{
	if (q->why != WHY_KNOWN)
		return false;
	if (!t->min_volume_usd.known)
		return true;
	return q->volume_usd.known &&
	       dec_cmp(q->volume_usd.v, t->min_volume_usd.v) >= 0;
}

static void collect(struct search *x, const struct facts_plan *plan,
		    const struct market *m)
{
	const struct quote *quotes = m->quotes;
	struct offer *o = x->offer;
	unsigned held = 0;

	x->leg[LEG_LONG] = facts_plan_quote(plan, m, LEG_LONG);
	x->leg[LEG_SHORT] = facts_plan_quote(plan, m, LEG_SHORT);
	for (uint32_t i = 0; i < plan->n_offers; i++) {
		const struct quote *q = &quotes[plan->offer[i]];

		if (!offers(q, x->t) || !rate_per_day(&o->daily, q->rate))
			continue;
		o->quote = q;
		held += (q == x->leg[LEG_LONG]) | (q == x->leg[LEG_SHORT]);
		o++;
	}
	x->n = (size_t)(o - x->offer);
	x->held = held;
}

static void span(struct search *x)
{
	const struct offer *low = x->offer, *high = x->offer;
	bool tie = false;

	for (size_t i = 1; i < x->n; i++) {
		const struct offer *o = &x->offer[i];

		if (dec_cmp(o->daily, high->daily) > 0)
			high = o;
		else if (dec_cmp(o->daily, low->daily) < 0)
			low = o;
		else
			tie |= dec_same(o->daily, low->daily) ||
			       dec_same(o->daily, high->daily);
	}
	x->low = low;
	x->high = high;
	x->tie = tie;
}

static struct fact changed_cost(const struct pair *a, const struct search *x)
{
	const struct leg *held = x->p->leg;

	return facts_switch_cost(x->t, held[LEG_LONG].venue,
				 held[LEG_SHORT].venue, a->l->quote->venue,
				 a->s->quote->venue);
}

/* Same gross: the cheaper one nets more; an unknown cost comes last. */
static int cmp_cost(struct fact a, struct fact b)
{
	if (a.known != b.known)
		return a.known ? -1 : 1;
	return a.known ? dec_cmp(a.v, b.v) : 0;
}

static bool better(const struct pair *a, const struct pair *b,
		   const struct search *x)
{
	int c = dec_cmp(b->gross, a->gross);

	if (c == 0)
		c = cmp_cost(changed_cost(a, x), changed_cost(b, x));
	if (c == 0)
		c = venue_cmp(a->l->quote->venue, b->l->quote->venue);
	if (c == 0)
		c = venue_cmp(a->s->quote->venue, b->s->quote->venue);
	return c < 0;
}

static bool make_pair(struct pair *out, const struct search *x,
		      const struct offer *l, const struct offer *s)
{
	if (l == s || (l->quote == x->leg[LEG_LONG] &&
		       s->quote == x->leg[LEG_SHORT]))
		return false;
	if (!dec_sub(&out->gross, s->daily, l->daily))
		return false;
	out->l = l;
	out->s = s;
	return true;
}

/* *best, .l NULL before the first, and this pair: the better one. */
static void consider(struct pair *best, const struct search *x,
		     const struct offer *l, const struct offer *s)
{
	struct pair a;

	if (make_pair(&a, x, l, s) && (!best->l || better(&a, best, x)))
		*best = a;
}

static int64_t compare_all(struct pair *best, const struct search *x)
{
	int64_t count = 0;
	struct pair a;

	for (size_t i = 0; i < x->n; i++) {
		for (size_t j = 0; j < x->n; j++) {
			count += make_pair(&a, x, &x->offer[i], &x->offer[j]);
			consider(best, x, &x->offer[i], &x->offer[j]);
		}
	}
	return count;
}

/* Whatever pair has neither the lowest nor the highest rate earns less. */
static void compare_edges(struct pair *best, const struct search *x)
{
	for (size_t i = 0; i < x->n; i++) {
		consider(best, x, x->low, &x->offer[i]);
		consider(best, x, &x->offer[i], x->high);
	}
}

/*
 * Returns how many pairs there are; *best is the best of them. From the
 * lowest rate to the highest, unless that is the held pair or others have
 * these rates too. If the widest pair's gross fits a decimal, all do.
 */
static int64_t best_pair(struct pair *best, const struct search *x)
{
	int64_t pairs = (int64_t)(x->n * (x->n - 1));
	struct dec width;

	best->l = NULL;
	if (x->tie || x->n < 3 ||
	    !dec_sub(&width, x->high->daily, x->low->daily))
		return compare_all(best, x);
	if (!make_pair(best, x, x->low, x->high))
		compare_edges(best, x);
	return pairs - (x->held == 2);
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

static void put_pair(struct facts *out, const struct pair *best,
		     const struct search *x, const struct market *m, bool legs)
{
	out->alt_found = true;
	out->alt_long = best->l->quote->venue;
	out->alt_short = best->s->quote->venue;
	out->v[FACT_ALT_DIVERGENCE] = fact_known(best->gross);
	out->v[FACT_ALT_COST] = changed_cost(best, x);
	if (!legs)
		return;
	put_leg(out, &alt_legs[LEG_LONG], best->l, m, x->t);
	put_leg(out, &alt_legs[LEG_SHORT], best->s, m, x->t);
}

static void put_nothing(struct facts *out, bool legs)
{
	facts_put_unknown(out, USES(ALT_DIVERGENCE) | USES(ALT_COST) |
			  (legs ? FACTS_ALT_LEGS : 0), WHY_NOT_LISTED);
	out->alt_found = false;
	out->alt_long = out->alt_short = (struct venue){ "" };
}

void facts_alt_find(struct facts *out, const struct facts_plan *plan,
		    const struct position *p, const struct market *m,
		    const struct terms *t, bool legs)
{
	struct search x;
	struct pair best;
	int64_t count;

	if (plan->others_unknown) {
		out->v[FACT_ALT_COUNT] = fact_unknown(WHY_FAILED);
		put_nothing(out, legs);
		return;
	}
	x.p = p;
	x.t = t;
	collect(&x, plan, m);
	span(&x);
	count = best_pair(&best, &x);
	out->v[FACT_ALT_COUNT] = fact_known(dec_int(count));
	if (best.l)
		put_pair(out, &best, &x, m, legs);
	else
		put_nothing(out, legs);
}
