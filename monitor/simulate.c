/* SPDX-License-Identifier: MIT */
/*
 * The executor of dry-run: opening or closing both legs costs half a round
 * trip on the notional. Prices do not move here, so price PnL is not included.
 */
#include "simulate.h"

static bool simulate_fill(void *ctx, struct fill *out,
			  const struct order *order, struct err *err)
{
	const struct terms *terms = ctx;
	struct facts_cost half = facts_half_costs(terms, order->long_venue,
						  order->short_venue);
	struct fact all = fact_add(half.fees, half.slippage);

	if (!all.known)
		return err_set(err, ERR_CONFIG, "no cost for %s and %s (%s): "
			       "set taker_fee and slippage under venues:, or "
			       "costs.model: round_trip",
			       order->long_venue.s, order->short_venue.s,
			       why_word(all.why));
	if (!dec_mul(&out->fees_usd, half.fees.v, order->size_usd) ||
	    !dec_mul(&out->slippage_usd, half.slippage.v, order->size_usd))
		return err_set(err, ERR_DATA, "fees out of range");
	return true;
}

struct executor simulate_executor(const struct terms *terms)
{
	return (struct executor){ (void *)(uintptr_t)terms, simulate_fill };
}
