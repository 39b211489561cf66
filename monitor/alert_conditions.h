/* SPDX-License-Identifier: MIT */
/* Which conditions one poll found, in words a person can act on. */
#ifndef CARRYWATCH_ALERT_CONDITIONS_H
#define CARRYWATCH_ALERT_CONDITIONS_H

#include "alert.h"
#include "cycle_work.h"

/* Sorted by fingerprint, all in the poll's arena; false without memory. */
MUST_USE bool alert_conditions(struct condition **out, size_t *n,
			       const struct work *w, const char *summary);

/* alert_summary.c: is it time for the daily summary? Then its text, which
 * reads ledgers; *out NULL: not now. */
MUST_USE bool alert_summary(const char **out, const struct work *w,
			    struct err *err);

/* ---- for the files that find conditions ---- */

struct alert_gather {
	const struct work *w;
	struct condition *list;
	size_t n;
	bool failed;
	const char *summary;		/* NULL: not now */
};

/* A new one with copies of the texts; the caller fills the rest. */
struct condition *alert_add(struct alert_gather *g, const char *kind,
			    const char *title, const char *text);
/* alert_handoffs.c: hand-offs, brakes, the trading client. */
void alert_handoffs(struct alert_gather *g);
size_t alert_handoffs_most(const struct work *w);
void alert_of_account(struct alert_gather *g, struct condition *c,
		      const char *what, const char *name);
/* alert_venues.c: the service, its venues, their feeds. */
void alert_venues(struct alert_gather *g);
size_t alert_venues_most(const struct work *w);
/* alert_events.c: what is told once and cannot be over. */
void alert_events(struct alert_gather *g);
size_t alert_events_most(const struct work *w);

/* ---- alert_text.c ---- */

#define ALERT_SINGLE	3	/* pairs told one by one in one poll */

struct text;
/* Is it so of w->watched[i]? Of how many, and "1 BTC, 2 ETH, ...". */
typedef bool (*alert_is)(const struct work *w, size_t i);
size_t alert_count(const struct work *w, alert_is is);
void alert_list(struct text *t, const struct work *w, alert_is is);

/* ---- of one position ---- */

#define ALERT_TITLE_MAX	160
#define ALERT_TEXT_MAX	900

/* "CLOSE main/11 FET DIVERGENCE_FLIPPED" */
void alert_title(char buf[static ALERT_TITLE_MAX], const char *word,
		 const struct work *w, const struct watched *x,
		 const char *label);
/* Money first, then the legs to unwind, then the commands. */
void alert_text(char buf[static ALERT_TEXT_MAX], const struct work *w,
		const struct watched *x, bool closing);

#endif
