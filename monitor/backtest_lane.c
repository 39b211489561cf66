/* SPDX-License-Identifier: MIT */
/*
 * One lane of a backtest: its book of pairs, polled like an account in
 * dry-run. The order within a poll is that of cycle.c: decide every pair,
 * fill the closes, then judge entries.
 */
#include "backtest_settle.h"

#include <string.h>

#include "entry.h"

static bool fill(struct fill *out, const struct backtest *b,
		 const struct position *p, bool opening)
{
	const struct executor *e = &b->setup->executor;
	struct order order = {
		p->symbol, p->leg[LEG_LONG].venue, p->leg[LEG_SHORT].venue,
		p->size_usd, opening
	};
	struct err why = { ERR_NONE, "" };

	return e->fill && e->fill(e->ctx, out, &order, &why);
}

/* ---- decide and close ---- */

static void decide_one(struct backtest *b, struct lane *l, struct held_pair *h)
{
	const struct judge_poll poll = { &b->market, b->setup->terms,
					 l->last_poll };
	struct watched *x = &h->x;

	if (h->plan_quotes != b->market.n_quotes) {
		facts_plan(&h->plan, &x->pos, &b->market, b->setup->terms);
		h->plan_quotes = b->market.n_quotes;
	}
	x->memory.funding_usd = funding_total(&x->funding);
	judge_planned(x, &h->plan, &poll, l->uses, l->account.profile);
	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		x->memory.quote_at[s] = judge_seen(x, (enum side)s);
	b->work.evaluations++;
}

/* Money of a close; the trade's row is complete but for hold-through. */
static bool settle_up(struct backtest *b, struct lane *l, struct held_pair *h)
{
	const struct fill *paid = &h->x.fill;
	struct trade *trade = &l->trades[h->trade];
	struct report_trade *t = &trade->t;
	struct dec net;

	if (!backtest_add(&t->fees_usd, paid->fees_usd, b->err) ||
	    !backtest_add(&t->slippage_usd, paid->slippage_usd, b->err))
		return false;
	t->exit_usd = DEC_ZERO;
	backtest_earned(b, trade, h, t->closed_at);
	if (!report_net(&net, t))
		return err_set(b->err, ERR_DATA, "money is out of range");
	return backtest_add(&l->realized_usd, net, b->err);
}

static bool close_one(struct backtest *b, struct lane *l, struct held_pair *h)
{
	struct trade *t = &l->trades[h->trade];
	struct position *p = &h->x.pos;

	p->status = STATUS_CLOSED;
	p->closed_at = t->t.closed_at = b->market.taken_at;
	p->reason = t->t.reason = h->x.decision.label;
	t->t.exit_divergence = h->x.facts.v[FACT_DIVERGENCE];
	t->exit_missed = backtest_holes(b, t, p->closed_at);
	if (!backtest_sum(&t->exit_sum, b, t, b->err) ||
	    !settle_up(b, l, h) ||
	    !BACKTEST_ROOM(b, l->closed, l->n_closed, l->cap_closed) ||
	    !BACKTEST_ROOM(b, l->cooling, l->n_cooling, l->cap_cooling))
		return false;
	l->closed[l->n_closed++] = h->trade;
	l->cooling[l->n_cooling++] = h->x.pos;
	return true;
}

static bool decide_all(struct backtest *b, struct lane *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->n_held; i++) {
		struct held_pair *h = &l->held[i];
		struct watched *x = &h->x;

		decide_one(b, l, h);
		if (!backtest_point(b, &l->trades[h->trade],
				    b->market.taken_at,
				    x->facts.v[FACT_DIVERGENCE]))
			return false;
		x->filled = x->decision.action == ACTION_CLOSE &&
			    fill(&x->fill, b, &x->pos, false);
		if (x->filled) {
			if (!close_one(b, l, h))
				return false;
			continue;
		}
		if (kept != i)
			l->held[kept] = *h;
		kept++;
	}
	l->n_held = kept;
	return true;
}

/* ---- open ---- */

static struct report_trade trade_of(const struct position *p,
				    const struct fill *paid)
{
	return (struct report_trade){
		.id = p->id, .symbol = p->symbol,
		.long_venue = p->leg[LEG_LONG].venue,
		.short_venue = p->leg[LEG_SHORT].venue,
		.size_usd = p->size_usd, .opened_at = p->opened_at,
		.closed_at = INSTANT_UNKNOWN,
		.entry_divergence = p->entry_divergence,
		.exit_divergence = fact_unknown(WHY_NOT_SET),
		.funding_usd = fact_known(DEC_ZERO),
		.price_usd = fact_unknown(WHY_NOT_SET),
		.fees_usd = paid->fees_usd,
		.slippage_usd = paid->slippage_usd,
		.held_funding_usd = fact_known(DEC_ZERO),
		.held_price_usd = fact_unknown(WHY_NOT_SET),
		.after_usd = fact_unknown(WHY_NOT_SET),
	};
}

/* What leaving will cost, and holding to the end: entry and exit. */
static bool put_costs(struct backtest *b, struct trade *t,
		      const struct position *p)
{
	struct fill leave;

	if (!fill(&leave, b, p, false))
		return err_set(b->err, ERR_CONFIG, "no cost of leaving %s",
			       p->symbol.s);
	t->t.exit_usd = leave.fees_usd;
	t->t.held_costs_usd = t->t.fees_usd;
	return backtest_add(&t->t.exit_usd, leave.slippage_usd, b->err) &&
	       backtest_add(&t->t.held_costs_usd, t->t.slippage_usd,
			    b->err) &&
	       backtest_add(&t->t.held_costs_usd, t->t.exit_usd, b->err);
}

