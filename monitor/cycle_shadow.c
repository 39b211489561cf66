/* SPDX-License-Identifier: MIT */
/*
 * Another profile beside the account's own: it sees each poll's facts,
 * remembers by itself and closes on paper. Recorded, never acted upon; what
 * the own profile or a person did to a pair is unknown to it.
 */
#include "cycle_work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory ---- */

/* Both lists are by id, so each is walked once. */
static const struct evidence_kept *remembered(const struct cycle *c,
					      int64_t position, size_t *next)
{
	const struct evidence_kept *list = c->shadowed;

	while (*next < c->n_shadowed && list[*next].position < position)
		(*next)++;
	if (*next == c->n_shadowed || list[*next].position != position)
		return NULL;
	return &list[*next];
}

static void begin(struct evidence_memory *m, int n_slots)
{
	*m = (struct evidence_memory){
		.status = STATUS_OPEN, .decided_at = INSTANT_UNKNOWN,
		.muted_until = INSTANT_UNKNOWN, .facts = FACTS_MEMORY_NONE,
		.watch = WATCH_NONE, .n_slots = n_slots,
	};
}

/* Copied out of the list it stood in, which goes with the poll before. */
static bool take(struct evidence_kept *out, const struct cycle *c,
		 const struct watched *x, size_t *next, struct arena *arena)
{
	const struct evidence_kept *old = remembered(c, x->pos.id, next);
	int n = profile_slots(c->shadow);
	struct streak *slot = arena_array(arena, (size_t)n, sizeof(*slot));

	if (!slot)
		return false;
	out->position = x->pos.id;
	if (old && old->memory.n_slots == n)
		out->memory = old->memory;
	else
		begin(&out->memory, n);
	for (int i = 0; i < n; i++)
		slot[i] = out->memory.slot ? out->memory.slot[i] : STREAK_NONE;
	out->memory.slot = slot;
	return true;
}

/* What another shadow remembers, in its own arena. */
struct next {
	struct profile *shadow;		/* NULL: none */
	struct arena *arena;
	struct evidence_kept *list;
	size_t n;
};

static bool load(struct next *x, struct store *store, struct err *err)
{
	const unsigned char *blob;
	size_t n;

	if (!x->shadow)
		return true;
	if (!store_begin_read(store, err))
		return false;
	if (!store_shadow(store, &blob, &n, x->shadow->hash, x->arena, err)) {
		store_end_read(store);
		return false;
	}
	store_end_read(store);
	return n == 0 || evidence_decode_kept(&x->list, &x->n, blob, n,
					      x->arena, err);
}

/* ---- one poll ---- */

static void evaluate(struct watched *as, struct evidence_kept *k,
		     const struct work *w, const struct watched *x)
{
	const struct judge_poll poll = {
		&w->market, &w->terms,
		w->has_last ? w->last.at : INSTANT_UNKNOWN
	};
	struct decide_now now = judge_now(x, &poll);

	*as = *x;		/* the facts are the same for every profile */
	as->pos.status = STATUS_OPEN;
	as->pos.reason = as->pos.muted = (struct label){ "" };
	as->pos.decided_at = as->pos.muted_until = INSTANT_UNKNOWN;
	as->slots = k->memory.slot;
	as->watch = k->memory.watch;
	decide(&as->decision, as->slots, &as->watch, &as->pos, &as->facts,
	       w->cycle->shadow, &now);
	k->memory.watch = as->watch;
	if (!as->decision.close_now)
		return;
	k->memory.status = STATUS_CLOSED;
	k->memory.reason = as->decision.label;
	k->memory.decided_at = w->now;
}

static bool tell(struct work *w, const struct watched *as, struct err *err)
{
	char text[SENTENCE_MAX], note[SENTENCE_MAX + NAME_TEXT_MAX + 2];
	struct event e = { .position = as->pos.id, .at = w->now,
			   .reason = as->decision.label, .note = note };

	sentence_decision(text, as, w->cycle->shadow);
	snprintf(note, sizeof(note), "%s: %s", w->cycle->shadow->name, text);
	snprintf(e.kind, sizeof(e.kind), "shadow");
	snprintf(e.by, sizeof(e.by), "monitor");
	return store_add_event(w->cycle->store, &e, err);
}

static bool put_list(struct work *w, struct err *err)
{
	const struct profile *p = w->cycle->shadow;
	unsigned char *blob;
	size_t n;

	return evidence_encode_kept(&blob, &n, w->shadowed, w->n_shadowed,
				    w->now, w->arena, err) &&
	       store_put_shadow(w->cycle->store, p->name, p->hash,
				w->poll.seq, blob, n, err);
}

bool cycle_shadow(struct work *w, struct err *err)
{
	const struct cycle *c = w->cycle;
	size_t next = 0;

	if (!c->shadow || (w->n_watched == 0 && c->n_shadowed == 0))
		return true;
	w->shadowed = arena_array(w->arena, w->n_watched,
				  sizeof(*w->shadowed));
	if (!w->shadowed)
		return err_set(err, ERR_MEMORY, "no memory for the shadow");
	for (size_t i = 0; i < w->n_watched; i++) {
		const struct watched *x = &w->watched[i];
		struct evidence_kept *k = &w->shadowed[w->n_shadowed];
		struct watched as;

		if (!take(k, c, x, &next, w->arena))
			return err_set(err, ERR_MEMORY, "no memory");
		w->n_shadowed++;
		if (x->skipped || k->memory.status == STATUS_CLOSED)
			continue;
		evaluate(&as, k, w, x);
		if (as.decision.close_now && !tell(w, &as, err))
			return false;
	}
	return put_list(w, err);
}

/* After the commit: the next poll starts from here. */
void cycle_shadow_keep(struct work *w)
{
	struct cycle *c = w->cycle;
	struct arena *arena = c->shadow_arena;
	struct evidence_kept *list;

	if (!c->shadow)
		return;
	arena_reset(arena);
	c->n_shadowed = 0;
	list = arena_array(arena, w->n_shadowed, sizeof(*list));
	for (size_t i = 0; list && i < w->n_shadowed; i++) {
		size_t n = (size_t)w->shadowed[i].memory.n_slots;
		struct streak *slot = arena_array(arena, n, sizeof(*slot));

		if (!slot)
			return;		/* then the shadow starts anew */
		memcpy(slot, w->shadowed[i].memory.slot, n * sizeof(*slot));
		list[i] = w->shadowed[i];
		list[i].memory.slot = slot;
	}
	c->shadowed = list;
	c->n_shadowed = list ? w->n_shadowed : 0;
}

static bool make_next(struct next *x, const struct profile *p,
		      struct span interval)
{
	x->arena = arena_new();
	if (!x->arena || !p)
		return x->arena != NULL;
	x->shadow = malloc(sizeof(*x->shadow));
	if (!x->shadow)
		return false;
	*x->shadow = *p;
	if (p->poll_interval.ms != interval.ms)
		profile_poll_every(x->shadow, interval);
	return true;
}

bool cycle_shadow_configure(struct cycle *c, const struct config *config,
			    const struct account *account, struct err *err)
{
	struct next x = { .n = 0 };
	bool made = make_next(&x, config_shadow(config, account),
			      account->profile->poll_interval);

	if (!made)
		err_set(err, ERR_MEMORY, "no memory");
	if (!made || !load(&x, c->store, err)) {
		arena_free(x.arena);
		free(x.shadow);
		return false;
	}
	arena_free(c->shadow_arena);
	free(c->shadow);
	c->shadow_arena = x.arena;
	c->shadow = x.shadow;
	c->shadowed = x.list;
	c->n_shadowed = x.n;
	return true;
}
