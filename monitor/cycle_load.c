/* SPDX-License-Identifier: MIT */
/*
 * What a poll starts from: positions, memory and last quotes out of the
 * store, and the market from the source within its deadline.
 */
#include "cycle_work.h"

#include "ledger.h"
#include "store_held.h"

#include <string.h>

#define DEADLINE_MAX_MS 10000

/* ---- what is known before the poll ---- */

/* Its ledger without what is still to come; there is some to come. */
static bool load_until_now(struct work *w, struct watched *x, struct err *err)
{
	struct settlement *rows;
	size_t n;

	if (!cycle_was_ahead(w))
		return true;
	if (!store_settlements(w->cycle->store, &rows, &n, x->pos.id, w->arena,
			       err))
		return false;
	x->until_now = (struct funding){ .sum_usd = fact_known(DEC_ZERO) };
	for (size_t i = 0; i < n; i++)
		if (rows[i].at.ms <= w->now.ms || rows[i].reported_usd.known)
			funding_add(&x->until_now, &rows[i]);
	return true;
}

/* Not watched yet, or no more. */
static bool load_unbooked(const struct work *w, struct watched *x,
			  struct err *err)
{
	struct settlement *rows;

	if (!cycle_unbooked(w, &x->unbooked, &x->pos, err))
		return false;
	if (!x->unbooked)
		return true;
	if (!store_settlements(w->cycle->store, &rows, &x->n_brought,
			       x->pos.id, w->arena, err))
		return false;
	x->brought = rows;
	return true;
}

static bool load_pair(struct work *w, struct watched *x, struct err *err)
{
	struct cycle *c = w->cycle;
	const struct instant *counted = x->watch.counted;

	if (!store_load_memory(c->store, x->slots, &x->watch, x->pos.id,
			       c->account->profile, err) ||
	    !store_funding(c->store, &x->funding, x->pos.id, err) ||
	    !load_until_now(w, x, err) ||
	    (c->wiring.book.ctx &&
	     !store_held(c->store, &x->held_before, x->pos.id, err)))
		return false;
	return instant_known(counted[LEG_LONG]) ||
	       instant_known(counted[LEG_SHORT]) ||
	       load_unbooked(w, x, err);
}

static bool load_watched(struct work *w, struct err *err)
{
	const struct profile *p = w->cycle->account->profile;
	size_t slots = (size_t)profile_slots(p);

	w->watched = arena_array(w->arena, w->n_recent, sizeof(*w->watched));
	w->settlements = arena_array(w->arena, LEDGER_ROWS_MAX,
				     sizeof(*w->settlements));
	if (!w->watched || !w->settlements)
		return err_set(err, ERR_MEMORY, "no memory for positions");
	for (size_t i = 0; i < w->n_recent; i++) {
		struct watched *x = &w->watched[w->n_watched];

		if (w->recent[i].status == STATUS_CLOSED)
			continue;
		x->pos = w->recent[i];
		x->slots = arena_array(w->arena, 2 * slots, sizeof(*x->slots));
		if (!x->slots)
			return err_set(err, ERR_MEMORY, "no memory");
		x->old_slots = x->slots + slots;
		if (!load_pair(w, x, err))
			return false;
		memcpy(x->old_slots, x->slots, slots * sizeof(*x->slots));
		x->old_watch = x->watch;
		w->n_watched++;
	}
	return true;
}

/* Entries look back for as long as the cooldown, which may be longer. */
static bool load_positions(struct work *w, struct err *err)
{
	const struct entry_policy *e = &w->cycle->account->entry;
	struct store *s = w->cycle->store;
	struct instant since = { w->now.ms - CYCLE_AFTERLIFE_MS };

	if (!store_positions(s, &w->recent, &w->n_recent, STORE_RECENT, since,
			     w->arena, err))
		return false;
	w->cooling = w->recent;
	w->n_cooling = w->n_recent;
	since.ms = w->now.ms - e->cooldown.ms;
	return !e->enabled || e->cooldown.ms <= CYCLE_AFTERLIFE_MS ||
	       store_positions(s, &w->cooling, &w->n_cooling, STORE_RECENT,
			       since, w->arena, err);
}

