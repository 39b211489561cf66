/* SPDX-License-Identifier: MIT */
/*
 * Which venues and quotes an evidence blob speaks of. Both lists are sorted,
 * so what a venue was in the view before is found by walking both at once;
 * a list that did not change is not written again.
 */
#include "evidence_parts.h"

#include <string.h>

#define QUOTES_MAX	((size_t)1 << 20)

/* State byte of a venue. */
enum {
	VENUE_LISTED = 1, VENUE_ACTIVE = 2, VENUE_RATES = 2 /* shift */,
	VENUE_SYMBOLS = 4 /* shift */, VENUE_COUNTS = 64, VENUE_ALL = 127
};

/* ---- venues ---- */

bool evidence_same_venues(const struct evidence_view *a,
			  const struct evidence_view *b)
{
	if (a->n_venues != b->n_venues)
		return false;
	for (size_t i = 0; i < a->n_venues; i++)
		if (venue_cmp(a->venues[i].venue, b->venues[i].venue) != 0)
			return false;
	return true;
}

static const struct venue_view *venue_before(const struct evidence_view *v,
					     size_t *at, struct venue name)
{
	static const struct venue_view none;
	int c = 1;

	while (v && *at < v->n_venues &&
	       (c = venue_cmp(v->venues[*at].venue, name)) < 0)
		(*at)++;
	return c == 0 ? &v->venues[*at] : &none;
}

static void put_venue(struct evidence_out *o, const struct venue_view *v,
		      const struct venue_view *base)
{
	bool counts = v->rows != base->rows || v->malformed != base->malformed;

	evidence_put_u8(o, (v->listed ? VENUE_LISTED : 0u) |
			   (v->active ? VENUE_ACTIVE : 0u) |
			   (unsigned)v->rates << VENUE_RATES |
			   (unsigned)v->symbols << VENUE_SYMBOLS |
			   (counts ? VENUE_COUNTS : 0u));
	if (!counts)
		return;
	evidence_put_uint(o, v->rows);
	evidence_put_uint(o, v->malformed);
}

void evidence_put_venues(struct evidence_out *o,
			 const struct evidence_view *now,
			 const struct evidence_view *before, bool same)
{
	size_t at = 0;

	if (now->n_venues > EVIDENCE_VENUES_MAX)
		o->failed = true;
	if (!same) {
		evidence_put_uint(o, now->n_venues);
		for (size_t i = 0; i < now->n_venues; i++)
			evidence_put_name(o, now->venues[i].venue.s);
	}
	for (size_t i = 0; i < now->n_venues; i++) {
		const struct venue_view *v = &now->venues[i];

		if (i && venue_cmp(now->venues[i - 1].venue, v->venue) >= 0)
			o->failed = true;
		put_venue(o, v, venue_before(before, &at, v->venue));
	}
}

static struct venue get_venue_name(struct evidence_in *in)
{
	char text[NAME_TEXT_MAX];
	size_t n = evidence_get_name(in, text, sizeof(text));
	struct venue v = { "" };

	if (!venue_parse(&v, text, n) || strcmp(v.s, text) != 0)
		in->failed = true;
	return v;
}

static enum answer get_answer(struct evidence_in *in, unsigned bits)
{
	if ((bits & 3) <= ANSWER_FAILED)
		return (enum answer)(bits & 3);
	in->failed = true;
	return ANSWER_NOT_ASKED;
}

static uint32_t get_u32(struct evidence_in *in)
{
	uint64_t v = evidence_get_uint(in);

	if (v > UINT32_MAX)
		in->failed = true;
	return (uint32_t)v;
}

/* *v is what it was in the view before. */
static void get_venue(struct evidence_in *in, struct venue_view *v)
{
	unsigned bits = evidence_get_u8(in);

	if (bits & ~(unsigned)VENUE_ALL)
		in->failed = true;
	v->listed = bits & VENUE_LISTED;
	v->active = bits & VENUE_ACTIVE;
	v->rates = get_answer(in, bits >> VENUE_RATES);
	v->symbols = get_answer(in, bits >> VENUE_SYMBOLS);
	if (!(bits & VENUE_COUNTS))
		return;
	v->rows = get_u32(in);
	v->malformed = get_u32(in);
}

/* Names, and of each the counts it had. */
static void begin_venues(struct evidence_in *in, struct evidence_view *now,
			 const struct evidence_view *before, bool same,
			 struct arena *arena)
{
	size_t n = same ? before->n_venues : evidence_get_count(in, EVIDENCE_VENUES_MAX);
	size_t at = 0;

	now->venues = arena_array(arena, n, sizeof(*now->venues));
	if (!now->venues) {
		evidence_no_memory(in);
		return;
	}
	now->n_venues = n;
	for (size_t i = 0; i < n && !in->failed; i++) {
		struct venue_view *v = &now->venues[i];
		const struct venue_view *base;

		v->venue = same ? before->venues[i].venue : get_venue_name(in);
		if (i && venue_cmp(now->venues[i - 1].venue, v->venue) >= 0)
			in->failed = true;
		base = venue_before(before, &at, v->venue);
		v->rows = base->rows;
		v->malformed = base->malformed;
	}
}

void evidence_get_venues(struct evidence_in *in, struct evidence_view *now,
			 const struct evidence_view *before, bool same,
			 struct arena *arena)
{
	if (!now->venues)
		begin_venues(in, now, before, same, arena);
	for (size_t i = 0; i < now->n_venues && !in->failed; i++)
		get_venue(in, &now->venues[i]);
}

