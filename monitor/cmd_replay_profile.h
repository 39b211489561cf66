/* SPDX-License-Identifier: MIT */
/* How a replay under another profile is shown; for cmd_replay*.c only. */
#ifndef CARRYWATCH_CMD_REPLAY_PROFILE_H
#define CARRYWATCH_CMD_REPLAY_PROFILE_H

#include "cli.h"
#include "replay.h"

struct replay_seen {			/* the polls that counted */
	struct instant from, to;
	int64_t polls;
};

MUST_USE bool cmd_replay_show(struct cli *c, const struct account *a,
			      const struct replay *r,
			      const struct replay_seen *seen, struct err *err);

#endif
