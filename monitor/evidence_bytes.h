/* SPDX-License-Identifier: MIT */
/*
 * Bytes of an evidence blob, for evidence*.c only. Writers and readers carry
 * a sticky `failed`, looked at once at the end; a failed reader gives zeros.
 */
#ifndef CARRYWATCH_EVIDENCE_BYTES_H
#define CARRYWATCH_EVIDENCE_BYTES_H

#include "evidence.h"

struct evidence_out {
	struct arena *arena;
	unsigned char *p;
	size_t n, cap;
	bool failed;			/* no memory, or a value out of range */
};

struct evidence_in {
	const unsigned char *p;
	size_t n, at;
	bool failed;
};

/* ---- evidence_bytes.c ---- */

void evidence_put_u8(struct evidence_out *o, unsigned v);
void evidence_put_uint(struct evidence_out *o, uint64_t v);
void evidence_put_int(struct evidence_out *o, int64_t v);
void evidence_put_name(struct evidence_out *o, const char *s);
void evidence_put_instant(struct evidence_out *o, struct instant t,
			  struct instant base);
void evidence_put_dec(struct evidence_out *o, struct dec v, struct dec base);
/* Numbers of two bits, four to a byte, the first one lowest. */
void evidence_put_pairs(struct evidence_out *o, const unsigned char *v, int n);

unsigned evidence_get_u8(struct evidence_in *in);
uint64_t evidence_get_uint(struct evidence_in *in);
int64_t evidence_get_int(struct evidence_in *in);
/* At most max - 1 bytes and a NUL; the rest of buf is untouched. */
size_t evidence_get_name(struct evidence_in *in, char *buf, size_t max);
struct instant evidence_get_instant(struct evidence_in *in,
				    struct instant base);
struct dec evidence_get_dec(struct evidence_in *in, struct dec base);
void evidence_get_pairs(struct evidence_in *in, unsigned char *v, int n);
/* A number of things of which each takes a byte at least; else failed. */
size_t evidence_get_count(struct evidence_in *in, size_t max);

uint32_t evidence_crc(const unsigned char *p, size_t n);

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

bool evidence_slots_differ(const struct evidence_row *r,
			   const struct evidence_row *base);
void evidence_put_slots(struct evidence_out *o, const struct evidence_row *r,
			const struct evidence_row *base, struct instant at);
/* r->n_slots is set already; `changed`: codes follow. */
void evidence_get_slots(struct evidence_in *in, struct evidence_row *r,
			const struct evidence_row *base, struct instant at,
			bool changed);

/* ---- evidence_rows.c: verdicts ---- */

bool evidence_same_rows(const struct evidence_view *a,
			const struct evidence_view *b);
void evidence_put_rows(struct evidence_out *o,
		       const struct evidence_view *now,
		       const struct evidence_view *before, bool same);
void evidence_get_rows(struct evidence_in *in, struct evidence_view *now,
		       const struct evidence_view *before, bool same,
		       struct arena *arena);

#endif
