/* SPDX-License-Identifier: MIT */
/*
 * Runs for people on a terminal: tables of trades, exits and metrics of one
 * run, or one row for each of several.
 */
#include "report_shown.h"

#include <inttypes.h>
#include <string.h>

#include "table.h"
#include "view_text.h"

#define TRADES_MAX 20

struct page {
	FILE *f;
	struct cli plain;		/* no columns, order or limit asked */
	const struct report_run *run;
	const struct report_summary *sum;
	struct err *err;
};

static bool no_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory");
}

static struct cell metric_cell(struct table *t, enum report_metric_id id,
			       const struct report_metric *m)
{
	struct fact f = m->known ? fact_known(m->v)
				 : fact_unknown(WHY_NOT_SET);

	return cell_fact(t, &f, report_metric_words(id, m).s);
}

static struct cell usd_cell(struct table *t, struct dec v)
{
	return cell_dec(t, v, report_usd_words(v).s);
}

static struct cell rate_cell(struct table *t, const struct fact *daily)
{
	return cell_fact(t, daily, report_rate_words(daily).s);
}

/* ---- trades ---- */

enum { ID, SYMBOL, LONG, SHORT, SIZE, OPENED, ENTRY, EXIT, HELD, SETTLED,
       FUNDING, COSTS, NET, IF_HELD, REASON, N_TRADE };

static const struct column trade_columns[N_TRADE] = {
	[ID]		= { "id", "ID", false, false, 0 },
	[SYMBOL]	= { "symbol", "SYMBOL", false, true, 0 },
	[LONG]		= { "long", "LONG", false, true, 5 },
	[SHORT]		= { "short", "SHORT", false, true, 5 },
	[SIZE]		= { "size_usd", "SIZE", false, false, 3 },
	[OPENED]	= { "opened_at", "OPENED", false, true, 2 },
	[ENTRY]		= { "entry_8h", "ENTRY/8h", false, false, 2 },
	[EXIT]		= { "exit_8h", "EXIT/8h", false, false, 1 },
	[HELD]		= { "held_hours", "HELD", false, false, 0 },
	[SETTLED]	= { "settlements", "SETTLED", false, false, 1 },
	[FUNDING]	= { "funding_usd", "FUNDING", false, false, 3 },
	[COSTS]		= { "costs_usd", "COSTS", false, false, 3 },
	[NET]		= { "net_usd", "NET", false, false, 0 },
	[IF_HELD]	= { "hold_through_net_usd", "IF HELD", false, false,
			    4 },
	[REASON]	= { "reason", "REASON", false, true, 0 },
};

static bool trade_row(struct table *table, const struct page *p,
		      const struct report_trade *t)
{
	struct cell *cell = table_row(table);
	struct dec net, held, costs;

	if (!report_nets(&net, &held, p->run, t) || !report_costs(&costs, t))
		return err_set(p->err, ERR_DATA, "money is out of range");
	cell[ID] = cell_count(table, t->id);
	cell[SYMBOL] = cell_text(table, t->symbol.s);
	cell[LONG] = cell_text(table, t->long_venue.s);
	cell[SHORT] = cell_text(table, t->short_venue.s);
	cell[SIZE] = cell_dec(table, t->size_usd, NULL);
	cell[OPENED] = cell_instant(table, &p->plain, t->opened_at);
	cell[ENTRY] = rate_cell(table, &t->entry_divergence);
	cell[EXIT] = rate_cell(table, &t->exit_divergence);
	cell[HELD] = view_hours(table, report_held(p->run, t), false);
	cell[SETTLED] = cell_count(table, t->settlements);
	cell[FUNDING] = cell_fact(table, &t->funding_usd,
				  report_funding_words(t).s);
	cell[COSTS] = cell_dec(table, costs, report_cost_words(costs).s);
	cell[NET] = usd_cell(table, net);
	cell[NET].tone = dec_sign(net) < 0 ? TONE_BAD : TONE_GOOD;
	cell[IF_HELD] = usd_cell(table, held);
	cell[REASON] = cell_text(table, instant_known(t->closed_at) ?
				 t->reason.s : "(open)");
	return true;
}

