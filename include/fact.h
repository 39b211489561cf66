/* SPDX-License-Identifier: MIT */
/*
 * Facts: everything a rule may look at, computed once per position and poll
 * (monitor/facts.c). Unknown is a value, and carries why.
 */
#ifndef CARRYWATCH_FACT_H
#define CARRYWATCH_FACT_H

#include "dec.h"

/*
 * Why a number is not known: word for logs, JSON and explain. Recorded polls
 * name reasons and facts by their place: new ones go to the end.
 */
#define WHY_TABLE(X) \
	X(KNOWN,	"known") \
	X(NOT_SET,	"never recorded") \
	X(NOT_ASKED,	"not asked for") \
	X(FAILED,	"request failed") \
	X(NOT_LISTED,	"symbol not in the answer") \
	X(NULL_VALUE,	"null in the answer") \
	X(MALFORMED,	"malformed in the answer") \
	X(INEXACT,	"more than 18 decimals") \
	X(ABSURD,	"beyond max_abs_rate") \
	X(STALE,	"stale") \
	X(FUTURE,	"timestamp in the future") \
	X(NOT_POSITIVE,	"not above zero") \
	X(NO_INTERVAL,	"payment interval not configured") \
	X(OVERFLOW,	"out of range") \
	X(MISSED,	"a settlement of unknown amount") \
	X(UNPROVEN,	"not confirmed yet")
enum why {
#define X(id, word) WHY_##id,
	WHY_TABLE(X)
#undef X
	WHY_COUNT
};

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

/*
 * Name and unit of every fact. "per day" is a daily rate (rate.h), "s"
 * seconds with milliseconds as decimals, "rate*s" a daily rate times seconds
 * (divide by 86400 for a fraction of notional). PRICE and FUNDING are signed,
 * positive = gained; PAID and EXIT_COST (fees and slippage of both legs) are
 * positive where they cost.
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
	X(EXIT_COST,		"exit_cost",		"USD")

enum fact_id {
#define X(id, name, unit) FACT_##id,
	FACT_TABLE(X)
#undef X
	FACT_COUNT
};

const char *why_word(enum why why);
const char *fact_name(enum fact_id id);
const char *fact_unit(enum fact_id id);

#endif
