/* SPDX-License-Identifier: MIT */
/*
 * positions list: every open and pending position with what it earns, how far
 * it is from being closed and why. Exit code 10 or 11 with --exit-code.
 */
#include "commands.h"
#include "table_work.h"
#include "view_columns.h"
#include "view_text.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#define EXIT_ALERT 10
#define EXIT_CLOSE 11

struct listing {
	struct cli *c;
	struct view *views;
	size_t n_views;
	struct table *table;
	/* Which row of which view a row of the table is. */
	const struct cell **cells;
	const struct view_row **rows;
	const struct view **of;
	size_t n;
};

/* ---- the table ---- */

static size_t count_rows(const struct listing *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_views; i++)
		n += l->views[i].n_rows;
	return n;
}

static void add_row(struct listing *l, const struct view *v,
		    const struct view_row *r)
{
	struct cell *cell = table_row(l->table);

	view_fill_cells(cell, l->table, l->c, v, r);
	l->cells[l->n] = cell;
	l->rows[l->n] = r;
	l->of[l->n++] = v;
}

struct sum {
	struct fact v;			/* unknown until something is known */
	bool part;
};

/* What is not known is left out of a sum, which then carries "~". */
static void add_up(struct sum *sum, struct fact f, bool old)
{
	sum->part |= old || !f.known;
	if (!f.known)
		return;
	if (!sum->v.known)
		sum->v = f;
	else if (!dec_add(&sum->v.v, sum->v.v, f.v))
		sum->part = true;
}

static struct cell sum_cell(struct table *t, const struct sum *s)
{
	return cell_fact(t, &s->v, view_usd(s->v, 2, true, s->part).s);
}

static void add_total(struct listing *l)
{
	struct sum size = { .part = false }, carry = size, money = size;
	struct sum net = size, price = size, fees = size;
	struct cell *cell;

	for (size_t i = 0; i < l->n; i++) {
		const struct view_row *r = l->rows[i];

		add_up(&size, fact_known(r->pos.size_usd), false);
		if (r->pos.status != STATUS_CLOSED)
			add_up(&carry, r->carry_usd_day,
			       r->stale || r->divergence_old);
		add_up(&money, r->money.funding_usd, r->money.n_unknown > 0);
		add_up(&net, r->money.net_usd, r->money.n_unknown > 0);
		add_up(&price, r->money.price_usd, r->stale);
		add_up(&fees, fact_known(r->pos.fees_usd), false);
	}
	cell = table_total(l->table);
	cell[COL_ID] = cell_count(l->table, (int64_t)l->n);
	cell[COL_SYMBOL] = cell_text(l->table, l->n == 1 ? "position"
						     : "positions");
	cell[COL_SIZE] = cell_fact(l->table, &size.v,
			       view_amount(size.v, size.part).s);
	cell[COL_CARRY] = sum_cell(l->table, &carry);
	cell[COL_FUNDING] = sum_cell(l->table, &money);
	cell[COL_NET] = sum_cell(l->table, &net);
	cell[COL_PRICE] = sum_cell(l->table, &price);
	cell[COL_FEES] = cell_fact(l->table, &fees.v,
				   view_usd(fees.v, 2, false, fees.part).s);
}

static bool make_table(struct listing *l, struct err *err)
{
	const struct column *own = view_columns(l->c, l->n_views > 1);
	size_t n = count_rows(l);

	l->n = 0;
	l->table = own ? table_new(own, COL_COUNT, l->c->arena) : NULL;
	l->cells = arena_array(l->c->arena, n, sizeof(*l->cells));
	l->rows = arena_array(l->c->arena, n, sizeof(*l->rows));
	l->of = arena_array(l->c->arena, n, sizeof(*l->of));
	if (!l->table || !l->cells || !l->rows || !l->of)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < l->n_views; i++)
		for (size_t k = 0; k < l->views[i].n_rows; k++)
			add_row(l, &l->views[i], &l->views[i].rows[k]);
	if (l->n > 0)
		add_total(l);
	return true;
}

/* ---- output ---- */

