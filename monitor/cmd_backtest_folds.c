/* SPDX-License-Identifier: MIT */
/*
 * Walk-forward: time is cut into N + 1 equal segments, every set plays each
 * of them starting flat. Fold i chooses the set with the best net over the
 * segments before it and is judged on the next one, which took no part in
 * the choice. Equals: the set that stands first.
 */
#include "cmd_backtest.h"

#include "cmd_backtest_folds.h"
#include "report_shown.h"
#include "table.h"

struct instant *backtest_bounds(const struct backtest_ask *a)
{
	size_t n = (size_t)a->folds + 1;
	struct instant *b = arena_array(a->cli->arena, n + 1, sizeof(*b));
	int64_t every = a->setup.every.ms;

	if (!b)
		return NULL;
	for (size_t i = 0; i <= n; i++) {
		int64_t ms = a->since.ms + (a->until.ms - a->since.ms) *
			     (int64_t)i / (int64_t)n;

		b[i].ms = i == 0 || i == n ? ms : ms - ms % every;
	}
	return b;
}

bool backtest_net(struct dec *net, struct dec *held,
		  const struct report_run *run, struct err *err)
{
	*net = *held = DEC_ZERO;
	for (size_t i = 0; i < run->n_trades; i++) {
		struct dec n, h;

		if (!report_nets(&n, &h, run, &run->trades[i]) ||
		    !dec_add(net, *net, n) || !dec_add(held, *held, h))
			return err_set(err, ERR_DATA,
				       "money is out of range");
	}
	return true;
}

/* Net of each set and segment, once. */
static bool all_nets(struct backtest_folds *out, const struct backtest_ask *a,
		     const struct backtest_result *r, struct err *err)
{
	size_t n = ((size_t)a->folds + 1) * a->n_sets;

	out->net = arena_array(a->cli->arena, n, sizeof(*out->net));
	out->held = arena_array(a->cli->arena, n, sizeof(*out->held));
	if (!out->net || !out->held)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < n; i++)
		if (!backtest_net(&out->net[i], &out->held[i], &r->parts[i],
				  err))
			return false;
	return true;
}

static bool choose(struct backtest_fold *f, const struct backtest_folds *all,
		   size_t n_sets, size_t segment, struct err *err)
{
	for (size_t k = 0; k < n_sets; k++) {
		struct dec sum = DEC_ZERO;

		for (size_t i = 0; i < segment; i++)
			if (!dec_add(&sum, sum, all->net[i * n_sets + k]))
				return err_set(err, ERR_DATA,
					       "money is out of range");
		if (k > 0 && dec_cmp(sum, f->in_sample) <= 0)
			continue;
		f->chosen = k;
		f->in_sample = sum;
	}
	f->out_of_sample = all->net[segment * n_sets + f->chosen];
	f->held = all->held[segment * n_sets + f->chosen];
	return true;
}

bool backtest_folds(struct backtest_folds *out, const struct backtest_ask *a,
		    const struct backtest_result *r, struct err *err)
{
	*out = (struct backtest_folds){ .n = (size_t)a->folds };
	out->fold = arena_array(a->cli->arena, out->n, sizeof(*out->fold));
	if (!out->fold)
		return err_set(err, ERR_MEMORY, "no memory");
	if (!all_nets(out, a, r, err))
		return false;
	for (size_t i = 0; i < out->n; i++) {
		struct backtest_fold *f = &out->fold[i];

		f->since = r->bounds[i + 1];
		f->until = r->bounds[i + 2];
		if (!choose(f, out, a->n_sets, i + 1, err))
			return false;
		if (!dec_add(&out->total, out->total, f->out_of_sample) ||
		    !dec_add(&out->total_held, out->total_held, f->held))
			return err_set(err, ERR_DATA,
				       "money is out of range");
	}
	return true;
}

