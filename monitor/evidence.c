/* SPDX-License-Identifier: MIT */
/*
 * Frame of an evidence blob: version and kind, flags, poll and instant, the
 * four sections, and a CRC over all of it. A blob that is not a key names
 * the poll it builds on and is refused on any other.
 */
#include "evidence_parts.h"

#include <inttypes.h>
#include <string.h>

#define VERSION		1u

/* First byte: version, and the lowest bit says "key". */
enum { FIRST_DELTA = VERSION << 1, FIRST_KEY = VERSION << 1 | 1 };

/* Second byte. */
enum {
	OPPORTUNITIES_KNOWN = 1, SAME_VENUES = 2, SAME_QUOTES = 4,
	SAME_ROWS = 8, SAME_ANY = 14, DEXES_UNKNOWN = 16, HAS_MEMORY = 32,
	HAS_HELD = 64, FLAGS_ALL = 127
};

static const struct evidence_view nothing = { .at = { INT64_MIN } };

static unsigned view_flags(const struct evidence_view *now,
			   const struct evidence_view *before)
{
	unsigned f = now->opportunities_known ? OPPORTUNITIES_KNOWN : 0;

	if (!now->dexes_known)
		f |= DEXES_UNKNOWN;
	if (evidence_any_memory(now))
		f |= HAS_MEMORY;
	if (evidence_any_held(now))
		f |= HAS_HELD;
	if (!before)
		return f;
	if (evidence_same_venues(now, before))
		f |= SAME_VENUES;
	if (evidence_same_quotes(now, before))
		f |= SAME_QUOTES;
	/* Its list is made where rows are. */
	if (evidence_same_rows(now, before) &&
	    evidence_any_held(now) == evidence_any_held(before))
		f |= SAME_ROWS;
	return f;
}

static void put_frame(struct evidence_out *o, const struct evidence_view *now,
		      const struct evidence_view *before, unsigned flags)
{
	evidence_put_u8(o, before ? FIRST_DELTA : FIRST_KEY);
	evidence_put_u8(o, flags);
	evidence_put_uint(o, (uint64_t)now->poll);
	if (before)
		evidence_put_uint(o, (uint64_t)(now->poll - before->poll));
	evidence_put_instant(o, now->at,
			     before ? before->at : nothing.at);
}

bool evidence_encode(unsigned char **blob, size_t *n,
		     const struct evidence_view *now,
		     const struct evidence_view *before,
		     struct arena *arena, struct err *err)
{
	struct evidence_out o = { .arena = arena };
	unsigned flags = view_flags(now, before);

	if (now->poll <= (before ? before->poll : 0) || !instant_known(now->at))
		return err_set(err, ERR_STORE, "evidence: poll %" PRId64
			       " is out of order", now->poll);
	put_frame(&o, now, before, flags);
	evidence_put_venues(&o, now, before, flags & SAME_VENUES);
	evidence_put_quotes(&o, now, before, flags & SAME_QUOTES);
	evidence_put_rows(&o, now, before, flags & SAME_ROWS);
	if (flags & HAS_MEMORY)
		evidence_put_memories(&o, now);
	if (flags & HAS_HELD)
		evidence_put_held(&o, now, flags & SAME_ROWS ? before : NULL);
	evidence_put_crc(&o);
	return evidence_put_end(&o, blob, n, "evidence of a poll", err);
}

bool evidence_is_key(const unsigned char *blob, size_t n)
{
	return n > 0 && blob[0] == FIRST_KEY;
}

static int64_t get_poll(struct evidence_in *in,
			const struct evidence_view *before)
{
	uint64_t poll = evidence_get_uint(in), step = 0;

	if (before)
		step = evidence_get_uint(in);
	if (poll == 0 || poll > INT64_MAX || (before && (step == 0 ||
	    step > poll || (int64_t)(poll - step) != before->poll)))
		in->failed = true;
	return in->failed ? 0 : (int64_t)poll;
}

/* *v: nothing, or the arrays of `before`, which then are changed. */
static void get_view(struct evidence_in *in, struct evidence_view *v,
		     const struct evidence_view *before,
		     struct evidence_stamps *stamps, struct arena *arena)
{
	unsigned first = evidence_get_u8(in), flags = evidence_get_u8(in);

	if (first != (before ? FIRST_DELTA : FIRST_KEY) ||
	    flags & ~(unsigned)FLAGS_ALL || (!before && flags & SAME_ANY))
		in->failed = true;
	v->poll = get_poll(in, before);
	v->at = evidence_get_instant(in, before ? before->at : nothing.at);
	v->opportunities_known = flags & OPPORTUNITIES_KNOWN;
	v->dexes_known = !(flags & DEXES_UNKNOWN);
	if (!in->failed && instant_known(v->at))
		evidence_get_venues(in, v, before, flags & SAME_VENUES, arena);
	if (!in->failed)
		evidence_get_quotes(in, v, before, flags & SAME_QUOTES, stamps,
				    arena);
	if (!in->failed)
		evidence_get_rows(in, v, before, flags & SAME_ROWS, arena);
	if (!in->failed && flags & HAS_MEMORY)
		evidence_get_memories(in, v, arena);
	if (!(flags & HAS_HELD))
		v->held = NULL;
	else if (!in->failed)
		evidence_get_held(in, v, flags & SAME_ROWS ? before : NULL,
				  arena);
}

bool evidence_same_places(const unsigned char *blob, size_t n)
{
	return n > 1 && blob[0] == FIRST_DELTA &&
	       (blob[1] & SAME_ANY) == SAME_ANY;
}

bool evidence_apply(struct evidence_view *now,
		    const struct evidence_view *before,
		    struct evidence_stamps *stamps,
		    const unsigned char *blob, size_t n, struct arena *arena,
		    struct err *err)
{
	struct evidence_in in = { .p = blob };

	if (!evidence_crc_right(blob, n))
		return err_set(err, ERR_STORE, "evidence is damaged "
			       "(checksum of %zu bytes)", n);
	in.n = n - EVIDENCE_CRC_SIZE;
	get_view(&in, now, before, stamps, arena);
	if (in.no_memory)
		return err_set(err, ERR_MEMORY, "no memory for evidence");
	if (in.failed || in.at != in.n || !instant_known(now->at))
		return err_set(err, ERR_STORE, "evidence is damaged, or does "
			       "not follow the poll before (byte %zu of %zu)",
			       in.at, n);
	return true;
}

bool evidence_decode(struct evidence_view *now,
		     const struct evidence_view *before,
		     const unsigned char *blob, size_t n,
		     struct arena *arena, struct err *err)
{
	struct evidence_stamps *stamps = arena_alloc(arena, sizeof(*stamps));
	struct evidence_view v = nothing;

	if (!stamps)
		return err_set(err, ERR_MEMORY, "no memory for evidence");
	if (!evidence_apply(&v, before, stamps, blob, n, arena, err))
		return false;
	*now = v;
	return true;
}

void evidence_market(struct market *out, const struct evidence_view *v)
{
	*out = (struct market){
		.taken_at = v->at,
		.venues = v->venues, .n_venues = v->n_venues,
		.quotes = v->quotes, .n_quotes = v->n_quotes,
		.opportunities_known = v->opportunities_known,
		.dexes_known = v->dexes_known,
	};
}
