/* SPDX-License-Identifier: MIT */
/* The pairs of a replay out of the store: positions, ledgers, events. */
#ifndef CARRYWATCH_REPLAY_LOAD_H
#define CARRYWATCH_REPLAY_LOAD_H

#include "replay.h"

/* Fills r->pairs and r->n, in one read that has ended on return. */
MUST_USE bool replay_load(struct replay *r, struct store *s,
			  struct arena *arena, struct err *err);

#endif