static bool print_table(const struct page *p, const struct table *t)
{
	return table_print(p->f, t, &p->plain, p->err);
}

static bool print_trades(const struct page *p, size_t most)
{
	const struct report_run *run = p->run;
	struct column columns[N_TRADE];
	struct table *t;
	size_t first = run->n_trades > most ? run->n_trades - most : 0;

	if (run->n_trades == 0) {
		fputs("No position was opened.\n\n", p->f);
		return true;
	}
	memcpy(columns, trade_columns, sizeof(columns));
	columns[EXIT].wide = !report_any_exit(run);
	t = table_new(columns, N_TRADE, p->plain.arena);
	if (!t)
		return no_memory(p->err);
	for (size_t i = first; i < run->n_trades; i++)
		if (!trade_row(t, p, &run->trades[i]))
			return false;
	if (!print_table(p, t))
		return false;
	if (first > 0)
		fprintf(p->f, "%zu earlier positions are not shown; --limit "
			"%zu shows all.\n", first, run->n_trades);
	fputc('\n', p->f);
	return true;
}

/* ---- exits by reason ---- */

enum { E_REASON, E_N, E_WIN, E_LOSS, E_TIE, E_HELD, E_NET, E_IF_HELD, E_AFTER,
       E_OF, N_EXIT };

static const struct column exit_columns[N_EXIT] = {
	[E_REASON]	= { "reason", "EXIT REASON", false, true, 0 },
	[E_N]		= { "n", "EXITS", false, false, 0 },
	[E_WIN]		= { "wins", "WIN", false, false, 0 },
	[E_LOSS]	= { "losses", "LOSS", false, false, 0 },
	[E_TIE]		= { "ties", "TIE", false, false, 1 },
	[E_HELD]	= { "average_hold_hours", "AVG HELD", false, false, 2 },
	[E_NET]		= { "net_usd", "NET", false, false, 0 },
	[E_IF_HELD]	= { "hold_through_net_usd", "IF HELD", false, false,
			    4 },
	[E_AFTER]	= { "gave_up_usd", "GAVE UP AFTER EXIT (7d)", false,
			    false, 3 },
	[E_OF]		= { "gave_up_n", "OF", false, false, 1 },
};

static struct cell average_cell(struct table *t, struct span sum, int32_t n)
{
	return view_hours(t, (struct span){ sum.ms / n }, false);
}

static void exit_row(struct table *t, const struct report_exit *e)
{
	struct cell *cell = table_row(t);
	struct fact after = e->n_after > 0 ? fact_known(e->after_usd)
					   : fact_unknown(WHY_NOT_SET);

	cell[E_REASON] = cell_text(t, e->reason.s);
	cell[E_N] = cell_count(t, e->n);
	cell[E_WIN] = cell_count(t, e->wins);
	cell[E_LOSS] = cell_count(t, e->losses);
	cell[E_TIE] = cell_count(t, e->ties);
	cell[E_HELD] = average_cell(t, e->held, e->n);
	cell[E_NET] = usd_cell(t, e->net_usd);
	cell[E_IF_HELD] = usd_cell(t, e->held_net_usd);
	cell[E_AFTER] = cell_fact(t, &after, view_usd(after, 2, true,
						      false).s);
	cell[E_OF] = cell_count(t, e->n_after);
}

static void open_row(struct table *t, const struct report_open *o)
{
	struct cell *cell = table_total(t);

	cell[E_REASON] = cell_text(t, "LEFT OPEN (unrealised)");
	cell[E_N] = cell_count(t, o->n);
	if (o->n > 0)
		cell[E_HELD] = average_cell(t, o->held, o->n);
	cell[E_NET] = usd_cell(t, o->net_usd);
	cell[E_IF_HELD] = usd_cell(t, o->held_net_usd);
	cell[E_AFTER].shown = cell[E_OF].shown = "-";
}

