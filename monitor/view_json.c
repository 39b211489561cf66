/* SPDX-License-Identifier: MIT */
/*
 * One row of `positions list --json`. Keys are only ever added, at the end;
 * rates are per 8 h whatever --unit says. What was not known at the poll is
 * null, also when an older value is remembered: that has a key of its own.
 */
#include "view_text.h"

static void put_rate(struct json_out *o, const char *key, struct fact daily)
{
	json_out_key(o, key);
	if (daily.known)
		json_out_dec(o, rate_from_day(daily.v, RATE_8H_S));
	else
		json_out_null(o);
}

void view_json_label(struct json_out *o, const char *key, struct label l)
{
	json_put_maybe(o, key, l.s);
}

static void put_leg(struct json_out *o, const struct view_row *r,
		    enum side side)
{
	const struct view_leg *leg = &r->leg[side];

	json_out_key(o, side_word(side));
	json_out_open(o, '{');
	json_put_maybe(o, "venue", r->pos.leg[side].venue.s);
	json_put_fact(o, "rate_8h", leg->rate_8h);
	json_out_key(o, "pays_every_s");
	if (leg->pays_every_s > 0)
		json_out_int(o, leg->pays_every_s);
	else
		json_out_null(o);
	json_put_instant(o, "next_funding", leg->next);
	json_put_instant(o, "observed_at", leg->observed_at);
	json_put_bool(o, "stale", leg->stale);
	json_put_maybe(o, "why", leg->rate_8h.known && !leg->stale ? "" :
			   why_word(leg->why));
	json_put_fact(o, "open_interest_usd", leg->oi_usd);
	json_put_fact(o, "quantity", r->pos.leg[side].quantity);
	json_put_fact(o, "entry_price", r->pos.leg[side].entry_price);
	json_put_fact(o, "entry_rate_8h", r->pos.leg[side].entry_rate_8h);
	json_put_fact(o, "exit_price", r->pos.leg[side].exit_price);
	json_out_close(o, '}');
}

/* One decimal, half-even. */
static void put_hours(struct json_out *o, const char *key, struct span d)
{
	struct dec h;

	json_out_key(o, key);
	if (d.ms >= 0 && dec_join(&h, d.ms, 3) && dec_div(&h, h, dec_int(3600)))
		json_out_dec(o, dec_round(h, 1));
	else
		json_out_null(o);
}

static void put_judgement(struct json_out *o, const struct view_row *r)
{
	struct fact unknown = fact_unknown(WHY_NOT_SET);

	put_rate(o, "entry_divergence_8h", r->pos.entry_divergence);
	put_rate(o, "divergence_8h", r->divergence_old ? unknown
						       : r->divergence);
	json_put_fact(o, "remaining_ratio", r->divergence_old ? unknown : r->ratio);
	json_put_instant(o, "opened_at", r->pos.opened_at);
	put_hours(o, "age_hours", r->age);
	json_out_key(o, "action");
	json_out_text(o, action_word(r->action));
	view_json_label(o, "reason", r->reason);
	json_put_instant(o, "checked_at", r->checked_at);
}

static void put_next(struct json_out *o, const struct view_cash *c)
{
	json_out_key(o, "next_cash");
	if (!instant_known(c->at)) {
		json_out_null(o);
		return;
	}
	json_out_open(o, '{');
	json_put_maybe(o, "side", c->both ? "both" : side_word(c->side));
	json_put_fact(o, "amount_usd", c->amount_usd);
	json_put_instant(o, "at", c->at);
	json_out_close(o, '}');
}

static void put_nearest(struct json_out *o, const struct view_nearest *n,
			const struct profile *p)
{
	json_out_key(o, "nearest");
	if (n->line < 0) {
		json_out_null(o);
		return;
	}
	json_out_open(o, '{');
	view_json_label(o, "label", p->line[n->line].label);
	json_put_maybe(o, "rule", n->rule);
	json_put_fact(o, "value", fact_known(n->value));
	json_put_fact(o, "limit", fact_known(n->limit));
	json_out_close(o, '}');
}

