/* SPDX-License-Identifier: MIT */
/*
 * /funding-rates and what is below it. Rates are per 8 h; compare shows the
 * absolute divergence and therefore never a flip, as the service does.
 */
#include "routes.h"

#include <string.h>

#define PERIODS_A_YEAR 1095	/* of 8 h */

static struct dec yearly(struct dec rate)
{
	struct dec d;

	return dec_mul_int(&d, rate, PERIODS_A_YEAR) ? d : DEC_ZERO;
}

/* Symbols in order, each with its venues; counts what was written. */
static int data_write(struct body *b, const struct snapshot *s,
		      const char *dex, const char *symbol)
{
	struct symbol last = { "" };
	int count = 0;

	for (;;) {
		const struct sim_row *next = NULL;

		for (size_t i = 0; i < s->n_rows; i++) {
			const struct sim_row *r = &s->rows[i];

			if (r->kind == ROW_GONE ||
			    symbol_cmp(r->symbol, last) <= 0 ||
			    (dex && strcmp(dex, s->venues[r->venue].s)) ||
			    (symbol && strcmp(symbol, r->symbol.s)))
				continue;
			if (!next || symbol_cmp(r->symbol, next->symbol) < 0)
				next = r;
		}
		if (!next)
			return count;
		last = next->symbol;
		body_key(b, last.s);
		body_add(b, "{");
		for (size_t i = 0; i < s->n_rows; i++) {
			const struct sim_row *r = &s->rows[i];
			const char *name = s->venues[r->venue].s;

			if (r->kind == ROW_GONE ||
			    symbol_cmp(r->symbol, last) ||
			    (dex && strcmp(dex, name)))
				continue;
			route_key_rate(b, name, r, r->rate_8h);
			count++;
		}
		body_add(b, "}");
	}
}

static void metadata_write(struct body *b, const struct snapshot *s)
{
	body_key(b, "dex_metadata");
	body_add(b, "{");
	for (size_t i = 0; i < s->n_venues; i++) {
		struct venue_facts f = venue_facts_of(&s->venues[i]);

		body_key(b, s->venues[i].s);
		body_add(b, "{");
		body_key_string(b, "name", s->venues[i].s);
		body_key_string(b, "display_name", f.display);
		body_key_number(b, "maker_fee_percent", dec_lit(f.maker));
		body_key_number(b, "taker_fee_percent", dec_lit(f.taker));
		body_add(b, "}");
	}
	body_add(b, "}");
}

void route_rates(struct reply *out, const struct call *c)
{
	struct body errors = { 0 }, *b = &out->body;
	struct instant newest = route_updated(c->market, SNAPSHOT_NONE);
	bool metadata = false;
	int count;

	check_bool(&errors, &metadata, c->request, "include_metadata");
	if (!check_passed(out, &errors))
		return;
	body_add(b, "{\"data\":{");
	count = data_write(b, c->market, request_param(c->request, "dex"),
			   request_param(c->request, "symbol"));
	body_add(b, "}");
	body_key_time(b, "updated_at", count ? newest : c->market->now);
	body_key_int(b, "count", count);
	if (count && metadata)
		metadata_write(b, c->market);
	body_add(b, "}");
}

/* The four fields both forms of a single rate begin with. */
static void rate_write(struct body *b, const struct sim_row *r)
{
	route_key_rate(b, "funding_rate", r, r->rate_8h);
	route_key_rate(b, "annualized_rate", r, yearly(r->rate_8h));
	body_key_time(b, "next_funding_time", r->next);
	body_key_time(b, "timestamp", r->stamped);
}

void route_rates_dex(struct reply *out, const struct call *c)
{
	size_t venue = snapshot_venue(c->market, c->name[0]);
	struct instant newest = route_updated(c->market, venue);
	struct body *b = &out->body;

	if (venue == SNAPSHOT_NONE) {
		reply_detail(out, 404, "DEX '%s' not found", c->name[0]);
		return;
	}
	body_add(b, "{");
	body_key_string(b, "dex_name", c->name[0]);
	body_key(b, "rates");
	body_add(b, "{");
	for (size_t i = 0; i < c->market->n_rows; i++) {
		const struct sim_row *r = &c->market->rows[i];

		if (r->venue != venue || r->kind == ROW_GONE)
			continue;
		body_key(b, r->symbol.s);
		body_add(b, "{");
		rate_write(b, r);
		body_add(b, "}");
	}
	body_add(b, "}");
	body_key_time(b, "updated_at",
		      instant_known(newest) ? newest : c->market->now);
	body_add(b, "}");
}

