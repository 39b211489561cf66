/* SPDX-License-Identifier: MIT */
/* What the commands that change positions share (cmd_positions_change.c). */
#ifndef CARRYWATCH_CMD_POSITIONS_CHANGE_H
#define CARRYWATCH_CMD_POSITIONS_CHANGE_H

#include "cli.h"

/* Work inside one write transaction; it may run again from the start. */
typedef bool positions_work(struct store *s, void *ctx, struct err *err);

/*
 * BEGIN IMMEDIATE, work, COMMIT, again while something else holds the
 * database or changed the position meanwhile. Without `commit` it is rolled
 * back: what would happen.
 */
MUST_USE bool positions_write(struct store *s, positions_work *work,
			      void *ctx, bool commit, struct err *err);
/*
 * The time of a change: the wall clock, in a dry-run account whose market
 * clock runs ahead the time of its newest poll.
 */
MUST_USE bool positions_now(struct instant *out, const struct cli *c,
			    const struct account *a, struct store *s,
			    struct err *err);
struct short_text { char s[200]; };

/* "paper/7 BTC long lighter / short grvt" */
struct short_text positions_name(const struct account *a,
				const struct position *p);
/* " -a paper" where the account has to be named, else "". */
struct short_text positions_dash_a(const struct cli *c,
				  const struct account *a);
/* One line for people, unless --quiet. */
void positions_say(const struct cli *c, const char *fmt, ...) PRINTF(2, 3);

#endif
