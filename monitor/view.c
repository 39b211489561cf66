/* SPDX-License-Identifier: MIT */
/*
 * One position and one recorded poll -> the row people see. Facts come from
 * facts_compute, cash from ledger_amount: nothing is worked out differently
 * from how it was decided and booked. Called by view_load.c and by tests.
 */
#include "view.h"

#include "ledger.h"
#include "reported.h"

#include <string.h>

#define STALE_INTERVALS	3

void view_date(struct view *v, struct instant now, struct instant at)
{
	struct span limit;

	v->now = now;
	v->stale = false;
	v->past = instant_known(at);
	if (!v->polled)
		return;
	/* A market clock may run ahead of the wall clock. */
	if (v->past || v->poll.at.ms > now.ms)
		v->now = v->poll.at;
	limit.ms = STALE_INTERVALS * v->profile->poll_interval.ms;
	v->stale = v->now.ms - v->poll.at.ms > limit.ms;
}

/* ---- what the poll saw ---- */

static const struct evidence_row *find_verdicts(const struct view *v,
						int64_t id)
{
	for (size_t i = 0; v->polled && i < v->evidence.n_rows; i++)
		if (v->evidence.rows[i].position == id)
			return &v->evidence.rows[i];
	return NULL;
}

/* Not one that a later poll brought: NULL. */
static const struct last_quote *remembered(const struct view *v,
					   struct symbol s, struct venue venue)
{
	for (size_t i = 0; i < v->n_quotes; i++) {
		const struct last_quote *q = &v->quotes[i];

		if (symbol_cmp(q->symbol, s) == 0 &&
		    venue_cmp(q->venue, venue) == 0)
			return q->polled_at.ms <= v->poll.at.ms ? q : NULL;
	}
	return NULL;
}

/* A leg of an open pair that neither a grid nor an announcement reaches. */
static bool unscheduled(const struct view_row *row, const struct view *v)
{
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		const struct view_leg *leg = &row->leg[s];
		const struct last_quote *q =
			remembered(v, row->pos.symbol, row->pos.leg[s].venue);

		if (leg->pays_every_s <= 0 && !instant_known(leg->next) &&
		    !(q && (q->pays_every_s > 0 ||
			    instant_known(q->next_funding))))
			return row->pos.status != STATUS_CLOSED;
	}
	return false;
}

/* The ledger as the poll saw it: what was reported later it did not know. */
static struct fact funding_then(const struct view_row *row,
				const struct view *v)
{
	struct funding f = { .sum_usd = fact_known(DEC_ZERO) };

	if (unscheduled(row, v))
		return fact_unknown(WHY_NO_INTERVAL);
	if (row->summed)
		return funding_total(&row->running);
	for (size_t i = 0; i < row->n_settlements; i++) {
		struct settlement s = row->settlements[i];

		if (s.at.ms <= v->poll.at.ms &&
		    reported_as_of(&s, v->poll.at))
			funding_add(&f, &s);
	}
	return funding_total(&f);
}

static void look_at_facts(struct view_row *row, const struct view *v)
{
	const struct position *p = &row->pos;
	struct facts_memory memory = { .funding_usd = funding_then(row, v) };

	memory.held = row->verdicts ? row->verdicts->held : NULL;
	if (row->quoted) {
		for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
			const struct last_quote *q =
				remembered(v, p->symbol, p->leg[s].venue);

			memory.quote_at[s] = q ? q->observed_at
					       : INSTANT_UNKNOWN;
		}
		facts_compute(&row->facts, p, &v->market, &v->terms, &memory);
		return;
	}
	row->facts = (struct facts){ .legs_fresh = false };
	for (int id = 0; id < FACT_COUNT; id++)
		row->facts.v[id] = fact_unknown(WHY_NOT_SET);
}

static void take_quote(struct view_leg *leg, const struct view_row *row,
		       const struct quote *q)
{
	leg->why = q->why;
	leg->oi_usd = q->oi_usd;
	leg->volume_usd = q->volume_usd;
	if (q->why != WHY_KNOWN && q->why != WHY_STALE && q->why != WHY_FUTURE)
		return;
	leg->rate_8h = q->rate.interval_s == RATE_8H_S ?
		       fact_known(q->rate.fraction) :
		       fact_unknown(WHY_NO_INTERVAL);
	leg->observed_at = q->observed_at;
	leg->stale = row->stale || q->why != WHY_KNOWN;
}

