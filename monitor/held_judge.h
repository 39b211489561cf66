/* SPDX-License-Identifier: MIT */
/*
 * What the trading client's book means for one of our pairs. Pure.
 *
 * A pair is closed only after it was absent from two good answers, one after
 * the other; whatever is not good says nothing and starts the count anew, as
 * do a poll that asks nobody and a reopening, but does not bring back what the
 * last good answer lacked. A leg is missing only after three good answers with
 * the pair but without the leg, over three minutes, while the balances showed
 * its venue well.
 */
#ifndef CARRYWATCH_HELD_JUDGE_H
#define CARRYWATCH_HELD_JUDGE_H

#include "book.h"

#define HELD_ABSENT_CLOSES	2
#define HELD_ABSENT_ANEW	3	/* not there, and counted anew */
#define HELD_MISSING_ANSWERS	3
#define HELD_MISSING_MS		(3 * 60 * 1000)

/* What is remembered of a pair between polls: a row of `held`. */
struct held_memory {
	int64_t position;
	struct instant seen_at;		/* last good answer with it */
	int32_t absent;			/* good answers without it, in a row */
	int32_t missing[2];		/* good answers without that leg */
	struct instant missing_since[2];
	struct held_leg leg[2];		/* as last seen */
};

struct held_memory held_memory_none(int64_t position);
/* The last good answer had the pair. */
bool held_there(const struct held_memory *m);

enum held_change {
	HELD_SAME,
	HELD_UPDATED,		/* another size, quantity or entry price */
	HELD_CLOSED		/* gone for good */
};

struct held_result {
	enum held_change change;
	struct position position;	/* as it becomes, but for its times */
	char note[200];			/* of the event, when it changes */
	bool another;			/* its id names another pair there */
	struct held held;		/* what rules see */
	struct held_memory memory;
};

/* Missing for good: often enough, and long enough. */
bool held_leg_gone(const struct held_memory *m, enum side side,
		   struct instant now);
/* p is open or pending; pair: its entry in a good book, or NULL. */
void held_judge(struct held_result *out, const struct position *p,
		const struct held_memory *before, const struct book_view *book,
		const struct book_pair *pair, struct instant now);

/* The pair of a position: by its external id, or the only one alike that no
 * other position claims (then it is adopted). */
const struct book_pair *held_pair_of(const struct position *p,
				     const struct position *all, size_t n_all,
				     const struct book_view *book);
/* Is it a pair that none of those we hold is? */
bool held_is_new(const struct book_pair *pair, const struct position *all,
		 size_t n_all);
/* A position made of it; false, why in note: it cannot be watched. */
bool held_new_position(struct position *out, char note[static 200],
		       const struct book_pair *pair, struct instant now);

#endif
