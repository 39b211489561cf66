/* SPDX-License-Identifier: MIT */
/*
 * Facts: everything a rule may look at, computed once per position and poll
 * (monitor/facts.c). Unknown is a value, and carries why.
 */
#ifndef CARRYWATCH_FACT_H
#define CARRYWATCH_FACT_H

#include "dec.h"
#include "why.h"

struct fact {
	bool known;
	enum why why;		/* WHY_KNOWN when known */
	struct dec v;
};

static inline struct fact fact_known(struct dec v)
{
	return (struct fact){ true, WHY_KNOWN, v };
}

static inline struct fact fact_unknown(enum why why)
{
	return (struct fact){ false, why, DEC_ZERO };
}

/* Unknown if either is (the first one's reason) or out of range. */
static inline struct fact fact_add(struct fact a, struct fact b)
{
	struct dec sum;

	if (!a.known || !b.known)
		return a.known ? b : a;
	return dec_add(&sum, a.v, b.v) ? fact_known(sum) :
					 fact_unknown(WHY_OVERFLOW);
}

static inline struct fact fact_sub(struct fact a, struct fact b)
{
	return fact_add(a, (struct fact){ b.known, b.why, dec_neg(b.v) });
}

/* Of one value, or both unknown. */
static inline bool fact_equal(struct fact a, struct fact b)
{
	return a.known == b.known && (!a.known || dec_cmp(a.v, b.v) == 0);
}

/* ... and for the same reason. */
static inline bool fact_same(struct fact a, struct fact b)
{
	return fact_equal(a, b) && (a.known || a.why == b.why);
}

/*
 * Name and unit of every fact. "per day" is a daily rate (rate.h), "s"
 * seconds with milliseconds as decimals, "rate*s" a daily rate times seconds
 * (divide by 86400 for a fraction of notional). PRICE and FUNDING are signed,
 * positive = gained; PAID and EXIT_COST (fees and slippage of both legs) are
 * positive where they cost. From LONG_QUANTITY on: what the trading client
 * says is held; TO_LIQUIDATION is negative beyond it, MISSING 1 when the leg
 * is gone for good.
 */
#define FACT_TABLE(X) \
	X(DIVERGENCE,		"divergence",		"per day") \
	X(ENTRY_DIVERGENCE,	"entry_divergence",	"per day") \
	X(LONG_RATE,		"long_rate",		"per day") \
	X(SHORT_RATE,		"short_rate",		"per day") \
	X(AGE,			"age",			"s") \
	X(LONG_QUOTE_AGE,	"long_quote_age",	"s") \
	X(SHORT_QUOTE_AGE,	"short_quote_age",	"s") \
	X(LONG_OI,		"long_open_interest",	"USD") \
	X(SHORT_OI,		"short_open_interest",	"USD") \
	X(ENTRY_OI_RATIO,	"entry_oi_ratio",	"1") \
	X(LONG_NEXT,		"long_next_funding",	"s") \
	X(SHORT_NEXT,		"short_next_funding",	"s") \
	X(WINDOW_CARRY,		"window_carry",		"rate*s") \
	X(ALT_COUNT,		"alternatives",		"1") \
	X(ALT_DIVERGENCE,	"alternative_divergence", "per day") \
	X(ALT_COST,		"alternative_cost",	"of notional") \
	X(SIZE,			"size_usd",		"USD") \
	X(LONG_PAYS,		"long_pays_every",	"s") \
	X(SHORT_PAYS,		"short_pays_every",	"s") \
	X(ALT_LONG_RATE,	"alternative_long_rate", "per day") \
	X(ALT_SHORT_RATE,	"alternative_short_rate", "per day") \
	X(ALT_LONG_NEXT,	"alternative_long_next", "s") \
	X(ALT_SHORT_NEXT,	"alternative_short_next", "s") \
	X(ALT_LONG_PAYS,	"alternative_long_pays_every", "s") \
	X(ALT_SHORT_PAYS,	"alternative_short_pays_every", "s") \
	X(PRICE,		"price_pnl",		"USD") \
	X(FUNDING,		"funding",		"USD") \
	X(PAID,			"costs_paid",		"USD") \
	X(EXIT_COST,		"exit_cost",		"USD") \
	X(LONG_QUANTITY,	"long_quantity",	"coins") \
	X(SHORT_QUANTITY,	"short_quantity",	"coins") \
	X(LONG_MARK,		"long_mark_price",	"USD") \
	X(SHORT_MARK,		"short_mark_price",	"USD") \
	X(LONG_LIQUIDATION,	"long_to_liquidation",	"of mark price") \
	X(SHORT_LIQUIDATION,	"short_to_liquidation",	"of mark price") \
	X(LONG_MISSING,		"long_leg_missing",	"1") \
	X(SHORT_MISSING,	"short_leg_missing",	"1") \
	X(LEG_DRIFT,		"leg_drift",		"of the larger leg") \
	X(BASIS,		"basis",		"of the mean price")

enum fact_id {
#define X(id, name, unit) FACT_##id,
	FACT_TABLE(X)
#undef X
	FACT_COUNT
};

const char *fact_name(enum fact_id id);
const char *fact_unit(enum fact_id id);

#endif
