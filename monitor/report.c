/* SPDX-License-Identifier: MIT */
/*
 * A run measured: sums over its trades and exits by reason. What the days
 * tell stands in report_days.c. Every metric is a number or says why not.
 */
#include "report_work.h"

#include <stdlib.h>
#include <string.h>

#define NOT_HELD	"hold-through knows the sum of its costs only"
#define NO_FUNDING	"no funding received"

/* ---- one trade ---- */

static bool add_known(struct dec *sum, const struct fact *f)
{
	return !f->known || dec_add(sum, *sum, f->v);
}

static bool costs_of(struct dec *out, const struct report_trade *t)
{
	return dec_add(out, t->fees_usd, t->slippage_usd) &&
	       dec_add(out, *out, t->exit_usd);
}

bool report_net(struct dec *out, const struct report_trade *t)
{
	struct dec sum = DEC_ZERO, costs;

	return add_known(&sum, &t->funding_usd) &&
	       add_known(&sum, &t->price_usd) && costs_of(&costs, t) &&
	       dec_sub(out, sum, costs);
}

bool report_held_net(struct dec *out, const struct report_trade *t)
{
	struct dec sum = DEC_ZERO;

	return add_known(&sum, &t->held_funding_usd) &&
	       add_known(&sum, &t->held_price_usd) &&
	       dec_sub(out, sum, t->held_costs_usd);
}

bool report_nets(struct dec *net, struct dec *held,
		 const struct report_run *run, const struct report_trade *t)
{
	struct report_trade like = *t;

	if (!run->price_included) {
		like.price_usd = fact_unknown(WHY_NOT_SET);
		like.held_price_usd = fact_unknown(WHY_NOT_SET);
	}
	return report_net(net, &like) && report_held_net(held, &like);
}

static bool is_closed(const struct report_trade *t)
{
	return instant_known(t->closed_at);
}

/* How long the pair is held in the hold-through. */
static struct span held_through(const struct report_run *run,
				const struct report_trade *t)
{
	struct instant end = run->until;

	if (run->held_after.ms > 0 && is_closed(t) &&
	    instant_add(t->closed_at, run->held_after).ms < end.ms)
		end = instant_add(t->closed_at, run->held_after);
	return instant_diff(end, t->opened_at);
}

/* ---- sums over all trades, own and held ---- */

struct sums {
	struct dec net, price, funding, fees, slippage, exit, costs;
	struct dec size, traded;
	int64_t hold_ms;		/* of those counted in n_hold */
	int64_t opened, closed, wins, losses, ties, n_hold, unknown;
	bool no_funding, no_price;	/* unknown of some trade */
};

static void count(struct sums *s, struct dec net)
{
	s->wins += dec_sign(net) > 0;
	s->losses += dec_sign(net) < 0;
	s->ties += dec_sign(net) == 0;
}

static bool add(struct dec *sum, struct dec v)
{
	return dec_add(sum, *sum, v);
}

static bool add_times(struct dec *sum, struct dec v, int64_t n)
{
	return dec_mul_int(&v, v, n) && add(sum, v);
}

static bool sum_own(struct sums *s, const struct report_trade *t,
		    struct dec net)
{
	struct dec costs;

	s->opened++;
	s->unknown += t->unknown;
	s->no_funding |= !t->funding_usd.known;
	s->no_price |= !t->price_usd.known;
	if (is_closed(t)) {
		s->closed++;
		s->n_hold++;
		s->hold_ms += instant_diff(t->closed_at, t->opened_at).ms;
		count(s, net);
	}
	return costs_of(&costs, t) && add(&s->costs, costs) &&
	       add(&s->net, net) && add_known(&s->price, &t->price_usd) &&
	       add_known(&s->funding, &t->funding_usd) &&
	       add(&s->fees, t->fees_usd) &&
	       add(&s->slippage, t->slippage_usd) &&
	       add(&s->exit, t->exit_usd) && add(&s->size, t->size_usd) &&
	       add_times(&s->traded, t->size_usd, is_closed(t) ? 4 : 2);
}

static bool sum_held(struct sums *s, const struct report_run *run,
		     const struct report_trade *t, struct dec net)
{
	s->opened++;
	s->no_funding |= !t->held_funding_usd.known;
	s->no_price |= !t->held_price_usd.known;
	s->n_hold++;
	s->hold_ms += held_through(run, t).ms;
	count(s, net);
	return add(&s->net, net) && add(&s->costs, t->held_costs_usd) &&
	       add_known(&s->price, &t->held_price_usd) &&
	       add_known(&s->funding, &t->held_funding_usd) &&
	       add(&s->size, t->size_usd) &&
	       add_times(&s->traded, t->size_usd, 2);
}

/* ---- sums as metrics ---- */

static struct report_metric known(struct dec v)
{
	return (struct report_metric){ true, v, NULL };
}

static struct report_metric unknown(const char *why)
{
	return (struct report_metric){ false, DEC_ZERO, why };
}

static struct report_metric whole(int64_t n)
{
	return known(dec_int(n));
}

/* a / b, or why not. */
static struct report_metric quotient(struct report_metric a, struct dec b,
				     const char *when_zero)
{
	if (!a.known)
		return a;
	if (dec_sign(b) <= 0)
		return unknown(when_zero);
	return dec_div(&a.v, a.v, b) ? a : unknown(stat_out_of_range);
}

static struct report_metric apr_of(const struct report_run *run,
				   struct report_metric ret)
{
	int64_t ms = instant_diff(run->until, run->since).ms;
	const int64_t year_ms = INT64_C(365) * DAY_S * 1000;