bool cycle_load(struct work *w, struct err *err)
{
	struct store *s = w->cycle->store;
	bool ok;

	if (!store_begin_read(s, err))
		return false;
	ok = store_last_poll(s, &w->last, &w->has_last, err) &&
	     store_newest_poll(s, &w->newest, err) &&
	     load_positions(w, err) &&
	     store_last_quotes(s, &w->quotes, &w->n_quotes, w->arena, err) &&
	     store_open_handoffs(s, &w->handoffs, &w->n_handoffs, w->arena,
				 err) &&
	     store_brakes(s, &w->brakes, err) && load_watched(w, err);
	store_end_read(s);
	return ok;
}

static int cmp_last_quote(const struct last_quote *q, struct symbol s,
			  struct venue v)
{
	int c = symbol_cmp(q->symbol, s);

	return c ? c : venue_cmp(q->venue, v);
}

const struct last_quote *cycle_last_quote(const struct work *w,
					  struct symbol s, struct venue v)
{
	size_t lo = 0, hi = w->n_quotes;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = cmp_last_quote(&w->quotes[mid], s, v);

		if (c == 0)
			return &w->quotes[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* ---- fetch ---- */

static void add_venue(struct venue *list, size_t *n, struct venue v)
{
	size_t i = 0;

	while (i < *n && venue_cmp(list[i], v) < 0)
		i++;
	if (i < *n && venue_cmp(list[i], v) == 0)
		return;
	memmove(&list[i + 1], &list[i], (*n - i) * sizeof(*list));
	list[i] = v;
	(*n)++;
}

/* Venues of the pairs and of the configuration, sorted, each once. */
static struct venue *first_venues(const struct work *w, size_t *n)
{
	const struct account *a = w->cycle->account;
	struct venue *list = arena_array(w->arena, 2 * w->n_recent +
					 a->n_venues + 1, sizeof(*list));

	*n = 0;
	for (size_t i = 0; list && i < w->n_recent; i++) {
		add_venue(list, n, w->recent[i].leg[LEG_LONG].venue);
		add_venue(list, n, w->recent[i].leg[LEG_SHORT].venue);
	}
	for (size_t i = 0; list && i < a->n_venues; i++)
		add_venue(list, n, a->venues[i]);
	return list;
}

/* The payment interval of each pair's legs, as two announcements show it. */
static void see_intervals(struct work *w)
{
	for (size_t i = 0; i < w->n_quotes; i++) {
		const struct last_quote *before = &w->quotes[i];
		const struct quote *q = market_quote(&w->market,
						     before->symbol,
						     before->venue);

		if (q)
			w->market.quotes[q - w->market.quotes].pays_every_s =
				ledger_seen_interval(before, q->next_funding,
						     w->now);
	}
}

/* A quarter of the interval, never above ten seconds, always real time. */
static int32_t budget_ms(const struct cycle *c)
{
	int64_t ms = c->wiring.clock.real_ms(c->wiring.clock.ctx,
					     c->interval) / 4;

	if (ms > DEADLINE_MAX_MS)
		return DEADLINE_MAX_MS;
	return ms < 20 ? 20 : (int32_t)ms;
}

bool cycle_fetch(struct work *w, struct err *err)
{
	struct cycle *c = w->cycle;
	struct fetch_plan plan = {
		.now = w->now, .budget_ms = budget_ms(c),
		.allowed = c->account->venues,
		.n_allowed = c->account->n_venues,
	};

	if (c->wiring.book.ctx) {	/* it is near: a third is plenty */
		cycle_book(w, plan.budget_ms / 3);
		plan.budget_ms -= plan.budget_ms / 3;
	}
	plan.first = first_venues(w, &plan.n_first);
	if (!plan.first)
		return err_set(err, ERR_MEMORY, "no memory for venues");
	if (!c->wiring.source.fetch(c->wiring.source.ctx, &w->market, &plan,
				    w->arena, err))
		return false;
	w->market.taken_at = w->now;
	market_seal(&w->market, &c->config->limits);
	see_intervals(w);
	return cycle_judge_held(w, err);
}
