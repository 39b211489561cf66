/* SPDX-License-Identifier: MIT */
/*
 * The history of an account as a run of a report: its positions and their
 * ledgers in, plain values out. Pure; memory is the arena's.
 *
 * Hold-through is what the monitor goes on booking after a close, for seven
 * days. Leaving is charged from the opening on (days are exit values): what
 * it really cost once closed, else today's configured cost. Price is not
 * included: the ledger keeps no marks of 00:00 UTC.
 */
#ifndef CARRYWATCH_REPORT_ACCOUNT_H
#define CARRYWATCH_REPORT_ACCOUNT_H

#include "facts.h"
#include "report.h"
#include "store.h"

#define REPORT_HELD_AFTER_S (7 * DAY_S)

struct report_ledger {
	const struct settlement *rows;
	size_t n;
	/* Before the seven days after the close are over, whatever came. */
	bool ends_early;
};

struct report_history {
	const struct position *positions;
	const struct report_ledger *ledgers;	/* one for each position */
	size_t n;
	const struct terms *terms;		/* today's costs */
	struct instant last_poll;		/* unknown: none yet */
	/* Opened from, and known before; unknown: all of it. */
	struct instant since, until;
	struct fact capital_usd;		/* configured; else derived */
};

/*
 * The name is the caller's. False with ERR_CONFIG when leaving an open pair
 * has no configured cost, ERR_DATA when a sum leaves the range.
 */
MUST_USE bool report_account(struct report_run *out,
			     const struct report_history *h,
			     struct arena *arena, struct err *err);

/* What closing both legs costs by these terms; ERR_CONFIG when unknown. */
MUST_USE bool report_leaving(struct dec *out, const struct position *p,
			     const struct terms *terms, struct err *err);

#endif
