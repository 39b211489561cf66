/* SPDX-License-Identifier: MIT */
/*
 * What a lane's trades are worth: at each midnight, seven days after a close
 * and at the end; as decided, and had nothing ever been closed. A held pair's
 * funding is size x the sums of its two rates, so holding through costs
 * nothing a row.
 */
#include "backtest_settle.h"

#include <string.h>

bool backtest_sum(struct dec *out, const struct backtest *b,
		  const struct trade *t, struct err *err)
{
	if (dec_sub(out, b->slots[t->slot[LEG_SHORT]].sum,
		    b->slots[t->slot[LEG_LONG]].sum))
		return true;
	return err_set(err, ERR_DATA, "the sum of the rates is out of range");
}

/* Funding of the pair since the sums stood at `since`. */
static bool funding_since(struct dec *out, const struct backtest *b,
			  const struct trade *t, struct dec since)
{
	struct dec now = DEC_ZERO;

	if (!backtest_sum(&now, b, t, b->err))
		return false;
	if (dec_sub(&now, now, since) && dec_mul(out, t->t.size_usd, now))
		return true;
	return err_set(b->err, ERR_DATA, "funding is out of range");
}

/* ---- after a close ---- */

bool backtest_after(struct backtest *b, struct lane *l, struct instant now)
{
	while (l->n_after < l->n_closed) {
		struct trade *t = &l->trades[l->closed[l->n_after]];
		struct instant end = { t->t.closed_at.ms + BACKTEST_AFTER_MS };
		struct dec v;

		if (end.ms >= now.ms)
			break;
		if (!funding_since(&v, b, t, t->exit_sum))
			return false;
		t->t.after_usd = backtest_holes(b, t, end) > t->exit_missed ?
				 fact_unknown(WHY_MISSED) : fact_known(v);
		l->n_after++;
	}
	return true;
}

/* ---- midnight ---- */

/* Funding so far less what was paid and what leaving would cost. */
static bool add_open(struct dec *sum, const struct backtest *b,
		     const struct lane *l)
{
	for (size_t i = 0; i < l->n_held; i++) {
		const struct held_pair *h = &l->held[i];
		const struct report_trade *t = &l->trades[h->trade].t;

		if (!backtest_add(sum, h->x.funding.sum_usd.v, b->err) ||
		    !backtest_add(sum, dec_neg(t->held_costs_usd), b->err))
			return false;
	}
	return true;
}

static bool add_all_held(struct dec *sum, const struct backtest *b,
			 const struct lane *l)
{
	for (size_t i = 0; i < l->n_trades; i++) {
		const struct trade *t = &l->trades[i];
		struct dec v;

		if (!funding_since(&v, b, t, t->entry_sum) ||
		    !backtest_add(sum, v, b->err) ||
		    !backtest_add(sum, dec_neg(t->t.held_costs_usd), b->err))
			return false;
	}
	return true;
}

bool backtest_day(struct backtest *b, struct lane *l, struct instant at)
{
	struct dec capital = b->setup->capital_usd;
	struct report_day day = { at, capital, capital };

	if (!backtest_add(&day.equity_usd, l->realized_usd, b->err) ||
	    !add_open(&day.equity_usd, b, l) ||
	    !add_all_held(&day.held_usd, b, l) ||
	    !BACKTEST_ROOM(b, l->days, l->n_days, l->cap_days))
		return false;
	l->days[l->n_days++] = day;
	return true;
}

/* ---- the picture ---- */

/* One in `stride` polls; when there are too many, every other one goes. */
bool backtest_point(struct backtest *b, struct trade *t, struct instant at,
		    struct fact divergence)
{
	size_t most = b->setup->points_max;

	if (most == 0 || t->seen++ % t->stride != 0)
		return true;
	if (t->n_points == most) {
		for (size_t i = 0; 2 * i < most; i++)
			t->points[i] = t->points[2 * i];
		t->n_points = (most + 1) / 2;
		t->stride *= 2;
		if ((t->seen - 1) % t->stride != 0)
			return true;
	}
	if (!BACKTEST_ROOM(b, t->points, t->n_points, t->cap_points))
		return false;
	t->points[t->n_points++] = (struct report_point){ at, divergence };
	return true;
}

/* ---- the end ---- */

static void finish_open(struct backtest *b, struct lane *l, struct held_pair *h)
{
	struct trade *t = &l->trades[h->trade];

	backtest_earned(b, t, h, l->spec->until);
	t->t.held_funding_usd = h->x.funding.sum_usd;
}

static bool finish_closed(struct backtest *b, struct trade *t)
{
	struct dec v;

	if (!funding_since(&v, b, t, t->entry_sum))
		return false;
	t->t.held_funding_usd = fact_known(v);
	return true;
}

bool backtest_finish(struct backtest *b, struct lane *l)
{
	struct instant beyond = { l->spec->until.ms + 1 };

	l->done = true;
	if (!backtest_after(b, l, beyond))
		return false;
	for (size_t i = 0; i < l->n_closed; i++)
		if (!finish_closed(b, &l->trades[l->closed[i]]))
			return false;
	for (size_t i = 0; i < l->n_held; i++)
		finish_open(b, l, &l->held[i]);
	return true;
}

bool backtest_result(struct report_run *out, struct backtest *b,
		     const struct lane *l)
{
	struct report_trade *list = arena_array(b->keep, l->n_trades,
						sizeof(*list));

	if (!list)
		return backtest_no_memory(b->err);
	for (size_t i = 0; i < l->n_trades; i++) {
		list[i] = l->trades[i].t;
		list[i].points = l->trades[i].points;
		list[i].n_points = l->trades[i].n_points;
	}
	*out = (struct report_run){
		.since = l->spec->since, .until = l->spec->until,
		.capital_usd = b->setup->capital_usd,
		.trades = list, .n_trades = l->n_trades,
		.days = l->days, .n_days = l->n_days,
	};
	memcpy(out->name, l->spec->name, sizeof(out->name));
	return true;
}
