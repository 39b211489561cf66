/* SPDX-License-Identifier: MIT */
/*
 * Which settlements fell between two polls, and what each was worth. The
 * store's unique key (position, leg, time) makes booking twice impossible.
 */
#include "ledger.h"

struct fact ledger_amount(enum side side, struct dec size_usd,
			  struct dec rate_8h, int32_t pays_every_s)
{
	struct dec v;

	if (!dec_mul_ratio(&v, size_usd, rate_8h, pays_every_s, RATE_8H_S))
		return fact_unknown(WHY_OVERFLOW);
	return fact_known(side == LEG_LONG ? dec_neg(v) : v);
}

/* The first settlement after `t`: as announced, else from the grid. */
static struct instant first_after(const struct ledger_ask *a, struct instant t)
{
	if (a->quote && instant_known(a->quote->next_funding) &&
	    a->quote->next_funding.ms > t.ms)
		return a->quote->next_funding;
	if (!a->terms || a->terms->pays_every_s <= 0)
		return INSTANT_UNKNOWN;
	return instant_next_on_grid(t, a->terms->pays_every_s,
				    a->terms->anchor_s);
}

static struct instant next_after(const struct ledger_ask *a, struct instant t)
{
	if (!a->terms || a->terms->pays_every_s <= 0)
		return INSTANT_UNKNOWN;
	return instant_add(t, span_s(a->terms->pays_every_s));
}

/* A rate seen before the settlement before this one is not the one paid. */
static struct fact rate_at(const struct ledger_ask *a, struct instant t)
{
	if (!a->quote || a->quote->polled_at.ms > t.ms)
		return fact_unknown(WHY_NOT_SET);
	if (!a->terms || a->terms->pays_every_s <= 0)
		return fact_unknown(WHY_NO_INTERVAL);
	if (t.ms - a->quote->polled_at.ms >
	    span_s(a->terms->pays_every_s).ms)
		return fact_unknown(WHY_STALE);
	return fact_known(a->quote->rate_8h);
}

static struct settlement settle(const struct ledger_ask *a, struct instant t)
{
	const struct position *p = a->position;
	struct settlement row = {
		.position = p->id, .side = a->side, .at = t,
		.rate_8h = rate_at(a, t),
		.late = a->now.ms - t.ms > 2 * a->poll_interval.ms,
		.hypothetical = instant_known(p->closed_at) &&
				t.ms > p->closed_at.ms,
	};

	row.pays_every_s = a->terms ? a->terms->pays_every_s : 0;
	row.amount_usd = !row.rate_8h.known ? row.rate_8h :
			 ledger_amount(a->side, p->size_usd, row.rate_8h.v,
				       row.pays_every_s);
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
