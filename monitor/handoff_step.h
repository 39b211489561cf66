/* SPDX-License-Identifier: MIT */
/*
 * The life of one hand-off. Pure: a row, what is known now, and what to do.
 *
 *	queued -> sent -> acknowledged -> confirmed
 *	            |-> unknown: no answer; looked for, not sent again blindly
 *	            |-> failed: refused
 * Its id stays the same whatever happens. It is confirmed only when the
 * position is closed: gone at the source, or recorded so by a person.
 */
#ifndef CARRYWATCH_HANDOFF_STEP_H
#define CARRYWATCH_HANDOFF_STEP_H

#include "config_act.h"
#include "handoff.h"

enum handoff_state { HANDOFF_QUEUED, HANDOFF_SENT, HANDOFF_ACKNOWLEDGED,
		     HANDOFF_CONFIRMED, HANDOFF_FAILED, HANDOFF_UNKNOWN };

const char *handoff_state_word(enum handoff_state s);
MUST_USE bool handoff_state_parse(enum handoff_state *out, const char *word);

struct handoff_row {
	int64_t id;
	char key[HANDOFF_ID_MAX];	/* ACCOUNT-POSITION-POLL */
	int64_t position, poll;
	char target[24];		/* who gets it, a word of on_close */
	enum order_type order;
	struct label reason;
	enum handoff_state state;
	char held[24];			/* breaker, spread, target; "": may go */
	struct instant created_at, next_at, sent_at, confirmed_at;
	struct instant answered_at;	/* unknown: a try may have been taken */
	int32_t tries;
	int32_t polls;			/* good reads with the pair, since */
	bool confirm_wide;
	char detail[160];
};

struct handoff_view {
	struct instant now;		/* when polled, that poll's own time */
	const struct close_policy *policy;
	bool idempotent;		/* a repeat of the id is harmless */
	bool moved;			/* on_close is no longer its target */
	bool paused;
	bool running;			/* on its way right now */
	enum status status;		/* of the position */
	bool source;			/* somebody knows what is held: */
	bool fresh;			/* ... a good answer came lately */
	bool present;			/* ... and the pair was in it */
	struct instant seen_at;		/* ... the last time */
	struct instant leapt_at;	/* the clock was set on: time passed
					 * is not to be believed before it */
	bool polled;			/* called once for each poll */
};

enum handoff_todo { HANDOFF_DO_NOTHING, HANDOFF_DO_WRITE, HANDOFF_DO_SEND };

/* What to do with it now; *r is changed when WRITE. */
enum handoff_todo handoff_step(struct handoff_row *r,
			       const struct handoff_view *v);
/* Another close of its position is decided: it is over. False: it was. */
bool handoff_replaced(struct handoff_row *r);
/* Its position is not in the store: nothing says what is to be closed. */
void handoff_orphaned(struct handoff_row *r);
/* A protective line says so too: it waits no longer. False: no change. */
MUST_USE bool handoff_hurries(struct handoff_row *r, enum order_type order);
/* It goes out: to be written down before the first byte leaves. */
void handoff_leaves(struct handoff_row *r, struct instant now);
void handoff_answered(struct handoff_row *r, const struct handoff_answer *a,
		      const struct handoff_view *v);
/* From being sent on it may be working for so long. */
struct span handoff_works(const struct handoff_row *r,
			  const struct close_policy *p);
/* The same where nobody knows whether it was answered. */
struct span handoff_works_most(const struct close_policy *p);
/* A person says: send it again. False: it may still be working. */
MUST_USE bool handoff_again(struct handoff_row *r,
			    const struct handoff_view *v);

/* Too many closes at once: those of no protective rule wait for a person. */
bool handoff_breaker(const struct close_policy *p, int32_t closes,
		     int32_t book);

#endif