	if (ms < INT64_C(1000) * DAY_S)
		return unknown("less than one day");
	if (ret.known && !dec_mul_int(&ret.v, ret.v, year_ms))
		return unknown(stat_out_of_range);
	return quotient(ret, dec_int(ms), "no time");
}

/* Hours with three decimals of rounding at most. */
static struct report_metric mean_hours(const struct sums *s)
{
	struct report_metric ms = whole(s->hold_ms);

	if (s->n_hold == 0)
		return unknown("no position closed");
	return quotient(ms, dec_int(s->n_hold * 3600000), "no time");
}

/* What own and hold-through have in common. */
static void put_common(struct report_metric *m, const struct sums *s,
		       const struct report_run *run)
{
	const char *no_funding = "funding of a position is not known";

	m[METRIC_FUNDING] = s->no_funding ? unknown(no_funding)
					  : known(s->funding);
	m[METRIC_NET] = s->no_funding ? unknown(no_funding) : known(s->net);
	m[METRIC_PRICE] = s->no_price || !run->price_included ?
		unknown("price not included") : known(s->price);
	m[METRIC_COSTS] = known(s->costs);
	m[METRIC_RETURN_NOTIONAL] = quotient(m[METRIC_NET], s->size,
					     "no position opened");
	m[METRIC_RETURN_CAPITAL] = quotient(m[METRIC_NET], run->capital_usd,
					    "no capital");
	m[METRIC_APR] = apr_of(run, m[METRIC_RETURN_CAPITAL]);
	m[METRIC_OPENED] = whole(s->opened);
	m[METRIC_CLOSED] = whole(s->closed);
	m[METRIC_WINS] = whole(s->wins);
	m[METRIC_LOSSES] = whole(s->losses);
	m[METRIC_TIES] = whole(s->ties);
	m[METRIC_HOLD_HOURS] = mean_hours(s);
	m[METRIC_TURNOVER] = quotient(known(s->traded), run->capital_usd,
				      "no capital");
	m[METRIC_FEES_OF_FUNDING] = s->no_funding ? unknown(no_funding) :
		quotient(known(s->costs), s->funding, NO_FUNDING);
}

static void put_own(struct report_metric *m, const struct sums *s,
		    const struct report_run *run)
{
	put_common(m, s, run);
	m[METRIC_FEES] = known(s->fees);
	m[METRIC_SLIPPAGE] = known(s->slippage);
	m[METRIC_EXIT] = known(s->exit);
	m[METRIC_WIN_RATE] = quotient(whole(s->wins), dec_int(s->closed),
				      "no position closed");
	m[METRIC_UNKNOWN] = whole(s->unknown);
}

static void put_held(struct report_metric *m, const struct sums *s,
		     const struct report_run *run)
{
	put_common(m, s, run);
	m[METRIC_FEES] = m[METRIC_SLIPPAGE] = m[METRIC_EXIT] =
		unknown(NOT_HELD);
	m[METRIC_WIN_RATE] = quotient(whole(s->wins), dec_int(s->opened),
				      "no position opened");
	if (s->opened == 0)
		m[METRIC_HOLD_HOURS] = unknown("no position opened");
	m[METRIC_UNKNOWN] = unknown("counted while held only");
}

/* ---- exits by reason ---- */

static struct report_exit *exit_of(struct report_summary *out,
				   const struct label *reason)
{
	struct report_exit *e;

	for (size_t i = 0; i < out->n_exits; i++)
		if (strcmp(out->exits[i].reason.s, reason->s) == 0)
			return &out->exits[i];
	e = &out->exits[out->n_exits++];
	e->reason = *reason;
	return e;
}

static bool add_exit(struct report_exit *e, const struct report_trade *t,
		     struct dec net, struct dec held)
{
	struct sums s = { .wins = 0 };

	count(&s, net);
	e->n++;
	e->wins += (int32_t)s.wins;
	e->losses += (int32_t)s.losses;
	e->ties += (int32_t)s.ties;
	e->held.ms += instant_diff(t->closed_at, t->opened_at).ms;
	e->n_after += t->after_usd.known;
	return add(&e->net_usd, net) && add(&e->held_net_usd, held) &&
	       add_known(&e->after_usd, &t->after_usd);
}

static int by_number(const void *pa, const void *pb)
{
	const struct report_exit *a = pa, *b = pb;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return strcmp(a->reason.s, b->reason.s);
}

/* ---- all of it ---- */

static bool add_trade(struct report_summary *out, struct sums s[static 2],
		      const struct report_run *run,
		      const struct report_trade *t)
{
	struct dec net, held;

	return report_nets(&net, &held, run, t) &&
	       sum_own(&s[0], t, net) && sum_held(&s[1], run, t, held) &&
	       (!is_closed(t) ||
		add_exit(exit_of(out, &t->reason), t, net, held));
}

bool report_measure(struct report_summary *out, const struct report_run *run,
		    struct arena *arena, struct err *err)
{
	struct sums s[2] = { { .opened = 0 }, { .opened = 0 } };

	*out = (struct report_summary){ .n_exits = 0 };
	out->exits = arena_array(arena, run->n_trades, sizeof(*out->exits));
	if (!out->exits)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < run->n_trades; i++)
		if (!add_trade(out, s, run, &run->trades[i]))
			return err_set(err, ERR_DATA, "%s: a sum of money is "
				       "out of range", run->name);
	if (out->n_exits > 1)
		qsort(out->exits, out->n_exits, sizeof(*out->exits),
		      by_number);
	put_own(out->own, &s[0], run);
	put_held(out->held, &s[1], run);
	return report_days_measure(out, run, arena, err);
}
