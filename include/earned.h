/* SPDX-License-Identifier: MIT */
/* What a pair would have earned, were it closed now (finance.md 7). Pure. */
#ifndef CARRYWATCH_EARNED_H
#define CARRYWATCH_EARNED_H

#include "rule.h"

/* With the prices of both legs, or without: for sources of no mark prices. */
enum earned_of { EARNED_NET, EARNED_CARRY };
extern const char *const earned_choices[];	/* "net" "carry"; NULL ends */

#define EARNED_USES_CARRY (USES(FUNDING) | USES(PAID) | USES(EXIT_COST))

/*
 * net = price + funding settled - costs paid - expected cost of the exit,
 * carry = the same without price; USD, + earned. False when a part is unknown
 * or the sum does not fit; *why then says so.
 */
MUST_USE bool earned_if_closed(struct dec *out, struct finding *why,
			       const struct facts *f, enum earned_of of);

/*
 * The sign of (earned - share * size), exact, in *sign. False when a part is
 * unknown; *why then says so. `of` is an argument: an index of the choices.
 */
MUST_USE bool earned_against(int *sign, struct finding *why,
			     const struct facts *f, struct dec of,
			     struct dec share);

#endif
