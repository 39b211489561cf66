/* SPDX-License-Identifier: MIT */
/*
 * A file of settlements into memory, contract by contract. What the file may
 * hold and what is refused is the reader's business (clients/).
 */
#include "market_csv.h"

#include <stdlib.h>

#include "settlement_csv.h"

static bool series_add(struct csv_market *m, const struct settled *row,
		       struct err *err)
{
	if (m->n_series == m->cap) {
		size_t cap = m->cap ? m->cap * 2 : 64;
		struct series *s = realloc(m->series, cap * sizeof(*s));

		if (!s)
			return err_set(err, ERR_MEMORY, "out of memory");
		m->series = s;
		m->cap = cap;
	}
	m->series[m->n_series++] = (struct series){
		.name = row->venue, .symbol = row->symbol,
		.preferred = row->preferred,
	};
	return true;
}

static bool series_push(struct series *s, struct settlement row,
			struct err *err)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 32;
		struct settlement *rows;

		rows = realloc(s->rows, cap * sizeof(*rows));
		if (!rows)
			return err_set(err, ERR_MEMORY, "out of memory");
		s->rows = rows;
		s->cap = cap;
	}
	s->rows[s->n++] = row;
	return true;
}

/* Contracts are numbered as they come. */
static bool take(struct csv_market *m, const struct settled *row,
		 struct err *err)
{
	struct settlement kept = {
		.rate = row->rate.fraction, .oi = row->oi_usd.v,
		.at = row->at, .interval_s = row->rate.interval_s,
	};

	if (row->series == m->n_series && !series_add(m, row, err))
		return false;
	return series_push(&m->series[row->series], kept, err);
}

bool csv_read(struct csv_market *m, const char *path, struct err *err)
{
	struct settlement_csv *csv;
	enum pulled got = PULLED_ROW;

	if (!settlement_csv_open(&csv, &path, 1, false, err))
		return false;
	while (got == PULLED_ROW) {
		struct settled row;

		got = settlement_csv_next(csv, &row, err);
		if (got == PULLED_ROW && !take(m, &row, err))
			got = PULLED_FAILED;
	}
	settlement_csv_free(csv);
	return got == PULLED_END;
}
