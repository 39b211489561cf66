/* SPDX-License-Identifier: MIT */
/*
 * Runs as JSON: each an object with its own metrics, a hold_through object
 * with the same keys, exits, trades and days. Exact, unknown is null; why
 * stands in "not_available".
 */
#include "report_shown.h"

#include <string.h>

static bool is_whole(enum report_metric_id id)
{
	return report_metric_texts[id].unit == UNIT_COUNT;
}

static void put_metric(struct json_out *o, enum report_metric_id id,
		       const struct report_metric *m)
{
	int64_t n;

	json_out_key(o, report_metric_texts[id].key);
	if (!m->known)
		json_out_null(o);
	else if (is_whole(id) && dec_to_int(&n, m->v))
		json_out_int(o, n);
	else
		json_out_dec(o, m->v);
}

static void put_metrics(struct json_out *o, const struct report_metric *m)
{
	for (int i = 0; i < METRIC_COUNT; i++)
		put_metric(o, (enum report_metric_id)i, &m[i]);
	json_out_key(o, "not_available");
	json_out_open(o, '{');
	for (int i = 0; i < METRIC_COUNT; i++) {
		if (m[i].known)
			continue;
		json_out_key(o, report_metric_texts[i].key);
		json_out_text(o, m[i].why);
	}
	json_out_close(o, '}');
}

static void put_exit(struct json_out *o, const struct report_exit *e)
{
	json_out_open(o, '{');
	json_put_text(o, "reason", e->reason.s);
	json_put_int(o, "exits", e->n);
	json_put_int(o, "wins", e->wins);
	json_put_int(o, "losses", e->losses);
	json_put_int(o, "ties", e->ties);
	json_put_dec(o, "average_hold_hours", report_hours(e->held, e->n));
	json_put_dec(o, "net_usd", e->net_usd);
	json_put_dec(o, "hold_through_net_usd", e->held_net_usd);
	json_put_fact(o, "gave_up_after_exit_usd", e->n_after > 0 ?
		 fact_known(e->after_usd) : fact_unknown(WHY_NOT_SET));
	json_put_int(o, "gave_up_after_exit_n", e->n_after);
	json_out_close(o, '}');
}

static struct fact rate_8h(const struct fact *daily)
{
	return daily->known ? fact_known(rate_from_day(daily->v, RATE_8H_S))
			    : *daily;
}

static struct fact fact_if(bool fits, struct dec v)
{
	return fits ? fact_known(v) : fact_unknown(WHY_OVERFLOW);
}

static void put_trade_money(struct json_out *o, const struct report_run *run,
			    const struct report_trade *t)
{
	struct dec net = DEC_ZERO, held = DEC_ZERO;
	bool fits = report_nets(&net, &held, run, t);

	json_put_fact(o, "funding_usd", t->funding_usd);
	json_put_fact(o, "price_usd", run->price_included ? t->price_usd
				: fact_unknown(WHY_NOT_SET));
	json_put_dec(o, "fees_usd", t->fees_usd);
	json_put_dec(o, "slippage_usd", t->slippage_usd);
	json_put_dec(o, "exit_usd", t->exit_usd);
	json_put_fact(o, "net_usd", fact_if(fits, net));
	json_put_int(o, "settlements", t->settlements);
	json_put_int(o, "settlements_unknown", t->unknown);
	json_put_fact(o, "hold_through_funding_usd", t->held_funding_usd);
	json_put_dec(o, "hold_through_costs_usd", t->held_costs_usd);
	json_put_fact(o, "hold_through_net_usd", fact_if(fits, held));
	json_put_fact(o, "gave_up_after_exit_usd", t->after_usd);
}

static void put_trade(struct json_out *o, const struct report_run *run,
		      const struct report_trade *t)
{
	json_out_open(o, '{');
	json_put_int(o, "id", t->id);
	json_put_text(o, "symbol", t->symbol.s);
	json_put_text(o, "long", t->long_venue.s);
	json_put_text(o, "short", t->short_venue.s);
	json_put_dec(o, "size_usd", t->size_usd);
	json_put_instant(o, "opened_at", t->opened_at);
	json_put_instant(o, "closed_at", t->closed_at);
	json_put_text(o, "reason", *t->reason.s ? t->reason.s : NULL);
	json_put_dec(o, "held_hours", report_hours(report_held(run, t), 1));
	json_put_fact(o, "entry_divergence_8h", rate_8h(&t->entry_divergence));
	json_put_fact(o, "exit_divergence_8h", rate_8h(&t->exit_divergence));
	put_trade_money(o, run, t);
	json_out_close(o, '}');
}

static void put_day(struct json_out *o, const struct report_day *d)
{
	json_out_open(o, '{');
	json_put_instant(o, "at", d->at);
	json_put_dec(o, "equity_usd", d->equity_usd);
	json_put_dec(o, "hold_through_usd", d->held_usd);
	json_out_close(o, '}');
}

static void put_lists(struct json_out *o, const struct report_run *run,
		      const struct report_summary *s)
{
	json_out_key(o, "exits");
	json_out_open(o, '[');
	for (size_t i = 0; i < s->n_exits; i++)
		put_exit(o, &s->exits[i]);
	json_out_close(o, ']');
	json_out_key(o, "trades");
	json_out_open(o, '[');
	for (size_t i = 0; i < run->n_trades; i++)
		put_trade(o, run, &run->trades[i]);
	json_out_close(o, ']');
	json_out_key(o, "days_at_00_utc");
	json_out_open(o, '[');
	for (size_t i = 0; i < run->n_days; i++)
		put_day(o, &run->days[i]);
	json_out_close(o, ']');
}

static void put_run(struct json_out *o, const struct report_run *run,
		    const struct report_summary *s,
		    const struct report_show *how)
{
	struct report_notes notes;

	json_out_open(o, '{');
	json_put_text(o, "name", run->name);
	json_put_instant(o, "since", run->since);
	json_put_instant(o, "until", run->until);
	json_put_dec(o, "capital_usd", run->capital_usd);
	json_put_bool(o, "price_included", run->price_included);
	put_metrics(o, s->own);
	json_out_key(o, "hold_through");
	json_out_open(o, '{');
	put_metrics(o, s->held);
	json_out_close(o, '}');
	put_lists(o, run, s);
	report_notes_of(&notes, run, s, 1, how);
	json_out_key(o, "notes");
	json_out_open(o, '[');
	for (size_t i = 0; i < notes.n; i++)
		json_out_text(o, notes.s[i]);
	json_out_close(o, ']');
	json_out_close(o, '}');
}

void report_print_json(struct json_out *o, const struct report_run *runs,
		       const struct report_summary *sums, size_t n,
		       const struct report_show *how)
{
	json_out_open(o, '[');
	for (size_t i = 0; i < n; i++)
		put_run(o, &runs[i], &sums[i], how);
	json_out_close(o, ']');
}
