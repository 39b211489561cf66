/* SPDX-License-Identifier: MIT */
/*
 * A small run with every case in it: a win, a loss, a tie, one left open, an
 * unknown settlement, a gap in a divergence, a name that needs escaping. Its
 * metrics are worked out by hand in test_report.c.
 */
#ifndef CARRYWATCH_TESTS_REPORT_SCENE_H
#define CARRYWATCH_TESTS_REPORT_SCENE_H

#include "report_show.h"

#define SCENE_TRADES 4
#define SCENE_DAYS 5
#define SCENE_POINTS 6

struct report_scene {
	struct report_run run;
	struct report_trade trades[SCENE_TRADES];
	struct report_day days[SCENE_DAYS];
	struct report_point points[SCENE_POINTS];
	struct report_summary sum;
	struct arena *arena;
};

/* Filled, not measured; stays where it is. */
void report_scene_make(struct report_scene *s);
void report_scene_measure(struct report_scene *s);
void report_scene_free(struct report_scene *s);

#endif
