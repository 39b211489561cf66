/* SPDX-License-Identifier: MIT */
/* Hand-offs and brakes of an account (tables handoffs, brakes). */
#ifndef CARRYWATCH_STORE_HANDOFFS_H
#define CARRYWATCH_STORE_HANDOFFS_H

#include "handoff_step.h"
#include "store.h"

/* Assigns r->id. */
MUST_USE bool store_add_handoff(struct store *s, struct handoff_row *r,
				struct err *err);
MUST_USE bool store_save_handoff(struct store *s, const struct handoff_row *r,
				 struct err *err);
/* False too when it was deleted. */
MUST_USE bool store_handoff(struct store *s, struct handoff_row *out,
			    int64_t id, struct err *err);
/* Those that are not over, and the failed ones of pending positions. */
MUST_USE bool store_open_handoffs(struct store *s, struct handoff_row **out,
				  size_t *n, struct arena *arena,
				  struct err *err);
/* Newest first; position 0: all. */
MUST_USE bool store_handoffs(struct store *s, struct handoff_row **out,
			     size_t *n, int64_t position, struct arena *arena,
			     struct err *err);

struct brakes {
	struct instant paused_at;	/* unknown: hand-offs go on */
	char paused_by[24];
	struct instant tripped_at;	/* the breaker, the last time */
	int64_t tripped_poll;
};

MUST_USE bool store_brakes(struct store *s, struct brakes *out,
			   struct err *err);
MUST_USE bool store_put_brakes(struct store *s, const struct brakes *b,
			       struct err *err);

#endif
