/* SPDX-License-Identifier: MIT */
/*
 * replay --profile NAME: pair by pair when it would have closed and why,
 * beside what was recorded, and both as runs of a report.
 */
#include "cmd_replay_profile.h"
#include "replay_outcome.h"
#include "report_show.h"
#include "table.h"
#include "view_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PAIRS_SHOWN	20

enum { ID, SYMBOL, LONG, SHORT, OPENED, WAS_AT, WAS_REASON, WAS_NET, AT,
       REASON, NET, MORE, N_COLUMNS };

static const struct column columns[N_COLUMNS] = {
	[ID]		= { "id", "ID", false, false, 0 },
	[SYMBOL]	= { "symbol", "SYMBOL", false, true, 0 },
	[LONG]		= { "long", "LONG", false, true, 2 },
	[SHORT]		= { "short", "SHORT", false, true, 2 },
	[OPENED]	= { "opened_at", "OPENED", true, true, 1 },
	[WAS_AT]	= { "recorded_closed_at", "RECORDED", false, true, 0 },
	[WAS_REASON]	= { "recorded_reason", "REASON", false, true, 1 },
	[WAS_NET]	= { "recorded_net_usd", "NET", false, false, 0 },
	[AT]		= { "closed_at", "REPLAYED", false, true, 0 },
	[REASON]	= { "reason", "REASON", false, true, 0 },
	[NET]		= { "net_usd", "NET", false, false, 0 },
	[MORE]		= { "difference_usd", "DIFFERENCE", false, false, 0 },
};

enum { OTHER, RECORDED, RUNS };

static const struct report_trade *trade(const struct report_run *run,
					int64_t id)
{
	for (size_t i = 0; i < run->n_trades; i++)
		if (run->trades[i].id == id)
			return &run->trades[i];
	return NULL;
}

struct both {
	const struct report_trade *is, *was;
	struct dec is_usd, was_usd, more_usd;
};

static void end_cells(struct cell *at, struct cell *reason, struct cell *net,
		      struct dec usd, struct table *t, const struct cli *c,
		      const struct report_trade *x)
{
	bool closed = instant_known(x->closed_at);

	*at = closed ? cell_instant(t, c, x->closed_at) : cell_text(t, "open");
	*reason = cell_text(t, x->reason.s[0] ? x->reason.s : NULL);
	*net = cell_dec(t, usd, view_usd(fact_known(usd), 2, true,
					 x->unknown > 0).s);
}

static void add_row(struct table *t, const struct cli *c, const struct both *b)
{
	struct cell *cell = table_row(t);

	cell[ID] = cell_count(t, b->is->id);
	cell[SYMBOL] = cell_text(t, b->is->symbol.s);
	cell[LONG] = cell_text(t, b->is->long_venue.s);
	cell[SHORT] = cell_text(t, b->is->short_venue.s);
	cell[OPENED] = cell_instant(t, c, b->is->opened_at);
	end_cells(&cell[WAS_AT], &cell[WAS_REASON], &cell[WAS_NET], b->was_usd,
		  t, c, b->was);
	end_cells(&cell[AT], &cell[REASON], &cell[NET], b->is_usd, t, c,
		  b->is);
	cell[MORE] = cell_dec(t, b->more_usd,
			      view_usd(fact_known(b->more_usd), 2, true,
				       b->is->unknown > 0 ||
				       b->was->unknown > 0).s);
}

/* The largest difference first. */
static int by_difference(const void *pa, const void *pb)
{
	const struct both *a = pa, *b = pb;
	int c = dec_cmp(dec_abs(b->more_usd), dec_abs(a->more_usd));

	return c ? c : (a->is->id > b->is->id) - (a->is->id < b->is->id);
}

static bool pair_up(struct both **out, size_t *n,
		    const struct report_run *runs, struct arena *arena,
		    struct err *err)
{
	const struct report_run *other = &runs[OTHER];
	struct both *list = arena_array(arena, other->n_trades, sizeof(*list));

