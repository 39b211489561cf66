/* SPDX-License-Identifier: MIT */
/*
 * Domain arithmetic of one position in one poll. Knows positions, quotes and
 * payment schedules; knows no rule, no profile, no clock and no I/O.
 * Called by the live poll, by the command line on recorded polls, and by the
 * entry policy for a pair that is not open yet.
 */
#include "facts.h"

#include "carry.h"
#include "facts_alt.h"
#include "facts_held.h"

static struct dec seconds(struct span d)
{
	return dec_milli(d.ms);
}

struct fact facts_daily_rate(const struct quote *q, enum why absent)
{
	struct dec daily;

	if (!q || q->why != WHY_KNOWN)
		return fact_unknown(q ? q->why : absent);
	if (!rate_per_day(&daily, q->rate))
		return fact_unknown(WHY_OVERFLOW);
	return fact_known(daily);
}

struct instant facts_next_funding(bool *derived, const struct quote *q,
				  const struct venue_terms *v,
				  struct instant now)
{
	int32_t every = market_pays_every(q, v);

	*derived = false;
	if (q && instant_known(q->next_funding) && q->next_funding.ms > now.ms)
		return q->next_funding;
	if (every <= 0)
		return INSTANT_UNKNOWN;
	*derived = true;
	return instant_next_on_grid(now, every, v ? v->anchor_s : 0);
}

static struct fact until(struct instant next, struct instant now)
{
	if (!instant_known(next))
		return fact_unknown(WHY_NO_INTERVAL);
	return fact_known(seconds(instant_diff(next, now)));
}

void facts_put_schedule(struct fact *next, struct fact *pays,
			const struct quote *q, const struct venue_terms *v,
			struct instant now)
{
	int32_t every = market_pays_every(q, v);
	bool derived;

	*next = until(facts_next_funding(&derived, q, v, now), now);
	*pays = every > 0 ? fact_known(dec_int(every)) :
			    fact_unknown(WHY_NO_INTERVAL);
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
static struct fact open_interest(const struct quote *q, enum why absent)
{
	if (!q || q->why != WHY_KNOWN)
		return fact_unknown(q ? q->why : absent);
	return q->oi_usd;
}

/* Next settlement of the leg with the longer payment interval. */
static int64_t window_ms(const struct carry_leg leg[2])
{
	int64_t l = leg[LEG_LONG].next_ms, s = leg[LEG_SHORT].next_ms;

	if (leg[LEG_LONG].pays_s != leg[LEG_SHORT].pays_s)
		return leg[LEG_LONG].pays_s > leg[LEG_SHORT].pays_s ? l : s;
	return l > s ? l : s;
}

/* finance.md 3 over the window of funding_window(when=paying). */
static struct fact window_carry(const struct facts *f)
{
	struct carry_leg leg[2];
	struct finding why;
	struct dec sum;

	if (!carry_legs(leg, &why, f, false))
		return fact_unknown(why.why);
	if (!carry_expected(&sum, leg, window_ms(leg)))
		return fact_unknown(WHY_OVERFLOW);
	return fact_known(sum);
}

/* ---- money ---- */

struct fact facts_leg_price(const struct leg *leg, enum side side,
			    struct fact price)
{
	struct fact moved, v;

	if (!leg->quantity.known)
		return leg->quantity;
	moved = fact_sub(price, leg->entry_price);
	if (!moved.known)
		return moved;
	if (!dec_mul(&v.v, leg->quantity.v, moved.v))
		return fact_unknown(WHY_OVERFLOW);
	return fact_known(side == LEG_LONG ? v.v : dec_neg(v.v));
}

static struct fact price_of_leg(const struct leg *leg, enum side side,
				const struct quote *q)
{
	if (!leg->quantity.known)
		return leg->quantity;
	if (!q || q->why != WHY_KNOWN)
		return fact_unknown(q ? q->why : WHY_NOT_LISTED);
	return facts_leg_price(leg, side, q->mark_price);
}

static struct fact times_size(struct fact share, const struct position *p)
{
	struct dec v;