bool backtest_fold_sum(struct dec *net, struct dec *held,
		       const struct backtest_folds *all, size_t n_sets,
		       size_t set, struct err *err)
{
	*net = *held = DEC_ZERO;
	for (size_t i = 1; i <= all->n; i++)
		if (!dec_add(net, *net, all->net[i * n_sets + set]) ||
		    !dec_add(held, *held, all->held[i * n_sets + set]))
			return err_set(err, ERR_DATA,
				       "money is out of range");
	return true;
}

/* ---- for people ---- */

enum { FOLD, SINCE, UNTIL, CHOSEN, IN, OUT, HELD, N_COLUMN };

static const struct column columns[N_COLUMN] = {
	[FOLD]	 = { "fold", "FOLD", false, true, 0 },
	[SINCE]	 = { "since", "JUDGED FROM", false, true, 2 },
	[UNTIL]	 = { "until", "UNTIL", false, true, 1 },
	[CHOSEN] = { "chosen", "CHOSEN BEFORE", false, true, 0 },
	[IN]	 = { "in_sample_net_usd", "IN SAMPLE", false, false, 3 },
	[OUT]	 = { "net_usd", "NET", false, false, 0 },
	[HELD]	 = { "hold_through_net_usd", "IF HELD", false, false, 0 },
};

static struct cell usd(struct table *t, struct dec v)
{
	return cell_dec(t, v, report_usd_words(v).s);
}

static void put_row(struct table *t, const struct backtest_ask *a,
		    const struct backtest_fold *f, size_t i)
{
	struct cell *cell = table_row(t);

	cell[FOLD] = cell_count(t, (int64_t)i + 1);
	cell[SINCE] = cell_instant(t, a->cli, f->since);
	cell[UNTIL] = cell_instant(t, a->cli, f->until);
	cell[CHOSEN] = cell_text(t, a->sets[f->chosen].name);
	cell[IN] = usd(t, f->in_sample);
	cell[OUT] = usd(t, f->out_of_sample);
	cell[HELD] = usd(t, f->held);
}

/* ---- every set over the same segments ---- */

enum { RUN, RUN_NET, RUN_HELD, N_RUN };

static const struct column run_columns[N_RUN] = {
	[RUN]	   = { "name", "THE SAME FOLDS", false, true, 0 },
	[RUN_NET]  = { "net_usd", "NET", false, false, 0 },
	[RUN_HELD] = { "hold_through_net_usd", "IF HELD", false, false, 0 },
};

static void put_sum(struct table *t, const char *name, struct dec net,
		    struct dec held)
{
	struct cell *cell = table_row(t);

	cell[RUN] = cell_text(t, name);
	cell[RUN_NET] = usd(t, net);
	cell[RUN_HELD] = usd(t, held);
}

static bool put_sums(struct table *t, const struct backtest_ask *a,
		     const struct backtest_folds *all, struct err *err)
{
	put_sum(t, "as chosen", all->total, all->total_held);
	for (size_t k = 0; k < a->n_sets; k++) {
		struct dec net, held;

		if (!backtest_fold_sum(&net, &held, all, a->n_sets, k, err))
			return false;
		put_sum(t, a->sets[k].name, net, held);
	}
	return true;
}

bool backtest_folds_print(FILE *f, const struct backtest_ask *a,
			  const struct backtest_folds *all, struct err *err)
{
	struct table *t = table_new(columns, N_COLUMN, a->cli->arena);
	struct table *sums = table_new(run_columns, N_RUN, a->cli->arena);
	struct cli plain = *a->cli;

	if (!t || !sums)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < all->n; i++)
		put_row(t, a, &all->fold[i], i);
	if (!put_sums(sums, a, all, err))
		return false;
	plain.format = FORMAT_TABLE;
	plain.limit = 0;
	plain.opt[OPT_COLUMNS] = plain.opt[OPT_SORT] = NULL;
	fprintf(f, "\nWALK-FORWARD: %zu segments, each set starts each flat; "
		"a fold is judged on what its choice has not seen\n\n",
		all->n + 1);
	if (!table_print(f, t, &plain, err))
		return false;
	fputc('\n', f);
	return table_print(f, sums, &plain, err);
}
