/* SPDX-License-Identifier: MIT */
/*
 * Positions and settlements -> trades and days. The end of the data is the
 * last thing recorded, never the clock's.
 */
#include "report_account.h"

#include <stdlib.h>

#define DAY_MS (INT64_C(1000) * DAY_S)

static bool no_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory");
}

static bool too_large(struct err *err)
{
	return err_set(err, ERR_DATA, "a sum of money is out of range");
}

/* ---- which part of the history ---- */

static void later(struct instant *t, struct instant other)
{
	if (instant_known(other) &&
	    (!instant_known(*t) || other.ms > t->ms))
		*t = other;
}

/* First millisecond not looked at; unknown: there is nothing at all. */
static struct instant end_of(const struct report_history *h)
{
	struct instant end = h->last_poll;

	for (size_t i = 0; i < h->n; i++) {
		later(&end, h->positions[i].opened_at);
		later(&end, h->positions[i].closed_at);
	}
	if (instant_known(end))
		end.ms++;
	if (instant_known(h->until) &&
	    (!instant_known(end) || h->until.ms < end.ms))
		end = h->until;
	return end;
}

static bool is_in(const struct report_history *h, const struct position *p,
		  struct instant end)
{
	return (!instant_known(h->since) || p->opened_at.ms >= h->since.ms) &&
	       p->opened_at.ms < end.ms;
}

static bool closed_before(const struct position *p, struct instant end)
{
	return instant_known(p->closed_at) && p->closed_at.ms < end.ms;
}

/* ---- one trade ---- */

struct cut {
	struct instant end;		/* exclusive */
	const struct report_history *h;
};

/* Settlements of 7 days after a close are the last that count. */
static bool counts(const struct settlement *s, const struct position *p,
		   const struct cut *c)
{
	return s->at.ms < c->end.ms &&
	       (!closed_before(p, c->end) ||
		instant_diff(s->at, p->closed_at).ms <=
		span_s(REPORT_HELD_AFTER_S).ms);
}

static bool after_close(const struct settlement *s, const struct position *p,
			const struct cut *c)
{
	return closed_before(p, c->end) && s->at.ms > p->closed_at.ms;
}

static void book(struct report_trade *t, const struct settlement *s,
		 bool after)
{
	struct fact cash = settlement_booked(s);

	if (!after) {
		t->settlements++;
		t->unknown += !cash.known;
	}
	if (after && !cash.known)
		t->after_usd = fact_unknown(WHY_MISSED);
	if (!cash.known)
		return;
	t->held_funding_usd = fact_add(t->held_funding_usd, cash);
	if (after)
		t->after_usd = fact_add(t->after_usd, cash);
	else
		t->funding_usd = fact_add(t->funding_usd, cash);
}

bool report_leaving(struct dec *out, const struct position *p,
		    const struct terms *terms, struct err *err)
{
	const struct venue *l = &p->leg[LEG_LONG].venue;
	const struct venue *s = &p->leg[LEG_SHORT].venue;
	struct fact cost = facts_half_cost(terms, *l, *s);

	if (!cost.known)
		return err_set(err, ERR_CONFIG, "no cost for %s and %s (%s): "
			       "set taker_fee and slippage under venues:, or "
			       "costs.model: round_trip", l->s, s->s,
			       why_word(cost.why));
	return dec_mul(out, cost.v, p->size_usd) || too_large(err);
}

/* Once closed all is paid, also when that was after `until`. */
static bool exit_cost(struct dec *out, const struct position *p,
		      const struct cut *c, struct err *err)
{
	*out = DEC_ZERO;
	return instant_known(p->closed_at) ||
	       report_leaving(out, p, c->h->terms, err);
}

static bool held_costs(struct report_trade *t)
{
	return dec_add(&t->held_costs_usd, t->fees_usd, t->slippage_usd) &&
	       dec_add(&t->held_costs_usd, t->held_costs_usd, t->exit_usd);
}

