/* SPDX-License-Identifier: MIT */
/* What the files backtest*.c share, and nobody else. */
#ifndef CARRYWATCH_BACKTEST_WORK_H
#define CARRYWATCH_BACKTEST_WORK_H

#include "backtest.h"
#include "facts_plan.h"
#include "judge.h"

#define BACKTEST_AFTER_MS (INT64_C(7) * DAY_S * 1000)

/* The state of one contract that plays. */
struct slot {
	struct symbol symbol;
	struct venue venue;
	struct instant at;		/* last settled; unknown: not yet */
	struct rate rate;
	struct fact mark_price, oi_usd;
	struct dec sum;			/* of all rates so far, as settled */
	int64_t missed;			/* until `at`, recorded by nobody */
};

/* A pair that is held now. */
struct held_pair {
	struct watched x;		/* its memory moves on with each poll */
	size_t trade;			/* index into the lane's trades */
	struct facts_plan plan;		/* of a market with so many quotes: */
	size_t plan_quotes;		/* contracts come, they never go */
};

struct trade {
	struct report_trade t;
	size_t slot[2];			/* by enum side */
	struct dec entry_sum, exit_sum;	/* short - long sums then */
	int64_t exit_missed;		/* of both legs, due until then */
	struct report_point *points;
	size_t n_points, cap_points;
	int64_t seen, stride;		/* of the points: one in so many */
};

struct lane {
	const struct backtest_lane *spec;
	struct account account;		/* with this profile */
	struct held_pair *held;
	size_t n_held, cap_held;
	struct position *cooling;	/* closed a short time ago */
	size_t n_cooling, cap_cooling;
	struct trade *trades;
	size_t n_trades, cap_trades;
	size_t *closed;			/* trades in the order of closing */
	size_t n_closed, cap_closed, n_after;	/* n_after: looked at */
	struct report_day *days;
	size_t n_days, cap_days;
	struct dec realized_usd;	/* net of what is closed */
	bool *opened;			/* by pair of the setup */
	struct instant last_poll;
	uint64_t uses;			/* facts that some line looks at */
	bool done;
};

struct backtest {
	const struct backtest_setup *setup;
	struct slot *slots;
	size_t n_slots;
	size_t *slot_of, n_slot_of;	/* by number of a series */
	struct venue *venues;		/* sorted, unique */
	size_t n_venues;
	struct lane *lanes;
	size_t n_lanes;
	struct instant next_step, next_day;
	struct market market;		/* of the step, in scratch */
	struct backtest_work work;
	struct arena *keep, *scratch;
	struct err *err;
};

/* *a += b; false and *err when it does not fit. */
MUST_USE bool backtest_add(struct dec *a, struct dec b, struct err *err);
bool backtest_no_memory(struct err *err);
/* Room for one more element; the array lives in the arena. */
MUST_USE bool backtest_room(void **list, size_t n, size_t *cap, size_t size,
			    struct arena *arena, struct err *err);
#define BACKTEST_ROOM(b, list, n, cap) \
	backtest_room((void **)&(list), n, &(cap), sizeof(*(list)), \
		      (b)->keep, (b)->err)

/* ---- backtest_market.c ---- */

/* n_slots when there is none. */
size_t backtest_slot(const struct backtest *b, struct symbol s, struct venue v);
/* The sealed market of a poll at `now`, its ranked pairs too. */
MUST_USE bool backtest_market(struct backtest *b, struct instant now);

/* ---- backtest_lane.c ---- */

/* One poll: decide, close, open. */
MUST_USE bool backtest_poll(struct backtest *b, struct lane *l);

/* ---- backtest_result.c ---- */

/* Close values that were waiting for 7 days which end before `now`. */
MUST_USE bool backtest_after(struct backtest *b, struct lane *l,
			     struct instant now);
MUST_USE bool backtest_day(struct backtest *b, struct lane *l,
			   struct instant at);
MUST_USE bool backtest_point(struct backtest *b, struct trade *t,
			     struct instant at, struct fact divergence);
/* short - long sum of the rates of a trade until now. */
MUST_USE bool backtest_sum(struct dec *out, const struct backtest *b,
			   const struct trade *t, struct err *err);
/* The end of a lane's time: what is open stays open. */
MUST_USE bool backtest_finish(struct backtest *b, struct lane *l);
MUST_USE bool backtest_result(struct report_run *out, struct backtest *b,
			      const struct lane *l);

#endif