static void look_at_leg(struct view_row *row, enum side side,
			const struct view *v)
{
	struct view_leg *leg = &row->leg[side];
	struct venue venue = row->pos.leg[side].venue;
	const struct venue_terms *t = terms_find(v->terms.venue,
						 v->terms.n_venue, venue);
	const struct quote *q = NULL;

	*leg = (struct view_leg){ .why = WHY_NOT_SET,
				  .observed_at = INSTANT_UNKNOWN };
	leg->rate_8h = leg->oi_usd = leg->volume_usd =
		fact_unknown(WHY_NOT_SET);
	if (row->quoted) {
		q = market_quote(&v->market, row->pos.symbol, venue);
		leg->why = market_why_absent(&v->market, venue);
	}
	if (q)
		take_quote(leg, row, q);
	leg->pays_every_s = market_pays_every(q, t);
	if (!leg->rate_8h.known)
		leg->rate_8h.why = leg->why;
	leg->next = facts_next_funding(&leg->next_derived, q, t, v->now);
}

/* ---- what follows from it ---- */

static void judge(struct view_row *row, bool past)
{
	const struct evidence_row *r = row->verdicts;

	row->action = ACTION_HOLD;
	row->reason = (struct label){ "" };
	if (row->pos.status != STATUS_OPEN && !(past && r)) {
		row->action = ACTION_CLOSE;
		row->reason = row->pos.reason;
		return;
	}
	/* A close that was taken back is no longer a close. */
	if (r && (past || r->action != ACTION_CLOSE)) {
		row->action = r->action;
		row->reason = r->label;
	}
}

static void look_at_divergence(struct view_row *row, const struct view *v,
			       const struct watch *w)
{
	row->divergence = row->facts.v[FACT_DIVERGENCE];
	row->divergence_at = row->divergence.known ? v->poll.at
						   : INSTANT_UNKNOWN;
	row->divergence_old = false;
	if (row->divergence.known || row->pos.status == STATUS_CLOSED ||
	    v->past || !w->divergence.known)
		return;
	row->divergence = w->divergence;
	row->divergence_at = w->divergence_at;
	row->divergence_old = true;
}

static struct fact ratio_of(const struct view_row *row)
{
	struct fact entry = row->pos.entry_divergence;
	struct dec r;

	if (!row->divergence.known)
		return row->divergence;
	if (!entry.known)
		return entry;
	if (dec_sign(entry.v) <= 0)
		return fact_unknown(WHY_NOT_POSITIVE);
	if (!dec_div(&r, row->divergence.v, entry.v))
		return fact_unknown(WHY_OVERFLOW);
	return fact_known(r);
}

static struct fact times_size(struct fact f, const struct position *p)
{
	struct dec v;

	if (!f.known)
		return f;
	return dec_mul(&v, f.v, p->size_usd) ? fact_known(v)
					     : fact_unknown(WHY_OVERFLOW);
}

struct fact view_leg_cash(const struct view_row *row, enum side side)
{
	const struct view_leg *leg = &row->leg[side];

	if (!leg->rate_8h.known)
		return fact_unknown(leg->why);
	if (leg->pays_every_s <= 0)
		return fact_unknown(WHY_NO_INTERVAL);
	return ledger_amount(side, row->pos.size_usd, leg->rate_8h.v,
			     leg->pays_every_s);
}

static void look_ahead(struct view_cash *out, const struct view_row *row)
{
	struct instant l = row->leg[LEG_LONG].next;
	struct instant s = row->leg[LEG_SHORT].next;

	*out = (struct view_cash){ .at = INSTANT_UNKNOWN,
				   .amount_usd = fact_unknown(WHY_NO_INTERVAL) };
	if (!instant_known(l) && !instant_known(s))
		return;
	out->both = l.ms == s.ms;
	out->side = !instant_known(l) || (instant_known(s) && s.ms < l.ms) ?
		    LEG_SHORT : LEG_LONG;
	out->at = row->leg[out->side].next;
	out->amount_usd = view_leg_cash(row, out->side);
	out->stale = row->leg[out->side].stale;
	if (!out->both)
		return;
	out->amount_usd = fact_add(out->amount_usd,
				    view_leg_cash(row, LEG_SHORT));
	out->stale |= row->leg[LEG_SHORT].stale;
}

