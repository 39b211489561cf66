/* SPDX-License-Identifier: MIT */
/* Between handoffs.c and handoffs_open.c. */
#ifndef CARRYWATCH_HANDOFFS_WORK_H
#define CARRYWATCH_HANDOFFS_WORK_H

#include "handoffs.h"

#define HANDOFFS_RUNNING_MAX 8

struct handoffs {
	struct handoffs_options o;
	struct handoff_receiver receiver;
	struct running {		/* on their way; id 0: free */
		int64_t id;
		const struct handoff_kind *kind;
	} running[HANDOFFS_RUNNING_MAX];
	struct err broken;		/* a commit's outcome is unknown: stop */
	struct instant polled_at, leapt_at;
	struct arena *arena;
};

#endif