	*n = 0;
	*out = list;
	if (!list)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < other->n_trades; i++) {
		struct both *b = &list[*n];

		b->is = &other->trades[i];
		b->was = trade(&runs[RECORDED], b->is->id);
		if (!b->was)
			continue;
		if (!report_net(&b->is_usd, b->is) ||
		    !report_net(&b->was_usd, b->was) ||
		    !dec_sub(&b->more_usd, b->is_usd, b->was_usd))
			return err_set(err, ERR_DATA, "a net is out of range");
		(*n)++;
	}
	if (*n > 1)
		qsort(list, *n, sizeof(*list), by_difference);
	return true;
}

static bool print_pairs(const struct cli *c, const struct report_run *runs,
			struct err *err)
{
	struct cli people = *c;
	struct table *t = table_new(columns, N_COLUMNS, c->arena);
	size_t n, shown;
	struct both *list;

	if (!t)
		return err_set(err, ERR_MEMORY, "no memory");
	if (!pair_up(&list, &n, runs, c->arena, err))
		return false;
	shown = c->limit > 0 ? (size_t)c->limit : PAIRS_SHOWN;
	for (size_t i = 0; i < n && i < shown; i++)
		add_row(t, c, &list[i]);
	people.limit = 0;
	if (people.format != FORMAT_WIDE)
		people.format = FORMAT_TABLE;
	if (!table_print(stdout, t, &people, err))
		return false;
	if (n > shown)
		printf("%zu pairs differ less and are not shown; --limit %zu "
		       "shows all.\n", n - shown, n);
	putchar('\n');
	return true;
}

static bool measure(struct report_run *run, struct report_summary *sum,
		    const struct report_history *h, const char *name,
		    struct arena *arena, struct err *err)
{
	snprintf(run->name, sizeof(run->name), "%s", name);
	return report_account(run, h, arena, err) &&
	       report_measure(sum, run, arena, err);
}

static const char profile_note[] =
	"Entries, venues, costs and rates are the recorded ones; keeps and "
	"closes by hand are not taken over.";
static const char ended_note[] =
	"Pairs it still held when the record of them ended, 7 days after their "
	"recorded close, are shown open.";

static bool for_people(const struct cli *c)
{
	return c->format == FORMAT_TABLE || c->format == FORMAT_WIDE ||
	       (c->format == FORMAT_TSV && !cli_has(c, OPT_OUTPUT));
}

bool cmd_replay_show(struct cli *c, const struct account *a,
		     const struct replay *r, const struct replay_seen *seen,
		     struct err *err)
{
	const char *notes[2];
	struct report_show how = { .title = "REPLAY", .notes = notes };
	struct report_history history[RUNS];
	struct report_summary sums[RUNS];
	struct report_run runs[RUNS] = { { .n_trades = 0 } };
	struct terms terms;
	size_t ended, first = r->profile ? OTHER : RECORDED;

	config_terms(&terms, c->config, a);
	if (!replay_outcome(&history[RECORDED], &history[OTHER], &ended, r,
			    &terms, seen->to, c->arena, err))
		return false;
	for (int i = 0; i < RUNS; i++)
		history[i].capital_usd = a->entry.capital_usd;
	if (!measure(&runs[RECORDED], &sums[RECORDED], &history[RECORDED],
		     "as recorded", c->arena, err))
		return false;
	if (r->profile && !measure(&runs[OTHER], &sums[OTHER], &history[OTHER],
				   r->profile->name, c->arena, err))
		return false;
	if (r->profile)
		notes[how.n_notes++] = profile_note;
	if (r->profile && ended > 0)
		notes[how.n_notes++] = ended_note;
	if (r->profile && for_people(c) && !print_pairs(c, runs, err))
		return false;
	return report_print(stdout, c, &runs[first], &sums[first],
			    RUNS - first, &how, err);
}
