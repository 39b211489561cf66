/* SPDX-License-Identifier: MIT */
/*
 * One position as cells: exact for programs, rounded for people. What is old
 * carries "~", what is unknown is no cell. Called by positions list.
 */
#include "view_columns.h"

#include "view_ledger.h"
#include "view_text.h"

#include <inttypes.h>
#include <string.h>

/*
 * What is to be done and why stays longest; then the next cash flow. Of those
 * asked for with -o wide, money does.
 */
static const struct column columns[COL_COUNT] = {
	[COL_ID]	= { "id", "ID", false, false, 0 },
	[COL_ACCOUNT]	= { "account", "ACCOUNT", true, true, 0 },
	[COL_SYMBOL]	= { "symbol", "SYMBOL", false, true, 0 },
	[COL_LONG]	= { "long", "LONG", false, true, 0 },
	[COL_SHORT]	= { "short", "SHORT", false, true, 0 },
	[COL_SIZE]	= { "size_usd", "SIZE", false, false, 1 },
	[COL_DIVERGENCE]	= { "divergence_8h", "DIV/8h", false, false, 0 },
	[COL_KEPT]	= { "remaining_ratio", "KEPT", false, false, 4 },
	[COL_NEAREST]	= { "nearest", "NEAREST", false, true, 5 },
	[COL_NEXT]	= { "next_cash", "NEXT", false, true, 6 },
	[COL_CARRY]	= { "carry_usd_day", "CARRY/day", false, false, 3 },
	[COL_AGE]	= { "age_hours", "AGE", false, false, 2 },
	[COL_ACTION]	= { "action", "ACTION", false, true, 0 },
	[COL_REASON]	= { "reason", "REASON", false, true, 7 },
	[COL_STATUS]	= { "status", "STATUS", true, true, 0 },
	[COL_LONG_RATE]	= { "long_rate_8h", "LONG/8h", true, false, 0 },
	[COL_SHORT_RATE]	= { "short_rate_8h", "SHORT/8h", true, false, 0 },
	[COL_LONG_OI]	= { "long_open_interest_usd", "OI LONG", true, false, 0 },
	[COL_SHORT_OI]	= { "short_open_interest_usd", "OI SHORT", true, false, 0 },
	[COL_FUNDING]	= { "funding_usd", "FUNDING", true, false, 11 },
	[COL_FEES]	= { "fees_usd", "FEES", true, false, 7 },
	[COL_NET]	= { "net_usd", "NET", true, false, 12 },
	[COL_CHECKED]	= { "checked_at", "CHECKED", true, true, 0 },
	[COL_EXTERNAL]	= { "external_id", "EXTERNAL", true, true, 0 },
	[COL_PRICE]	= { "price_usd", "PRICE", true, false, 10 },
	[COL_SLIPPAGE]	= { "slippage_usd", "SLIPPAGE", true, false, 0 },
	[COL_ACCRUED]	= { "accrued_estimate_usd", "ACCRUED", true, false, 0 },
	[COL_REALISED]	= { "realised_usd", "REALISED", true, false, 0 },
	[COL_OPEN]	= { "open_usd", "OPEN PNL", true, false, 0 },
	[COL_ON_NOTIONAL]	= { "return_on_notional", "ON NOTIONAL", true, false, 0 },
	[COL_ON_CAPITAL]	= { "return_on_capital", "ON CAPITAL", true, false, 0 },
	[COL_APR]	= { "apr_on_capital", "APR/CAP", true, false, 8 },
	[COL_DAY]	= { "expected_24h_usd", "IN 24h", true, false, 0 },
	[COL_ALL_IN]	= { "break_even_all_in", "BREAK-EVEN", true, true, 9 },
	[COL_EXIT_ONLY]	= { "break_even_exit_only", "EXIT ONLY", true, true, 0 },
	[COL_PAYS]	= { "pays_every", "PAYS", true, true, 0 },
	[COL_OPENED]	= { "opened_at", "OPENED", true, true, 0 },
	[COL_PROFILE]	= { "profile", "PROFILE", true, true, 0 },
};

