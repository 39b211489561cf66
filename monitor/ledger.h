/* SPDX-License-Identifier: MIT */
/*
 * Funding is booked per leg at its settlement, once, never pro rata:
 *	amount = -side * base * rate_8h * pays_every / 28800
 * (side +1 long, -1 short), rounded once, half-even at 18 places; source
 * finance.md 1. The base is quantity x mark price where both legs have both,
 * else size_usd, the entry notional: one leg never grows with the price while
 * the other stands still. Pure.
 */
#ifndef CARRYWATCH_LEDGER_H
#define CARRYWATCH_LEDGER_H

#include "store.h"

#define LEDGER_ROWS_MAX 256	/* of one leg at once; ask again from there */
/* A quote from further ahead than 2 min is refused; it may be a minute old. */
#define LEDGER_CLOCK_LATE_MS 300000	/* so late a clock may be */
#define LEDGER_MISSED_MAX 20000	/* of one leg: two years of every hour */

struct ledger_ask {
	const struct position *position;
	enum side side;
	struct instant since;		/* the poll before; unknown: none */
	struct instant now;
	struct instant next;		/* announced now; unknown: not */
	/* Of the polls before, of this leg and the other; NULL: none. */
	const struct last_quote *quote, *other;
	const struct venue_terms *terms;	/* NULL: not configured */
	struct span poll_interval;
};

/*
 * Settlements of one leg in (since, now] while the pair was held, and after
 * its close as hypothetical ones; returns how many. The rate is the last
 * fresh one since the settlement before, else unknown: nothing is invented.
 * An interval that the announcements contradict is not booked with.
 */
size_t ledger_due(struct settlement out[static LEDGER_ROWS_MAX],
		  const struct ledger_ask *ask);

/*
 * The same for a time without polls, before the pair was recorded here: each
 * settlement of the grid, of unknown amount. Of more than LEDGER_MISSED_MAX the
 * first and the newest; reported are mostly all of them. Where the interval is
 * not known, one row at the end stands for all: none is no known nothing.
 */
size_t ledger_missed(struct settlement out[static LEDGER_ROWS_MAX],
		     const struct ledger_ask *ask);

/*
 * Is t one of the leg's settlements, by the interval that is known? What is not
 * announced contradicts nothing; stamps are moments late.
 */
bool ledger_on_grid(const struct ledger_ask *ask, struct instant t);

/* Is it known when the leg settles? Else nothing is booked of it at all. */
bool ledger_scheduled(const struct ledger_ask *ask);

/*
 * The payment interval that two announcements show: at the poll `at`, the
 * settlement announced by `before` is past and `next` is announced. Only
 * while less than half of the way is gone, by a clock that may be five minutes
 * late, so that none can lie between; else what `before` knows already.
 */
int32_t ledger_seen_interval(const struct last_quote *before,
			     struct instant next, struct instant at);

/* The cash of one settlement; unknown when it does not fit. */
struct fact ledger_amount(enum side side, struct dec size_usd,
			  struct dec rate_8h, int32_t pays_every_s);

#endif
