/* SPDX-License-Identifier: MIT */
/*
 * Which settlements fell between two polls, and what each was worth. The
 * store's unique key (position, leg, time) makes booking twice impossible.
 */
#include "ledger.h"

#define INTERVAL_MIN_MS	60000	/* as venues.*.pays_every */
#define DAY_MS		(INT64_C(1000) * DAY_S)
#define NEAR_MS		60000	/* from the grid, and still on it */

struct fact ledger_amount(enum side side, struct dec size_usd,
			  struct dec rate_8h, int32_t pays_every_s)
{
	struct dec v;

	if (!dec_mul_ratio(&v, size_usd, rate_8h, pays_every_s, RATE_8H_S))
		return fact_unknown(WHY_OVERFLOW);
	return fact_known(side == LEG_LONG ? dec_neg(v) : v);
}

/*
 * Half of the way, less what our clock may be late: who is late by minutes
 * would count a settlement that has passed unseen as one still to come.
 */
static int64_t surely_none_between(int64_t step)
{
	int64_t late = LEDGER_CLOCK_LATE_MS;

	return step / 2 - (step / 4 < late ? step / 4 : late);
}

/* From one settlement to the next, as announced at `at`; 0: not for sure. */
static int32_t shown(struct instant last, struct instant next,
		     struct instant at)
{
	int64_t step;

	if (!instant_known(last) || !instant_known(next) || last.ms > at.ms ||
	    next.ms <= at.ms)
		return 0;
	step = next.ms - last.ms;
	if (at.ms - last.ms >= surely_none_between(step) || step % 1000 != 0 ||
	    step < INTERVAL_MIN_MS || DAY_MS % step != 0)
		return 0;
	return (int32_t)(step / 1000);
}

int32_t ledger_seen_interval(const struct last_quote *before,
			     struct instant next, struct instant at)
{
	int32_t now = shown(before->next_funding, next, at);

	return now > 0 ? now : before->pays_every_s;
}

static bool was_seen(const struct ledger_ask *a)
{
	return a->quote && a->quote->pays_every_s > 0;
}

/* Seen of the symbol, else configured of the venue; 0: neither. */
static int32_t interval(const struct ledger_ask *a)
{
	if (was_seen(a))
		return a->quote->pays_every_s;
	return a->terms ? a->terms->pays_every_s : 0;
}

bool ledger_on_grid(const struct ledger_ask *a, struct instant t)
{
	int64_t every = span_s(interval(a)).ms, ahead;

	if (!instant_known(t))
		return true;
	ahead = instant_next_on_grid(t, interval(a),
				     a->terms ? a->terms->anchor_s : 0).ms -
		t.ms;
	return ahead <= NEAR_MS || every - ahead <= NEAR_MS;
}

/*
 * What is due is paid for this long. An announced time that the interval does
 * not reach contradicts it, and so does, where the interval is only the
 * venue's and nobody saw the symbol's, the announcement after. Then what the
 * poll that books sees for sure, else nothing.
 */
static int32_t paid_for(const struct ledger_ask *a)
{
	struct instant last = a->quote ? a->quote->next_funding :
					 INSTANT_UNKNOWN;
	int32_t now = shown(last, a->next, a->now);

	if (interval(a) > 0 && ledger_on_grid(a, last) &&
	    (was_seen(a) || (now == 0 && ledger_on_grid(a, a->next))))
		return interval(a);
	return now;
}

bool ledger_scheduled(const struct ledger_ask *a)
{
	return interval(a) > 0 || instant_known(a->next) ||
	       (a->quote && instant_known(a->quote->next_funding));
}

/* The first settlement after `t`: as announced, else from the grid. */
static struct instant first_after(const struct ledger_ask *a, struct instant t)
{
	if (a->quote && instant_known(a->quote->next_funding) &&
	    a->quote->next_funding.ms > t.ms)
		return a->quote->next_funding;
	if (interval(a) <= 0)
		return INSTANT_UNKNOWN;
	return instant_next_on_grid(t, interval(a),
				    a->terms ? a->terms->anchor_s : 0);
}

static struct instant next_after(const struct ledger_ask *a, struct instant t)
{
	if (interval(a) <= 0)
		return INSTANT_UNKNOWN;
	return instant_add(t, span_s(interval(a)));
}

/* A rate seen before the settlement before this one is not the one paid. */
static struct fact rate_at(const struct ledger_ask *a, struct instant t)
{
	int32_t every_s = paid_for(a);

