/* SPDX-License-Identifier: MIT */
/*
 * The loop of one account: poll at once, then at every tick; single thread,
 * never a burst, never a fork. Signals are heard only while waiting, so a
 * poll is always finished.
 */
#ifndef CARRYWATCH_DAEMON_H
#define CARRYWATCH_DAEMON_H

#include "cycle.h"
#include "outbound.h"

struct daemon {
	struct cycle *cycle;
	bool once;
	int32_t polls;		/* stop after so many; 0: never */
	/* HUP: load the whole configuration anew; false keeps the old one. */
	bool (*reload)(void *ctx, struct cycle *c, struct err *err);
	void *reload_ctx;
	struct outbound *outbound;	/* waits, and sends meanwhile */
	/*
	 * After each poll; why NULL: it was written down. True: there is
	 * something long to do (chore), once what was decided has left.
	 */
	bool (*polled)(void *ctx, const struct cycle_result *r,
		       const struct err *why);
	void (*chore)(void *ctx);
	void *polled_ctx;
	bool chore_due;
	bool unknown_outcome;	/* of a commit: the database is left alone */
};

/* Returns the exit code of design.md 5. */
int daemon_run(struct daemon *d);

#endif
