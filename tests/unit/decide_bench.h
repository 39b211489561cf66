/* SPDX-License-Identifier: MIT */
/* One position of which decisions are made, poll by poll, in tests. */
#ifndef CARRYWATCH_TESTS_DECIDE_BENCH_H
#define CARRYWATCH_TESTS_DECIDE_BENCH_H

#include "decide.h"
#include "given.h"

/* One position being watched: its memory and what it sees. */
struct bench {
	struct arena *arena;
	struct profile *profile;
	struct position pos;
	struct streak slots[SLOTS_MAX];
	struct watch watch;
	struct facts facts;
	struct decide_now now;
	struct decision d;
	int minute;
};

/* flip, erosion(0.5), age(168h); stale_data(3m), oi_imbalance. */
extern const char *const usual_close[], *const usual_alert[];

/* In the arena of its own; entry 0.001 per 8 h, an hour old, nothing seen. */
struct bench *bench_new(const char *const *close, const char *const *alert);
/* See a divergence per 8 h; NULL: both rates unknown. */
void see(struct bench *b, const char *divergence_8h);
/* A poll a minute after the last; new data while the legs are fresh. */
const struct decision *poll_at(struct bench *b, int minute);
const struct decision *poll_next(struct bench *b, const char *divergence_8h);
/* And that nothing is left of an earlier decision. */
void assert_decided(const struct decision *d, enum action action,
		    const char *label, unsigned notices);

#endif
