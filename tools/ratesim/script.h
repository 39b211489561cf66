/* SPDX-License-Identifier: MIT */
/*
 * Scenes of a demonstration: at an offset from the clock's origin a rate is
 * pinned or ramped, or a fault begins. Later lines win over earlier ones.
 */
#ifndef RATESIM_SCRIPT_H
#define RATESIM_SCRIPT_H

#include "faults.h"

enum scene_kind { SCENE_RATE, SCENE_RAMP, SCENE_FAULT };

struct scene {
	enum scene_kind kind;
	int line;
	struct span from, until;	/* until: INT64_MAX for ever */
	struct venue venue;
	struct symbol symbol;
	struct dec start, end;		/* rates per 8 h */
	struct fault fault;
};

struct script {
	struct scene *v;
	size_t n, cap;
	struct instant origin;
};

/*
 * Lines: OFFSET rate VENUE SYMBOL RATE [until OFFSET], OFFSET ramp VENUE
 * SYMBOL FROM TO until OFFSET, OFFSET fault NAME[=ARG] until OFFSET. An
 * offset is 3h15m or plain minutes. Errors name file and line.
 */
MUST_USE bool script_read(struct script *out, const char *path,
			  struct err *err);
/* Every venue and symbol of the script must be in the market. */
MUST_USE bool script_check(const struct script *s, const char *path,
			   const struct snapshot *market, struct err *err);
void script_free(struct script *s);

/* Set the scripted rates of this market time (whole minutes). */
void script_bend(const struct script *s, struct instant now,
		 struct snapshot *out);
/* Add the scripted faults; those that do not fit any more are left out. */
void script_faults(const struct script *s, struct instant now,
		   struct fault_list *out);

#endif
