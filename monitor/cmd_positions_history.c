/* SPDX-License-Identifier: MIT */
/*
 * positions history: closed positions, why and when they were closed, what
 * they earned, and what holding on for up to seven days would have brought.
 * Price is in the net where both exit prices are known, never in the latter.
 */
#include "commands.h"
#include "table.h"
#include "view_text.h"

enum { ID, ACCOUNT, SYMBOL, LONG, SHORT, SIZE, OPENED, CLOSED, HELD, REASON,
       FUNDING, FEES, PRICE, NET, UNKNOWN, AFTER, KEPT_NET, AFTER_N, EXTERNAL,
       SLIPPAGE, ON_NOTIONAL, ON_CAPITAL, APR_NOTIONAL, APR, N_COLUMNS };

static const struct column columns[N_COLUMNS] = {
	[ID]		= { "id", "ID", false, false, 0 },
	[ACCOUNT]	= { "account", "ACCOUNT", true, true, 0 },
	[SYMBOL]	= { "symbol", "SYMBOL", false, true, 0 },
	[LONG]		= { "long", "LONG", false, true, 0 },
	[SHORT]		= { "short", "SHORT", false, true, 0 },
	[SIZE]		= { "size_usd", "SIZE", false, false, 1 },
	[OPENED]	= { "opened_at", "OPENED", true, true, 0 },
	[CLOSED]	= { "closed_at", "CLOSED", false, true, 2 },
	[HELD]		= { "held_hours", "HELD", false, false, 3 },
	[REASON]	= { "reason", "REASON", false, true, 0 },
	[FUNDING]	= { "funding_usd", "FUNDING", false, false, 0 },
	[FEES]		= { "fees_usd", "FEES", false, false, 0 },
	[NET]		= { "net_usd", "NET", false, false, 0 },
	[UNKNOWN]	= { "settlements_unknown", "UNKNOWN", true, false, 0 },
	[AFTER]		= { "hold_through_funding_usd", "HOLD-THROUGH", false,
			    false, 0 },
	[KEPT_NET]	= { "hold_through_net_usd", "NET IF HELD", true, false, 0 },
	[AFTER_N]	= { "hold_through_settlements", "SETTLED AFTER", true,
			    false, 0 },
	[EXTERNAL]	= { "external_id", "EXTERNAL", true, true, 0 },
	[PRICE]		= { "price_usd", "PRICE", false, false, 5 },
	[SLIPPAGE]	= { "slippage_usd", "SLIPPAGE", true, false, 0 },
	[ON_NOTIONAL]	= { "return_on_notional", "ON NOTIONAL", true, false, 0 },
	[ON_CAPITAL]	= { "return_on_capital", "ON CAPITAL", true, false, 0 },
	[APR_NOTIONAL]	= { "apr_on_notional", "APR", true, false, 0 },
	[APR]		= { "apr_on_capital", "APR/CAP", false, false, 4 },
};

struct history {
	struct cli *c;
	struct table *table;
	int64_t only;			/* 0: all */
	size_t n, n_unpriced;
	struct fact funding, fees, net, after, price;
	bool part, after_part;
};

static bool in_time(const struct cli *c, struct instant closed)
{
	return (!instant_known(c->since) || closed.ms >= c->since.ms) &&
	       (!instant_known(c->until) || closed.ms < c->until.ms);
}

static struct fact plus(struct fact a, struct fact b)
{
	if (!a.known || !b.known)
		return a.known ? b : a;
	return dec_add(&a.v, a.v, b.v) ? a : fact_unknown(WHY_OVERFLOW);
}

static struct cell usd(struct table *t, struct fact f, bool sign, bool part)
{
	return cell_fact(t, &f, view_usd(f, 2, sign, part).s);
}

static struct cell share(struct table *t, struct fact f, int places, bool part)
{
	return cell_fact(t, &f, view_percent(f, places, part).s);
}

static void fill_names(struct cell *cell, struct table *t, const struct cli *c,
		       const struct view *v, const struct view_row *r)
{
	const struct position *p = &r->pos;

	cell[ID] = cell_count(t, p->id);
	cell[ACCOUNT] = cell_text(t, v->account->name);
	cell[SYMBOL] = cell_text(t, p->symbol.s);
	cell[LONG] = cell_text(t, p->leg[LEG_LONG].venue.s);
	cell[SHORT] = cell_text(t, p->leg[LEG_SHORT].venue.s);
	cell[SIZE] = cell_dec(t, p->size_usd, NULL);
	cell[OPENED] = cell_instant(t, c, p->opened_at);
	cell[CLOSED] = cell_instant(t, c, p->closed_at);
	cell[HELD] = view_hours(t, r->age, false);
	cell[REASON] = cell_text(t, p->reason.s[0] ? p->reason.s : NULL);
	cell[EXTERNAL] = cell_text(t, p->external_id[0] ? p->external_id
							 : NULL);
}

