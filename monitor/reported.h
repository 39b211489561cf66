/* SPDX-License-Identifier: MIT */
/*
 * What a venue says it paid, and the row of the ledger it belongs to. Venues
 * stamp a settlement some moments late. Pure.
 */
#ifndef CARRYWATCH_REPORTED_H
#define CARRYWATCH_REPORTED_H

#include "store.h"

#define REPORTED_NEAR_MS 60000	/* from its settlement at most */

struct reported_ask {
	const struct position *position;
	const struct settlement *rows;	/* its ledger, by time */
	size_t n_rows;
	enum side side;
	struct instant at;
	struct dec amount_usd;		/* signed, + received */
	struct instant now;
	struct instant polled_at;	/* newest poll; unknown: none */
	int32_t seen_s;			/* interval of the leg; 0: unknown */
	const struct venue_terms *terms;	/* NULL: not configured */
	bool replace;			/* another amount may be overwritten */
};

enum reported_kind {
	REPORTED_NEW,		/* a row gets its first reported amount */
	REPORTED_SAME,		/* nothing changes */
	REPORTED_REPLACED,
	REPORTED_ADDED		/* a row of unknown expected amount */
};

/*
 * The row as it becomes. False (ERR_DATA, with the remedy): the pair did not
 * hold then, the leg does not settle then, or another amount stands there.
 */
MUST_USE bool reported_settle(struct settlement *out, enum reported_kind *kind,
			      const struct reported_ask *ask, struct err *err);

/*
 * The row as it was known at a time: without a report told later. False: it
 * came into the ledger by such a report.
 */
bool reported_as_of(struct settlement *row, struct instant then);

#endif
