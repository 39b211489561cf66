/* SPDX-License-Identifier: MIT */
/*
 * Recorded polls as a source: market, rules and terms in force at each, in
 * their order. What one call gave is valid until the next.
 */
#ifndef CARRYWATCH_SOURCE_STORE_H
#define CARRYWATCH_SOURCE_STORE_H

#include "config.h"
#include "store.h"

struct recorded_poll {
	int64_t seq;
	struct instant at, last;	/* the poll before; unknown: none */
	const char *version;		/* of the program that recorded it */
	const struct config *config;	/* as recorded */
	const struct account *account;
	struct terms terms;
	struct evidence_view view;
	struct market market;
	/* Plans of facts made at a poll hold while this stays; never 0. */
	uint64_t keys;
	bool bare;		/* recorded without memory: by version 0.1.0 */
};

struct source_store;

/* From the run of polls that holds the first poll at or after `since`;
 * INSTANT_UNKNOWN: the oldest. The store must outlive the source. */
MUST_USE bool source_store_open(struct source_store **out, struct store *s,
				const char *account, struct instant since,
				struct err *err);
void source_store_close(struct source_store *s);
/* The next one; *more false: there is none. */
MUST_USE bool source_store_next(struct source_store *s,
				struct recorded_poll *out, bool *more,
				struct err *err);

#endif
