/* SPDX-License-Identifier: MIT */
/* The best other pair for a symbol, and what changing to it costs. Pure. */
#ifndef CARRYWATCH_FACTS_ALT_H
#define CARRYWATCH_FACTS_ALT_H

#include "facts_plan.h"

/*
 * Fill ALT_COUNT, ALT_DIVERGENCE, ALT_COST, the pair and, with `legs`, what
 * is known of its legs. ALT_COUNT is unknown when no other venue the account
 * may use answered; then nothing is known about alternatives. Ties: larger
 * net, then long, then short by name.
 */
void facts_alt_find(struct facts *out, const struct facts_plan *plan,
		    const struct position *p, const struct market *m,
		    const struct terms *t, bool legs);

#endif
