/* SPDX-License-Identifier: MIT */
/*
 * exposure: notional of the open and pending positions by venue and by
 * symbol: long, short, their difference and sum.
 */
#include "commands.h"
#include "table.h"
#include "view_text.h"

#include <stdlib.h>
#include <string.h>

enum { BY, NAME, LONG, SHORT, NET, GROSS, COUNT, N_COLUMNS };

static const struct column columns[N_COLUMNS] = {
	[BY]	= { "by", "BY", false, true, 0 },
	[NAME]	= { "name", "NAME", false, true, 0 },
	[LONG]	= { "long_usd", "LONG", false, false, 0 },
	[SHORT]	= { "short_usd", "SHORT", false, false, 0 },
	[NET]	= { "net_usd", "NET", false, false, 0 },
	[GROSS]	= { "gross_usd", "GROSS", false, false, 0 },
	[COUNT]	= { "positions", "POSITIONS", false, false, 0 },
};

struct bucket {
	bool coin;			/* else a venue; venues come first */
	char name[NAME_TEXT_MAX];
	struct dec usd[2];		/* by enum side */
	int64_t n;
};

struct exposure {
	struct bucket *list;
	size_t n;
	struct dec total[2];
	int64_t positions;
};

static int cmp_buckets(const void *pa, const void *pb)
{
	const struct bucket *a = pa, *b = pb;

	if (a->coin != b->coin)
		return a->coin ? 1 : -1;
	return strcmp(a->name, b->name);
}

static struct bucket *bucket_for(struct exposure *e, bool coin,
				 const char *name)
{
	struct bucket *b;

	for (size_t i = 0; i < e->n; i++)
		if (e->list[i].coin == coin &&
		    strcmp(e->list[i].name, name) == 0)
			return &e->list[i];
	b = &e->list[e->n++];
	b->coin = coin;
	memcpy(b->name, name, NAME_TEXT_MAX);
	return b;
}

static bool add_leg(struct exposure *e, const struct position *p,
		    enum side side)
{
	struct bucket *venue = bucket_for(e, false, p->leg[side].venue.s);
	struct bucket *coin = bucket_for(e, true, p->symbol.s);

	venue->n++;
	coin->n += side == LEG_LONG;	/* a pair counts once */
	return dec_add(&venue->usd[side], venue->usd[side], p->size_usd) &&
	       dec_add(&coin->usd[side], coin->usd[side], p->size_usd) &&
	       dec_add(&e->total[side], e->total[side], p->size_usd);
}

static bool add_views(struct exposure *e, const struct view *v, size_t n,
		      struct arena *arena, struct err *err)
{
	size_t rows = 0;

	for (size_t i = 0; i < n; i++)
		rows += v[i].n_rows;
	e->list = arena_array(arena, 3 * rows, sizeof(*e->list));
	if (!e->list)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < v[i].n_rows; k++) {
			const struct position *p = &v[i].rows[k].pos;

			if (p->status == STATUS_CLOSED)
				continue;
			if (!add_leg(e, p, LEG_LONG) ||
			    !add_leg(e, p, LEG_SHORT))
				return err_set(err, ERR_DATA, "the sum of the "
					       "sizes is out of range");
			e->positions++;
		}
	if (e->n > 1)
		qsort(e->list, e->n, sizeof(*e->list), cmp_buckets);
	return true;
}

static bool fill(struct cell *cell, struct table *t, const struct dec usd[2],
		 int64_t n)
{
	struct dec net, gross;

	if (!dec_sub(&net, usd[LEG_LONG], usd[LEG_SHORT]) ||
	    !dec_add(&gross, usd[LEG_LONG], usd[LEG_SHORT]))
		return false;
	cell[LONG] = cell_dec(t, usd[LEG_LONG], NULL);
	cell[SHORT] = cell_dec(t, usd[LEG_SHORT], NULL);
	cell[NET] = cell_dec(t, net, NULL);
	cell[GROSS] = cell_dec(t, gross, NULL);
	cell[COUNT] = cell_count(t, n);
	return true;
}

static bool make_table(struct table **out, const struct exposure *e,
		       struct arena *arena, struct err *err)
{
	struct table *t = table_new(columns, N_COLUMNS, arena);
	bool ok = true;

	if (!t)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < e->n && ok; i++) {
		const struct bucket *b = &e->list[i];
		struct cell *cell = table_row(t);

		cell[BY] = cell_text(t, b->coin ? "symbol" : "venue");
		cell[NAME] = cell_text(t, b->name);
		ok = fill(cell, t, b->usd, b->n);
	}
	if (e->n > 0 && ok) {
		struct cell *cell = table_total(t);

		cell[NAME] = cell_text(t, "all");
		ok = fill(cell, t, e->total, e->positions);
	}
	*out = t;
	return ok || err_set(err, ERR_DATA, "a sum is out of range");
}

int cmd_exposure(struct cli *c)
{
	struct err err = { ERR_NONE, "" };
	struct exposure e = { .n = 0 };
	struct table *t = NULL;
	struct view *v = NULL;
	size_t n = 0;

	if (!cli_config(c, &err) ||
	    !view_open_all(&v, &n, c, VIEW_LISTED, &err) ||
	    !add_views(&e, v, n, c->arena, &err) ||
	    !make_table(&t, &e, c->arena, &err) ||
	    !table_print(stdout, t, c, &err))
		return cli_fail(c, &err);
	if (e.n == 0 && c->format == FORMAT_TABLE)
		puts("No open position.");
	return 0;
}
