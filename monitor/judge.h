/* SPDX-License-Identifier: MIT */
/*
 * One position in one poll: what it brings, what is concluded, what it
 * leaves. The live poll and replay both go through judge(). Pure.
 */
#ifndef CARRYWATCH_JUDGE_H
#define CARRYWATCH_JUDGE_H

#include "decide.h"
#include "facts_plan.h"
#include "held_judge.h"
#include "store.h"

struct watched {
	struct position pos;		/* as it came into the poll */
	struct funding funding;		/* its ledger then (live only) */
	struct funding until_now;	/* ... without what a clock ahead
					   booked (live only) */
	bool unbooked;			/* no poll booked of it (live only) */
	const struct settlement *brought;	/* ... but an import may have */
	size_t n_brought;
	struct facts_memory memory;	/* what the facts rest on */
	struct facts facts;
	struct instant observed[2];	/* its usable quotes, else unknown */
	struct decision decision;
	struct streak *slots, *old_slots;
	struct watch watch, old_watch;
	struct fill fill;		/* when filled at once */
	bool filled;
	bool skipped;			/* changed meanwhile: no decision */
	bool left;			/* ... closed, or not there any more */
	struct held_memory held_before;	/* of the trading client (live only) */
};

/* The poll itself: the same for every position. */
struct judge_poll {
	const struct market *market;
	const struct terms *terms;
	struct instant last_poll;	/* unknown at the first one */
};

/*
 * Facts, all of them, and decision; x->slots and x->watch move on, the old
 * ones stay as they are. x->pos, x->memory, x->slots and x->watch are given.
 */
void judge(struct watched *x, const struct judge_poll *poll,
	   const struct profile *profile);
/* The same where the places are known, and of the facts only what is wanted;
 * the others stay as they are. */
void judge_planned(struct watched *x, const struct facts_plan *plan,
		   const struct judge_poll *poll, uint64_t wanted,
		   const struct profile *profile);

/* What decide() was told of a judged position and its quotes. */
struct decide_now judge_now(const struct watched *x,
			    const struct judge_poll *poll);

/* Is it a row of `decisions`: another action, label or a close? */
bool judge_changed(const struct watched *x);

/* The newest usable quote of a leg once this poll is over. */
struct instant judge_seen(const struct watched *x, enum side side);

#endif
