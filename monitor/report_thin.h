/* SPDX-License-Identifier: MIT */
/*
 * A curve thinned to what can be seen of it: time in equal parts, of each at
 * most its first value, its extremes and its last. Points come and go one by
 * one, so that a year of polls needs no more memory than a day. Pure.
 */
#ifndef CARRYWATCH_REPORT_THIN_H
#define CARRYWATCH_REPORT_THIN_H

#include "report.h"

#define REPORT_THIN_EACH 4		/* points of one part at most */

struct report_thin {
	struct instant from, to;	/* to > from; points lie within */
	int64_t parts;
	/* Room for parts * REPORT_THIN_EACH, or for every point given. */
	struct report_point *out;
	size_t n;
	/* The part being filled: */
	int64_t part;
	size_t n_in, n_given;
	struct report_point first, low, high, last;
};

/* One that is not later than the one before it is left out. */
void report_thin_add(struct report_thin *t, struct instant at,
		     struct fact divergence);
/* After the last one: n is final. */
void report_thin_end(struct report_thin *t);

#endif
