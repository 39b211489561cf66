/* SPDX-License-Identifier: MIT */
/*
 * A delta-neutral pair. Invariants:
 *  1. leg[LEG_LONG].venue != leg[LEG_SHORT].venue;
 *  2. size_usd > 0; quantities and prices, where known, > 0;
 *  3. status moves open -> pending_close -> closed, back only by the events
 *     keep (pending -> open) and reopen (closed -> open, within an hour);
 *  4. a closed position never changes otherwise;
 *  5. version grows by one with every change.
 */
#ifndef CARRYWATCH_POSITION_H
#define CARRYWATCH_POSITION_H

#include "market.h"

#define LABEL_TEXT_MAX 32
#define EXTERNAL_ID_MAX 64

enum side { LEG_LONG, LEG_SHORT };

enum status { STATUS_OPEN, STATUS_PENDING_CLOSE, STATUS_CLOSED };

struct label { char s[LABEL_TEXT_MAX]; };	/* A-Z 0-9 _, "" = none */

struct leg {
	struct venue venue;
	struct fact quantity;		/* coins */
	struct fact entry_price;	/* quote per coin */
	struct fact entry_rate_8h;	/* fraction per 8 h */
	struct fact exit_price;		/* quote per coin, once closed */
};

struct position {
	int64_t id;			/* small, per account */
	int64_t version;
	enum status status;
	struct symbol symbol;
	struct leg leg[2];		/* by enum side */
	struct dec size_usd;		/* notional of one leg */
	struct instant opened_at, confirmed_at;
	struct fact entry_divergence;	/* per day, short - long */
	bool entry_manual;		/* given by hand, not from a poll */
	struct fact entry_oi_ratio;	/* OI long / OI short at opening */
	struct dec fees_usd;		/* paid so far, modelled or reported */
	struct dec slippage_usd;	/* the same, where told apart from fees */
	/* What of these the close has cost: a reopen takes it back. */
	struct dec close_fees_usd, close_slippage_usd;
	char external_id[EXTERNAL_ID_MAX];	/* "" = none; unique */
	struct label reason;		/* why pending or closed */
	struct instant decided_at, closed_at;	/* unknown while open */
	struct label muted;		/* by `keep`, until muted_until */
	struct instant muted_until;
};

const char *status_word(enum status s);	/* "open", "pending_close", "closed" */
MUST_USE bool status_parse(enum status *out, const char *word);
const char *side_word(enum side s);	/* "long", "short" */
MUST_USE bool label_parse(struct label *out, const char *s, size_t n);

#endif
