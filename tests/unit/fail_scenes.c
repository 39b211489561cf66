/* SPDX-License-Identifier: MIT */
/* Which scenes, and which of their points (fail_scenes.h). */
#include "fail_scenes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fault_vfs.h"

const struct fail_scene fail_scenes[FAIL_SCENES] = {
	{ "poll and hand-off", 0, false, fail_life },
	{ "acknowledgement", 0, true, fail_ack },
	{ "upgrade", 1, false, fail_life },
	{ "retention", 0, true, fail_retain },
};

void fail_scene_ready(const struct fail_scene *s, struct fail_desk *d)
{
	fault_vfs_disarm();
	fail_desk_again(d);
	if (s->prepared && !fail_life(d))
		fail_msg("%s", d->err.text);
}

struct fail_points fail_points_of(int64_t few, unsigned salt)
{
	const char *text = getenv("CW_SEED");
	uint64_t seed = text ? strtoull(text, NULL, 10) : 20261126;

#ifdef __SANITIZE_ADDRESS__
	few *= 3;			/* each takes five times as long */
#endif
	if (getenv("CW_ALL_FAULTS"))
		return (struct fail_points){ 1, 1 };
	seed = (seed + salt) * 0x9e3779b97f4a7c15u;
	return (struct fail_points){ 1 + (int64_t)(seed >> 33) % few, few };
}
