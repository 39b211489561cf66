/* SPDX-License-Identifier: MIT */
/* A monitor of one pair, BTC long somewhere / short grvt, poll by poll. */
#ifndef CARRYWATCH_TESTS_CYCLE_DESK_H
#define CARRYWATCH_TESTS_CYCLE_DESK_H

#include "cycle.h"

struct desk {
	struct arena *arena;
	struct config config;
	struct store *store;
	struct cycle *cycle;
	struct instant now;
	const char *long_venue;
	const char *rate[2];		/* per 8 h, by leg */
	const char *next[2];		/* announced, by leg; NULL: not */
	/* The trading client's next answer: p with the pair, a without it, b
	 * a bad one; 0 at a (re)start: there is no such client. */
	char client;
	const char *observed[2];	/* when, by leg; NULL: now */
	void (*meanwhile)(struct desk *d);	/* during the fetch; NULL: nothing */
	struct position pos;
	struct err err;
};

/* `account`: further keys of it, as YAML in braces has them. */
void desk_open(struct desk *d, const char *long_venue, const char *account);
/* The same, opened then: what settled before the first poll is unknown. */
void desk_open_since(struct desk *d, const char *long_venue,
		     const char *account, const char *opened_at);
/* Of 10,000 USD the long leg pays 0.8 an hour, the short one gets 8 in 8 h. */
void desk_open_money(struct desk *d, const char *long_venue,
		     const char *opened_at);
void desk_close(struct desk *d);
void desk_poll(struct desk *d, const char *now);
/* With the next settlement that each leg announces; NULL: none. */
void desk_poll_next(struct desk *d, const char *now, const char *next_long,
		    const char *next_short);
/* All rows of the pair, in the arena of the desk. */
struct settlement *desk_ledger(struct desk *d, size_t *n);
/* The monitor ends and starts again on the same store. */
void desk_restart(struct desk *d);
/* What the leg got then: the amount, or in words why it is unknown. */
void desk_assert_paid(struct desk *d, enum side side, const char *at,
		      int32_t every_s, const char *want);
/* What rules saw of the ledger at each recorded poll; NULL: unchanged. */
void desk_assert_seen(struct desk *d, const char *const *want);
void desk_check(struct desk *d, bool ok);

#endif
