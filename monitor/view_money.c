/* SPDX-License-Identifier: MIT */
/* From a position, its ledger and its facts to money (view_money.h). */
#include "view_money.h"

#include "carry.h"

#define YEAR_S		(INT64_C(365) * DAY_S)
#define DAY_MS		(INT64_C(1000) * DAY_S)
#define APR_MIN_MS	3600000		/* younger: chance, not a rate */

static struct fact times(struct fact a, struct dec b)
{
	if (!a.known)
		return a;
	return dec_mul(&a.v, a.v, b) ? a : fact_unknown(WHY_OVERFLOW);
}

static struct fact divided(struct fact a, struct fact b)
{
	struct dec v;

	if (!a.known || !b.known)
		return a.known ? b : a;
	if (dec_sign(b.v) <= 0)
		return fact_unknown(WHY_NOT_POSITIVE);
	return dec_div(&v, a.v, b.v) ? fact_known(v)
				     : fact_unknown(WHY_OVERFLOW);
}

/* ---- the ledger ---- */

static void add_settlement(struct fact *sum, int *n, int *n_unknown,
			   const struct settlement *s)
{
	struct fact booked = settlement_booked(s);

	(*n)++;
	if (!booked.known)
		(*n_unknown)++;
	else if (sum->known)
		*sum = fact_add(*sum, booked);
}

static void add_report(struct view_money *m, const struct settlement *s)
{
	m->n_late += s->late;
	m->n_reported += s->reported_usd.known;
	if (!s->reported_usd.known || !s->amount_usd.known)
		return;
	m->expected_usd = fact_add(m->expected_usd, s->amount_usd);
	m->reported_usd = fact_add(m->reported_usd, s->reported_usd);
}

static void sum_rows(struct view_money *m, const struct view_money_ask *a)
{
	for (size_t i = 0; i < a->n_rows; i++) {
		const struct settlement *s = &a->rows[i];

		if (s->hypothetical) {
			add_settlement(&m->after_usd, &m->n_after,
				       &m->n_after_unknown, s);
			continue;
		}
		add_settlement(&m->funding_usd, &m->n, &m->n_unknown, s);
		add_report(m, s);
	}
}

static void sum_ledger(struct view_money *m, const struct view_money_ask *a)
{
	m->running = a->running;
	if (a->summed) {
		m->funding_usd = a->running.sum_usd;
		m->n = a->running.n;
		m->n_unknown = a->running.n_unknown;
		return;
	}
	sum_rows(m, a);
	m->sums_differ = !fact_equal(m->funding_usd, a->running.sum_usd) ||
			 m->n != a->running.n ||
			 m->n_unknown != a->running.n_unknown;
}

/* ---- profit and loss ---- */

struct fact view_price(const struct position *p, const struct fact price[2])
{
	return fact_add(facts_leg_price(&p->leg[LEG_LONG], LEG_LONG,
					price[LEG_LONG]),
			facts_leg_price(&p->leg[LEG_SHORT], LEG_SHORT,
					price[LEG_SHORT]));
}

struct fact view_net(const struct position *p, struct fact funding,
		     struct fact price)
{
	struct fact net = fact_sub(funding, fact_known(p->fees_usd));

	net = fact_sub(net, fact_known(p->slippage_usd));
	return price.known ? fact_add(net, price) : net;
}

static void put_pnl(struct view_money *m, const struct view_money_ask *a)
{
	const struct position *p = a->position;
	bool closed = p->status == STATUS_CLOSED;
	struct fact none = fact_unknown(WHY_NOT_SET);

	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		m->price_at[s] = closed ? p->leg[s].exit_price : a->mark[s];
	m->price_usd = view_price(p, m->price_at);
	m->net_usd = view_net(p, m->funding_usd, m->price_usd);
	m->realised_usd = closed ? m->net_usd :
			  view_net(p, m->funding_usd, none);
	m->open_usd = closed ? fact_known(DEC_ZERO) : m->price_usd;
	m->accrued_usd = closed ? none : fact_add(a->accrued[LEG_LONG],
						  a->accrued[LEG_SHORT]);
}

