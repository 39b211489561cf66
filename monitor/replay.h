/* SPDX-License-Identifier: MIT */
/*
 * Recorded polls once more through judge(): with the rules recorded, to see
 * that the same comes out; or with another profile, to see what would have.
 * Pure over what source_store.c hands out; the caller owns the pairs.
 */
#ifndef CARRYWATCH_REPLAY_H
#define CARRYWATCH_REPLAY_H

#include "judge.h"
#include "source_store.h"

/* Evidence and hypothetical settlements go on so long after a close. */
#define REPLAY_AFTER_MS	(INT64_C(7) * DAY_S * 1000)

struct replay_pair {
	/* Looked at in every poll, so they stand together: */
	bool begun, over;
	bool unscheduled;		/* a leg settles nobody knew when */
	bool sure;			/* its memory is the recorded one */
	bool fees_whole;		/* fees of leaving are in x.pos's */
	uint64_t planned;		/* the keys `plan` was made of; 0: none */
	int64_t polls;			/* evaluations */
	int64_t next_ms;		/* the ledger changes then; INT64_MAX: no */
	int64_t last_ms;		/* recorded until then; INT64_MAX: open */
	/* The first close that stood, unless a person took it back: */
	struct instant closed_at;	/* unknown: none */

	struct watched x;
	struct facts_plan plan;
	struct streak slot[SLOTS_MAX];
	struct funding funding;
	struct label reason;
	struct fact divergence;		/* per day, then */
	struct fact exit_usd;		/* modelled cost of leaving, at the end */

	struct position recorded;	/* as it stands in the store */
	const struct settlement *ledger;	/* by time, all rows */
	size_t n_ledger, booked;	/* ... of which before this poll */
	int64_t told_ms;		/* of these one is reported then */
	const struct event *events;	/* of commands, by time */
	size_t n_events, applied;
};

struct replay {
	const struct profile *profile;	/* NULL: as recorded */
	struct replay_pair *pairs;	/* by id */
	size_t n, n_begun;
	bool verify;			/* compare with what was recorded */
	/* Verifying, of each decision that is a row: is it the recorded one?
	 * Text of what is not in buf. False: it cannot be read. NULL: not
	 * asked. */
	bool (*decided)(void *ctx, bool *same, char *buf, size_t n,
			const struct watched *x,
			const struct recorded_poll *p, struct err *err);
	void *ctx;
	struct instant since, until;	/* count and compare from .. before */
	int64_t polls, evaluations, compared, unsure, decisions;
	bool differs;
	char difference[1000];		/* the first one */
};

/* All that is given of a pair: recorded, ledger and events. */
void replay_begin(struct replay_pair *pair);
/* One poll. False: the record contradicts itself or cannot be read. */
MUST_USE bool replay_step(struct replay *r, const struct recorded_poll *p,
			  struct err *err);

/* replay_verify.c: is what x concluded what the row says? Text of what is
 * not in buf. */
bool replay_same(char *buf, size_t n, const struct watched *x,
		 const struct evidence_row *row, const struct profile *p);

/* replay_book.c: funding as it was known at a poll; from next_ms on. */
void replay_book(struct replay_pair *pair, struct instant now);
/* What rules saw then: was it known when both legs settle? */
void replay_schedule(struct replay_pair *pair, const struct fact *funding);

/* replay_bare.c: what commands did between two polls, where polls were
 * recorded without memory. False: a keep whose end was not recorded. */
bool replay_apply_events(struct replay_pair *pair, struct instant until);

#endif
