/* SPDX-License-Identifier: MIT */
/* Orders in JSON (handoff_order.h). */
#include "handoff_order.h"

#include <stdio.h>

/* Who closes the recorded quantity of a leg that is gone opens it reversed. */
static void put_leg(struct json_out *o, const struct handoff_order *order,
		    enum side side)
{
	const struct leg *leg = &order->position.leg[side];
	bool gone = order->gone[side];

	json_out_key(o, side_word(side));
	json_out_open(o, '{');
	json_put_text(o, "venue", leg->venue.s);
	json_put_fact(o, "quantity", gone ? fact_known(DEC_ZERO) :
					    leg->quantity);
	if (gone)
		json_put_bool(o, "gone", true);
	json_put_fact(o, "entry_price", leg->entry_price);
	json_out_close(o, '}');
}

void handoff_put_order(struct json_out *o, const struct handoff_order *order)
{
	const struct position *p = &order->position;

	json_put_text(o, "id", order->id);
	json_put_text(o, "account", order->account);
	json_put_int(o, "position", p->id);
	json_put_maybe(o, "external_id", p->external_id);
	json_put_text(o, "symbol", p->symbol.s);
	json_put_dec(o, "size_usd", p->size_usd);
	put_leg(o, order, LEG_LONG);
	put_leg(o, order, LEG_SHORT);
	json_put_text(o, "reason", order->reason.s);
	json_put_instant(o, "decided_at", order->decided_at);
	json_put_text(o, "order_type", order_type_word(order->order));
	json_put_int(o, "attempt", order->attempt);
}

void handoff_judge_status(struct handoff_answer *out, const struct reply *r)
{
	*out = (struct handoff_answer){ HANDOFF_SAYS_LATER, r->retry_after_s,
					"" };
	if (!r->answered) {
		if (r->sent)
			out->says = HANDOFF_SAYS_NOTHING;
		snprintf(out->why, sizeof(out->why), "%s", r->error);
		return;
	}
	snprintf(out->why, sizeof(out->why), "HTTP %d", r->status);
	if (r->status >= 200 && r->status < 300)
		out->says = HANDOFF_SAYS_TAKEN;
	else if (r->status != 408 && r->status != 425 && r->status != 429 &&
		 r->status < 500)
		out->says = HANDOFF_SAYS_NO;
}
