/* SPDX-License-Identifier: MIT */
/*
 * Evidence of one poll as one compact blob: inputs that changed since the
 * poll before (or all of them, in a key blob), and every position's packed
 * verdicts. Pure: bytes in, values out. Decoding distrusts its input.
 *
 * A reader starts at a key blob and applies the blobs after it in order;
 * the view is then exactly what the poll saw.
 */
#ifndef CARRYWATCH_EVIDENCE_H
#define CARRYWATCH_EVIDENCE_H

#include "decision.h"
#include "expr.h"
#include "facts.h"

/*
 * What a position brought into a poll: together with the poll's market it
 * decides what was concluded.
 */
struct evidence_memory {
	enum status status;
	struct label reason, muted;
	struct instant decided_at, muted_until;
	struct dec fees_usd, slippage_usd;
	struct facts_memory facts;
	struct watch watch;
	int n_slots;
	struct streak *slot;
};

bool evidence_memory_same(const struct evidence_memory *a,
			  const struct evidence_memory *b);

/* The same beside its position. */
struct evidence_kept {
	int64_t position;
	struct evidence_memory memory;
};

/* A list of them by position as a blob, and back into the arena. */
MUST_USE bool evidence_encode_kept(unsigned char **blob, size_t *n,
				   const struct evidence_kept *list,
				   size_t count, struct instant at,
				   struct arena *arena, struct err *err);
MUST_USE bool evidence_decode_kept(struct evidence_kept **list, size_t *count,
				   const unsigned char *blob, size_t n,
				   struct arena *arena, struct err *err);

/* What a poll concluded about one position. */
struct evidence_row {
	int64_t position;
	enum action action;
	struct label label;
	int line;			/* deciding line, -1 none */
	bool new_data;
	int n_lines;
	struct finding finding[LINES_MAX];
	int n_slots;
	struct streak slot[SLOTS_MAX];	/* after the poll, for explain */
	/* NULL: what the poll before left, or none was recorded (0.1.0). */
	const struct evidence_memory *memory;
	const struct held *held;	/* NULL: there is no trading client */
};

struct evidence_view {
	int64_t poll;			/* sequence number */
	struct instant at;
	struct venue_view *venues;	/* sorted; error texts not kept */
	size_t n_venues;
	struct quote *quotes;		/* of the held symbols, sorted */
	size_t n_quotes;
	struct evidence_row *rows;	/* by position id */
	size_t n_rows;
	struct held *held;		/* by row; where those of a blob are */
	bool opportunities_known;
	bool dexes_known;		/* version 0.1.0: always */
};

/*
 * Encode `now` against `before` (NULL: a key blob) into arena memory. The
 * quotes kept of a market are those of `held` symbols (sorted).
 */
MUST_USE bool evidence_encode(unsigned char **blob, size_t *n,
			      const struct evidence_view *now,
			      const struct evidence_view *before,
			      struct arena *arena, struct err *err);
/* Apply a blob to the view before it (NULL for a key blob). */
MUST_USE bool evidence_decode(struct evidence_view *now,
			      const struct evidence_view *before,
			      const unsigned char *blob, size_t n,
			      struct arena *arena, struct err *err);
bool evidence_is_key(const unsigned char *blob, size_t n);

/*
 * A reader of one blob after the other, beginning with a key blob. Its view
 * is valid until the next blob, which changes it where it stands; after one
 * that was refused only a key blob is taken. Keys are another number when the
 * places of quotes or the standing of venues are others (market_same_keys).
 */
struct evidence_reader;
/* It lives in `own`; the others are for it alone and it resets them. NULL:
 * no memory. */
struct evidence_reader *evidence_reader_new(struct arena *own,
					    struct arena *const turn[2],
					    struct arena *moment);
MUST_USE bool evidence_reader_apply(struct evidence_reader *r,
				    const unsigned char *blob, size_t n,
				    struct err *err);
const struct evidence_view *evidence_reader_view(const struct evidence_reader *r);
uint64_t evidence_reader_keys(const struct evidence_reader *r);	/* never 0 */

/* The market a view stands for (facts_compute takes it); const, sealed. */
void evidence_market(struct market *out, const struct evidence_view *v);

#endif
