/* SPDX-License-Identifier: MIT */
/*
 * A binary heap of rows and a hash table of contracts. The heap holds what
 * came within a minute, the table one small entry per contract.
 */
#include "settlement_wait.h"

#include <stdlib.h>
#include <string.h>

struct series {
	struct venue venue;
	char contract[CONTRACT_TEXT_MAX];
	struct instant last;
};

struct wait_list {
	struct waiting *heap;
	size_t n, cap;
	struct series *series;
	size_t n_series, series_cap;
	size_t *slot;			/* index + 1 into series; 0: free */
	size_t n_slots;			/* a power of two, never half full */
};

struct wait_list *wait_list_new(void)
{
	return calloc(1, sizeof(struct wait_list));
}

void wait_list_free(struct wait_list *w)
{
	if (!w)
		return;
	free(w->heap);
	free(w->series);
	free(w->slot);
	free(w);
}

/* ---- the heap ---- */

static int cmp_size(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static bool before(const struct waiting *a, const struct waiting *b)
{
	const struct settled *x = &a->read.row, *y = &b->read.row;
	int c;

	if (x->at.ms != y->at.ms)
		return x->at.ms < y->at.ms;
	c = venue_cmp(x->venue, y->venue);
	if (c == 0)
		c = strcmp(x->contract, y->contract);
	if (c == 0)
		c = cmp_size(a->file, b->file);
	if (c == 0)
		c = cmp_size(a->line, b->line);
	return c < 0;
}

/* Room for one more; false without memory. */
static bool grow(void **list, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap ? *cap * 2 : 64;
	void *p;

	if (n < *cap)
		return true;
	p = realloc(*list, more * size);
	if (!p)
		return false;
	*list = p;
	*cap = more;
	return true;
}

bool wait_list_put(struct wait_list *w, const struct waiting *row)
{
	void *heap = w->heap;
	size_t i = w->n;

	if (!grow(&heap, w->n, &w->cap, sizeof(*w->heap)))
		return false;
	w->heap = heap;
	w->n++;
	for (; i > 0 && before(row, &w->heap[(i - 1) / 2]); i = (i - 1) / 2)
		w->heap[i] = w->heap[(i - 1) / 2];
	w->heap[i] = *row;
	return true;
}

const struct waiting *wait_list_first(const struct wait_list *w)
{
	return w->n ? &w->heap[0] : NULL;
}

/* The last row sinks from the top to its place. */
static void drop_first(struct wait_list *w)
{
	struct waiting last = w->heap[--w->n];
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < w->n &&
		    before(&w->heap[child + 1], &w->heap[child]))
			child++;
		if (child >= w->n || !before(&w->heap[child], &last))
			break;
		w->heap[i] = w->heap[child];
		i = child;
	}
	if (w->n > 0)
		w->heap[i] = last;
}

/* ---- the contracts ---- */

/* FNV-1a over venue and contract. */
static size_t hash(const struct settled *row)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (const char *p = row->venue.s; *p; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
	h = (h ^ ',') * UINT64_C(1099511628211);
	for (const char *p = row->contract; *p; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

static bool is(const struct series *s, const struct settled *row)
{
	return venue_same(&s->venue, &row->venue) &&
	       strcmp(s->contract, row->contract) == 0;
}

/* The slot of a contract, or the free one where it belongs. */
static size_t *slot_of(const struct wait_list *w, const struct settled *row)
{
	size_t i = hash(row) & (w->n_slots - 1);

	while (w->slot[i] && !is(&w->series[w->slot[i] - 1], row))
		i = (i + 1) & (w->n_slots - 1);
	return &w->slot[i];
}

static bool more_slots(struct wait_list *w)
{
	size_t n = w->n_slots ? w->n_slots * 2 : 128;

	if ((w->n_series + 1) * 2 < w->n_slots)
		return true;
	free(w->slot);
	w->slot = calloc(n, sizeof(*w->slot));
	w->n_slots = w->slot ? n : 0;
	for (size_t i = 0; w->slot && i < w->n_series; i++) {
		struct settled key = { .venue = w->series[i].venue };

		memcpy(key.contract, w->series[i].contract,
		       sizeof(key.contract));
		*slot_of(w, &key) = i + 1;
	}
	return w->slot != NULL;
}

static struct series *series_of(struct wait_list *w, const struct settled *row)
{
	void *list = w->series;
	size_t *slot;

	if (!more_slots(w))
		return NULL;
	slot = slot_of(w, row);
	if (*slot)
		return &w->series[*slot - 1];
	if (!grow(&list, w->n_series, &w->series_cap, sizeof(*w->series)))
		return NULL;
	w->series = list;
	w->series[w->n_series] = (struct series){ .venue = row->venue,
						  .last = INSTANT_UNKNOWN };
	memcpy(w->series[w->n_series].contract, row->contract,
	       sizeof(row->contract));
	*slot = ++w->n_series;
	return &w->series[w->n_series - 1];
}

bool wait_list_take(struct wait_list *w, struct waiting *out)
{
	struct series *s = series_of(w, &w->heap[0].read.row);

	if (!s)
		return false;
	*out = w->heap[0];
	drop_first(w);
	out->read.row.series = (size_t)(s - w->series);
	out->fresh = !instant_known(s->last) ||
		     s->last.ms != out->read.row.at.ms;
	s->last = out->read.row.at;
	return true;
}
