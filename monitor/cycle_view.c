/* SPDX-License-Identifier: MIT */
/*
 * What evidence keeps of a poll: every venue, the quotes of the held symbols
 * on all venues the account may use, and each position's verdicts.
 */
#include "cycle_work.h"

#include <stdlib.h>
#include <string.h>

static int cmp_symbols(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return symbol_cmp(*x, *y);
}

/* Symbols of open pairs and of those closed within the afterlife. */
static struct symbol *held_symbols(const struct work *w, size_t *n)
{
	struct symbol *list = arena_array(w->arena, w->n_recent + w->n_entries,
					  sizeof(*list));
	size_t count = 0, unique = 0;

	*n = 0;
	if (!list)
		return NULL;
	for (size_t i = 0; i < w->n_recent; i++)
		list[count++] = w->recent[i].symbol;
	for (size_t i = 0; i < w->n_entries; i++)
		if (w->entries[i].result == ENTRY_ACCEPTED)
			list[count++] = w->entries[i].position.symbol;
	if (count > 1)
		qsort(list, count, sizeof(*list), cmp_symbols);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || symbol_cmp(list[i], list[unique - 1]) != 0)
			list[unique++] = list[i];
	*n = unique;
	return list;
}

static bool is_leg(const struct work *w, const struct quote *q)
{
	for (size_t i = 0; i < w->n_recent; i++) {
		const struct position *p = &w->recent[i];

		if (symbol_cmp(p->symbol, q->symbol) == 0 &&
		    (venue_cmp(p->leg[LEG_LONG].venue, q->venue) == 0 ||
		     venue_cmp(p->leg[LEG_SHORT].venue, q->venue) == 0))
			return true;
	}
	return false;
}

static bool wanted(const struct work *w, const struct quote *q)
{
	if (w->terms.n_allowed == 0)
		return true;
	for (size_t i = 0; i < w->terms.n_allowed; i++)
		if (venue_cmp(w->terms.allowed[i], q->venue) == 0)
			return true;
	return is_leg(w, q);
}

static bool keep_quotes(struct evidence_view *v, const struct work *w)
{
	size_t n_held, cap = 0;
	struct symbol *held = held_symbols(w, &n_held);

	if (!held)
		return false;
	for (size_t i = 0; i < n_held; i++) {
		size_t n;

		market_symbol(&w->market, held[i], &n);
		cap += n;
	}
	v->quotes = arena_array(w->arena, cap, sizeof(*v->quotes));
	if (!v->quotes)
		return false;
	for (size_t i = 0; i < n_held; i++) {
		size_t n;
		const struct quote *q = market_symbol(&w->market, held[i], &n);

		for (size_t k = 0; k < n; k++)
			if (wanted(w, &q[k]))
				v->quotes[v->n_quotes++] = q[k];
	}
	return true;
}

static bool keep_row(struct evidence_row *row, const struct work *w,
		     const struct watched *x)
{
	const struct profile *p = w->cycle->account->profile;
	const struct decision *d = &x->decision;
	bool known;

	row->position = x->pos.id;
	row->action = d->action;
	row->label = d->label;
	row->line = d->line;
	row->new_data = d->new_data;
	row->n_lines = d->n_lines;
	memcpy(row->finding, d->finding,
	       (size_t)d->n_lines * sizeof(*d->finding));
	row->n_slots = profile_slots(p);
	for (int i = 0; i < row->n_slots; i++)
		row->slot[i] = x->slots[i];
	row->memory = cycle_memory(w, x, &known);
	row->held = x->memory.held;
	return known || row->memory;
}

bool cycle_view(struct work *w, struct err *err)
{
	struct evidence_view *v = arena_alloc(w->arena, sizeof(*v));

	if (v)
		v->rows = arena_array(w->arena, w->n_watched,
				      sizeof(*v->rows));
	if (!v || !v->rows || !keep_quotes(v, w))
		return err_set(err, ERR_MEMORY, "no memory for evidence");
	v->poll = w->poll.seq;
	v->at = w->now;
	v->venues = w->market.venues;
	v->n_venues = w->market.n_venues;
	v->opportunities_known = w->market.opportunities_known;
	v->dexes_known = w->market.dexes_known;
	for (size_t i = 0; i < w->n_watched; i++)
		if (!w->watched[i].skipped &&
		    !keep_row(&v->rows[v->n_rows++], w, &w->watched[i]))
			return err_set(err, ERR_MEMORY, "no memory for evidence");
	w->view = v;
	return true;
}

static void *copy_array(struct arena *arena, const void *from, size_t n,
			size_t size)
{
	void *p = arena_array(arena, n, size);

	if (p && n > 0)
		memcpy(p, from, n * size);
	return p;
}

/* What belongs to the poll's own arena goes with it; what is held is kept. */
static bool copy_rows(struct evidence_view *c, struct arena *arena)
{
	for (size_t i = 0; i < c->n_rows; i++) {
		struct evidence_row *row = &c->rows[i];

		row->memory = NULL;
		if (!row->held)
			continue;
		if (!c->held)
			c->held = arena_array(arena, c->n_rows,
					      sizeof(*c->held));
		if (!c->held)
			return false;
		c->held[i] = *row->held;
		row->held = &c->held[i];
	}
	return true;
}

struct evidence_view *cycle_view_copy(const struct evidence_view *v,
				      struct arena *arena)
{
	struct evidence_view *c = copy_array(arena, v, 1, sizeof(*v));

	if (!c)
		return NULL;
	c->venues = copy_array(arena, v->venues, v->n_venues,
			       sizeof(*v->venues));
	c->quotes = copy_array(arena, v->quotes, v->n_quotes,
			       sizeof(*v->quotes));
	c->rows = copy_array(arena, v->rows, v->n_rows, sizeof(*v->rows));
	c->held = NULL;
	return c->venues && c->quotes && c->rows && copy_rows(c, arena) ?
	       c : NULL;
}
