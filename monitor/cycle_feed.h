/* SPDX-License-Identifier: MIT */
/* Feeds that look wrong as a whole (cycle_feed.c). */
#ifndef CARRYWATCH_CYCLE_FEED_H
#define CARRYWATCH_CYCLE_FEED_H

#include "cycle_work.h"

/* Messages about venues whose rates turned to 0 together, or stand still. */
MUST_USE bool cycle_feed_tell(struct work *w, struct err *err);
/* It answers, but no rate of it is fresh; its rates turned to 0 together, and
 * this was not told within the hour. */
bool cycle_feed_still(const struct work *w, const struct venue_view *v);
bool cycle_feed_reset(const struct work *w, size_t venue);
/* What stays of it as it was, of venues that did not answer this time, and
 * what was told lately. */
struct feed *cycle_feed_carry(const struct work *w);
/* What the next poll compares with, beside that; NULL without memory. */
struct feed *cycle_feed_keep(const struct feed *carried,
			     const struct market *m, struct arena *arena);
/* Ranked pairs whose rates are not the fresh ones; the first one's symbol. */
size_t cycle_disagreements(const struct market *m, struct symbol *first);

#endif
