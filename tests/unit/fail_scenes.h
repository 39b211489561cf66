/* SPDX-License-Identifier: MIT */
/*
 * The scenes in which the disk fails, and how many of their points are tried:
 * some, from a seeded one on, or with CW_ALL_FAULTS all.
 */
#ifndef CARRYWATCH_TESTS_FAIL_SCENES_H
#define CARRYWATCH_TESTS_FAIL_SCENES_H

#include "fail_desk.h"

struct fail_scene {
	const char *name;
	int schema;			/* of the file it begins with; 0: ours */
	bool prepared;			/* the close was decided before */
	bool (*act)(struct fail_desk *d);
};

#define FAIL_SCENES 4

extern const struct fail_scene fail_scenes[FAIL_SCENES];

/* The desk as the scene finds it, without faults. */
void fail_scene_ready(const struct fail_scene *s, struct fail_desk *d);

struct fail_points {
	int64_t first, step;
};

/* Every `few`th point; all of them with CW_ALL_FAULTS. CW_SEED: the first. */
struct fail_points fail_points_of(int64_t few, unsigned salt);

#endif
