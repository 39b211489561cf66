/* SPDX-License-Identifier: MIT */
/*
 * Handing over a close. A kind is one file clients/handoff_NAME.c: how the
 * order becomes a request and what the answer says of it. The state machine
 * is monitor/handoff.c.
 */
#ifndef CARRYWATCH_HANDOFF_H
#define CARRYWATCH_HANDOFF_H

#include "arena.h"
#include "outgoing.h"
#include "position.h"

#define HANDOFF_ID_MAX 96

enum order_type { ORDER_MARKET, ORDER_LIMIT };

const char *order_type_word(enum order_type t);	/* "market" "limit" */

/* Everything an executor needs to unwind the pair; exact. */
struct handoff_order {
	char id[HANDOFF_ID_MAX];	/* account, position, decision; for ever */
	const char *account;
	bool simulated;			/* refused by every kind */
	struct position position;	/* venues, quantities, size, external_id */
	bool gone[2];			/* by side: that leg is closed already */
	struct label reason;
	struct instant decided_at;
	struct instant sent_at;		/* of this try */
	int32_t attempt;		/* 1, 2, ... */
	enum order_type order;
	bool confirm_wide_spread;
};

enum handoff_says {
	HANDOFF_SAYS_TAKEN,	/* accepted or done: look at the position */
	HANDOFF_SAYS_WIDE,	/* refused until a wide spread is confirmed */
	HANDOFF_SAYS_NO,	/* refused: nothing was done by this try */
	HANDOFF_SAYS_LATER,	/* nothing was taken: may be sent again */
	HANDOFF_SAYS_NOTHING	/* it may have been taken: never send blindly */
};

struct handoff_answer {
	enum handoff_says says;
	int64_t wait_s;			/* LATER: not before */
	char why[160];			/* own words or the client's, no secret */
};

/* Where to; secrets in clear. "" when not set. */
struct handoff_target {
	const char *url, *key, *old_key;	/* control_api, webhook */
	const char *path;			/* exec */
};

/* How long the trading client is given to answer: tens of seconds a leg. */
#define HANDOFF_WORKS_MS 120000

struct handoff_kind {
	const char *name;		/* "control_api" "webhook" "exec" */
	/* A repeat of the same id is harmless to the receiver. */
	bool idempotent;
	bool (*build)(struct outgoing *out, const struct handoff_order *o,
		      const struct handoff_target *t, struct arena *arena,
		      struct err *err);
	void (*judge)(struct handoff_answer *out, const struct reply *a);
};

extern const struct handoff_kind handoff_control_api, handoff_webhook,
	handoff_exec;

#endif
