/* SPDX-License-Identifier: MIT */
/*
 * The four ways out of the pure middle. Live, dry-run, replay and tests run
 * the same code and differ only in the ports they are wired with.
 */
#ifndef CARRYWATCH_PORTS_H
#define CARRYWATCH_PORTS_H

#include "decision.h"

/* What a poll asks its source for. */
struct fetch_plan {
	struct instant now;	/* market time of the poll */
	int32_t budget_ms;	/* real time for all rounds and retries */
	/* Held and configured venues: asked first, also when inactive. */
	const struct venue *first;
	size_t n_first;
	/* Venues whose market data is wanted; none: every active one. */
	const struct venue *allowed;
	size_t n_allowed;
};

struct source {
	void *ctx;
	/*
	 * Fill *out from the arena, unsealed. A failed request is no failure
	 * of the fetch: it is written down in the venue's view. False only
	 * when nothing could be asked at all (memory, unusable URL).
	 */
	bool (*fetch)(void *ctx, struct market *out,
		      const struct fetch_plan *plan, struct arena *arena,
		      struct err *err);
	void (*free)(void *ctx);
};

struct order {
	struct symbol symbol;
	struct venue long_venue, short_venue;
	struct dec size_usd;	/* notional of one leg */
	bool opening;		/* else closing */
};

struct fill {
	struct dec fees_usd;	/* both legs; with costs.model: round_trip */
	struct dec slippage_usd; /* ... all of it is fees */
};

struct executor {
	void *ctx;
	/*
	 * Simulated venues fill at once at modelled cost; the fill is
	 * recorded in the decision's own transaction. NULL: nothing is
	 * filled here (live: the close stays pending, an entry is only
	 * suggested).
	 */
	bool (*fill)(void *ctx, struct fill *out, const struct order *order,
		     struct err *err);
};

struct message {
	int64_t id;			/* outbox row */
	struct instant at;
	int priority;			/* syslog: 3 err .. 6 info */
	int64_t position;		/* 0: about the account */
	const char *kind;		/* "close", "alert", "blind", ... */
	const char *text;
	/* Of a condition (condition.h), for sinks; NULL: for the log alone. */
	const char *fingerprint, *title, *label;
	struct instant since;
	bool resolved, silent;
};

struct notifier {
	void *ctx;
	bool (*tell)(void *ctx, const struct message *m);
};

enum wake { WAKE_TICK, WAKE_STOP, WAKE_RELOAD, WAKE_POLL_NOW };

struct clock_port {
	void *ctx;
	struct instant (*now)(void *ctx);	/* market time */
	/*
	 * Sleep until market time `until` or a signal, whichever is first; as
	 * a tick also when the clock was set back meanwhile, or an hour that
	 * comes twice would pass unwatched.
	 */
	enum wake (*wait)(void *ctx, struct instant until);
	/* Real milliseconds that a market span lasts (for HTTP deadlines). */
	int64_t (*real_ms)(void *ctx, struct span d);
	/* Readable when wait() would return for a signal; NULL or -1: none. */
	int (*fd)(void *ctx);
};

#endif