static void describe(struct report_trade *t, const struct position *p,
		     bool ends_early, const struct cut *c)
{
	bool closed = closed_before(p, c->end);

	*t = (struct report_trade){
		.id = p->id, .symbol = p->symbol,
		.long_venue = p->leg[LEG_LONG].venue,
		.short_venue = p->leg[LEG_SHORT].venue,
		.size_usd = p->size_usd, .opened_at = p->opened_at,
		.closed_at = closed ? p->closed_at : INSTANT_UNKNOWN,
		.entry_divergence = p->entry_divergence,
		.exit_divergence = fact_unknown(WHY_NOT_SET),
		.funding_usd = fact_known(DEC_ZERO),
		.price_usd = fact_unknown(WHY_NOT_SET),
		.held_price_usd = fact_unknown(WHY_NOT_SET),
		.fees_usd = p->fees_usd, .slippage_usd = p->slippage_usd,
		.held_funding_usd = fact_known(DEC_ZERO),
		.after_usd = fact_unknown(WHY_NOT_SET),
	};
	if (closed)
		t->reason = p->reason;
	if (closed && !ends_early && instant_diff(c->end, p->closed_at).ms >
				     span_s(REPORT_HELD_AFTER_S).ms)
		t->after_usd = fact_known(DEC_ZERO);
}

static bool fill_trade(struct report_trade *t, const struct position *p,
		       const struct report_ledger *l, const struct cut *c,
		       struct err *err)
{
	describe(t, p, l->ends_early, c);
	for (size_t i = 0; i < l->n; i++)
		if (counts(&l->rows[i], p, c))
			book(t, &l->rows[i],
			     after_close(&l->rows[i], p, c));
	if (!t->funding_usd.known || !t->held_funding_usd.known)
		return too_large(err);
	return exit_cost(&t->exit_usd, p, c, err) &&
	       (held_costs(t) || too_large(err));
}

/* ---- capital ---- */

struct change {
	struct instant at;
	struct dec by;
};

/* A close makes room for an opening of the same time. */
static int by_time(const void *pa, const void *pb)
{
	const struct change *a = pa, *b = pb;

	if (a->at.ms != b->at.ms)
		return a->at.ms < b->at.ms ? -1 : 1;
	return dec_sign(a->by) - dec_sign(b->by);
}

/* The largest notional of one leg each that was open at one time, twice. */
static bool largest_open(struct dec *out, const struct report_run *run,
			 struct arena *arena, struct err *err)
{
	struct change *list = arena_array(arena, 2 * run->n_trades,
					  sizeof(*list));
	struct dec open = DEC_ZERO;
	size_t n = 0;

	*out = DEC_ZERO;
	if (!list)
		return no_memory(err);
	for (size_t i = 0; i < run->n_trades; i++) {
		const struct report_trade *t = &run->trades[i];

		list[n++] = (struct change){ t->opened_at, t->size_usd };
		if (instant_known(t->closed_at))
			list[n++] = (struct change){ t->closed_at,
						     dec_neg(t->size_usd) };
	}
	if (n > 1)
		qsort(list, n, sizeof(*list), by_time);
	for (size_t i = 0; i < n; i++) {
		if (!dec_add(&open, open, list[i].by))
			return too_large(err);
		if (dec_cmp(open, *out) > 0)
			*out = open;
	}
	return dec_mul_int(out, *out, 2) || too_large(err);
}

/* ---- days ---- */

struct days {
	struct report_day *day;		/* changes first, then values */
	size_t n;
	struct instant first;
};

static bool new_days(struct days *d, const struct report_run *run,
		     struct instant end, struct arena *arena)
{
	int64_t first = run->since.ms / DAY_MS, last = (end.ms - 1) / DAY_MS;

	d->first = (struct instant){ first * DAY_MS };
	d->n = last >= first ? (size_t)(last - first + 1) : 0;
	d->day = arena_array(arena, d->n, sizeof(*d->day));
	if (!d->day)
		return false;
	for (size_t i = 0; i < d->n; i++)
		d->day[i].at.ms = d->first.ms + (int64_t)i * DAY_MS;
	return true;
}

/* The first day that sees a settlement at t (00:00 itself does), or what
 * comes just after t. */
static struct report_day *day_of(const struct days *d, struct instant t,
				 bool after)
{
	int64_t ms = t.ms - d->first.ms + (after ? 0 : -1);
	int64_t i = ms < 0 ? 0 : ms / DAY_MS + 1;

	return (size_t)i < d->n ? &d->day[i] : NULL;
}