static bool print_exits(const struct page *p)
{
	struct table *t = table_new(exit_columns, N_EXIT, p->plain.arena);
	struct report_open open;

	if (!t)
		return no_memory(p->err);
	if (!report_left_open(&open, p->run))
		return err_set(p->err, ERR_DATA, "money is out of range");
	for (size_t i = 0; i < p->sum->n_exits; i++)
		exit_row(t, &p->sum->exits[i]);
	open_row(t, &open);
	if (!print_table(p, t))
		return false;
	fputc('\n', p->f);
	return true;
}

/* ---- metrics ---- */

enum { M_TITLE, M_OWN, M_HELD, N_METRIC };

static const struct column metric_columns[N_METRIC] = {
	[M_TITLE]	= { "metric", "METRIC", false, true, 0 },
	[M_OWN]		= { "own", "OWN", false, false, 0 },
	[M_HELD]	= { "hold_through", "HOLD-THROUGH", false, false, 0 },
};

/* Is row k n/a for the reason of i, which is n/a? */
static bool same_why(const struct report_metric *m, int i, int k)
{
	return !m[k].known && strcmp(m[i].why, m[k].why) == 0;
}

/* One line a reason; what is n/a in `told` for the same reason is left out. */
static void print_why(FILE *f, const char *what,
		      const struct report_metric *m,
		      const struct report_metric *told)
{
	for (int i = 0; i < METRIC_COUNT; i++) {
		bool first = !m[i].known && (!told || told[i].known);

		for (int k = 0; k < i && first; k++)
			first = !same_why(m, i, k) || (told && !told[k].known);
		if (!first)
			continue;
		fprintf(f, "%s, %s: %s", what, m[i].why,
			report_metric_texts[i].title);
		for (int k = i + 1; k < METRIC_COUNT; k++)
			if (same_why(m, i, k) && (!told || told[k].known))
				fprintf(f, ", %s",
					report_metric_texts[k].title);
		fputc('\n', f);
	}
}

static bool print_metrics(const struct page *p)
{
	struct table *t = table_new(metric_columns, N_METRIC, p->plain.arena);

	if (!t)
		return no_memory(p->err);
	for (int i = 0; i < METRIC_COUNT; i++) {
		const struct report_metric *own = &p->sum->own[i];
		const struct report_metric *held = &p->sum->held[i];
		struct cell *cell = table_row(t);

		cell[M_TITLE] = cell_text(t, report_metric_texts[i].title);
		cell[M_OWN] = metric_cell(t, (enum report_metric_id)i, own);
		cell[M_HELD] = metric_cell(t, (enum report_metric_id)i, held);
	}
	if (!print_table(p, t))
		return false;
	print_why(p->f, "n/a", p->sum->own, NULL);
	print_why(p->f, "n/a of hold-through", p->sum->held, p->sum->own);
	return true;
}

/* ---- a page ---- */

static void print_head(FILE *f, const struct report_run *run,
		       const struct report_show *how)
{
	fprintf(f, "%s  %s  %s .. %s  capital %s USD\n", how->title,
		run->name, report_time_words(run->since).s,
		report_time_words(run->until).s,
		report_cost_words(run->capital_usd).s);
}

static void print_notes(FILE *f, const struct report_run *runs,
			const struct report_summary *sums, size_t n,
			const struct report_show *how)
{
	struct report_notes notes;

	report_notes_of(&notes, runs, sums, n, how);
	for (size_t i = 0; i < notes.n; i++)
		fprintf(f, "%s\n", notes.s[i]);
}

static bool print_one(struct page *p, const struct cli *c,
		      const struct report_show *how)
{
	size_t most = c->limit > 0 ? (size_t)c->limit : how->trades_max;

	print_head(p->f, p->run, how);
	fputc('\n', p->f);
	if (!print_trades(p, most ? most : TRADES_MAX) || !print_exits(p) ||
	    !print_metrics(p))
		return false;
	fputc('\n', p->f);
	print_notes(p->f, p->run, p->sum, 1, how);
	return true;
}

/* ---- several runs ---- */

