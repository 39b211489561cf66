/* SPDX-License-Identifier: MIT */
/*
 * /opportunities: every pair of venues per symbol, ranked by what is left of
 * one 8 h divergence after four maker fills. As in the service the age of a
 * rate plays no part, and what is unknown passes every filter.
 */
#include "routes.h"

#include <stdlib.h>
#include <string.h>

struct pair {
	const struct sim_row *longs, *shorts;
	struct dec divergence, fees, net;
	size_t order;			/* ties keep the order found */
};

struct filter {
	const char *symbol, *dex;
	struct dec min_divergence, min_profit, min_volume, max_oi;
	bool with_volume, with_oi;
	int64_t limit;
};

struct ranking {
	struct pair *v;
	size_t n, cap;
	struct arena *arena;
};

static bool filter_read(struct filter *f, struct reply *out,
			const struct request *r)
{
	struct body errors = { 0 };

	*f = (struct filter){ .limit = 10 };
	f->min_divergence = dec_lit("0.0001");
	f->symbol = request_param(r, "symbol");
	f->dex = request_param(r, "dex");
	f->with_volume = request_param(r, "min_volume") != NULL;
	f->with_oi = request_param(r, "max_oi") != NULL;
	check_decimal(&errors, &f->min_divergence, r, "min_divergence");
	check_decimal(&errors, &f->min_profit, r, "min_profit");
	check_decimal(&errors, &f->min_volume, r, "min_volume");
	check_decimal(&errors, &f->max_oi, r, "max_oi");
	check_int(&errors, &f->limit, r, "limit", 1, 100);
	return check_passed(out, &errors);
}

/* The smaller of two, 0 (unknown) when either is. */
static struct dec lesser(struct dec a, struct dec b)
{
	if (dec_sign(a) == 0 || dec_sign(b) == 0)
		return DEC_ZERO;
	return dec_cmp(a, b) < 0 ? a : b;
}

static struct dec greater(struct dec a, struct dec b)
{
	if (dec_sign(a) == 0 || dec_sign(b) == 0)
		return DEC_ZERO;
	return dec_cmp(a, b) > 0 ? a : b;
}

static bool depth_passes(const struct filter *f, const struct pair *p)
{
	struct dec volume = lesser(p->longs->volume, p->shorts->volume);
	struct dec oi = lesser(p->longs->oi, p->shorts->oi);

	if (f->with_volume && dec_sign(volume) &&
	    dec_cmp(volume, f->min_volume) < 0)
		return false;
	return !f->with_oi || dec_sign(oi) == 0 ||
	       dec_cmp(oi, f->max_oi) <= 0;
}

static bool pair_fill(struct pair *p, const struct filter *f,
		      const struct snapshot *s)
{
	struct venue_facts a = venue_facts_of(&s->venues[p->longs->venue]);
	struct venue_facts b = venue_facts_of(&s->venues[p->shorts->venue]);

	if (!dec_sub(&p->divergence, p->shorts->rate_8h, p->longs->rate_8h) ||
	    !dec_add(&p->fees, dec_lit(a.maker), dec_lit(b.maker)) ||
	    !dec_mul_int(&p->fees, p->fees, 2) ||
	    !dec_sub(&p->net, p->divergence, p->fees))
		return false;
	return dec_cmp(p->divergence, f->min_divergence) >= 0 &&
	       dec_sign(p->net) > 0 && dec_cmp(p->net, f->min_profit) >= 0 &&
	       depth_passes(f, p);
}

static bool ranking_add(struct ranking *r, struct pair p)
{
	if (r->n == r->cap) {
		size_t cap = r->cap ? r->cap * 2 : 128;
		struct pair *v = arena_grow(r->arena, r->v, r->n, cap,
					    sizeof(*v));

		if (!v)
			return false;
		r->v = v;
		r->cap = cap;
	}
	p.order = r->n;
	r->v[r->n++] = p;
	return true;
}

static bool row_passes(const struct filter *f, const struct sim_row *row)
{
	struct symbol wanted;

	if (row->kind == ROW_GONE || row->kind == ROW_NULL)
		return false;
	return !f->symbol ||
	       (symbol_parse(&wanted, f->symbol, strlen(f->symbol)) &&
		!symbol_cmp(wanted, row->symbol));
}

static bool dex_passes(const struct filter *f, const struct snapshot *s,
		       const struct pair *p)
{
	size_t dex;

	if (!f->dex)
		return true;
	dex = snapshot_venue(s, f->dex);
	return p->longs->venue == dex || p->shorts->venue == dex;
}

static bool ranking_fill(struct ranking *r, const struct filter *f,
			 const struct snapshot *s)
{
	for (size_t i = 0; i < s->n_rows; i++) {
		if (!row_passes(f, &s->rows[i]))
			continue;
		for (size_t k = 0; k < s->n_rows; k++) {
			struct pair p = { .longs = &s->rows[i],
					  .shorts = &s->rows[k] };

			if (i == k || s->rows[k].kind == ROW_GONE ||
			    s->rows[k].kind == ROW_NULL ||
			    symbol_cmp(s->rows[i].symbol, s->rows[k].symbol) ||
			    !dex_passes(f, s, &p) || !pair_fill(&p, f, s))
				continue;
			if (!ranking_add(r, p))
				return false;
		}
	}
	return true;
}

