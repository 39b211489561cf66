/* SPDX-License-Identifier: MIT */
/*
 * The wait between two polls, in which things leave the house: alerts and
 * hand-offs each have a desk that starts what is due and books the replies;
 * one courier carries for both. A poll is never delayed by it: what runs when
 * a tick comes is left alone until the poll is over.
 */
#ifndef CARRYWATCH_OUTBOUND_H
#define CARRYWATCH_OUTBOUND_H

#include "outgoing.h"
#include "ports.h"

/* By enum ticket_kind; due NULL: there is no such desk. */
struct desk {
	void *ctx;
	/* Start what is due. *next: when to ask again, unknown: never. */
	bool (*due)(void *ctx, struct instant now, struct instant *next,
		    struct err *err);
	bool (*replied)(void *ctx, const struct reply *r, struct instant now,
			struct err *err);
};

#define DESKS	(TICKET_HANDOFF + 1)

struct outbound {
	struct courier courier;		/* ctx NULL: nothing leaves */
	struct desk desk[DESKS];
	struct clock_port clock;
};

/*
 * Until market time `until`, a signal, or a clock that was set back (then it
 * is a tick, and a poll tells of it). False only when a commit's outcome is
 * unknown (ERR_OUTCOME): stop and start again. Any other trouble is logged and
 * tried again soon.
 */
MUST_USE bool outbound_wait(struct outbound *o, enum wake *out,
			    struct instant until, struct err *err);
/* Before the end: what is due or runs gets real_ms to finish, unless a signal
 * to stop comes meanwhile. */
MUST_USE bool outbound_flush(struct outbound *o, int64_t real_ms,
			     struct err *err);
/* The same without the desks: what runs may finish, and nothing is booked. For
 * an end at which the database must not be touched. */
void outbound_let_go(struct outbound *o, int64_t real_ms);

#endif
