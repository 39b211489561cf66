/* SPDX-License-Identifier: MIT */
/*
 * Looking up, by name, what the facts of a position are computed from. Knows
 * markets and what the account may use; knows no rate and computes nothing.
 */
#include "facts_plan.h"

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

/* The service's venue list, now or once: an empty one lists nobody. */
static bool list_known(const struct market *m)
{
	bool known = m->dexes_known;

	for (size_t i = 0; i < m->n_venues && !known; i++)
		known = m->venues[i].listed;
	return known;
}

/*
 * With a list of venues in the configuration it is known which others there
 * are; without one only a venue list from the service can tell. Before there
 * was any, nobody is looked at, so those of the configuration are unknown.
 */
static bool others_unknown(const struct position *p, const struct market *m,
			   const struct terms *t)
{
	const bool known = list_known(m);
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
		      (!known || !market_venue(m, t->allowed[i]));
	return any || (t->n_allowed == 0 && !m->dexes_known);
}

static void plan_leg(struct facts_plan *out, const struct position *p,
		     enum side side, const struct market *m,
		     const struct terms *t)
{
	struct venue v = p->leg[side].venue;
	const struct quote *q = market_quote(m, p->symbol, v);

	out->quote[side] = q ? (uint32_t)(q - m->quotes) : PLAN_NO_QUOTE;
	out->absent[side] = q ? WHY_KNOWN : market_why_absent(m, v);
	out->terms[side] = terms_find(t->venue, t->n_venue, v);
}

static void plan_offers(struct facts_plan *out, const struct position *p,
			const struct market *m, const struct terms *t)
{
	size_t n;
	const struct quote *q = market_symbol(m, p->symbol, &n);

	out->n_offers = 0;
	for (size_t i = 0; i < n && out->n_offers < OFFERS_MAX; i++) {
		const struct venue_view *v = market_venue(m, q[i].venue);

		if (v && allowed(t, v))
			out->offer[out->n_offers++] =
				(uint32_t)(&q[i] - m->quotes);
	}
}

void facts_plan(struct facts_plan *out, const struct position *p,
		const struct market *m, const struct terms *t)
{
	out->others_unknown = others_unknown(p, m, t);
	plan_leg(out, p, LEG_LONG, m, t);
	plan_leg(out, p, LEG_SHORT, m, t);
	plan_offers(out, p, m, t);
}
