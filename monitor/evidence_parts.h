/* SPDX-License-Identifier: MIT */
/*
 * The sections of an evidence blob, for evidence*.c only. A section is read
 * into what the view before had: `now` holds it already and is changed in
 * place (all is the same but numbers), or holds NULL and gets a copy.
 */
#ifndef CARRYWATCH_EVIDENCE_PARTS_H
#define CARRYWATCH_EVIDENCE_PARTS_H

#include "evidence_bytes.h"

/* ---- evidence.c ---- */

/* Does it say nothing new of which venues, quotes and rows there are? */
bool evidence_same_places(const unsigned char *blob, size_t n);
struct evidence_stamps;
/* *now: evidence of nothing; or of what such a blob changes, *before. */
MUST_USE bool evidence_apply(struct evidence_view *now,
			     const struct evidence_view *before,
			     struct evidence_stamps *stamps,
			     const unsigned char *blob, size_t n,
			     struct arena *arena, struct err *err);

/* ---- evidence_keys.c: venues, and which quotes there are ---- */

#define EVIDENCE_VENUES_MAX	256	/* of one view */

/* The venues of the quotes: sorted names, and what was last said of each. */
struct evidence_stamps {
	unsigned char *place;		/* of each quote: its venue below */
	size_t n;
	struct venue name[EVIDENCE_VENUES_MAX];
	struct instant observed[EVIDENCE_VENUES_MAX];	/* of most quotes */
	struct instant next[EVIDENCE_VENUES_MAX];	/* last one written */
	size_t votes[EVIDENCE_VENUES_MAX];
};

bool evidence_same_venues(const struct evidence_view *a,
			  const struct evidence_view *b);
bool evidence_same_quotes(const struct evidence_view *a,
			  const struct evidence_view *b);
int evidence_cmp_keys(const struct quote *a, const struct quote *b);
/* False when there are too many, or no memory. */
bool evidence_collect(struct evidence_stamps *s, const struct quote *q,
		      size_t n, struct arena *arena);
void evidence_put_venues(struct evidence_out *o,
			 const struct evidence_view *now,
			 const struct evidence_view *before, bool same);
void evidence_get_venues(struct evidence_in *in, struct evidence_view *now,
			 const struct evidence_view *before, bool same,
			 struct arena *arena);
void evidence_put_keys(struct evidence_out *o,
		       const struct evidence_stamps *s,
		       const struct quote *q, size_t n);
/* The quotes' keys, out of the blob or those of `same`; fills *s too. */
void evidence_get_keys(struct evidence_in *in, struct evidence_view *now,
		       const struct evidence_view *same,
		       struct evidence_stamps *s, struct arena *arena);

/* ---- evidence_quotes.c ---- */

void evidence_put_quotes(struct evidence_out *o,
			 const struct evidence_view *now,
			 const struct evidence_view *before, bool same);
/* In place, *s is what it was after the view before. */
void evidence_get_quotes(struct evidence_in *in, struct evidence_view *now,
			 const struct evidence_view *before, bool same,
			 struct evidence_stamps *s, struct arena *arena);

/* ---- evidence_slots.c: streaks of one row ---- */

void evidence_put_streak(struct evidence_out *o, const struct streak *s,
			 struct instant at);
struct streak evidence_get_streak(struct evidence_in *in, struct instant at);

bool evidence_slots_differ(const struct evidence_row *r,
			   const struct evidence_row *base);
void evidence_put_slots(struct evidence_out *o, const struct evidence_row *r,
			const struct evidence_row *base, struct instant at);
/* r->slot[] as before; r->n_slots and r->new_data are set already. */
void evidence_get_slots(struct evidence_in *in, struct evidence_row *r,
			struct instant at);

/* ---- evidence_memory.c: what rows started from ---- */

void evidence_put_memory(struct evidence_out *o,
			 const struct evidence_memory *m, struct instant at);
void evidence_get_memory(struct evidence_in *in, struct evidence_memory *m,
			 struct instant at, struct arena *arena);
bool evidence_any_memory(const struct evidence_view *v);
void evidence_put_memories(struct evidence_out *o,
			   const struct evidence_view *now);
void evidence_get_memories(struct evidence_in *in, struct evidence_view *now,
			   struct arena *arena);

/* ---- evidence_held.c: what the trading client said ---- */

bool evidence_any_held(const struct evidence_view *v);
/* before: of the same rows, or NULL. */
void evidence_put_held(struct evidence_out *o, const struct evidence_view *now,
		       const struct evidence_view *before);
void evidence_get_held(struct evidence_in *in, struct evidence_view *now,
		       const struct evidence_view *before, struct arena *arena);
void evidence_put_fact(struct evidence_out *o, struct fact f);
struct fact evidence_get_fact(struct evidence_in *in);

/* ---- evidence_rows.c: verdicts ---- */

struct label evidence_get_label(struct evidence_in *in);

bool evidence_same_rows(const struct evidence_view *a,
			const struct evidence_view *b);
void evidence_put_rows(struct evidence_out *o,
		       const struct evidence_view *now,
		       const struct evidence_view *before, bool same);
void evidence_get_rows(struct evidence_in *in, struct evidence_view *now,
		       const struct evidence_view *before, bool same,
		       struct arena *arena);

#endif
