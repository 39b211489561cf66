/* SPDX-License-Identifier: MIT */
/*
 * One pair, BTC long lighter / short grvt, and what becomes of it when the
 * answers of the service are faulty: from bytes to the decision. Sane
 * answers of both venues close it, so whatever holds it is the fault.
 */
#ifndef CARRYWATCH_TESTS_FAULT_DESK_H
#define CARRYWATCH_TESTS_FAULT_DESK_H

#include "given.h"
#include "judge.h"

struct fault_desk {
	struct arena *arena;
	struct profile *profile;
	struct watched pair;
	struct streak slots[SLOTS_MAX];
	struct terms terms;
	struct market_limits limits;
	struct market market;
	struct instant last_poll;
	struct err err;		/* of the last answer that was refused */
};

#define FAULT_STAMP "\"timestamp\":\"2026-11-20T20:59:55\""
#define FAULT_ROW(rate) "{\"funding_rate\":" rate "," FAULT_STAMP "}"
#define FAULT_OTHERS "\"ETH\":" FAULT_ROW("1e-4") ",\"SOL\":" FAULT_ROW("1e-4")
/* An answer with this as its BTC row. */
#define FAULT_ANSWER(row) "{\"rates\":{\"BTC\":" row "," FAULT_OTHERS "}}"
#define FAULT_SANE FAULT_ANSWER(FAULT_ROW("3e-4"))

#define FAULT_Q(symbol, venue, rate) \
	{ symbol, venue, rate, WHY_KNOWN, "1000000", "5000000", NULL }
#define FAULT_END { NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL }
#define FAULT_PAIR(l, s) { FAULT_Q("BTC", "lighter", l), \
			   FAULT_Q("BTC", "grvt", s), FAULT_END }

/* The pair as it pays and as it costs, and the line that tells them apart. */
extern const struct given_quote fault_pays[], fault_flipped[];
extern const char *const fault_flips[], *const fault_flips_thrice[];

/* close NULL: every line that rates can make TRUE, TRUE on sane answers. */
void fault_open(struct fault_desk *d, const char *const *close);
void fault_done(struct fault_desk *d);

/* A poll at GIVEN_NOW over the answer of lighter; that of grvt is sane. */
void fault_answer(struct fault_desk *d, const char *body, size_t n);
/* A poll over rows as they are. */
void fault_poll(struct fault_desk *d, const char *now,
		const struct given_quote *rows);
/* A poll over d->market, sealed. */
void fault_judge(struct fault_desk *d);

bool fault_closes(const struct fault_desk *d);
void fault_holds(const struct fault_desk *d);
/* The k-th minute after GIVEN_NOW, to be used at once. */
const char *fault_minute(int k);
/* Nothing is decided, no line is known, and the long rate says why. */
void fault_held(const struct fault_desk *d, enum why why, const char *what);

/* A desk of its own: this answer of lighter must hold the pair so. */
void fault_case(const char *body, enum why why);
void fault_case_n(const char *body, size_t n, enum why why);
/* ... and this one is good: the pair closes. */
void fault_good(const char *body);

#endif
