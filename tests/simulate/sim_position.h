/* SPDX-License-Identifier: MIT */
/* Positions as the model has them, pairs as the trading client has them. */
#ifndef CARRYWATCH_SIM_POSITION_H
#define CARRYWATCH_SIM_POSITION_H

#include "handoff.h"
#include "sim_given.h"

struct sim_position {
	int64_t id;
	int symbol, venue[2];
	int64_t size;			/* USD */
	bool entry_known;
	int64_t entry;			/* 1e-9 per 8 h */
	int64_t opened, closed, decided;
	enum status status;
	const char *reason;		/* "" none */
	const char *muted;
	int64_t muted_until;
	int64_t fees, close_fees;	/* cents */
	int pair;			/* at the client; -1 */
	bool touched;			/* by a person, during this poll */
	bool was_open, was_watched, was_recent;	/* as this poll read it */
	int64_t counted[2];
	struct sim_memory memory[SIM_LINES];
	int64_t blind_told;
	int blind_notices;
	/* at the client */
	int absent, missing[2];
	bool unseen;			/* not in the last good book */
	int64_t missing_since[2];
	/* money, 1e-12 USD */
	int64_t funding, after;
	int settled, unknown, after_settled, after_unknown;
	struct sim_settled {		/* the newest, by leg */
		int64_t at, amount;
		bool known, after;	/* after: not held any more */
	} booked[2][SIM_BOOKED];
	unsigned n_booked[2];
	bool met;			/* by a poll that settled */
	bool wild;			/* its settlements are not foretold */
	/* the close that stands */
	char key[HANDOFF_ID_MAX];
	char sent[HANDOFF_ID_MAX];	/* key of what went out */
	bool held;			/* by the breaker */
	int executed;			/* at the receiver */
};

struct sim_quote {			/* last fresh one */
	bool known;
	int64_t rate, polled, next;
};

struct sim_pair {			/* at the trading client */
	char id[24];			/* "": free */
	int symbol, venue[2];
	int64_t size, entry, opened;
	bool going;			/* is being closed ... */
	int64_t gone_at;		/* ... and gone then */
	bool lost[2];			/* a leg is gone for good */
	bool omitted;			/* left out of the last answer */
	int64_t position;		/* ours; 0 not known yet */
};

/* One recorded evaluation, as the model has it. */
struct sim_said {
	int32_t poll, position;
	int8_t action, line;
	bool new_data;
	uint32_t verdicts;		/* two bits a line of the profile */
};

#endif
