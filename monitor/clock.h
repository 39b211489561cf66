/* SPDX-License-Identifier: MIT */
/*
 * Clocks. Real: the wall clock. Market: origin + (wall - start) x speed, for
 * demonstrations and history at speed (dry-run only). Waiting is where the
 * process hears of signals: they are blocked at all other times.
 */
#ifndef CARRYWATCH_CLOCK_H
#define CARRYWATCH_CLOCK_H

#include "ports.h"

struct clock_state {
	struct instant origin, start;	/* market and wall time of the start */
	int64_t speed;			/* market seconds a wall second */
	int signal_fd;			/* clock_listen; -1: none */
};

/* "ORIGIN,START,SPEED": two RFC 3339 times and 1..1000000. */
MUST_USE bool clock_parse(struct clock_state *out, const char *text,
			  struct err *err);
/* A clock that is so much behind what it was has been set back. */
#define CLOCK_BACK_MS 2000

/* The wall clock, whatever the market's: signatures are made with it. */
struct instant clock_wall(void);
/* The wall clock itself: speed 1 from the same origin. */
void clock_real(struct clock_state *out);
/* `state` must outlive the port. */
struct clock_port clock_port_of(struct clock_state *state);
/* Hear signals by a descriptor too, so that a wait for the network sees them.
 * Without one (no such system call) they are heard within a second. */
void clock_listen(struct clock_state *c);
void clock_close(struct clock_state *c);
/* Block TERM, INT, HUP and USR1 (before any wait), ignore PIPE and XFSZ. */
void clock_block_signals(void);
/* The first tick k * every + offset strictly after now. */
struct instant clock_next_tick(struct instant now, struct span every,
			       struct span offset);

#endif
