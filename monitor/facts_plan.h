/* SPDX-License-Identifier: MIT */
/*
 * Where a position's facts stand in a market: which quotes, which terms of
 * which venues. Finding that is most of the work of facts and depends on
 * names alone, so who computes many polls over the same names keeps it. Pure.
 */
#ifndef CARRYWATCH_FACTS_PLAN_H
#define CARRYWATCH_FACTS_PLAN_H

#include "facts.h"

#define OFFERS_MAX	256	/* venues of one symbol; more are not compared */
#define PLAN_NO_QUOTE	UINT32_MAX

/*
 * Good for every market with the same keys (market_same_keys) as the one it
 * was made of, with the same terms and the same symbol and venues of the
 * position. Places are indices of market.quotes.
 */
struct facts_plan {
	uint32_t quote[2];		/* by side; PLAN_NO_QUOTE: none */
	enum why absent[2];		/* why there is none */
	const struct venue_terms *terms[2];	/* NULL: nothing configured */
	bool others_unknown;		/* no other allowed venue answered */
	uint32_t n_offers;		/* quotes the account may use */
	uint32_t offer[OFFERS_MAX];
};

void facts_plan(struct facts_plan *out, const struct position *p,
		const struct market *m, const struct terms *t);

static inline const struct quote *facts_plan_quote(const struct facts_plan *plan,
						   const struct market *m,
						   enum side side)
{
	return plan->quote[side] == PLAN_NO_QUOTE ?
	       NULL : &m->quotes[plan->quote[side]];
}

/* Groups of facts that may be left out; all others are always computed. */
#define FACTS_SCHEDULE (USES(LONG_NEXT) | USES(SHORT_NEXT) | \
			USES(LONG_PAYS) | USES(SHORT_PAYS) | \
			USES(WINDOW_CARRY))
#define FACTS_MONEY (USES(PRICE) | USES(FUNDING) | USES(PAID) | \
		     USES(EXIT_COST))
#define FACTS_HELD (USES(LONG_QUANTITY) | USES(SHORT_QUANTITY) | \
		    USES(LONG_MARK) | USES(SHORT_MARK) | \
		    USES(LONG_LIQUIDATION) | USES(SHORT_LIQUIDATION) | \
		    USES(LONG_MISSING) | USES(SHORT_MISSING) | \
		    USES(LEG_DRIFT) | USES(BASIS))
#define FACTS_ALT_LEGS (USES(ALT_LONG_RATE) | USES(ALT_SHORT_RATE) | \
			USES(ALT_LONG_NEXT) | USES(ALT_SHORT_NEXT) | \
			USES(ALT_LONG_PAYS) | USES(ALT_SHORT_PAYS))
#define FACTS_ALT (USES(ALT_COUNT) | USES(ALT_DIVERGENCE) | \
		   USES(ALT_COST) | FACTS_ALT_LEGS)
#define FACTS_ALL UINT64_MAX

/*
 * facts_compute with the places known. A group none of which is wanted is not
 * touched: facts_forget before the first time makes it WHY_NOT_ASKED.
 */
void facts_compute_planned(struct facts *out, const struct facts_plan *plan,
			   const struct position *p, const struct market *m,
			   const struct terms *t,
			   const struct facts_memory *memory, uint64_t wanted);
void facts_forget(struct facts *out);

/* Every fact named by a bit of `ids` becomes unknown. */
void facts_put_unknown(struct facts *out, uint64_t ids, enum why why);

#endif
