/* SPDX-License-Identifier: MIT */
/*
 * Recorded settlements as a live market: the last settled rate, turned into
 * a rate per 8 h, is served until the next one. Read once into memory; a
 * look-up is a binary search per series.
 */
#include "market_csv.h"

#include <stdlib.h>
#include <string.h>

#define OVERDUE_INTERVALS 2

/* The last settlement at or before `now`, or NULL. */
static const struct settlement *settled_at(const struct series *s,
					   struct instant now)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->rows[mid].at.ms <= now.ms)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? &s->rows[lo - 1] : NULL;
}

/*
 * The next payment was due one interval after the last; once it is two more
 * intervals late the venue counts as dead and its rate grows old.
 */
static struct instant stamp_of(const struct settlement *last,
			       struct instant now)
{
	struct instant end = instant_add(last->at,
		span_s((int64_t)last->interval_s * (1 + OVERDUE_INTERVALS)));

	return now.ms < end.ms ? now : end;
}

static bool row_fill(struct sim_row *row, const struct series *s,
		     struct instant now)
{
	const struct settlement *last = settled_at(s, now);
	struct dec one = dec_int(1);

	if (!last)
		return false;
	*row = (struct sim_row){ .venue = s->venue, .symbol = s->symbol };
	if (!dec_mul_ratio(&row->rate_8h, last->rate, one, 28800,
			   last->interval_s))
		row->kind = ROW_NULL;
	row->stamped = stamp_of(last, now);
	row->next = instant_next_on_grid(now, last->interval_s, 0);
	row->oi = last->oi;
	return true;
}

static bool csv_fill(void *ctx, struct snapshot *out, struct instant now)
{
	const struct csv_market *m = ctx;

	out->now = now;
	out->n_venues = m->n_venues;
	out->venues = arena_array(out->arena, m->n_venues,
				  sizeof(*out->venues));
	out->rows = arena_array(out->arena, m->n_series, sizeof(*out->rows));
	if (!out->venues || !out->rows)
		return false;
	memcpy(out->venues, m->venues, m->n_venues * sizeof(*m->venues));
	for (size_t i = 0; i < m->n_series; i++)
		if (row_fill(&out->rows[out->n_rows], &m->series[i], now))
			out->n_rows++;
	return true;
}

static void csv_free(void *ctx)
{
	struct csv_market *m = ctx;

	for (size_t i = 0; i < m->n_series; i++)
		free(m->series[i].rows);
	free(m->series);
	free(m->venues);
	free(m);
}

/* One venue after the other by name; series then say where theirs is. */
static int venue_order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct venue));
}

static int series_order(const void *va, const void *vb)
{
	const struct series *a = va, *b = vb;
	int c = venue_cmp(a->name, b->name);

	return c ? c : symbol_cmp(a->symbol, b->symbol);
}

static bool venues_collect(struct csv_market *m)
{
	m->venues = calloc(m->n_series + 1, sizeof(*m->venues));
	if (!m->venues)
		return false;
	for (size_t i = 0; i < m->n_series; i++)
		m->venues[i] = m->series[i].name;
	qsort(m->venues, m->n_series, sizeof(*m->venues), venue_order);
	for (size_t i = 0; i < m->n_series; i++)
		if (!i || venue_cmp(m->venues[i], m->venues[m->n_venues - 1]))
			m->venues[m->n_venues++] = m->venues[i];
	for (size_t i = 0; i < m->n_series; i++) {
		struct series *s = &m->series[i];

		while (venue_cmp(m->venues[s->venue], s->name))
			s->venue++;
	}
	qsort(m->series, m->n_series, sizeof(*m->series), series_order);
	return true;
}

/* Several contracts of one base: the usual one, else the first written. */
static void duplicates_drop(struct csv_market *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_series; i++) {
		struct series *s = &m->series[i];
		size_t k = 0;

		while (k < n && (venue_cmp(m->series[k].name, s->name) ||
				 symbol_cmp(m->series[k].symbol, s->symbol)))
			k++;
		if (k == n) {
			struct series keep = *s;

			*s = (struct series){ 0 };
			m->series[n++] = keep;
			continue;
		}
		if (s->preferred && !m->series[k].preferred) {
			free(m->series[k].rows);
			m->series[k] = *s;
		} else {
			free(s->rows);
		}
		*s = (struct series){ 0 };
	}
	m->n_series = n;
}

bool market_csv_open(struct market_port *out, const char *path,
		     struct err *err)
{
	struct csv_market *m = calloc(1, sizeof(*m));
	bool ok;

	if (!m)
		return err_set(err, ERR_MEMORY, "out of memory");
	ok = csv_read(m, path, err);
	if (ok && m->n_series == 0)
		ok = err_set(err, ERR_DATA, "%s: no settlements in it", path);
	if (ok) {
		duplicates_drop(m);
		ok = venues_collect(m);
		if (!ok)
			err_set(err, ERR_MEMORY, "out of memory");
	}
	if (!ok) {
		csv_free(m);
		return false;
	}
	*out = (struct market_port){ m, csv_fill, csv_free };
	return true;
}
