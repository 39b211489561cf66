/* SPDX-License-Identifier: MIT */
/*
 * One poll is one straight line: fetch, snapshot, facts, decide, record,
 * notify. cycle.c walks it; cycle_record.c is its one transaction;
 * sentence.c puts it into words. No client and no SQL here: ports and store.
 */
#ifndef CARRYWATCH_CYCLE_H
#define CARRYWATCH_CYCLE_H

#include "book.h"
#include "config.h"
#include "entry.h"
#include "ports.h"
#include "store.h"

#define CYCLE_KEY_EVERY		64	/* polls between two key blobs */
#define CYCLE_SUGGESTED_MAX	64
#define CYCLE_ASTRAY_MAX	32	/* more are counted */

struct wiring {
	struct source source;
	struct executor executor;
	struct notifier notifier;
	struct clock_port clock;
	struct book book;	/* ctx NULL: nobody knows what is held */
	bool simulated;		/* titles of alerts say so */
};

struct suggested {
	struct symbol symbol;
	struct venue long_venue, short_venue;
};

/* A pair the trading client holds, and why nobody watches it. */
struct astray {
	char id[EXTERNAL_ID_MAX], why[200];
	bool seen;		/* in the book of this poll */
};

struct cycle {
	const struct config *config;	/* swapped between polls on HUP */
	const struct account *account;
	struct span interval;		/* of polls, market time */
	struct store *store;
	struct wiring wiring;
	const char *version;
	/* The arena of this poll, and that of what was last recorded. */
	struct arena *arena, *before_arena;
	struct evidence_view *before;	/* in before_arena; NULL: key next */
	struct feed *feed;		/* of that poll too, in the same arena */
	struct evidence_kept *kept;		/* what it left of each position */
	size_t n_kept;
	struct profile *shadow;		/* NULL: none; malloc'd */
	struct arena *shadow_arena;
	struct evidence_kept *shadowed;	/* what the shadow remembers */
	size_t n_shadowed;
	int32_t since_key;
	char config_hash[PROFILE_HASH_TEXT];
	char *config_text;		/* malloc'd */
	int32_t missed_ticks;		/* since the last poll */
	int64_t polls_before;	/* numbers up to here were given once */
	char refused[200];	/* why a reload kept the old; "": it did not */
	char told_error[200];		/* warn once per change */
	char told_book[160];
	struct astray astray[CYCLE_ASTRAY_MAX];	/* of the last good book */
	size_t n_astray;
	size_t more_astray, more_seen;	/* beyond those; in this poll */
	struct suggested suggested[CYCLE_SUGGESTED_MAX];
	size_t n_suggested;
};

struct cycle_result {
	int64_t seq;
	struct instant at;
	bool usable;		/* some venue gave a usable rate */
	bool recorded;
	int32_t positions, closes, alerts, opened;
};

/* config and account must outlive the cycle or its next cycle_configure. */
MUST_USE bool cycle_new(struct cycle **out, const struct config *config,
			const struct account *account, struct store *store,
			const struct wiring *wiring, struct err *err);
void cycle_free(struct cycle *c);
/* Take another configuration between two polls. */
MUST_USE bool cycle_configure(struct cycle *c, const struct config *config,
			      const struct account *account,
			      struct err *err);

/*
 * Exactly one poll. False: it could not be recorded (ERR_BUSY, ERR_STORE:
 * nothing was written or done, go on) or the outcome is unknown
 * (ERR_OUTCOME: stop and start again) or there was no memory.
 */
MUST_USE bool cycle_poll(struct cycle *c, struct cycle_result *out,
			 struct err *err);

#endif
