/* SPDX-License-Identifier: MIT */
/*
 * The stored decision of one position, line by line: by the poll's own
 * profile, facts and verdicts. Called by explain and by positions show.
 */
#ifndef CARRYWATCH_VIEW_EXPLAIN_H
#define CARRYWATCH_VIEW_EXPLAIN_H

#include "view_text.h"

/* r->verdicts must be there. */
void view_explain_json(FILE *f, const struct view *v, const struct view_row *r,
		       bool compact);
void view_explain_text(FILE *f, const struct cli *c, const struct view *v,
		       const struct view_row *r);
/* Only the array of lines, after its key. */
void view_explain_lines(struct json_out *o, const struct view *v,
			const struct view_row *r);
/* A close line that a person has said no to for a time. */
bool view_is_muted(const struct view *v, const struct view_row *r, int line);
/* Only the lines, for people. */
void view_explain_table(FILE *f, const struct cli *c, const struct view *v,
			const struct view_row *r);

/* One `for` of a line and how far it has come. */
struct view_progress {
	bool by_time;
	int32_t count, needed;		/* polls with new data */
	struct instant since;		/* by_time: unknown, not running */
	struct span needed_time;
};

/* Fill out[] from the streaks after the poll; how many there are. */
int view_progress(struct view_progress out[static LINE_NODES_MAX],
		  const struct view *v, const struct view_row *r, int line);

/* A line is shown with this row's verdict; false: the profile has more lines
 * than were recorded. */
const struct finding *view_finding(const struct view_row *r, int line);

#endif
