/* SPDX-License-Identifier: MIT */
/* A BTC pair, a poll and a profile for the tests of views. */
#ifndef CARRYWATCH_TESTS_VIEW_SCENE_H
#define CARRYWATCH_TESTS_VIEW_SCENE_H

#include "given.h"
#include "view.h"

/* Both legs fresh: 0.000035 and 0.000255; the same with a stale long leg. */
extern const struct given_quote view_fresh[3], view_one_stale[3];
extern const char *const view_alert_lines[];
extern const struct watch view_no_memory;

struct view_scene {
	struct arena *arena;
	struct account account;
	struct evidence_row verdicts;
	struct view v;
	struct view_row row;		/* pos is set, view_assemble is not called */
};

struct view_scene *view_scene_at(const char *poll,
				 const struct given_quote *rows);
void view_scene_end(struct view_scene *s);
/* The row as one line of JSON; free it. */
char *view_scene_json(const struct view_scene *s);
/* A number, or the word why there is none. */
void view_assert_fact(struct fact got, const char *want);

#endif
