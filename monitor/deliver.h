/* SPDX-License-Identifier: MIT */
/*
 * Messages on their way to the sinks of one account: in order for each sink,
 * one at a time, again after a failure, at least once with the same id. The
 * rows are in the store; the courier carries. A desk of monitor/outbound.h.
 */
#ifndef CARRYWATCH_DELIVER_H
#define CARRYWATCH_DELIVER_H

#include "outgoing.h"
#include "ports.h"
#include "sinks.h"
#include "store.h"

struct deliver;

struct deliver_options {
	const char *account;
	struct store *store;
	const struct courier *courier;	/* outlives it, as does the store */
	bool simulated;
	uint64_t seed;			/* of the pauses between tries */
	/* Real time for signatures; NULL: the clock of the account. */
	struct instant (*wall)(void);
};

/* Takes the sinks over. What was on its way at the last end starts anew. */
MUST_USE bool deliver_new(struct deliver **out, const struct deliver_options *o,
			  struct sinks *sinks, struct err *err);
void deliver_free(struct deliver *d);
/* The sinks of a new configuration; what waits for one that is gone stays. */
void deliver_use(struct deliver *d, struct sinks *sinks);

bool deliver_due(void *d, struct instant now, struct instant *next,
		 struct err *err);
bool deliver_replied(void *d, const struct reply *r, struct instant now,
		     struct err *err);

/* A poll was recorded, or could not be: heartbeat sinks hear of it. */
void deliver_beat(struct deliver *d, struct instant now, bool good);
/* A message that could not be written down goes out at once, and only once. */
void deliver_direct(struct deliver *d, struct instant now, const char *kind,
		    const char *text);
/* The same of what fails at each poll: at most once an hour. */
void deliver_hourly(struct deliver *d, struct instant now, const char *kind,
		    const char *text);

/* How long after a failed try the next one may come; moves *seed. What is
 * grave never waits longer than five minutes. */
int64_t deliver_pause_ms(uint64_t *seed, int32_t tries, bool grave);

#endif