const struct column *view_columns(const struct cli *c, bool accounts)
{
	static const char *const divergence[] = {
		[UNIT_8H] = "DIV/8h", [UNIT_1H] = "DIV/1h",
		[UNIT_DAY] = "DIV/day", [UNIT_APR] = "DIV APR"
	};
	static const char *const rate[2][4] = {
		{ "LONG/8h", "LONG/1h", "LONG/day", "LONG APR" },
		{ "SHORT/8h", "SHORT/1h", "SHORT/day", "SHORT APR" },
	};
	struct column *own = arena_alloc(c->arena, sizeof(columns));

	if (!own)
		return NULL;
	memcpy(own, columns, sizeof(columns));
	own[COL_ACCOUNT].wide = !accounts;
	own[COL_STATUS].wide = !cli_has(c, OPT_ALL);
	own[COL_DIVERGENCE].title = divergence[c->unit];
	own[COL_LONG_RATE].title = rate[0][c->unit];
	own[COL_SHORT_RATE].title = rate[1][c->unit];
	return own;
}

static struct fact unless(bool old, struct fact f)
{
	return old ? fact_unknown(WHY_STALE) : f;
}

static struct cell text_cell(struct table *t, const char *text)
{
	return cell_text(t, text[0] && strcmp(text, "-") != 0 ? text : NULL);
}

static void fill_names(struct cell *cell, struct table *t,
		       const struct view *v, const struct view_row *r)
{
	const struct position *p = &r->pos;

	cell[COL_ID] = cell_count(t, p->id);
	cell[COL_ACCOUNT] = cell_text(t, v->account->name);
	cell[COL_SYMBOL] = cell_text(t, p->symbol.s);
	cell[COL_LONG] = cell_text(t, p->leg[LEG_LONG].venue.s);
	cell[COL_SHORT] = cell_text(t, p->leg[LEG_SHORT].venue.s);
	cell[COL_SIZE] = cell_dec(t, p->size_usd,
			      view_amount(fact_known(p->size_usd), false).s);
	cell[COL_ACTION] = cell_text(t, action_word(r->action));
	cell[COL_ACTION].tone = (enum tone)view_action_tone(r->action);
	cell[COL_REASON] = text_cell(t, r->reason.s);
	cell[COL_STATUS] = cell_text(t, status_word(p->status));
	cell[COL_EXTERNAL] = text_cell(t, p->external_id);
}

static void fill_carry(struct cell *cell, struct table *t,
		       const struct view *v, const struct view_row *r,
		       enum unit u)
{
	bool last = r->divergence_old, old = r->stale || last;
	struct fact d = unless(last, r->divergence), exact = d;
	struct fact ratio = unless(last, r->ratio);
	struct fact carry = unless(last, r->carry_usd_day);

	if (d.known)
		exact.v = rate_from_day(d.v, RATE_8H_S);
	cell[COL_DIVERGENCE] = cell_fact(t, &exact,
				     view_rate(r->divergence, u, old).s);
	/* The limit it runs into stands in NEAREST. */
	cell[COL_KEPT] = cell_fact(t, &ratio, view_percent(
		r->ratio, 0, r->stale || r->divergence_old).s);
	cell[COL_NEAREST] = text_cell(t, view_near(r).s);
	cell[COL_AGE] = view_hours(t, r->age, r->stale);
	if (r->pos.status == STATUS_CLOSED)	/* it earns nothing any more */
		return;
	cell[COL_NEXT] = text_cell(t, view_next(&r->next, v->now, r->stale).s);
	cell[COL_CARRY] = cell_fact(t, &carry,
				view_usd(r->carry_usd_day, 2, true, old).s);
}

