/* SPDX-License-Identifier: MIT */
/*
 * The divergence of a run's trades, poll by poll: its curve while a pair was
 * held and for a while after, and its value at the close. Of fresh quotes
 * only; a poll speaks for a while and then there is a gap. Pure; memory is
 * bounded by the number of trades, not of polls.
 */
#ifndef CARRYWATCH_REPORT_TRACK_H
#define CARRYWATCH_REPORT_TRACK_H

#include "arena.h"
#include "market.h"
#include "report.h"

#define REPORT_TRACK_PARTS	100	/* of a trade's time */

struct report_track;

/* `points`: with curves, not only exits. NULL: no memory. */
struct report_track *report_track_new(const struct report_run *run,
				      bool points, struct arena *arena);
/* The polls in their order; false: no memory. */
MUST_USE bool report_track_poll(struct report_track *t,
				const struct market *m, struct span speaks);
/* The run's trades as they become. */
void report_track_end(struct report_track *t, struct report_run *run);

#endif