/* Held through: no fees of a later close are in it. */
static void fill_money(struct cell *cell, struct table *t,
		       const struct view_row *r)
{
	const struct view_money *m = &r->money;
	bool part = m->n_unknown > 0, later = m->n_after_unknown > 0;

	cell[FUNDING] = usd(t, m->funding_usd, true, part);
	cell[FEES] = usd(t, fact_known(r->pos.fees_usd), false, false);
	cell[NET] = usd(t, m->net_usd, true, part);
	cell[UNKNOWN] = cell_count(t, m->n_unknown);
	cell[AFTER] = usd(t, m->after_usd, true, later);
	cell[KEPT_NET] = usd(t, plus(m->net_usd, m->after_usd), true,
			     part || later);
	cell[AFTER_N] = cell_count(t, m->n_after);
	cell[PRICE] = usd(t, m->price_usd, true, false);
	cell[SLIPPAGE] = usd(t, fact_known(r->pos.slippage_usd), false, false);
	cell[ON_NOTIONAL] = share(t, m->on_notional, 3, part);
	cell[ON_CAPITAL] = share(t, m->on_capital, 3, part);
	cell[APR_NOTIONAL] = share(t, m->apr_notional, 2, part);
	cell[APR] = share(t, m->apr_capital, 2, part);
}

static void add_row(struct history *h, const struct view *v,
		    const struct view_row *r)
{
	const struct view_money *m = &r->money;
	struct cell *cell = table_row(h->table);

	fill_names(cell, h->table, h->c, v, r);
	fill_money(cell, h->table, r);
	h->n++;
	h->funding = plus(h->funding, m->funding_usd);
	h->fees = plus(h->fees, fact_known(r->pos.fees_usd));
	h->net = plus(h->net, m->net_usd);
	h->price = plus(h->price, m->price_usd);
	h->n_unpriced += !m->price_usd.known;
	h->after = plus(h->after, m->after_usd);
	h->part |= m->n_unknown > 0;
	h->after_part |= m->n_after_unknown > 0;
}

static void add_total(struct history *h)
{
	struct table *t = h->table;
	struct cell *cell;

	if (h->n == 0)
		return;
	cell = table_total(t);
	cell[ID] = cell_count(t, (int64_t)h->n);
	cell[SYMBOL] = cell_text(t, "closed");
	cell[FUNDING] = usd(t, h->funding, true, h->part);
	cell[FEES] = usd(t, h->fees, false, false);
	cell[NET] = usd(t, h->net, true, h->part);
	if (h->n_unpriced < h->n)
		cell[PRICE] = usd(t, h->price, true, h->n_unpriced > 0);
	cell[AFTER] = usd(t, h->after, true, h->after_part);
}

static bool collect(struct history *h, struct err *err)
{
	struct view *views;
	size_t n;

	h->table = table_new(columns, N_COLUMNS, h->c->arena);
	if (!h->table)
		return err_set(err, ERR_MEMORY, "no memory");
	if (!view_open_all(&views, &n, h->c, VIEW_CLOSED, err))
		return false;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < views[i].n_rows; k++) {
			const struct view_row *r = &views[i].rows[k];

			if ((h->only == 0 || r->pos.id == h->only) &&
			    in_time(h->c, r->pos.closed_at))
				add_row(h, &views[i], r);
		}
	if (h->only > 0 && h->n == 0)
		return err_set(err, ERR_NOT_FOUND, "no closed position %lld; "
			       "see: carrywatch positions list --all",
			       (long long)h->only);
	add_total(h);
	return true;
}

static void print_legend(const struct history *h)
{
	if (h->n == 0) {
		puts("No closed position.");
		return;
	}
	printf("NET is funding and price less fees and slippage%s.\n"
	       "HOLD-THROUGH: funding of up to 7 days after the close, "
	       "hypothetical.\n", h->n_unpriced ?
	       ", price not included where it is -" : "");
}

int cmd_positions_history(struct cli *c)
{
	struct err err = { ERR_NONE, "" };
	struct history h = { .c = c };
	bool ok = cli_config(c, &err);

	h.funding = h.fees = h.net = h.after = h.price = fact_known(DEC_ZERO);
	if (ok && c->n_args > 0)
		ok = cli_id(c, &h.only, 0, &err);
	if (!ok || !collect(&h, &err) ||
	    !table_print(stdout, h.table, c, &err))
		return cli_fail(c, &err);
	if (c->format == FORMAT_TABLE || c->format == FORMAT_WIDE)
		print_legend(&h);
	return 0;
}
