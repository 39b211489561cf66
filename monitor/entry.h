/* SPDX-License-Identifier: MIT */
/*
 * The account's entry policy: which ranked opportunities to open now, and why
 * the others not. The service finds, the client decides. Pure.
 */
#ifndef CARRYWATCH_ENTRY_H
#define CARRYWATCH_ENTRY_H

#include "config.h"

/* In the order of the checks; the first that applies is the reason. */
#define ENTRY_TABLE(X) \
	X(ACCEPTED,	"accepted") \
	X(NOT_ALLOWED,	"a venue the account does not use") \
	X(NOT_FRESH,	"a leg without a fresh rate") \
	X(HELD,		"symbol already held") \
	X(COOLDOWN,	"symbol closed a short time ago") \
	X(LOW_PROFIT,	"divergence below min_profit") \
	X(OI_UNKNOWN,	"open interest unknown") \
	X(OI_LOW,	"open interest below min_oi_usd") \
	X(OI_HIGH,	"open interest above max_oi_usd") \
	X(VOLUME,	"volume unknown or below min_volume") \
	X(BREAK_EVEN,	"break-even beyond max_break_even") \
	X(WOULD_CLOSE,	"a close line is already true") \
	X(MAX_POSITIONS, "max_positions reached") \
	X(MAX_PER_VENUE, "max_positions_per_venue reached") \
	X(MAX_EXPOSURE,	"max_exposure_per_venue_usd reached") \
	X(NO_SIZE,	"size out of range")

enum entry_result {
#define X(id, word) ENTRY_##id,
	ENTRY_TABLE(X)
#undef X
	ENTRY_COUNT
};

const char *entry_word(enum entry_result r);

struct entry_ask {
	const struct account *account;
	const struct market *market;
	const struct terms *terms;
	/* Open and pending ones, and those closed within the cooldown. */
	const struct position *positions;
	size_t n_positions;
	struct instant now;
};

struct entry {
	const struct opportunity *opportunity;
	enum entry_result result;
	bool disagrees;		/* listed divergence is not the fresh one's */
	struct position position;	/* when accepted; no id, no fees yet */
};

/*
 * Judge the ranked opportunities, best first; accepted ones count against
 * the limits of those after them. *out in the arena; false without memory.
 */
MUST_USE bool entry_judge(struct entry **out, size_t *n,
			  const struct entry_ask *ask, struct arena *arena,
			  struct err *err);

#endif
