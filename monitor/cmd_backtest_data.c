/* SPDX-License-Identifier: MIT */
/*
 * The files read once before anything is played: a bad row is refused before
 * a number is printed, the time they span is known, and of several contracts
 * of one base on a venue it is settled which one plays.
 */
#include "cmd_backtest.h"

#include <stdlib.h>
#include <string.h>

struct contract {
	struct backtest_series key;
	char name[CONTRACT_TEXT_MAX];
	bool preferred;
};

struct contracts {
	struct contract *list;
	size_t n, cap;
	struct arena *arena;
};

/* By symbol and venue; of the same two the one that plays comes first. */
static int by_key(const void *pa, const void *pb)
{
	const struct contract *a = pa, *b = pb;
	int c = symbol_cmp(a->key.symbol, b->key.symbol);

	if (c == 0)
		c = venue_cmp(a->key.venue, b->key.venue);
	if (c == 0)
		c = b->preferred - a->preferred;
	return c ? c : strcmp(a->name, b->name);
}

/* Contracts are numbered as they come. */
static bool note_contract(struct contracts *c, const struct settled *row,
			  struct err *err)
{
	struct contract *list = c->list;

	if (row->series < c->n)
		return true;
	if (c->n == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 64;

		list = arena_grow(c->arena, c->list, c->n, cap,
				  sizeof(*list));
		if (!list)
			return err_set(err, ERR_MEMORY, "no memory");
		c->list = list;
		c->cap = cap;
	}
	list[c->n] = (struct contract){
		.key = { row->symbol, row->venue, row->series },
		.preferred = row->preferred,
	};
	memcpy(list[c->n].name, row->contract, sizeof(row->contract));
	c->n++;
	return true;
}

static bool choose(struct backtest_data *d, struct contracts *c,
		   struct err *err)
{
	d->n_contracts = c->n;
	d->series = arena_array(c->arena, c->n, sizeof(*d->series));
	if (!d->series)
		return err_set(err, ERR_MEMORY, "no memory");
	qsort(c->list, c->n, sizeof(*c->list), by_key);
	for (size_t i = 0; i < c->n; i++) {
		const struct backtest_series *key = &c->list[i].key;
		const struct backtest_series *last = &d->series[d->n_series];

		if (d->n_series == 0 ||
		    symbol_cmp(last[-1].symbol, key->symbol) != 0 ||
		    venue_cmp(last[-1].venue, key->venue) != 0)
			d->series[d->n_series++] = *key;
	}
	return true;
}

static bool read_all(struct backtest_data *d, struct settlement_csv *csv,
		     struct contracts *c, struct err *err)
{
	enum pulled got;
	struct settled row;

	while ((got = settlement_csv_next(csv, &row, err)) == PULLED_ROW) {
		if (!note_contract(c, &row, err))
			return false;
		if (!instant_known(d->first))
			d->first = row.at;
		d->last = row.at;
	}
	d->counts = *settlement_csv_counts(csv);
	return got == PULLED_END;
}

bool backtest_scan(struct backtest_data *d, struct arena *arena,
		   struct err *err)
{
	struct contracts c = { .arena = arena };
	struct settlement_csv *csv;
	bool ok;

	d->first = d->last = INSTANT_UNKNOWN;
	if (!settlement_csv_open(&csv, d->path, d->n_paths, d->skip_bad, err))
		return false;
	ok = read_all(d, csv, &c, err);
	settlement_csv_free(csv);
	if (ok && d->counts.rows == 0)
		return err_set(err, ERR_DATA, "%s: no settlements in it",
			       d->path[0]);
	return ok && choose(d, &c, err);
}
