/* SPDX-License-Identifier: MIT */
/* All domain arithmetic: position + market -> facts. Pure. */
#ifndef CARRYWATCH_FACTS_H
#define CARRYWATCH_FACTS_H

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

/* The newest usable quote time of each leg, remembered across polls. */
struct facts_memory {
	struct instant quote_at[2];	/* by side; may be unknown */
};

void facts_compute(struct facts *out, const struct position *p,
		   const struct market *m, const struct terms *t,
		   const struct facts_memory *memory);

/*
 * Next settlement of a leg after `now`: the service's next_funding when it
 * lies ahead, else from pays_every and anchor (*derived = true), else
 * unknown.
 */
struct instant facts_next_funding(bool *derived, const struct quote *q,
				  const struct venue_terms *v,
				  struct instant now);

/*
 * Cost of changing from (l, s) to (l2, s2) as a fraction of notional, unknown
 * when a fee is. COSTS_ROUND_TRIP: always round_trip. COSTS_FEES: taker fee
 * and slippage of two fills on each new leg; a leg that stays costs nothing.
 */
struct fact facts_switch_cost(const struct terms *t, struct venue l,
			      struct venue s, struct venue l2,
			      struct venue s2);
/* Two fills, opening or closing both legs: half a round trip. */
struct fact facts_half_cost(const struct terms *t, struct venue l,
			    struct venue s);

#endif
