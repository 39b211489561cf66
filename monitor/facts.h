/* SPDX-License-Identifier: MIT */
/* All domain arithmetic: position + market -> facts. Pure. */
#ifndef CARRYWATCH_FACTS_H
#define CARRYWATCH_FACTS_H

#include "held.h"
#include "position.h"
#include "rule.h"

enum cost_model { COSTS_ROUND_TRIP, COSTS_FEES };

/* What the account's configuration adds to a position and a market. */
struct terms {
	const struct venue_terms *venue;	/* sorted by venue */
	size_t n_venue;
	enum cost_model costs;
	struct dec round_trip;		/* four fills, of notional */
	const struct venue *allowed;	/* sorted; none: every active venue */
	size_t n_allowed;
	struct fact min_volume_usd;	/* for alternatives; unknown: not set */
};

/* What is remembered of a pair across polls. */
struct facts_memory {
	struct instant quote_at[2];	/* newest usable quote of each leg */
	struct fact funding_usd;	/* settled so far; + received */
	const struct held *held;	/* NULL: nobody knows what is held */
};

/* A pair that is not open yet. */
#define FACTS_MEMORY_NONE ((struct facts_memory){ \
	{ INSTANT_UNKNOWN, INSTANT_UNKNOWN }, \
	{ true, WHY_KNOWN, { 0 } }, NULL })

void facts_compute(struct facts *out, const struct position *p,
		   const struct market *m, const struct terms *t,
		   const struct facts_memory *memory);

/* Of a fresh quote; without one unknown, with none at all for `absent`. */
struct fact facts_daily_rate(const struct quote *q, enum why absent);

/*
 * Price PnL of one leg, signed (finance.md 7): side * quantity * (price -
 * entry). Unknown without all three.
 */
struct fact facts_leg_price(const struct leg *leg, enum side side,
			    struct fact price);

/*
 * Next settlement of a leg after `now`: the service's next_funding when it
 * lies ahead, else from the payment interval and anchor (*derived = true), else
 * unknown.
 */
struct instant facts_next_funding(bool *derived, const struct quote *q,
				  const struct venue_terms *v,
				  struct instant now);

/* The same as facts: seconds until then, and seconds between settlements. */
void facts_put_schedule(struct fact *next, struct fact *pays,
			const struct quote *q, const struct venue_terms *v,
			struct instant now);

/*
 * Cost of changing from (l, s) to (l2, s2) as a fraction of notional, unknown
 * when a fee is. COSTS_ROUND_TRIP: always round_trip. COSTS_FEES: taker fee
 * and slippage of two fills on each new leg; a leg that stays costs nothing.
 */
struct fact facts_switch_cost(const struct terms *t, struct venue l,
			      struct venue s, struct venue l2,
			      struct venue s2);
/*
 * Two fills, opening or closing both legs, of notional. One figure for all
 * (COSTS_ROUND_TRIP): half of it, and all of it is called fees.
 */
struct facts_cost {
	struct fact fees, slippage;
};
struct facts_cost facts_half_costs(const struct terms *t, struct venue l,
				   struct venue s);
/* The two together. */
struct fact facts_half_cost(const struct terms *t, struct venue l,
			    struct venue s);
/* FACT_EXIT_COST, which no market moves: closing both legs, in USD. */
struct fact facts_exit_cost(const struct terms *t, const struct position *p);

#endif
