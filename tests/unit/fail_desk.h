/* SPDX-License-Identifier: MIT */
/*
 * A live account whose one pair has flipped, its database in a file, a trading
 * client and a receiver of alerts that live in memory: lives of its monitor in
 * which something fails, and what must hold after each.
 */
#ifndef CARRYWATCH_TESTS_FAIL_DESK_H
#define CARRYWATCH_TESTS_FAIL_DESK_H

#include "config.h"
#include "book.h"
#include "store.h"

enum fail_mark {		/* what the outside has seen */
	FAIL_POLLED,		/* a poll was told to be recorded */
	FAIL_SENT,		/* the close left */
	FAIL_ANSWERED,		/* its answer was booked */
	FAIL_ACKED		/* a person's word was taken */
};

struct fail_desk {
	char dir[64], path[96];
	struct arena *arena;
	struct config config;
	unsigned char *base;		/* the file before the flip */
	size_t n_base;
	struct instant now;
	/* The trading client. */
	bool present;
	int worked, doubled, told;
	char ids[4][96];
	size_t n_ids;
	void (*mark)(int what);		/* NULL: nobody listens */
	unsigned marks;			/* seen in this trial, as bits */
	struct err err;			/* of the last life */
};

/* `schema` 0: the newest, with one poll recorded; else an old one. */
void fail_desk_open(struct fail_desk *d, int schema);
void fail_desk_close(struct fail_desk *d);
/* The file, the client and the clock as they were at first. */
void fail_desk_again(struct fail_desk *d);

/*
 * One process: start, a poll (and the next, when it went wrong and is not
 * final), alerts and hand-offs, end. True when nothing went wrong.
 */
bool fail_life(struct fail_desk *d);
/* A person acknowledges whatever is told, as `alerts ack` does. */
bool fail_ack(struct fail_desk *d);
/* Old evidence goes, as every 32nd poll does it. */
bool fail_retain(struct fail_desk *d);

/* The books as they are found: whole, agreeing, and with what was promised. */
void fail_check(struct fail_desk *d, const char *where);
/*
 * The monitor goes on without faults until the close is through: it was
 * worked exactly once, under one id.
 */
void fail_finish(struct fail_desk *d, const char *where);

#endif