static bool new_trade(struct backtest *b, struct lane *l,
		      const struct position *p, const struct fill *paid)
{
	struct trade *t;

	if (!BACKTEST_ROOM(b, l->trades, l->n_trades, l->cap_trades))
		return false;
	t = &l->trades[l->n_trades++];
	*t = (struct trade){ .t = trade_of(p, paid), .stride = 1 };
	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		t->slot[s] = backtest_slot(b, p->symbol, p->leg[s].venue);
	return put_costs(b, t, p) &&
	       backtest_sum(&t->entry_sum, b, t, b->err) &&
	       backtest_point(b, t, p->opened_at, p->entry_divergence);
}

static bool new_held(struct backtest *b, struct lane *l,
		     const struct position *p)
{
	struct held_pair *h;
	int n = profile_slots(l->account.profile);

	if (!BACKTEST_ROOM(b, l->held, l->n_held, l->cap_held))
		return false;
	h = &l->held[l->n_held++];
	h->trade = l->n_trades - 1;
	h->plan_quotes = 0;
	h->x = (struct watched){
		.pos = *p, .funding = { .sum_usd = fact_known(DEC_ZERO) },
		.memory.quote_at = { p->opened_at, p->opened_at },
		.watch = {
			.counted = { INSTANT_UNKNOWN, INSTANT_UNKNOWN },
			.divergence = fact_unknown(WHY_NOT_SET),
			.divergence_at = INSTANT_UNKNOWN,
			.blind_told = INSTANT_UNKNOWN,
			.unclosed_told = INSTANT_UNKNOWN,
		},
	};
	facts_forget(&h->x.facts);
	h->x.slots = arena_array(b->keep, (size_t)n + 1, sizeof(*h->x.slots));
	if (!h->x.slots)
		return backtest_no_memory(b->err);
	for (int i = 0; i < n; i++)
		h->x.slots[i] = STREAK_NONE;
	return true;
}

/* No cost known: nothing is opened, as in dry-run. */
static bool open_one(struct backtest *b, struct lane *l, struct position *p)
{
	struct fill paid;

	if (!fill(&paid, b, p, true))
		return true;
	p->id = (int64_t)l->n_trades + 1;
	p->status = STATUS_OPEN;
	p->fees_usd = paid.fees_usd;
	p->slippage_usd = paid.slippage_usd;
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		const struct quote *q = market_quote(&b->market, p->symbol,
						     p->leg[s].venue);
		struct dec daily;

		if (q && rate_per_day(&daily, q->rate))
			p->leg[s].entry_rate_8h = fact_known(
				rate_from_day(daily, RATE_8H_S));
	}
	return new_trade(b, l, p, &paid) && new_held(b, l, p);
}

/* Held pairs, and those closed within the cooldown, in one list. */
static struct position *book_of(const struct backtest *b, struct lane *l,
				size_t *n)
{
	int64_t now = b->market.taken_at.ms;
	size_t kept = 0;
	struct position *list;

	for (size_t i = 0; i < l->n_cooling; i++)
		if (now - l->cooling[i].closed_at.ms <
		    l->account.entry.cooldown.ms)
			l->cooling[kept++] = l->cooling[i];
	l->n_cooling = kept;
	*n = l->n_held + kept;
	list = arena_array(b->scratch, *n, sizeof(*list));
	for (size_t i = 0; list && i < *n; i++)
		list[i] = i < l->n_held ? l->held[i].x.pos :
					  l->cooling[i - l->n_held];
	return list;
}

static bool judge_entries(struct backtest *b, struct lane *l)
{
	struct entry_ask ask = {
		.account = &l->account, .market = &b->market,
		.terms = b->setup->terms, .now = b->market.taken_at,
	};
	struct entry *list;
	size_t n;

	if (l->n_held >= (size_t)l->account.entry.max_positions)
		return true;
	ask.positions = book_of(b, l, &ask.n_positions);
	if (!ask.positions)
		return backtest_no_memory(b->err);
	if (!entry_judge(&list, &n, &ask, b->scratch, b->err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (list[i].result == ENTRY_ACCEPTED &&
		    !open_one(b, l, &list[i].position))
			return false;
	return true;
}

/* ---- pairs that are given ---- */

static bool open_pair(struct backtest *b, struct lane *l, size_t i)
{
	const struct backtest_pair *pair = &b->setup->pairs[i];
	struct instant now = b->market.taken_at;
	struct position p = {
		.symbol = pair->symbol, .size_usd = pair->size_usd,
		.opened_at = now, .confirmed_at = now,
		.entry_oi_ratio = fact_unknown(WHY_NOT_SET),
		.decided_at = INSTANT_UNKNOWN, .closed_at = INSTANT_UNKNOWN,
		.muted_until = INSTANT_UNKNOWN,
	};
	struct dec daily[2], d;

	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		const struct quote *q = market_quote(&b->market, p.symbol,
						     pair->venue[s]);

		if (!q || q->why != WHY_KNOWN ||
		    !rate_per_day(&daily[s], q->rate))
			return true;	/* not yet */
		p.leg[s].venue = pair->venue[s];
	}
	if (!dec_sub(&d, daily[LEG_SHORT], daily[LEG_LONG]))
		return true;
	p.entry_divergence = fact_known(d);
	l->opened[i] = true;
	return open_one(b, l, &p);
}

static bool open_pairs(struct backtest *b, struct lane *l)
{
	for (size_t i = 0; i < b->setup->n_pairs; i++)
		if (!l->opened[i] && !open_pair(b, l, i))
			return false;
	return true;
}

bool backtest_poll(struct backtest *b, struct lane *l)
{
	bool ok = decide_all(b, l) &&
		  (b->setup->n_pairs > 0 ? open_pairs(b, l) :
					   judge_entries(b, l));

	l->last_poll = b->market.taken_at;
	b->work.polls++;
	return ok;
}