static void put_money(struct json_out *o, const struct view_row *r)
{
	json_put_fact(o, "funding_usd", r->money.funding_usd);
	json_put_fact(o, "fees_usd", fact_known(r->pos.fees_usd));
	json_put_fact(o, "net_usd", r->money.net_usd);
	json_put_maybe(o, "external_id", r->pos.external_id);
	json_put_int(o, "settlements", r->money.n);
	json_put_int(o, "settlements_unknown", r->money.n_unknown);
}

static void put_even(struct json_out *o, const char *key,
		     const struct view_even *e, struct instant now)
{
	static const char *const words[] = {
		[EVEN_UNKNOWN] = "", [EVEN_DONE] = "done",
		[EVEN_AHEAD] = "ahead", [EVEN_NEVER] = "never"
	};
	bool ahead = e->state == EVEN_AHEAD;

	json_out_key(o, key);
	json_out_open(o, '{');
	json_put_maybe(o, "state", words[e->state]);
	json_put_instant(o, "at", ahead ? instant_add(now, e->after)
				   : INSTANT_UNKNOWN);
	put_hours(o, "after_hours", ahead ? e->after : (struct span){ -1 });
	json_put_maybe(o, "why", e->state == EVEN_UNKNOWN ? why_word(e->why) : "");
	json_out_close(o, '}');
}

/* Net of what is known; whether the price is in it stands beside it. */
static void put_pnl(struct json_out *o, const struct view *v,
		    const struct view_row *r)
{
	const struct view_money *m = &r->money;
	struct instant now = v->polled ? v->poll.at : v->now;

	json_put_fact(o, "price_usd", m->price_usd);
	json_put_maybe(o, "price_why", m->price_usd.known ? "" :
				 why_word(m->price_usd.why));
	json_put_bool(o, "net_includes_price", m->price_usd.known);
	json_put_fact(o, "slippage_usd", fact_known(r->pos.slippage_usd));
	json_put_fact(o, "realised_usd", m->realised_usd);
	json_put_fact(o, "open_usd", m->open_usd);
	json_put_fact(o, "accrued_estimate_usd", m->accrued_usd);
	json_put_fact(o, "capital_usd", m->capital_usd);
	json_put_fact(o, "return_on_notional", m->on_notional);
	json_put_fact(o, "return_on_capital", m->on_capital);
	json_put_fact(o, "apr_on_notional", m->apr_notional);
	json_put_fact(o, "apr_on_capital", m->apr_capital);
	json_put_fact(o, "expected_24h_usd", m->day_usd);
	put_even(o, "break_even_all_in", &m->all_in, now);
	put_even(o, "break_even_exit_only", &m->exit_only, now);
}

void view_json_members(struct json_out *o, const struct view *v,
		       const struct view_row *r)
{
	const struct position *p = &r->pos;

	json_put_int(o, "id", p->id);
	json_put_maybe(o, "account", v->account->name);
	json_put_maybe(o, "symbol", p->symbol.s);
	json_put_maybe(o, "status", status_word(p->status));
	json_put_fact(o, "size_usd", fact_known(p->size_usd));
	put_leg(o, r, LEG_LONG);
	put_leg(o, r, LEG_SHORT);
	put_judgement(o, r);
	put_next(o, &r->next);
	json_put_fact(o, "carry_usd_day", r->divergence_old ?
		 fact_unknown(WHY_NOT_SET) : r->carry_usd_day);
	json_put_fact(o, "cost_usd", r->cost_usd);
	put_nearest(o, &r->nearest, v->profile);
	put_money(o, r);
	json_put_bool(o, "stale", r->stale);
	put_rate(o, "last_divergence_8h", r->divergence);
	json_put_instant(o, "last_divergence_at", r->divergence_at);
	json_put_instant(o, "decided_at", p->decided_at);
	json_put_instant(o, "closed_at", p->closed_at);
	put_pnl(o, v, r);
}

void view_json_row(struct json_out *o, const struct view *v,
		   const struct view_row *r)
{
	json_out_open(o, '{');
	view_json_members(o, v, r);
	json_out_close(o, '}');
}
