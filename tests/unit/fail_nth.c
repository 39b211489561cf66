/* SPDX-License-Identifier: MIT */
/* Counting calls, and where they come from (fail_nth.h). */
#include "fail_nth.h"

#include <stdlib.h>
#include <string.h>

void nth_arm(struct nth *x, int64_t n, bool always)
{
	x->looks = x->hit = false;
	x->calls = 0;
	x->n = n;
	x->always = always;
	x->armed = true;
}

void nth_look(struct nth *x)
{
	memset(x->first, 0, sizeof(x->first));
	nth_arm(x, INT64_MAX, false);
	x->looks = true;
	x->run++;
}

/* Unless the table is full, which is no reason to lose a test. */
static void note(struct nth *x, const void *from)
{
	size_t i = ((uintptr_t)from >> 1) * 0x9e3779b97f4a7c15u % NTH_PLACES;
	struct nth_place *p = &x->place[i];

	for (int k = 0; p->at && p->at != from && k < NTH_PLACES; k++)
		p = &x->place[++i % NTH_PLACES];
	if (p->run == x->run || x->calls >= NTH_LISTED)
		return;
	p->at = from;
	p->run = x->run;
	x->first[x->calls] = p;
}

bool nth_fails(struct nth *x, const void *from)
{
	if (!x->armed)
		return false;
	x->calls++;
	if (x->looks)
		note(x, from);
	if (x->calls < x->n || (x->calls > x->n && !x->always))
		return false;
	x->hit = true;
	return true;
}

bool nth_next(struct nth *x, int64_t *n, int runs)
{
	static int64_t calls;
	bool all = getenv("CW_ALL_FAULTS");

	if (*n == 0)
		calls = x->calls < NTH_LISTED ? x->calls : NTH_LISTED - 1;
	while (++*n <= calls) {
		struct nth_place *p = x->first[*n];

		if (p && (all || p->runs < runs)) {
			p->runs++;
			return true;
		}
	}
	return false;
}
