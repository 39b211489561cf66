/* SPDX-License-Identifier: MIT */
/* The ladder of design.md 3.4: facts + profile + memory -> decision. Pure. */
#ifndef CARRYWATCH_DECIDE_H
#define CARRYWATCH_DECIDE_H

#include "profile.h"

struct decide_now {
	struct instant now;
	struct instant last_poll;	/* unknown at the first one */
	struct instant observed[2];	/* legs' service times; may be unknown */
};

/*
 * Decide one position. `slots` (profile_slots(p) of them) and `w` are moved
 * on by one poll. Every line is evaluated, also on hold and when pending.
 */
void decide(struct decision *out, struct streak *slots, struct watch *w,
	    const struct position *pos, const struct facts *f,
	    const struct profile *p, const struct decide_now *now);

/* Built-in labels of the ladder. */
#define LABEL_CLOCK_BACK	"CLOCK_BACK"
#define LABEL_WAITING		"WAITING_FOR_DATA"
#define LABEL_BLIND		"BLIND"
#define LABEL_UNWATCHED		"UNWATCHED"	/* a protective line is */

#endif
