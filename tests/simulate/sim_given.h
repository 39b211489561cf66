/* SPDX-License-Identifier: MIT */
/* What a poll was given, raw, and what the model makes lines of. */
#ifndef CARRYWATCH_SIM_GIVEN_H
#define CARRYWATCH_SIM_GIVEN_H

#include "position.h"

enum { SIM_VENUES = 6, SIM_SYMBOLS = 5, SIM_PAIRS = 12, SIM_LINES = 10,
       SIM_POSITIONS = 2000, SIM_RUNNING = 16, SIM_BOOKED = 32,
       SIM_TAKEN = 1 << 20 };
enum { SIM_WILD = 5 };		/* the venue that announces nonsense */

#define MINUTE_MS	INT64_C(60000)
#define HOUR_MS		(60 * MINUTE_MS)
#define NEVER		INT64_MIN

/* ---- what was given, raw ---- */

struct sim_row {			/* of one symbol on one venue */
	bool there, twice, odd_interval;
	int64_t rate;			/* 1e-9 per 8 h */
	int64_t observed, next;
};

struct sim_given {
	int64_t now;			/* the monitor's clock */
	bool answered[SIM_VENUES];
	struct sim_row row[SIM_SYMBOLS][SIM_VENUES];
	bool book_good;
	bool book_venues_well;
	struct {
		bool there, leg[2];
	} pair[SIM_PAIRS];
};

/* ---- lines, as the model knows them ---- */

enum sim_rule { RULE_FLIP, RULE_EROSION, RULE_AGE, RULE_LEG };

struct sim_line {
	const char *label;
	enum sim_rule rule;
	int64_t arg;		/* 1e-9 per 8 h; tenths; ms */
	int32_t polls;		/* for N polls; 0: not */
	int64_t time;		/* for TIME; 0: not */
	bool alert;
	char text[80];		/* as written */
};

struct sim_rules {			/* a profile of the account */
	int n_close, n;
	int line[SIM_LINES];		/* of the catalogue, in order */
	int32_t max_at_once, max_percent;
};

/* Memory of one line, derived from the history of what was given. */
struct sim_memory {
	int64_t unknown_since;
	uint64_t history;		/* counted polls, newest lowest */
	int64_t begun;			/* of the run of TRUE */
	int64_t last;			/* TRUE at last */
	int seen;			/* with new data, in the run */
	bool holds;			/* what the last evaluation said */
};

enum { V_FALSE, V_TRUE, V_UNKNOWN };

#endif