static bool add_both(struct report_day *day, struct dec own, struct dec held)
{
	return !day || (dec_add(&day->equity_usd, day->equity_usd, own) &&
			dec_add(&day->held_usd, day->held_usd, held));
}

static bool put_trade(const struct days *d, const struct report_trade *t,
		      const struct position *p, const struct report_ledger *l,
		      const struct cut *c)
{
	struct dec costs = dec_neg(t->held_costs_usd);

	if (!add_both(day_of(d, t->opened_at, true), costs, costs))
		return false;
	for (size_t i = 0; i < l->n; i++) {
		const struct settlement *s = &l->rows[i];
		struct fact cash = settlement_booked(s);

		if (!cash.known || !counts(s, p, c))
			continue;
		if (!add_both(day_of(d, s->at, false),
			      after_close(s, p, c) ? DEC_ZERO : cash.v,
			      cash.v))
			return false;
	}
	return true;
}

static bool sum_up(const struct days *d, struct dec capital)
{
	struct dec own = capital, held = capital;

	for (size_t i = 0; i < d->n; i++) {
		struct report_day *day = &d->day[i];

		if (!dec_add(&own, own, day->equity_usd) ||
		    !dec_add(&held, held, day->held_usd))
			return false;
		day->equity_usd = own;
		day->held_usd = held;
	}
	return true;
}

/* ---- all of it ---- */

struct taken {
	const struct position *p;
	const struct report_ledger *l;
};

static int by_opening(const void *pa, const void *pb)
{
	const struct position *a = ((const struct taken *)pa)->p;
	const struct position *b = ((const struct taken *)pb)->p;

	if (a->opened_at.ms != b->opened_at.ms)
		return a->opened_at.ms < b->opened_at.ms ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static size_t take(struct taken *list, const struct cut *c)
{
	const struct report_history *h = c->h;
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++)
		if (is_in(h, &h->positions[i], c->end))
			list[n++] = (struct taken){ &h->positions[i],
						    &h->ledgers[i] };
	if (n > 1)
		qsort(list, n, sizeof(*list), by_opening);
	return n;
}

/* Since: as asked where the account was at work by then, else the first
 * opening: idle time before it is nobody's. */
static struct instant since_of(const struct report_history *h,
			       const struct report_run *run)
{
	for (size_t i = 0; i < h->n && instant_known(h->since); i++)
		if (h->positions[i].opened_at.ms < h->since.ms)
			return h->since;
	return run->n_trades ? run->trades[0].opened_at : run->until;
}

static bool fill_days(struct report_run *out, const struct taken *list,
		      const struct cut *c, struct arena *arena,
		      struct err *err)
{
	struct days d;

	if (out->n_trades == 0)
		return true;
	if (!new_days(&d, out, c->end, arena))
		return no_memory(err);
	for (size_t i = 0; i < out->n_trades; i++)
		if (!put_trade(&d, &out->trades[i], list[i].p, list[i].l, c))
			return too_large(err);
	out->days = d.day;
	out->n_days = d.n;
	return sum_up(&d, out->capital_usd) || too_large(err);
}

bool report_account(struct report_run *out, const struct report_history *h,
		    struct arena *arena, struct err *err)
{
	struct taken *list = arena_array(arena, h->n, sizeof(*list));
	struct report_trade *trades = arena_array(arena, h->n,
						  sizeof(*trades));
	struct cut c = { end_of(h), h };

	if (!list || !trades)
		return no_memory(err);
	out->n_trades = instant_known(c.end) ? take(list, &c) : 0;
	for (size_t i = 0; i < out->n_trades; i++)
		if (!fill_trade(&trades[i], list[i].p, list[i].l, &c, err))
			return err_prefix(err, "position %lld",
					  (long long)list[i].p->id);
	out->trades = trades;
	out->until = c.end;
	if (instant_known(c.end) &&
	    (!instant_known(h->until) || c.end.ms != h->until.ms))
		out->until.ms--;	/* the last thing recorded itself */
	out->since = since_of(h, out);
	out->held_after = span_s(REPORT_HELD_AFTER_S);
	out->capital_usd = h->capital_usd.v;
	if (!h->capital_usd.known &&
	    !largest_open(&out->capital_usd, out, arena, err))
		return false;
	return fill_days(out, list, &c, arena, err);
}