	if (!share.known)
		return share;
	return dec_mul(&v, share.v, p->size_usd) ? fact_known(v) :
						   fact_unknown(WHY_OVERFLOW);
}

struct fact facts_exit_cost(const struct terms *t, const struct position *p)
{
	return times_size(facts_half_cost(t, p->leg[LEG_LONG].venue,
					  p->leg[LEG_SHORT].venue), p);
}

static void put_money(struct facts *out, const struct quote *const q[2],
		      const struct position *p, const struct terms *t,
		      const struct facts_memory *memory)
{
	const struct held *h = memory->held;

	if (h && h->good)
		out->v[FACT_PRICE] = fact_add(
			facts_held_price(&h->leg[LEG_LONG], LEG_LONG),
			facts_held_price(&h->leg[LEG_SHORT], LEG_SHORT));
	else
		out->v[FACT_PRICE] = fact_add(
			price_of_leg(&p->leg[LEG_LONG], LEG_LONG, q[LEG_LONG]),
			price_of_leg(&p->leg[LEG_SHORT], LEG_SHORT,
				     q[LEG_SHORT]));
	out->v[FACT_FUNDING] = memory->funding_usd;
	out->v[FACT_PAID] = fact_add(fact_known(p->fees_usd),
				     fact_known(p->slippage_usd));
	out->v[FACT_EXIT_COST] = facts_exit_cost(t, p);
}

/* ---- legs ---- */

struct leg_facts {
	enum fact_id rate, oi, age, next, pays;
};

static const struct leg_facts leg_facts[2] = {
	{ FACT_LONG_RATE, FACT_LONG_OI, FACT_LONG_QUOTE_AGE, FACT_LONG_NEXT,
	  FACT_LONG_PAYS },
	{ FACT_SHORT_RATE, FACT_SHORT_OI, FACT_SHORT_QUOTE_AGE,
	  FACT_SHORT_NEXT, FACT_SHORT_PAYS },
};

static void put_legs(struct facts *out, const struct facts_plan *plan,
		     const struct quote *const q[2], const struct market *m,
		     const struct facts_memory *memory)
{
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		const struct leg_facts *id = &leg_facts[s];

		out->v[id->rate] = facts_daily_rate(q[s], plan->absent[s]);
		out->v[id->oi] = open_interest(q[s], plan->absent[s]);
		out->v[id->age] = quote_age(q[s], memory->quote_at[s],
					    m->taken_at);
	}
	out->v[FACT_DIVERGENCE] = fact_sub(out->v[FACT_SHORT_RATE],
					   out->v[FACT_LONG_RATE]);
	out->legs_fresh = out->v[FACT_LONG_RATE].known &&
			  out->v[FACT_SHORT_RATE].known;
}

static void put_schedules(struct facts *out, const struct facts_plan *plan,
			  const struct quote *const q[2],
			  const struct market *m)
{
	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		facts_put_schedule(&out->v[leg_facts[s].next],
				   &out->v[leg_facts[s].pays], q[s],
				   plan->terms[s], m->taken_at);
	out->v[FACT_WINDOW_CARRY] = window_carry(out);
}

static void put_position(struct facts *out, const struct position *p,
			 struct instant now)
{
	out->v[FACT_ENTRY_DIVERGENCE] = p->entry_divergence;
	out->v[FACT_ENTRY_OI_RATIO] = p->entry_oi_ratio;
	out->v[FACT_SIZE] = fact_known(p->size_usd);
	out->v[FACT_AGE] = fact_known(seconds(instant_diff(now,
							   p->opened_at)));
}

void facts_put_unknown(struct facts *out, uint64_t ids, enum why why)
{
	for (int id = 0; id < FACT_COUNT; id++)
		if (ids >> id & 1)
			out->v[id] = fact_unknown(why);
}

void facts_forget(struct facts *out)
{
	facts_put_unknown(out, FACTS_ALL, WHY_NOT_ASKED);
	out->legs_fresh = out->alt_found = false;
	out->alt_long = out->alt_short = (struct venue){ "" };
}

void facts_compute_planned(struct facts *out, const struct facts_plan *plan,
			   const struct position *p, const struct market *m,
			   const struct terms *t,
			   const struct facts_memory *memory, uint64_t wanted)
{
	const struct quote *const q[2] = {
		facts_plan_quote(plan, m, LEG_LONG),
		facts_plan_quote(plan, m, LEG_SHORT),
	};

	put_position(out, p, m->taken_at);
	put_legs(out, plan, q, m, memory);
	if (wanted & FACTS_SCHEDULE)
		put_schedules(out, plan, q, m);
	if (wanted & FACTS_MONEY)
		put_money(out, q, p, t, memory);
	if (wanted & FACTS_HELD)
		facts_put_held(out, memory->held);
	if (wanted & FACTS_ALT)
		facts_alt_find(out, plan, p, m, t,
			       (wanted & FACTS_ALT_LEGS) != 0);
}

void facts_compute(struct facts *out, const struct position *p,
		   const struct market *m, const struct terms *t,
		   const struct facts_memory *memory)
{
	struct facts_plan plan;

	facts_plan(&plan, p, m, t);
	facts_compute_planned(out, &plan, p, m, t, memory, FACTS_ALL);
}