static void fill_wide(struct cell *cell, struct table *t, const struct cli *c,
		      const struct view_row *r)
{
	static const int rate[2] = { COL_LONG_RATE, COL_SHORT_RATE };
	static const int oi[2] = { COL_LONG_OI, COL_SHORT_OI };

	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		const struct view_leg *l = &r->leg[s];

		cell[rate[s]] = cell_fact(t, &l->rate_8h,
					  view_rate_8h(l->rate_8h, c->unit,
						       l->stale).s);
		cell[oi[s]] = cell_fact(t, &l->oi_usd,
					view_usd(l->oi_usd, 0, false,
						 r->stale).s);
	}
	cell[COL_CHECKED] = cell_instant(t, c, r->checked_at);
	cell[COL_OPENED] = cell_instant(t, c, r->pos.opened_at);
}

static struct cell usd(struct table *t, struct fact f, bool sign, bool old)
{
	return cell_fact(t, &f, view_usd(f, 2, sign, old).s);
}

static struct cell share(struct table *t, struct fact f, int places, bool old)
{
	return cell_fact(t, &f, view_percent(f, places, old).s);
}

/* For programs the time, or the word why there is none. */
static struct cell even_cell(struct table *t, const struct view_even *e,
			     const struct view *v, bool old)
{
	char at[INSTANT_TEXT_MAX];
	struct cell cell;

	if (e->state == EVEN_UNKNOWN)
		return (struct cell){ .kind = CELL_NULL };
	if (e->state != EVEN_AHEAD)
		return cell_text(t, view_even(e, old).s);
	instant_format(at, instant_add(v->polled ? v->poll.at : v->now,
				       e->after));
	cell = cell_text(t, view_even(e, old).s);
	cell.shown = cell.text;
	cell.text = cell_text(t, at).text;
	return cell;
}

/* Fees as what was paid; everything else + gained. */
static void fill_money(struct cell *cell, struct table *t, const struct view *v,
		       const struct view_row *r)
{
	const struct view_money *m = &r->money;
	bool part = m->n_unknown > 0, old = r->stale;

	cell[COL_FUNDING] = usd(t, m->funding_usd, true, part);
	cell[COL_FEES] = usd(t, fact_known(r->pos.fees_usd), false, false);
	cell[COL_SLIPPAGE] = usd(t, fact_known(r->pos.slippage_usd), false,
				 false);
	cell[COL_PRICE] = usd(t, m->price_usd, true, old);
	cell[COL_NET] = usd(t, m->net_usd, true, part);
	cell[COL_REALISED] = usd(t, m->realised_usd, true, part);
	cell[COL_OPEN] = usd(t, m->open_usd, true, old);
	cell[COL_ACCRUED] = usd(t, m->accrued_usd, true, true);
	cell[COL_ON_NOTIONAL] = share(t, m->on_notional, 3, part);
	cell[COL_ON_CAPITAL] = share(t, m->on_capital, 3, part);
	cell[COL_APR] = share(t, m->apr_capital, 2, part);
	cell[COL_DAY] = usd(t, m->day_usd, true, old);
	cell[COL_ALL_IN] = even_cell(t, &m->all_in, v, old);
	cell[COL_EXIT_ONLY] = even_cell(t, &m->exit_only, v, old);
}

/* How often each leg is paid: "1h/8h". */
static struct cell pays_cell(struct table *t, const struct view_row *r)
{
	int32_t l = r->leg[LEG_LONG].pays_every_s;
	int32_t s = r->leg[LEG_SHORT].pays_every_s;
	char text[2 * SPAN_TEXT_MAX + 2], a[SPAN_TEXT_MAX] = "-",
	     b[SPAN_TEXT_MAX] = "-";

	if (l <= 0 && s <= 0)
		return (struct cell){ .kind = CELL_NULL };
	if (l > 0)
		span_format(a, span_s(l));
	if (s > 0)
		span_format(b, span_s(s));
	snprintf(text, sizeof(text), "%s/%s", a, b);
	return cell_text(t, text);
}

void view_fill_cells(struct cell *cell, struct table *t, const struct cli *c,
		     const struct view *v, const struct view_row *r)
{
	fill_names(cell, t, v, r);
	fill_carry(cell, t, v, r, c->unit);
	fill_wide(cell, t, c, r);
	fill_money(cell, t, v, r);
	cell[COL_PAYS] = pays_cell(t, r);
	cell[COL_PROFILE] = cell_text(t, v->profile->name);
}
