/* SPDX-License-Identifier: MIT */
/* The workpiece of one poll, shared by cycle*.c and sentence.c only. */
#ifndef CARRYWATCH_CYCLE_WORK_H
#define CARRYWATCH_CYCLE_WORK_H

#include "cycle.h"
#include "judge.h"
#include "sentence.h"
#include "store_handoffs.h"

/* Evidence goes on, and hold-through is booked, for so long after a close. */
#define CYCLE_AFTERLIFE_MS	(INT64_C(7) * DAY_S * 1000)

struct work {
	struct cycle *cycle;
	struct arena *arena;
	struct instant now;
	struct poll last;		/* valid when has_last */
	bool has_last;
	struct instant newest;		/* poll of all; ahead: the clock was */
	struct poll poll;		/* this one */
	struct position *recent;	/* watched, and closed of late */
	size_t n_recent;
	struct position *cooling;	/* and closed within the cooldown */
	size_t n_cooling;
	struct watched *watched;
	size_t n_watched;
	struct last_quote *quotes;	/* of the polls before */
	size_t n_quotes;
	struct settlement *settlements;	/* LEDGER_ROWS_MAX, for a moment */
	struct market market;
	uint32_t *turned;		/* to 0, by venue; NULL: not compared */
	struct book_view book;		/* of the trading client */
	struct held_result *held;	/* as watched; NULL: no such client */
	struct handoff_row *handoffs;	/* those that are not over */
	size_t n_handoffs;
	struct brakes brakes;
	bool tripped;			/* too many closes in this poll */
	struct terms terms;
	struct entry *entries;
	size_t n_entries;
	struct evidence_view *view;	/* what is recorded of the market */
	struct evidence_kept *shadowed;	/* what the shadow makes of it */
	size_t n_shadowed;
	bool key;			/* ... without reference to another */
};

/* NULL when the pair was never quoted. */
const struct last_quote *cycle_last_quote(const struct work *w,
					  struct symbol s, struct venue v);
/* One consistent read of the store; then the fetch, sealed. */
MUST_USE bool cycle_load(struct work *w, struct err *err);
MUST_USE bool cycle_fetch(struct work *w, struct err *err);
/* The transaction of step 5. */
MUST_USE bool cycle_record(struct work *w, struct cycle_result *out,
			   struct err *err);
/* Once a day, where pairs are real and no trading client names them. */
bool cycle_unconfirmed(const struct work *w, const struct watched *x);
/* Its part about money: settlements, then the quotes of this poll. */
MUST_USE bool cycle_settle(struct work *w, struct err *err);
/*
 * Was it recorded since the poll before, so that none booked of it yet? Asked of
 * what is not watched: a clock that went back cannot tell, the ledger can.
 */
MUST_USE bool cycle_unbooked(const struct work *w, bool *out,
			     const struct position *p, struct err *err);
/* Did the clock go back, now or some polls ago, by more than any is late? */
bool cycle_was_ahead(const struct work *w);
/* cycle_interval.c, in the transaction: does q show another interval? */
MUST_USE bool cycle_tell_interval(struct work *w, const struct quote *q,
				  struct err *err);
/* What rules see: the ledger as it stands once this poll has booked. */
struct fact cycle_funding(const struct work *w, const struct watched *x);

/* ---- cycle_handoffs.c: in the transaction ---- */
MUST_USE bool cycle_breaker(struct work *w, struct err *err);
MUST_USE bool cycle_put_handoff(struct work *w, const struct watched *x,
				struct err *err);
/* A close that waits, and a protective line is TRUE as well: it may go. */
MUST_USE bool cycle_hurry_handoff(struct work *w, const struct watched *x,
				  struct err *err);

/* ---- cycle_positions.c ---- */
void cycle_book(struct work *w, int32_t budget_ms);
MUST_USE bool cycle_judge_held(struct work *w, struct err *err);
/* In the transaction: of watched[i], whose row p is; then pairs not ours. */
MUST_USE bool cycle_put_held(struct work *w, size_t i, struct position *p,
			     struct err *err);
/* The same of one that a command changed meanwhile. */
MUST_USE bool cycle_put_skipped(struct work *w, size_t i, struct err *err);
MUST_USE bool cycle_put_new_pairs(struct work *w, struct err *err);

/* Its part about people: conditions, messages, deliveries. */
MUST_USE bool cycle_alerts(struct work *w, struct err *err);

/* ---- cycle_shadow.c ---- */
/* That configuration's, and what it remembers; false: the old one stays. */
MUST_USE bool cycle_shadow_configure(struct cycle *c, const struct config *config,
				     const struct account *account,
				     struct err *err);
/* Its part of the poll's transaction, and what stays of it after. */
MUST_USE bool cycle_shadow(struct work *w, struct err *err);
void cycle_shadow_keep(struct work *w);

/* ---- cycle_memory.c ---- */
/* What a position brought into this poll, in the arena; NULL without
 * memory, or (*known true) when it is what the poll before left. */
struct evidence_memory *cycle_memory(const struct work *w,
				     const struct watched *x, bool *known);
/* What this poll leaves of each position, by id; false without memory. */
MUST_USE bool cycle_keep(struct evidence_kept **out, size_t *n, const struct work *w,
			 struct arena *arena);
/* What evidence keeps of this poll; rows of skipped positions left out. */
MUST_USE bool cycle_view(struct work *w, struct err *err);
/* A copy that outlives the poll; NULL without memory. */
struct evidence_view *cycle_view_copy(const struct evidence_view *v,
				      struct arena *arena);

#endif
