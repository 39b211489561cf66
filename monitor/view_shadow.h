/* SPDX-License-Identifier: MIT */
/* What the shadow profile of an account made of one position. */
#ifndef CARRYWATCH_VIEW_SHADOW_H
#define CARRYWATCH_VIEW_SHADOW_H

#include <stdio.h>

#include "cli.h"
#include "json_out.h"
#include "view.h"

struct view_shadow {
	char profile[NAME_TEXT_MAX];	/* "": no shadow */
	struct instant closed_at;	/* unknown: it holds as well */
	struct label reason;
	const char *why;		/* with the numbers of that poll */
	/* Funding settled by then less all costs, leaving included. */
	struct fact net_usd;
	struct fact since_usd;		/* funding settled after it */
	bool net_part, since_part;	/* settlements unknown are not in it */
};

/* From the position's events, oldest first; the last one counts. */
void view_shadow_find(struct view_shadow *out, const struct view *v,
		      const struct view_row *r, const struct event *events,
		      size_t n);
void view_shadow_text(FILE *f, const struct cli *c,
		      const struct view_shadow *s);
void view_shadow_json(struct json_out *o, const struct view_shadow *s);

#endif