/* The row that was asked for, or NULL after a 404. */
static const struct sim_row *row_asked(struct reply *out,
				       const struct call *c, const char *dex,
				       const char *symbol)
{
	const struct sim_row *r;

	r = snapshot_row(c->market, snapshot_venue(c->market, dex), symbol);
	if (!r)
		reply_detail(out, 404, "No funding rate found for %s on %s",
			     symbol, dex);
	return r;
}

static bool names_known(struct reply *out, const struct call *c,
			const char *dex1, const char *dex2,
			const char *symbol)
{
	const char *const dexes[] = { dex1, dex2 };

	for (int i = 0; i < 2; i++) {
		if (snapshot_venue(c->market, dexes[i]) != SNAPSHOT_NONE)
			continue;
		reply_detail(out, 404, "DEX '%s' not found", dexes[i]);
		return false;
	}
	if (snapshot_knows(c->market, symbol))
		return true;
	reply_detail(out, 404, "Symbol '%s' not found", symbol);
	return false;
}

void route_rate(struct reply *out, const struct call *c)
{
	const char *dex = c->name[0], *symbol = c->name[1];
	struct body *b = &out->body;
	const struct sim_row *r;

	if (!names_known(out, c, dex, dex, symbol))
		return;
	r = row_asked(out, c, dex, symbol);
	if (!r)
		return;
	body_add(b, "{");
	body_key_string(b, "dex_name", dex);
	body_key_string(b, "symbol", symbol);
	rate_write(b, r);
	body_key_or_null(b, "volume_24h", r->volume);
	body_key_or_null(b, "open_interest_usd", r->oi);
	body_add(b, "}");
}

static void side_write(struct body *b, const char *key,
		       const struct snapshot *s, const struct sim_row *r)
{
	body_key(b, key);
	body_add(b, "{");
	body_key_string(b, "name", s->venues[r->venue].s);
	route_key_rate(b, "funding_rate", r, r->rate_8h);
	body_key_time(b, "next_funding_time", r->next);
	body_key_time(b, "timestamp", r->stamped);
	body_add(b, "}");
}

static void compare_write(struct body *b, const struct call *c,
			  const struct sim_row *r1, const struct sim_row *r2)
{
	const struct snapshot *s = c->market;
	const struct sim_row *odd = r1->kind != ROW_NUMBER ? r1 : r2;
	bool first_long = dec_cmp(r1->rate_8h, r2->rate_8h) < 0;
	const struct sim_row *longs = first_long ? r1 : r2;
	const struct sim_row *shorts = first_long ? r2 : r1;
	struct dec gap, bps;

	if (!dec_sub(&gap, shorts->rate_8h, longs->rate_8h) ||
	    !dec_mul_int(&bps, gap, 10000))
		gap = bps = DEC_ZERO;
	side_write(b, "dex1", s, r1);
	side_write(b, "dex2", s, r2);
	route_key_rate(b, "divergence", odd, gap);
	route_key_rate(b, "divergence_bps", odd, dec_round(bps, 2));
	body_key_string(b, "long_recommendation", s->venues[longs->venue].s);
	body_key_string(b, "short_recommendation",
			s->venues[shorts->venue].s);
	route_key_rate(b, "estimated_net_profit_8h", odd, gap);
	body_key_time(b, "timestamp", s->now);
}

void route_compare(struct reply *out, const struct call *c)
{
	const char *symbol = request_param(c->request, "symbol");
	const char *dex1 = request_param(c->request, "dex1");
	const char *dex2 = request_param(c->request, "dex2");
	const struct sim_row *r1, *r2 = NULL;
	struct body errors = { 0 }, *b = &out->body;

	check_required(&errors, c->request, "symbol");
	check_required(&errors, c->request, "dex1");
	check_required(&errors, c->request, "dex2");
	if (!check_passed(out, &errors) ||
	    !names_known(out, c, dex1, dex2, symbol))
		return;
	r1 = row_asked(out, c, dex1, symbol);
	if (r1)
		r2 = row_asked(out, c, dex2, symbol);
	if (!r1 || !r2)
		return;
	body_add(b, "{");
	body_key_string(b, "symbol", r1->symbol.s);
	compare_write(b, c, r1, r2);
	body_add(b, "}");
}
