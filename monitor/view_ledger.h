/* SPDX-License-Identifier: MIT */
/* Money of one position at length, for positions show. */
#ifndef CARRYWATCH_VIEW_LEDGER_H
#define CARRYWATCH_VIEW_LEDGER_H

#include "view_text.h"

/* What it has earned and will earn, a line each. */
void view_money_text(FILE *f, const struct view_row *r);
/*
 * Row by row, with what was expected and what was reported; nothing where
 * nothing was settled. False: no memory.
 */
MUST_USE bool view_ledger_text(FILE *f, struct cli *c,
			       const struct view_row *r, struct err *err);
/* The same as the member "ledger"; before it the sums of what was reported. */
void view_ledger_json(struct json_out *o, const struct view_row *r);
/* "in 1d 3h", "done", "never", "-" */
struct view_text view_even(const struct view_even *e, bool old);

#endif
