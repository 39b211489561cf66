/* SPDX-License-Identifier: MIT */
/*
 * What the trading client says is really held of one pair, as one poll read
 * it, and what is remembered of that between polls. An answer that is missing
 * is unknown, never closed.
 */
#ifndef CARRYWATCH_HELD_H
#define CARRYWATCH_HELD_H

#include "fact.h"
#include "instant.h"

struct held_leg {
	bool listed;			/* the answer had this leg */
	struct fact quantity;		/* coins; 0 may be an unset number */
	struct fact entry_price, mark_price, liquidation_price;
	struct fact funding_usd;	/* accrued, signed: + received */
};

struct held {
	bool asked;			/* the account has a source */
	bool good;			/* it answered and the pair is there */
	struct held_leg leg[2];		/* by enum side; valid when good */
	/* 1: gone for good (three answers, three minutes, the venue well); 0:
	 * there; unknown else, with why. By side. */
	struct fact missing[2];
	struct fact age_hours;		/* as the client counts it */
};

#define HELD_NONE ((struct held){ .missing = { \
	{ false, WHY_NOT_ASKED, { 0 } }, { false, WHY_NOT_ASKED, { 0 } } } })

#endif
