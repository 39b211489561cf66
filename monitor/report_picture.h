/* SPDX-License-Identifier: MIT */
/*
 * The pictures of a report as SVG, each with its legend in words. False: no
 * memory or out of range (err says); a picture without data is a sentence.
 */
#ifndef CARRYWATCH_REPORT_PICTURE_H
#define CARRYWATCH_REPORT_PICTURE_H

#include "arena.h"
#include "report.h"

struct picture {
	FILE *f;
	const struct report_run *run;
	const struct report_summary *sum;
	struct arena *arena;
};

/* Exit value at 00:00 UTC, own and hold-through. */
MUST_USE bool picture_equity(const struct picture *p);
/* How far below its highest value so far. */
MUST_USE bool picture_drawdown(const struct picture *p);
/* Divergence of one position against its entry, its exit marked. */
MUST_USE bool picture_divergence(const struct picture *p,
				 const struct report_trade *t);
/* Net of exits by reason beside the net had they been held. */
MUST_USE bool picture_exits(const struct picture *p);
/* Costs against funding, own and hold-through. */
MUST_USE bool picture_money(const struct picture *p);

#endif