struct fact view_apr(struct fact gain, struct fact base, struct span age)
{
	struct dec seconds;

	if (age.ms < APR_MIN_MS)
		return fact_unknown(WHY_NOT_SET);
	if (!gain.known || !base.known)
		return gain.known ? base : gain;
	/* One division, so that one rounding. */
	if (!dec_join(&seconds, age.ms, 3) ||
	    !dec_mul_int(&gain.v, gain.v, YEAR_S))
		return fact_unknown(WHY_OVERFLOW);
	return divided(gain, times(base, seconds));
}

static void put_returns(struct view_money *m, const struct view_money_ask *a)
{
	struct fact size = fact_known(a->position->size_usd);

	m->capital_usd = times(size, a->capital_share);
	m->on_notional = divided(m->net_usd, size);
	m->on_capital = divided(m->net_usd, m->capital_usd);
	m->apr_notional = view_apr(m->net_usd, size, a->age);
	m->apr_capital = view_apr(m->net_usd, m->capital_usd, a->age);
}

/* ---- what is to come ---- */

static struct view_even even(const struct carry_leg leg[2], struct fact cost,
			     struct dec size)
{
	struct view_even e = { EVEN_UNKNOWN, cost.why, { 0 } };
	int64_t after;

	if (!cost.known)
		return e;
	e.why = WHY_OVERFLOW;
	if (!carry_break_even(&after, leg, cost.v, size))
		return e;
	e.why = WHY_KNOWN;
	e.state = after == 0 ? EVEN_DONE :
		  after == CARRY_NEVER ? EVEN_NEVER : EVEN_AHEAD;
	e.after.ms = e.state == EVEN_AHEAD ? after : 0;
	return e;
}

static struct fact expected_day(const struct carry_leg leg[2], struct dec size)
{
	struct dec v;

	if (!carry_expected(&v, leg, DAY_MS) ||
	    !dec_mul_ratio(&v, v, size, 1, DAY_S))
		return fact_unknown(WHY_OVERFLOW);
	return fact_known(v);
}

/* All-in: paid + exit - settled; what is unknown of it makes it unknown. */
static struct fact all_in_cost(const struct view_money *m,
			       const struct view_money_ask *a)
{
	struct fact paid = fact_add(fact_known(a->position->fees_usd),
				    fact_known(a->position->slippage_usd));

	if (m->n_unknown > 0)
		return fact_unknown(WHY_MISSED);
	return fact_sub(fact_add(paid, a->facts->v[FACT_EXIT_COST]),
			m->funding_usd);
}

static void look_ahead(struct view_money *m, const struct view_money_ask *a)
{
	struct dec size = a->position->size_usd;
	struct carry_leg leg[2];
	struct finding why;

	if (a->position->status == STATUS_CLOSED ||
	    !carry_legs(leg, &why, a->facts, false)) {
		enum why none = a->position->status == STATUS_CLOSED ?
				WHY_NOT_SET : why.why;

		m->day_usd = fact_unknown(none);
		m->all_in = m->exit_only = (struct view_even){ EVEN_UNKNOWN,
							       none, { 0 } };
		return;
	}
	m->day_usd = expected_day(leg, size);
	m->all_in = even(leg, all_in_cost(m, a), size);
	m->exit_only = even(leg, a->facts->v[FACT_EXIT_COST], size);
}

void view_count_money(struct view_money *m, const struct view_money_ask *a)
{
	struct fact zero = fact_known(DEC_ZERO);

	*m = (struct view_money){ .funding_usd = zero, .after_usd = zero,
				  .expected_usd = zero, .reported_usd = zero };
	sum_ledger(m, a);
	if (a->unscheduled)
		m->funding_usd = fact_unknown(WHY_NO_INTERVAL);
	put_pnl(m, a);
	put_returns(m, a);
	look_ahead(m, a);
}