static const enum report_metric_id compared[] = {
	METRIC_NET, METRIC_RETURN_CAPITAL, METRIC_APR, METRIC_SHARPE_LO,
	METRIC_DRAWDOWN, METRIC_OPENED, METRIC_CLOSED, METRIC_WIN_RATE,
	METRIC_HOLD_HOURS, METRIC_TURNOVER, METRIC_FEES_OF_FUNDING,
	METRIC_UNKNOWN,
};
#define N_COMPARED (sizeof(compared) / sizeof(compared[0]))

enum { R_RUN, R_NET, R_HELD, R_BEYOND, R_REST = R_BEYOND + 1,
       N_RUN = R_REST + N_COMPARED - 1 };

static const struct column run_columns[N_RUN] = {
	[R_RUN]		= { "run", "RUN", false, true, 0 },
	[R_NET]		= { "net_usd", "NET", false, false, 0 },
	[R_HELD]	= { "hold_through_net_usd", "HOLD-THROUGH", false,
			    false, 0 },
	[R_BEYOND]	= { "beyond_usd", "BEYOND HOLDING", false, false, 4 },
	{ "return_on_capital", "RETURN", false, false, 4 },
	{ "apr", "APR", false, false, 3 },
	{ "sharpe_lo", "SHARPE (LO)", false, false, 3 },
	{ "max_drawdown", "MAX DD", false, false, 3 },
	{ "opened", "OPENED", false, false, 1 },
	{ "closed", "CLOSED", false, false, 2 },
	{ "win_rate", "WON", false, false, 2 },
	{ "average_hold_hours", "AVG HOLD", false, false, 2 },
	{ "turnover", "TURNOVER", false, false, 1 },
	{ "fees_of_gross_funding", "COSTS/FUNDING", false, false, 2 },
	{ "settlements_unknown", "UNKNOWN", false, false, 1 },
};

static void run_row(struct table *t, const struct report_run *run,
		    const struct report_summary *s)
{
	const struct report_metric *net = &s->own[METRIC_NET];
	const struct report_metric *held = &s->held[METRIC_NET];
	struct cell *cell = table_row(t);
	struct dec beyond;

	cell[R_RUN] = cell_text(t, run->name);
	cell[R_NET] = metric_cell(t, METRIC_NET, net);
	cell[R_HELD] = metric_cell(t, METRIC_NET, held);
	if (net->known && held->known && dec_sub(&beyond, net->v, held->v)) {
		cell[R_BEYOND] = usd_cell(t, beyond);
		cell[R_BEYOND].tone = dec_sign(beyond) < 0 ? TONE_BAD
							   : TONE_GOOD;
	}
	for (size_t i = 1; i < N_COMPARED; i++)
		cell[R_REST + i - 1] = metric_cell(t, compared[i],
						   &s->own[compared[i]]);
}

static bool print_several(FILE *f, const struct cli *c,
			  const struct report_run *runs,
			  const struct report_summary *sums, size_t n,
			  const struct report_show *how, struct err *err)
{
	struct table *t = table_new(run_columns, N_RUN, c->arena);
	size_t *order = report_best_first(runs, sums, n, c->arena);
	struct cli table_cli = *c;

	if (!t || !order)
		return no_memory(err);
	table_cli.format = FORMAT_TABLE;
	fprintf(f, "%s  %zu runs  %s .. %s\n\n", how->title, n,
		n ? report_time_words(runs[0].since).s : "-",
		n ? report_time_words(runs[0].until).s : "-");
	for (size_t i = 0; i < n; i++)
		run_row(t, &runs[order[i]], &sums[order[i]]);
	if (!table_print(f, t, &table_cli, err))
		return false;
	fputc('\n', f);
	print_notes(f, runs, sums, n, how);
	return true;
}

bool report_print_text(FILE *f, const struct cli *c,
		       const struct report_run *runs,
		       const struct report_summary *sums, size_t n,
		       const struct report_show *how, struct err *err)
{
	struct page p = { .f = f, .plain = *c, .run = runs, .sum = sums,
			  .err = err };

	if (n != 1)
		return print_several(f, c, runs, sums, n, how, err);
	p.plain.format = FORMAT_TABLE;
	p.plain.limit = 0;
	p.plain.opt[OPT_COLUMNS] = p.plain.opt[OPT_SORT] = NULL;
	return print_one(&p, c, how);
}
