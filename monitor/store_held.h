/* SPDX-License-Identifier: MIT */
/* What is remembered of pairs at the trading client (table held). */
#ifndef CARRYWATCH_STORE_HELD_H
#define CARRYWATCH_STORE_HELD_H

#include "held_judge.h"
#include "store.h"

/* None stored: held_memory_none. */
MUST_USE bool store_held(struct store *s, struct held_memory *out,
			 int64_t position, struct err *err);
MUST_USE bool store_put_held(struct store *s, const struct held_memory *m,
			     struct err *err);
/* What was absent once is counted anew. */
MUST_USE bool store_absent_anew(struct store *s, int64_t position,
				struct err *err);
/* The position that bears this external id, of any status; 0: none. */
MUST_USE bool store_external(struct store *s, int64_t *out,
			     const char *external_id, struct err *err);

#endif
