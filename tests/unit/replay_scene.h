/* SPDX-License-Identifier: MIT */
/*
 * A monitor over an invented market, poll by poll: rates that wander, venues
 * that fail, quotes that go stale, payment intervals that change, and people
 * who keep, close, reopen and reconfigure in between. The same seed gives
 * the same polls.
 */
#ifndef CARRYWATCH_TESTS_REPLAY_SCENE_H
#define CARRYWATCH_TESTS_REPLAY_SCENE_H

#include "cycle.h"
#include "source_store.h"

#define SCENE_VENUES	5
#define SCENE_SYMBOLS	25

struct scene {
	struct arena *arena;
	struct store *store;
	struct cycle *cycle;
	struct config config[2];	/* in force in turn */
	int rules;			/* which */
	bool live;			/* closes stay pending */
	struct instant now;
	uint64_t seed;
	int64_t rate[SCENE_SYMBOLS][SCENE_VENUES];	/* e-9 per 8 h */
	struct instant stamp[SCENE_VENUES];
	int32_t every_s[SCENE_VENUES];
	int trouble;			/* polls of trouble left */
	int64_t polls, closes, alerts;
	struct err err;
};

/* `pairs` positions are open from the start. */
void scene_begin(struct scene *s, uint64_t seed, bool live, size_t pairs);
void scene_end(struct scene *s);
/* One poll, a minute (or now and then an hour) later. */
void scene_poll(struct scene *s);
/* Something a person does between two polls, drawn by chance. */
void scene_act(struct scene *s);
/* The monitor ends and starts again on the same store. */
void scene_restart(struct scene *s);
uint64_t scene_random(struct scene *s);

#endif
