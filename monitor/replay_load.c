/* SPDX-License-Identifier: MIT */
/* What a replay needs of each position beside the recorded polls. */
#include "replay_load.h"

static bool load_pair(struct replay_pair *pair, const struct position *p,
		      struct store *s, struct arena *arena, struct err *err)
{
	struct settlement *ledger;
	struct event *events;

	pair->recorded = *p;
	if (!store_settlements(s, &ledger, &pair->n_ledger, p->id, arena,
			       err) ||
	    !store_events(s, &events, &pair->n_events, p->id, arena, err))
		return false;
	pair->ledger = ledger;
	pair->events = events;
	replay_begin(pair);
	return true;
}

static bool load_pairs(struct replay *r, struct store *s, struct arena *arena,
		       struct err *err)
{
	struct position *list;

	if (!store_positions(s, &list, &r->n, STORE_ALL, INSTANT_UNKNOWN,
			     arena, err))
		return false;
	r->pairs = arena_array(arena, r->n, sizeof(*r->pairs));
	if (!r->pairs)
		return err_set(err, ERR_MEMORY, "no memory for positions");
	for (size_t i = 0; i < r->n; i++)
		if (!load_pair(&r->pairs[i], &list[i], s, arena, err))
			return false;
	return true;
}

bool replay_load(struct replay *r, struct store *s, struct arena *arena,
		 struct err *err)
{
	bool ok;

	if (!store_begin_read(s, err))
		return false;
	ok = load_pairs(r, s, arena, err);
	store_end_read(s);
	return ok;
}
