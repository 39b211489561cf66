/* SPDX-License-Identifier: MIT */
/*
 * opportunities list: ask the service now, show its ranked list, and beside
 * each pair what the account's entry policy makes of it. Nothing is stored.
 */
#include <stdio.h>

#include "cmd_fetch.h"
#include "commands.h"
#include "entry.h"
#include "table.h"
#include "view_text.h"

/* Everything of one look, in the command's arena. */
struct look {
	struct cli *c;
	const struct account *account;
	struct market market;
	struct terms terms;
	struct position *positions;
	size_t n_positions;
	struct entry *entries;
	size_t n_entries;
};

static bool load_positions(struct look *l, struct err *err)
{
	struct instant since = { l->c->now.ms -
				 l->account->entry.cooldown.ms };
	struct store *s;
	bool ok;

	if (!cli_store_if_any(l->c, &s, l->account, err))
		return false;
	if (!s)
		return true;
	ok = store_positions(s, &l->positions, &l->n_positions, STORE_RECENT,
			     since, l->c->arena, err);
	store_close(s);
	return ok;
}

static bool fetch(struct look *l, struct err *err)
{
	if (!cmd_fetch(&l->market, l->c, l->account, l->account->venues,
		       l->account->n_venues, err))
		return false;
	if (l->market.opportunities_known)
		return true;
	return err_set(err, ERR_SERVICE, "%s: no ranked list: %s",
		       l->c->config->service_url, l->market.error[0] ?
		       l->market.error : "the answer was not usable");
}

static struct fact fresh_divergence(const struct market *m,
				    const struct opportunity *o)
{
	return fact_sub(cmd_fetch_daily(market_quote(m, o->symbol,
						     o->short_venue)),
			cmd_fetch_daily(market_quote(m, o->symbol,
						     o->long_venue)));
}

/* Without an entry policy the list stands as the service ranks it. */
static bool unjudged(struct look *l, struct err *err)
{
	size_t n = l->market.n_opportunities;

	l->entries = arena_array(l->c->arena, n, sizeof(*l->entries));
	if (!l->entries)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < n; i++) {
		struct entry *e = &l->entries[i];

		e->opportunity = &l->market.opportunities[i];
		e->position.entry_divergence =
			fresh_divergence(&l->market, e->opportunity);
	}
	l->n_entries = n;
	return true;
}

static bool judge(struct look *l, struct err *err)
{
	const struct entry_ask ask = {
		.account = l->account, .market = &l->market,
		.terms = &l->terms, .positions = l->positions,
		.n_positions = l->n_positions, .now = l->c->now
	};

	if (!l->account->entry.enabled)
		return unjudged(l, err);
	config_terms(&l->terms, l->c->config, l->account);
	return entry_judge(&l->entries, &l->n_entries, &ask, l->c->arena,
			   err);
}

enum { O_RANK, O_SYMBOL, O_LONG, O_SHORT, O_LONG_RATE, O_SHORT_RATE, O_NET,
       O_FRESH, O_OI, O_VOLUME, O_VERDICT, O_WHY, O_COUNT };

static const struct column opportunity_columns[O_COUNT] = {
	[O_RANK] = { .key = "rank", .title = "#" },
	[O_SYMBOL] = { .key = "symbol", .title = "SYMBOL" },
	[O_LONG] = { .key = "long", .title = "LONG" },
	[O_SHORT] = { .key = "short", .title = "SHORT" },
	[O_LONG_RATE] = { .key = "long_rate_8h", .title = "LONG RATE",
			  .wide = true },
	[O_SHORT_RATE] = { .key = "short_rate_8h", .title = "SHORT RATE",
			   .wide = true },
	[O_NET] = { .key = "service_net_8h", .title = "SERVICE NET" },
	[O_FRESH] = { .key = "divergence_8h", .title = "DIVERGENCE" },
	[O_OI] = { .key = "min_oi_usd", .title = "MIN OI" },
	[O_VOLUME] = { .key = "min_volume_usd", .title = "MIN VOLUME",
		       .wide = true },
	[O_VERDICT] = { .key = "accepted", .title = "ENTRY" },
	[O_WHY] = { .key = "verdict", .title = "WHY" },
};

static struct cell cell_rate(struct table *t, const struct cli *c,
			     struct fact rate_8h)
{
	return cell_fact(t, &rate_8h, view_rate_8h(rate_8h, c->unit, false).s);
}

/* The list as the service gives it. */
static void listed_cells(struct cell *cell, struct table *t,
			 const struct cli *c, const struct opportunity *o)
{
	cell[O_SYMBOL] = cell_text(t, o->symbol.s);
	cell[O_LONG] = cell_text(t, o->long_venue.s);
	cell[O_SHORT] = cell_text(t, o->short_venue.s);
	cell[O_LONG_RATE] = cell_rate(t, c, fact_known(o->long_rate_8h));
	cell[O_SHORT_RATE] = cell_rate(t, c, fact_known(o->short_rate_8h));
	cell[O_NET] = cell_rate(t, c, o->net_8h);
	cell[O_OI] = cell_fact(t, &o->min_oi_usd,
			       view_usd(o->min_oi_usd, 0, false, false).s);
	cell[O_VOLUME] = cell_fact(t, &o->min_volume_usd,
				   view_usd(o->min_volume_usd, 0, false,
					    false).s);
}

static void verdict_cells(struct cell *cell, struct table *t,
			  const struct look *l, const struct entry *e)
{
	bool yes = e->result == ENTRY_ACCEPTED;

	if (!l->account->entry.enabled) {
		cell[O_WHY] = cell_text(t, "no entry policy");
		return;
	}
	cell[O_VERDICT] = (struct cell){
		.kind = CELL_BOOL, .text = yes ? "true" : "false",
		.shown = yes ? "yes" : "no",
		.tone = yes ? TONE_GOOD : TONE_DIM };
	cell[O_WHY] = cell_text(t, entry_word(e->result));
}

static void opportunity_row(struct table *t, const struct look *l,
			    size_t rank, const struct entry *e)
{
	struct fact fresh = e->position.entry_divergence;
	struct cell *cell = table_row(t);

	cell[O_RANK] = cell_count(t, (int64_t)rank);
	listed_cells(cell, t, l->c, e->opportunity);
	if (fresh.known) {
		fresh.v = rate_from_day(fresh.v, RATE_8H_S);
		cell[O_FRESH] = cell_rate(t, l->c, fresh);
	}
	if (e->disagrees)
		cell[O_FRESH].tone = TONE_WARN;
	verdict_cells(cell, t, l, e);
}

static bool run(struct table *t, struct look *l, struct err *err)
{
	if (!cli_account(l->c, &l->account, err) ||
	    !load_positions(l, err) || !fetch(l, err) || !judge(l, err))
		return false;
	for (size_t i = 0; i < l->n_entries; i++)
		opportunity_row(t, l, i + 1, &l->entries[i]);
	return table_print(stdout, t, l->c, err);
}

int cmd_opportunities_list(struct cli *c)
{
	struct table *t = table_new(opportunity_columns, O_COUNT, c->arena);
	struct look l = { .c = c };
	struct err err;

	if (!t)
		return cli_no_memory(c);
	if (!run(t, &l, &err))
		return cli_fail(c, &err);
	if (c->format == FORMAT_TABLE || c->format == FORMAT_WIDE)
		printf("\n%zu listed. Rates %s %s; account %s.\n",
		       l.n_entries, c->unit == UNIT_APR ? "as" : "per",
		       view_unit_word(c->unit), l.account->name);
	return 0;
}
