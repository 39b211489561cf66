/* SPDX-License-Identifier: MIT */
/*
 * What recorded polls add to an account's run: curves and exits. Money does
 * not depend on it: polls that are no longer kept, or cannot be read, leave
 * it unknown and are told.
 */
#ifndef CARRYWATCH_REPORT_POLLS_H
#define CARRYWATCH_REPORT_POLLS_H

#include "report.h"
#include "store.h"

struct report_polls {
	struct store *store;
	const char *account;
	struct instant until;		/* exclusive; unknown: all */
	bool points;			/* curves too, not only exits */
};

/*
 * Walks the polls once. *missing is set when pairs were open before the
 * first poll that is kept. False: the run is as it was, err says why.
 */
MUST_USE bool report_polls_add(struct report_run *run, bool *missing,
			       const struct report_polls *ask,
			       struct arena *arena, struct err *err);

#endif
