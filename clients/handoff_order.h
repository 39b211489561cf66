/* SPDX-License-Identifier: MIT */
/* An order as JSON, the same for every receiver of ours. */
#ifndef CARRYWATCH_HANDOFF_ORDER_H
#define CARRYWATCH_HANDOFF_ORDER_H

#include "handoff.h"
#include "json_out.h"

/* The members of an order, decimals as exact strings. */
void handoff_put_order(struct json_out *o, const struct handoff_order *order);
/* What a receiver that may see a message twice answered. */
void handoff_judge_status(struct handoff_answer *out, const struct reply *r);

#endif