	if (!a->quote || a->quote->polled_at.ms > t.ms)
		return fact_unknown(WHY_NOT_SET);
	if (every_s <= 0)
		return fact_unknown(WHY_NO_INTERVAL);
	if (t.ms - a->quote->polled_at.ms > span_s(every_s).ms)
		return fact_unknown(WHY_STALE);
	return fact_known(a->quote->rate_8h);
}

static bool marked(const struct leg *leg, const struct last_quote *q)
{
	return leg->quantity.known && q && q->mark_price.known;
}

static void put_base(struct settlement *row, const struct ledger_ask *a)
{
	const struct leg *leg = a->position->leg;

	row->quantity = row->price = fact_unknown(WHY_NOT_SET);
	if (!marked(&leg[a->side], a->quote) ||
	    !marked(&leg[!a->side], a->other))
		return;
	row->base = BASE_MARK_PRICE;
	row->quantity = leg[a->side].quantity;
	row->price = a->quote->mark_price;
}

static struct fact amount(const struct settlement *row, struct dec size_usd)
{
	struct dec v;

	if (!row->rate_8h.known)
		return row->rate_8h;
	if (row->base == BASE_ENTRY_NOTIONAL)
		return ledger_amount(row->side, size_usd, row->rate_8h.v,
				     row->pays_every_s);
	if (!dec_mul3_ratio(&v, row->quantity.v, row->price.v, row->rate_8h.v,
			    row->pays_every_s, RATE_8H_S))
		return fact_unknown(WHY_OVERFLOW);
	return fact_known(row->side == LEG_LONG ? dec_neg(v) : v);
}

static struct settlement settle(const struct ledger_ask *a, struct instant t)
{
	const struct position *p = a->position;
	struct settlement row = {
		.position = p->id, .side = a->side, .at = t,
		.rate_8h = rate_at(a, t), .pays_every_s = paid_for(a),
		.reported_usd = fact_unknown(WHY_NOT_SET),
		.reported_at = INSTANT_UNKNOWN,
		.late = a->now.ms - t.ms > 2 * a->poll_interval.ms,
		.hypothetical = instant_known(p->closed_at) &&
				t.ms > p->closed_at.ms,
	};

	put_base(&row, a);
	row.amount_usd = amount(&row, p->size_usd);
	return row;
}

size_t ledger_due(struct settlement out[static LEDGER_ROWS_MAX],
		  const struct ledger_ask *a)
{
	struct instant t;
	size_t n = 0;

	if (!instant_known(a->since))
		return 0;
	t = first_after(a, a->since);
	while (instant_known(t) && t.ms <= a->now.ms && n < LEDGER_ROWS_MAX) {
		/* Liable is who held the pair just before the settlement. */
		if (t.ms > a->position->opened_at.ms)
			out[n++] = settle(a, t);
		t = next_after(a, t);
	}
	return n;
}

static struct settlement missed(const struct ledger_ask *a, struct instant t)
{
	const struct position *p = a->position;
	const struct fact none = fact_unknown(WHY_NOT_SET);

	return (struct settlement){
		.position = p->id, .side = a->side, .at = t,
		.pays_every_s = interval(a), .rate_8h = none,
		.quantity = none, .price = none, .amount_usd = none,
		.reported_usd = none, .reported_at = INSTANT_UNKNOWN,
		.late = true,
		.hypothetical = instant_known(p->closed_at) &&
				t.ms > p->closed_at.ms,
	};
}

size_t ledger_missed(struct settlement out[static LEDGER_ROWS_MAX],
		     const struct ledger_ask *a)
{
	int32_t every_s = interval(a), anchor_s = a->terms ?
			  a->terms->anchor_s : 0;
	int64_t newest = a->now.ms - LEDGER_MISSED_MAX * span_s(every_s).ms;
	struct instant t = a->since;
	size_t n = 0;

	if (every_s <= 0 && t.ms < a->now.ms)	/* how many, nobody knows */
		out[n++] = missed(a, a->now);
	while (every_s > 0 && n < LEDGER_ROWS_MAX) {
		t = instant_next_on_grid(t, every_s, anchor_s);
		if (t.ms > a->now.ms)
			break;
		out[n++] = missed(a, t);
		if (t.ms < newest)
			t.ms = newest;
	}
	return n;
}
