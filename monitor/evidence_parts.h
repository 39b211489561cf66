/* SPDX-License-Identifier: MIT */
/* The sections of an evidence blob, for evidence*.c only. */
#ifndef CARRYWATCH_EVIDENCE_PARTS_H
#define CARRYWATCH_EVIDENCE_PARTS_H

#include "evidence_bytes.h"

/* ---- evidence_keys.c: venues, and which quotes there are ---- */

#define EVIDENCE_VENUES_MAX	256	/* of one view */

/* The venues of the quotes: sorted names, and what was last said of each. */
struct evidence_stamps {
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
/* False when there are too many. */
bool evidence_collect(struct evidence_stamps *s, const struct quote *q,
		      size_t n);
/* Where a venue stands in the list, or would stand. */
size_t evidence_place(const struct evidence_stamps *s, struct venue v,
		      bool *found);
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
void evidence_get_quotes(struct evidence_in *in, struct evidence_view *now,
			 const struct evidence_view *before, bool same,
			 struct arena *arena);

/* ---- evidence_slots.c: streaks of one row ---- */

void evidence_put_streak(struct evidence_out *o, const struct streak *s,
			 struct instant at);
struct streak evidence_get_streak(struct evidence_in *in, struct instant at);

bool evidence_slots_differ(const struct evidence_row *r,
			   const struct evidence_row *base);
void evidence_put_slots(struct evidence_out *o, const struct evidence_row *r,
			const struct evidence_row *base, struct instant at);
/* r->n_slots is set already; `changed`: codes follow. */
void evidence_get_slots(struct evidence_in *in, struct evidence_row *r,
			const struct evidence_row *base, struct instant at,
			bool changed);

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
