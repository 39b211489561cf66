/* SPDX-License-Identifier: MIT */
/*
 * Reads blobs one after the other. As long as there are the same venues,
 * quotes and rows, which is most of the time, a blob is applied to the view
 * where it stands; else, and at a key blob, everything moves to the other of
 * two arenas.
 */
#include "evidence_parts.h"

struct evidence_reader {
	struct arena *turn[2], *moment;
	unsigned at;			/* whose turn it was */
	struct evidence_view view;
	bool begun;			/* view is the one before */
	uint64_t keys;
	struct evidence_stamps stamps;
	unsigned char standing[EVIDENCE_VENUES_MAX + 1];
};

struct evidence_reader *evidence_reader_new(struct arena *own,
					    struct arena *const turn[2],
					    struct arena *moment)
{
	struct evidence_reader *r = arena_alloc(own, sizeof(*r));

	if (!r)
		return NULL;
	r->turn[0] = turn[0];
	r->turn[1] = turn[1];
	r->moment = moment;
	return r;
}

/* What a plan of facts rests on beside the names; did it change? */
static bool stand(unsigned char *out, const struct evidence_view *v)
{
	bool moved = out[v->n_venues] != v->dexes_known;

	out[v->n_venues] = v->dexes_known;
	for (size_t i = 0; i < v->n_venues; i++) {
		const struct venue_view *x = &v->venues[i];
		unsigned now = (x->listed ? 1u : 0u) | (x->active ? 2u : 0u) |
			       (unsigned)x->rates << 2;

		moved |= out[i] != now;
		out[i] = (unsigned char)now;
	}
	return moved;
}

static bool same_keys(const struct evidence_view *a,
		      const struct evidence_view *b)
{
	return evidence_same_venues(a, b) && evidence_same_quotes(a, b);
}

static bool in_place(struct evidence_reader *r, const unsigned char *blob,
		     size_t n, struct err *err)
{
	struct evidence_view v = r->view;

	arena_reset(r->moment);
	if (!evidence_apply(&v, &r->view, &r->stamps, blob, n, r->moment, err))
		return false;
	r->keys += stand(r->standing, &v);
	r->view = v;
	return true;
}

static bool anew(struct evidence_reader *r, const unsigned char *blob,
		 size_t n, struct err *err)
{
	const bool key = evidence_is_key(blob, n);
	struct arena *arena = r->turn[!r->at];
	struct evidence_view v = { .at = INSTANT_UNKNOWN };
	bool same, moved;

	arena_reset(arena);
	if (!evidence_apply(&v, key ? NULL : &r->view, &r->stamps, blob, n,
			    arena, err))
		return false;
	same = r->keys > 0 && same_keys(&v, &r->view);
	moved = stand(r->standing, &v);
	r->keys += !same || moved;
	r->at = !r->at;
	r->view = v;
	return true;
}

bool evidence_reader_apply(struct evidence_reader *r,
			   const unsigned char *blob, size_t n,
			   struct err *err)
{
	bool ok;

	if (!r->begun && !evidence_is_key(blob, n))
		return err_set(err, ERR_STORE, "the start of its evidence is "
			       "missing");
	ok = evidence_same_places(blob, n) ? in_place(r, blob, n, err) :
					     anew(r, blob, n, err);
	r->begun = ok;			/* half of it is none */
	return ok;
}

const struct evidence_view *evidence_reader_view(const struct evidence_reader *r)
{
	return &r->view;
}

uint64_t evidence_reader_keys(const struct evidence_reader *r)
{
	return r->keys;
}
