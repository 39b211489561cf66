/* SPDX-License-Identifier: MIT */
/*
 * Everything in a simulated account is drawn from one seed, and whatever does
 * not follow from what was given fails that seed.
 */
#ifndef CARRYWATCH_SIM_H
#define CARRYWATCH_SIM_H

#include "sim_world.h"

/* ---- drawing: sim_rig.c ---- */

int64_t sim_below(struct sim *s, int64_t n);
bool sim_chance(struct sim *s, int64_t in);

static inline int64_t sim_now(const struct sim *s)
{
	return s->truth + s->offset;
}

/* As the profiles say: what is unknown for longer is told. */
static inline int64_t sim_blind_after(const struct sim *s)
{
	return 2 * s->interval > 10 * MINUTE_MS ? 2 * s->interval :
	       10 * MINUTE_MS;
}

static inline bool sim_has_book(const struct sim *s)
{
	return s->kind == SIM_HOOK_BOOK || s->kind == SIM_CONTROL;
}

static inline bool sim_hands_over(const struct sim *s)
{
	return s->kind >= SIM_HOOK;
}

/* The first failure is printed; the seed ends. position 0: none. */
void sim_fail(struct sim *s, int64_t position, const char *what, ...)
	PRINTF(3, 4);
/* Of calls that cannot fail here. */
void sim_must(struct sim *s, bool ok);

#endif
