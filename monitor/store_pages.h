/* SPDX-License-Identifier: MIT */
/*
 * Whole tables, a page at a time: each call is one short read that has ended
 * on return, and goes on behind the key of the row before. Rows that are
 * added meanwhile come at their place; none comes twice.
 */
#ifndef CARRYWATCH_STORE_PAGES_H
#define CARRYWATCH_STORE_PAGES_H

#include "store.h"

#define STORE_PAGE_ROWS 500

/* What is asked for: [since, until), unknown: without that bound. */
struct page_ask {
	struct instant since, until;
	/* The key of the last row seen; zero before the first page. */
	int64_t after;			/* id, poll or position */
	enum side after_side;		/* of settlements */
	struct instant after_at;	/* of settlements */
};

struct page_position {
	struct position p;
	struct funding funding;		/* booked while held */
};

struct page_settlement {
	struct settlement s;
	struct symbol symbol;
	struct venue venue;
	char external_id[EXTERNAL_ID_MAX];
};

/* By id; opened in the time asked for. */
MUST_USE bool store_page_positions(struct store *s, struct page_position **out,
				   size_t *n, const struct page_ask *ask,
				   struct arena *arena, struct err *err);
/* By id. */
MUST_USE bool store_page_decisions(struct store *s, struct decision_row **out,
				   size_t *n, const struct page_ask *ask,
				   struct arena *arena, struct err *err);
/* By position, leg and time. */
MUST_USE bool store_page_ledger(struct store *s, struct page_settlement **out,
				size_t *n, const struct page_ask *ask,
				struct arena *arena, struct err *err);
/* By number. */
MUST_USE bool store_page_polls(struct store *s, struct poll **out, size_t *n,
			       const struct page_ask *ask, struct arena *arena,
			       struct err *err);

#endif
