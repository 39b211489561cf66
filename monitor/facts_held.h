/* SPDX-License-Identifier: MIT */
/* Facts of what the trading client says is held. Pure. */
#ifndef CARRYWATCH_FACTS_HELD_H
#define CARRYWATCH_FACTS_HELD_H

#include "facts.h"

/* held NULL: all of them not asked for. */
void facts_put_held(struct facts *out, const struct held *held);
/* Price PnL of one leg as it is held; unknown without its three numbers. */
struct fact facts_held_price(const struct held_leg *leg, enum side side);

#endif