/* ---- which quotes there are ---- */

int evidence_cmp_keys(const struct quote *a, const struct quote *b)
{
	int c = symbol_cmp(a->symbol, b->symbol);

	return c ? c : venue_cmp(a->venue, b->venue);
}

bool evidence_same_quotes(const struct evidence_view *a,
			  const struct evidence_view *b)
{
	if (a->n_quotes != b->n_quotes)
		return false;
	for (size_t i = 0; i < a->n_quotes; i++)
		if (evidence_cmp_keys(&a->quotes[i], &b->quotes[i]) != 0)
			return false;
	return true;
}

/* Where a venue stands in the list, or would stand. */
static size_t place_of(const struct evidence_stamps *s, struct venue v,
		      bool *found)
{
	size_t lo = 0, hi = s->n;

	*found = false;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = venue_cmp(s->name[mid], v);

		if (c == 0) {
			*found = true;
			return mid;
		}
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool add_name(struct evidence_stamps *s, struct venue v)
{
	bool found;
	size_t at = place_of(s, v, &found);

	if (found)
		return true;
	if (s->n == EVIDENCE_VENUES_MAX)
		return false;
	memmove(&s->name[at + 1], &s->name[at],
		(s->n - at) * sizeof(*s->name));
	s->name[at] = v;
	s->n++;
	return true;
}

bool evidence_collect(struct evidence_stamps *s, const struct quote *q,
		      size_t n, struct arena *arena)
{
	bool found;

	s->n = 0;
	s->place = arena_array(arena, n, sizeof(*s->place));
	if (!s->place)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!add_name(s, q[i].venue))
			return false;
	for (size_t i = 0; i < n; i++)
		s->place[i] = (unsigned char)place_of(s, q[i].venue,
							    &found);
	return true;
}

static size_t run_length(const struct quote *q, size_t n)
{
	size_t k = 1;

	while (k < n && symbol_cmp(q[k].symbol, q[0].symbol) == 0)
		k++;
	return k;
}

void evidence_put_keys(struct evidence_out *o, const struct evidence_stamps *s,
		     const struct quote *q, size_t n)
{
	evidence_put_uint(o, s->n);
	for (size_t i = 0; i < s->n; i++)
		evidence_put_name(o, s->name[i].s);
	evidence_put_uint(o, n);
	for (size_t i = 0, run; i < n; i += run) {
		run = run_length(&q[i], n - i);
		evidence_put_name(o, q[i].symbol.s);
		evidence_put_uint(o, run);
		for (size_t k = 0; k < run; k++)
			evidence_put_uint(o, s->place[i + k]);
	}
}

static struct symbol get_symbol_name(struct evidence_in *in)
{
	char text[NAME_TEXT_MAX];
	size_t n = evidence_get_name(in, text, sizeof(text));
	struct symbol v = { "" };

	if (!symbol_parse(&v, text, n) || strcmp(v.s, text) != 0)
		in->failed = true;
	return v;
}

static void get_names(struct evidence_in *in, struct evidence_stamps *s)
{
	s->n = evidence_get_count(in, EVIDENCE_VENUES_MAX);
	for (size_t i = 0; i < s->n && !in->failed; i++)
		s->name[i] = get_venue_name(in);
}

/* The venues quoted for one symbol; *at moves on. */
static void get_run(struct evidence_in *in, struct evidence_view *now,
		    size_t *at, const struct evidence_stamps *s)
{
	struct symbol symbol = get_symbol_name(in);
	size_t run = evidence_get_count(in, now->n_quotes - *at);

	if (run == 0)
		in->failed = true;
	for (size_t k = 0; k < run && !in->failed; k++, (*at)++) {
		struct quote *q = &now->quotes[*at];
		uint64_t place = evidence_get_uint(in);

		if (place >= s->n) {
			in->failed = true;
			return;
		}
		q->symbol = symbol;
		q->venue = s->name[place];
		if (*at && evidence_cmp_keys(q - 1, q) >= 0)
			in->failed = true;
	}
}

static void read_keys(struct evidence_in *in, struct evidence_view *now,
		      struct evidence_stamps *s)
{
	size_t at = 0;

	while (at < now->n_quotes && !in->failed)
		get_run(in, now, &at, s);
}

static void copy_keys(struct evidence_view *now,
		      const struct evidence_view *before)
{
	for (size_t i = 0; i < now->n_quotes; i++) {
		now->quotes[i].symbol = before->quotes[i].symbol;
		now->quotes[i].venue = before->quotes[i].venue;
	}
}

void evidence_get_keys(struct evidence_in *in, struct evidence_view *now,
		       const struct evidence_view *same,
		       struct evidence_stamps *s, struct arena *arena)
{
	size_t n;

	if (!same)
		get_names(in, s);
	n = same ? same->n_quotes : evidence_get_count(in, QUOTES_MAX);
	now->quotes = arena_array(arena, n, sizeof(*now->quotes));
	if (!now->quotes) {
		evidence_no_memory(in);
		return;
	}
	now->n_quotes = n;
	if (same)
		copy_keys(now, same);
	else
		read_keys(in, now, s);
	/* No more venues than get_names takes, and than the view before has. */
	if (!in->failed && !evidence_collect(s, now->quotes, n, arena))
		evidence_no_memory(in);
}