/*
 * What a leg has earned since its last settlement, or since the opening, if
 * its rate stays until the next one.
 */
static struct fact accrued(const struct view_row *row, enum side side,
			   const struct view *v)
{
	const struct view_leg *leg = &row->leg[side];
	struct instant end = row->quoted ? v->poll.at : v->now;
	struct instant from;
	int64_t ms;

	if (!leg->rate_8h.known)
		return fact_unknown(leg->why);
	if (leg->pays_every_s <= 0 || !instant_known(leg->next))
		return fact_unknown(WHY_NO_INTERVAL);
	from.ms = leg->next.ms - span_s(leg->pays_every_s).ms;
	if (row->pos.opened_at.ms > from.ms)
		from = row->pos.opened_at;
	ms = instant_diff(end, from).ms;
	return ledger_amount(side, row->pos.size_usd, leg->rate_8h.v,
			     ms > 0 ? (int32_t)(ms / 1000) : 0);
}

/* Prices of an earlier poll are no prices of now. */
static struct fact mark(const struct view_row *row, enum side side,
			const struct view *v)
{
	const struct last_quote *q = remembered(v, row->pos.symbol,
						row->pos.leg[side].venue);
	const struct fact *held = &row->facts.v[side == LEG_LONG ?
						FACT_LONG_MARK :
						FACT_SHORT_MARK];

	if (held->known)
		return *held;
	if (!row->quoted || !q)
		return fact_unknown(WHY_NOT_SET);
	return q->polled_at.ms == v->poll.at.ms ? q->mark_price
						: fact_unknown(WHY_STALE);
}

static void count_money(struct view_row *row, const struct view *v)
{
	struct view_money_ask ask = {
		.position = &row->pos, .facts = &row->facts,
		.rows = row->settlements, .n_rows = row->n_settlements,
		.summed = row->summed, .running = row->running,
		.unscheduled = unscheduled(row, v),
		.capital_share = v->account->capital_share, .age = row->age,
	};

	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		ask.mark[s] = mark(row, (enum side)s, v);
		ask.accrued[s] = accrued(row, (enum side)s, v);
	}
	view_count_money(&row->money, &ask);
	if (v->past)		/* the stored sum is of now */
		row->money.sums_differ = false;
}

static struct span age_of(const struct view_row *row, const struct view *v)
{
	const struct position *p = &row->pos;
	struct instant end = row->quoted ? v->poll.at : v->now;

	if (p->status == STATUS_CLOSED && instant_known(p->closed_at))
		end = p->closed_at;
	return instant_diff(end, p->opened_at);
}

/* A pair the poll itself opened was not judged by it, but its rates are. */
static bool was_quoted(const struct view *v, const struct position *p)
{
	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		if (!market_quote(&v->market, p->symbol, p->leg[s].venue))
			return false;
	return p->opened_at.ms <= v->poll.at.ms;
}

void view_assemble(struct view_row *row, const struct view *v,
		   const struct watch *w)
{
	const struct position *p = &row->pos;

	row->verdicts = find_verdicts(v, p->id);
	row->checked_at = row->verdicts ? v->poll.at : INSTANT_UNKNOWN;
	row->quoted = row->verdicts || was_quoted(v, p);
	row->stale = v->stale && row->quoted;
	look_at_leg(row, LEG_LONG, v);
	look_at_leg(row, LEG_SHORT, v);
	look_at_facts(row, v);
	judge(row, v->past);
	look_at_divergence(row, v, w);
	row->ratio = ratio_of(row);
	row->carry_usd_day = times_size(row->divergence, p);
	row->cost_usd = times_size(facts_half_cost(&v->terms,
						   p->leg[LEG_LONG].venue,
						   p->leg[LEG_SHORT].venue),
				   p);
	row->age = age_of(row, v);
	look_ahead(&row->next, row);
	view_find_nearest(&row->nearest, &row->facts, v->profile);
	count_money(row, v);
}
