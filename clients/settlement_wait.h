/* SPDX-License-Identifier: MIT */
/*
 * Rows that wait for their turn, ordered by time, venue, contract and place
 * in the files; and what is known of each contract. For settlement_csv.c.
 */
#ifndef CARRYWATCH_SETTLEMENT_WAIT_H
#define CARRYWATCH_SETTLEMENT_WAIT_H

#include "settlement_row.h"

struct waiting {
	struct row_read read;
	size_t file, line;
	bool fresh;		/* when taken: the first at its time */
};

struct wait_list;

struct wait_list *wait_list_new(void);	/* NULL without memory */
void wait_list_free(struct wait_list *w);
MUST_USE bool wait_list_put(struct wait_list *w, const struct waiting *row);
/* NULL when nobody waits. */
const struct waiting *wait_list_first(const struct wait_list *w);
/* Take the first one, its series filled in; false without memory. */
MUST_USE bool wait_list_take(struct wait_list *w, struct waiting *out);

#endif
