/* SPDX-License-Identifier: MIT */
/*
 * What a position brings into a poll and what it takes out of it. Evidence
 * writes the first only where it is not the second of the poll before: a
 * first poll, a restart, a command, a settlement.
 */
#include "cycle_work.h"

static int slots_of(const struct work *w)
{
	return profile_slots(w->cycle->account->profile);
}

/* Into the poll; the streaks are those of x->old_slots. */
static struct evidence_memory before(const struct work *w,
				     const struct watched *x)
{
	const struct position *p = &x->pos;

	return (struct evidence_memory){
		.status = p->status, .reason = p->reason, .muted = p->muted,
		.decided_at = p->decided_at, .muted_until = p->muted_until,
		.fees_usd = p->fees_usd, .slippage_usd = p->slippage_usd,
		.facts = x->memory, .watch = x->old_watch,
		.n_slots = slots_of(w), .slot = x->old_slots,
	};
}

static const struct evidence_memory *left_before(const struct work *w,
						 int64_t position)
{
	const struct cycle *c = w->cycle;
	size_t lo = 0, hi = c->n_kept;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (c->kept[mid].position == position)
			return &c->kept[mid].memory;
		if (c->kept[mid].position < position)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

struct evidence_memory *cycle_memory(const struct work *w,
				     const struct watched *x, bool *known)
{
	struct evidence_memory m = before(w, x), *out;
	const struct evidence_memory *left = left_before(w, x->pos.id);

	*known = !w->key && left && evidence_memory_same(&m, left);
	if (*known)
		return NULL;
	out = arena_alloc(w->arena, sizeof(*out));
	if (out)
		*out = m;
	return out;
}

/* ---- after the poll ---- */

static bool keep(struct evidence_kept *k, const struct work *w,
		 const struct watched *x, struct arena *arena)
{
	struct evidence_memory *m = &k->memory;

	k->position = x->pos.id;
	*m = before(w, x);
	if (x->decision.close_now) {
		m->status = STATUS_PENDING_CLOSE;
		m->reason = x->decision.label;
		m->decided_at = w->now;
	}
	m->facts.held = NULL;		/* of this poll alone */
	m->facts.quote_at[LEG_LONG] = judge_seen(x, LEG_LONG);
	m->facts.quote_at[LEG_SHORT] = judge_seen(x, LEG_SHORT);
	m->watch = x->watch;
	m->slot = arena_array(arena, (size_t)m->n_slots, sizeof(*m->slot));
	for (int i = 0; m->slot && i < m->n_slots; i++)
		m->slot[i] = x->slots[i];
	return m->slot != NULL;
}

bool cycle_keep(struct evidence_kept **out, size_t *n, const struct work *w,
		struct arena *arena)
{
	struct evidence_kept *list = arena_array(arena, w->n_watched, sizeof(*list));

	*n = 0;
	*out = list;
	for (size_t i = 0; list && i < w->n_watched; i++) {
		if (w->watched[i].skipped || w->watched[i].filled)
			continue;
		if (!keep(&list[*n], w, &w->watched[i], arena))
			return false;
		(*n)++;
	}
	return list != NULL;
}
