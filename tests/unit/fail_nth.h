/* SPDX-License-Identifier: MIT */
/*
 * The nth of some calls fails; or that and all that follow. A run that is
 * looked at tells from where the calls come, so that one call from each place
 * can be made to fail instead of every turn of a loop.
 */
#ifndef CARRYWATCH_TESTS_FAIL_NTH_H
#define CARRYWATCH_TESTS_FAIL_NTH_H

#include <stdbool.h>
#include <stdint.h>

#define NTH_PLACES	8192
#define NTH_LISTED	1000000		/* calls of a run that are looked at */

struct nth {
	bool armed, always, looks;
	bool hit;			/* one failed */
	int64_t n, calls;
	/* Over all runs: */
	struct nth_place {
		const void *at;
		int64_t run;		/* the last that was there */
		int runs;		/* in so many it failed */
	} place[NTH_PLACES];
	struct nth_place *first[NTH_LISTED];	/* of this run, from there */
	int64_t run;
};

void nth_arm(struct nth *x, int64_t n, bool always);
/* Is this the call that fails? `from`: who calls. */
bool nth_fails(struct nth *x, const void *from);

/* Nothing fails, and the calls of the run that comes are noted. */
void nth_look(struct nth *x);
/*
 * After such a run, the next point behind *n (0 at first): its first call from
 * a place that failed in fewer than `runs` runs, with CW_ALL_FAULTS from any.
 */
bool nth_next(struct nth *x, int64_t *n, int runs);

#endif
