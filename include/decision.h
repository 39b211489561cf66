/* SPDX-License-Identifier: MIT */
/*
 * What a poll concludes about one position, and what is remembered of it
 * until the next poll. Both are values: monitor/decide.c turns the old
 * memory into a decision and the new memory, without clock or I/O.
 */
#ifndef CARRYWATCH_DECISION_H
#define CARRYWATCH_DECISION_H

#include "position.h"
#include "rule.h"

#define LINES_MAX 32		/* close and alert lines of one profile */
#define SLOTS_MAX 96		/* streaks of one profile */

enum action { ACTION_HOLD, ACTION_ALERT, ACTION_CLOSE };

const char *action_word(enum action a);	/* "hold" "alert" "close" */

/*
 * Memory of one `for` node, or (slot 0 of a line) of the line itself: since
 * when it has been UNKNOWN without a break. All zero-or-unknown = no run;
 * such a streak is not stored.
 */
struct streak {
	struct instant since;		/* start of the run */
	struct instant last_known;	/* last known evaluation in it */
	int32_t count;			/* polls with new data in it */
	enum verdict stored;		/* verdict at the last counted poll */
};

#define STREAK_NONE ((struct streak){ INSTANT_UNKNOWN, INSTANT_UNKNOWN, 0, \
				      VERDICT_FALSE })
static inline bool streak_is_none(const struct streak *s)
{
	return !instant_known(s->since) && !instant_known(s->last_known) &&
	       s->count == 0 && s->stored == VERDICT_FALSE;
}

static inline bool streak_same(const struct streak *a, const struct streak *b)
{
	return a->since.ms == b->since.ms &&
	       a->last_known.ms == b->last_known.ms &&
	       a->count == b->count && a->stored == b->stored;
}

/* What a person is told; a bit each, set by decide for this poll only. */
enum notice {
	NOTICE_CLOSE = 1 << 0,		/* a close was decided */
	NOTICE_ALERT = 1 << 1,		/* an alert line became TRUE */
	NOTICE_CLEARED = 1 << 2,	/* back to hold */
	NOTICE_WAITING = 1 << 3,	/* due, waiting for data */
	NOTICE_BLIND = 1 << 4,		/* close line UNKNOWN > blind_after */
	NOTICE_CLOCK = 1 << 5,		/* clock behind the last poll */
	NOTICE_SEVERER = 1 << 6,	/* pending: a line further up is TRUE */
	NOTICE_REASON_GONE = 1 << 7,	/* pending: reason FALSE for 10 polls */
	NOTICE_UNCLOSED = 1 << 8	/* pending for 15 min, repeated */
};

/* Memory of one position between polls, beside its streaks. */
struct watch {
	struct instant counted[2];	/* by side: timestamps last counted */
	enum action action;		/* as of the last poll */
	struct label label;
	struct fact divergence;		/* last known, per day */
	struct instant divergence_at;
	struct instant blind_told;	/* last notice of this blindness */
	int32_t blind_notices;
	int32_t gone_polls;		/* pending: deciding line FALSE */
	struct instant unclosed_told;
	struct label severer;		/* pending: most severe label added */
};

#define WATCH_NONE ((struct watch){ \
	.counted = { { INT64_MIN }, { INT64_MIN } }, \
	.divergence = { .why = WHY_NOT_SET }, \
	.divergence_at = { INT64_MIN }, .blind_told = { INT64_MIN }, \
	.unclosed_told = { INT64_MIN } })

struct decision {
	enum action action;
	struct label label;	/* "" on hold; a built-in one in capitals */
	int line;		/* deciding line, close lines first; -1 none */
	int unwatched;		/* protective line UNKNOWN for too long; -1 */
	int protects;		/* decided, and this protective line is TRUE; -1 */
	int n_lines;
	struct finding finding[LINES_MAX];	/* of every line */
	bool new_data;		/* this poll counts for `for N polls` */
	bool close_now;		/* the status moves to pending_close */
	unsigned notices;	/* enum notice bits */
};

#endif