static size_t index_of(const struct listing *l, const struct cell *cell)
{
	size_t i = 0;

	while (i + 1 < l->n && l->cells[i] != cell)
		i++;
	return i;
}

/* Nested rows; --sort and --limit as for the table. */
static bool print_json(const struct listing *l, bool lines, struct err *err)
{
	struct json_out o = json_out_to(stdout, lines);
	struct table_view order;

	if (!table_view_make(&order, l->table, l->c, err))
		return false;
	if (!lines)
		json_out_open(&o, '[');
	for (size_t i = 0; i < order.n_rows; i++) {
		size_t at = index_of(l, order.rows[i]);

		view_json_row(&o, l->of[at], l->rows[at]);
	}
	if (!lines)
		json_out_close(&o, ']');
	return true;
}

/* A price nobody knows is not in the net, and that is said. */
static bool is_unpriced(const struct listing *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (!l->rows[i]->money.price_usd.known)
			return true;
	return false;
}

static void print_footer(const struct listing *l)
{
	if (l->c->format == FORMAT_WIDE && is_unpriced(l))
		puts("NET: price not included where PRICE is -. ACCRUED is an "
		     "estimate and in no sum.");
	for (size_t i = 0; i < l->n_views; i++)
		view_print_stale(stdout, l->c, &l->views[i]);
	if (l->n == 0)
		puts("No open position. Add one: carrywatch positions open "
		     "--help");
}

static bool print(const struct listing *l, struct err *err)
{
	bool json = l->c->format == FORMAT_JSON ||
		    l->c->format == FORMAT_JSONL;

	if (json && !cli_has(l->c, OPT_COLUMNS))
		return print_json(l, l->c->format == FORMAT_JSONL, err);
	if (!table_print(stdout, l->table, l->c, err))
		return false;
	if (l->c->format == FORMAT_TABLE || l->c->format == FORMAT_WIDE)
		print_footer(l);
	return true;
}

static int exit_code(const struct listing *l)
{
	int code = 0;

	if (!cli_has(l->c, OPT_EXIT_CODE))
		return 0;
	for (size_t i = 0; i < l->n; i++) {
		const struct view_row *r = l->rows[i];

		if (r->pos.status == STATUS_CLOSED)
			continue;
		if (r->action == ACTION_CLOSE)
			return EXIT_CLOSE;
		if (r->action == ACTION_ALERT)
			code = EXIT_ALERT;
	}
	return code;
}

static bool list_once(int *code, struct cli *c, struct err *err)
{
	struct listing l = { .c = c };

	if (!view_open_all(&l.views, &l.n_views, c,
			   cli_has(c, OPT_ALL) ? VIEW_ALL : VIEW_LISTED, err) ||
	    !make_table(&l, err))
		return false;
	if (cli_has(c, OPT_WATCH))
		fputs(c->tty ? "\033[H\033[2J" : "\n", stdout);
	*code = exit_code(&l);
	return print(&l, err);
}

/* Draws again every second until it is interrupted or nobody reads. */
static bool watch(int *code, struct cli *c, struct err *err)
{
	struct arena *own = c->arena;

	for (;;) {
		struct timespec now;
		bool ok;

		c->arena = arena_new();
		if (!c->arena) {
			c->arena = own;
			return err_set(err, ERR_MEMORY, "no memory");
		}
		clock_gettime(CLOCK_REALTIME, &now);
		c->now.ms = (int64_t)now.tv_sec * 1000 +
			    now.tv_nsec / 1000000;
		ok = list_once(code, c, err);
		arena_free(c->arena);
		c->arena = own;
		if (!ok || fflush(stdout) != 0)
			return ok;
		nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
	}
}

int cmd_positions_list(struct cli *c)
{
	struct err err = { ERR_NONE, "" };
	int code = 0;
	bool ok = cli_config(c, &err);

	if (ok)
		ok = cli_has(c, OPT_WATCH) ? watch(&code, c, &err)
					   : list_once(&code, c, &err);
	return ok ? code : cli_fail(c, &err);
}