static int pair_order(const void *va, const void *vb)
{
	const struct pair *a = va, *b = vb;
	int c = dec_cmp(b->net, a->net);

	if (c)
		return c;
	return a->order < b->order ? -1 : 1;
}

/* A float has 16 to 17 digits: print no more of a quotient. */
static struct dec oi_ratio(const struct pair *p)
{
	struct dec q;

	if (dec_sign(p->longs->oi) == 0 ||
	    !dec_div(&q, p->longs->oi, p->shorts->oi))
		return DEC_ZERO;
	return dec_round(q, dec_cmp(q, dec_int(1)) < 0 ? 16 : 15);
}

static const char *imbalance(struct dec ratio)
{
	if (dec_sign(ratio) == 0)
		return "null";
	if (dec_cmp(ratio, dec_lit("1.2")) > 0)
		return "\"long_heavy\"";
	return dec_cmp(ratio, dec_lit("0.8")) < 0 ? "\"short_heavy\"" :
						    "\"balanced\"";
}

static void depth_write(struct body *b, const struct pair *p)
{
	const struct sim_row *l = p->longs, *s = p->shorts;
	struct dec ratio = oi_ratio(p);

	body_key_or_null(b, "long_dex_volume_24h", l->volume);
	body_key_or_null(b, "short_dex_volume_24h", s->volume);
	body_key_or_null(b, "min_volume_24h", lesser(l->volume, s->volume));
	body_key_or_null(b, "long_dex_oi_usd", l->oi);
	body_key_or_null(b, "short_dex_oi_usd", s->oi);
	body_key_or_null(b, "min_oi_usd", lesser(l->oi, s->oi));
	body_key_or_null(b, "max_oi_usd", greater(l->oi, s->oi));
	body_key_or_null(b, "oi_ratio", ratio);
	body_key_word(b, "oi_imbalance", imbalance(ratio));
	body_key_word(b, "long_dex_spread_bps", "null");
	body_key_word(b, "short_dex_spread_bps", "null");
	body_key_word(b, "avg_spread_bps", "null");
}

static void pair_write(struct body *b, const struct snapshot *s,
		       const struct pair *p)
{
	const struct sim_row *odd = p->longs->kind == ROW_NUMBER ?
				    p->shorts : p->longs;
	struct dec apy;

	if (!dec_mul_int(&apy, p->net, 109500))
		apy = DEC_ZERO;
	body_comma(b);
	body_add(b, "{");
	body_key_string(b, "symbol", p->longs->symbol.s);
	body_key_string(b, "long_dex", s->venues[p->longs->venue].s);
	body_key_string(b, "short_dex", s->venues[p->shorts->venue].s);
	route_key_rate(b, "long_rate", p->longs, p->longs->rate_8h);
	route_key_rate(b, "short_rate", p->shorts, p->shorts->rate_8h);
	route_key_rate(b, "divergence", odd, p->divergence);
	body_key_number(b, "estimated_fees", p->fees);
	route_key_rate(b, "net_profit_percent", odd, p->net);
	route_key_rate(b, "annualized_apy", odd, apy);
	depth_write(b, p);
	body_key_time(b, "discovered_at", s->now);
	body_add(b, "}");
}

static void filter_write(struct body *b, const struct filter *f)
{
	body_key(b, "filters_applied");
	body_add(b, "{");
	body_key(b, "symbol");
	if (f->symbol)
		body_string(b, f->symbol);
	else
		body_add(b, "null");
	body_key_number(b, "min_divergence", f->min_divergence);
	body_key_number(b, "min_profit_percent", f->min_profit);
	body_key_or_null(b, "min_volume_24h", f->min_volume);
	body_key_or_null(b, "max_oi_usd", f->max_oi);
	body_key_int(b, "limit", f->limit);
	body_add(b, "}");
}

void route_opportunities(struct reply *out, const struct call *c)
{
	struct ranking r = { .arena = c->market->arena };
	struct body *b = &out->body;
	struct filter f;

	if (!filter_read(&f, out, c->request))
		return;
	if (!ranking_fill(&r, &f, c->market)) {
		b->failed = true;
		return;
	}
	if (r.n)
		qsort(r.v, r.n, sizeof(*r.v), pair_order);
	if (r.n > (size_t)f.limit)
		r.n = (size_t)f.limit;
	body_add(b, "{\"opportunities\":[");
	for (size_t i = 0; i < r.n; i++)
		pair_write(b, c->market, &r.v[i]);
	body_add(b, "]");
	body_key_int(b, "total_count", (int64_t)r.n);
	filter_write(b, &f);
	body_key_time(b, "generated_at", c->market->now);
	body_add(b, "}");
}
