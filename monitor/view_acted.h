/* SPDX-License-Identifier: MIT */
/* What was done and told of one position: for positions show. */
#ifndef CARRYWATCH_VIEW_ACTED_H
#define CARRYWATCH_VIEW_ACTED_H

#include "cli.h"
#include "json_out.h"
#include "store_alerts.h"
#include "store_handoffs.h"
#include "store_held.h"

struct view_acted {
	struct handoff_row *handoffs;	/* newest first */
	size_t n_handoffs;
	struct delivery_row *deliveries;	/* newest first */
	size_t n_deliveries;
	struct held_memory held;	/* seen_at unknown: no such client */
};

MUST_USE bool view_acted_load(struct view_acted *out, struct store *s,
			      int64_t position, struct arena *arena,
			      struct err *err);
/* Members "source", "handoffs" and "alerts". */
void view_acted_json(struct json_out *o, const struct view_acted *a);
void view_acted_text(FILE *f, const struct cli *c,
		     const struct view_acted *a);

#endif
