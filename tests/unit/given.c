/* SPDX-License-Identifier: MIT */
/* Builders for tests; everything that cannot be built is a failed assert. */
#include "given.h"

#include "evidence_bytes.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "given: cannot build \"%s\"\n", what);
	abort();
}

struct instant given_time(const char *text)
{
	struct instant t = INSTANT_UNKNOWN;

	check(instant_parse(&t, text, strlen(text)), text);
	return t;
}

struct venue given_venue(const char *name)
{
	struct venue v = { "" };

	check(venue_parse(&v, name, strlen(name)), name);
	return v;
}

struct symbol given_symbol(const char *name)
{
	struct symbol s = { "" };

	check(symbol_parse(&s, name, strlen(name)), name);
	return s;
}

static struct dec number(const char *text)
{
	struct dec d = DEC_ZERO;

	check(dec_parse(&d, text, strlen(text)), text);
	return d;
}

static struct fact maybe(const char *text)
{
	return text ? fact_known(number(text)) : fact_unknown(WHY_NULL_VALUE);
}

struct position given_position(const char *symbol, const char *l,
			       const char *s, const char *size,
			       const char *entry_8h)
{
	struct position p;
	struct dec daily;

	memset(&p, 0, sizeof(p));
	p.id = 7;
	p.version = 1;
	p.symbol = given_symbol(symbol);
	p.leg[LEG_LONG].venue = given_venue(l);
	p.leg[LEG_SHORT].venue = given_venue(s);
	for (int i = LEG_LONG; i <= LEG_SHORT; i++)
		p.leg[i].quantity = p.leg[i].entry_price =
			p.leg[i].entry_rate_8h = p.leg[i].exit_price =
			fact_unknown(WHY_NOT_SET);
	p.size_usd = number(size);
	p.opened_at = p.confirmed_at = given_time("2026-11-17T18:00:00Z");
	p.entry_divergence = fact_unknown(WHY_NOT_SET);
	p.entry_oi_ratio = fact_unknown(WHY_NOT_SET);
	p.decided_at = p.closed_at = p.muted_until = INSTANT_UNKNOWN;
	if (entry_8h) {
		check(dec_mul_int(&daily, number(entry_8h), 3), entry_8h);
		p.entry_divergence = fact_known(daily);
	}
	return p;
}

static struct quote quote_of(const struct given_quote *row, struct instant now)
{
	struct quote q;

	memset(&q, 0, sizeof(q));
	q.symbol = given_symbol(row->symbol);
	q.venue = given_venue(row->venue);
	q.why = row->why;
	q.rate = (struct rate){ row->rate_8h ? number(row->rate_8h) : DEC_ZERO,
				RATE_8H_S };
	q.observed_at = instant_add(now, (struct span){ -5000 });
	q.next_funding = row->next ? given_time(row->next) : INSTANT_UNKNOWN;
	q.oi_usd = maybe(row->oi);
	q.volume_usd = maybe(row->volume);
	q.mark_price = fact_unknown(WHY_NOT_ASKED);
	return q;
}

struct venue_view *given_view(struct market *m, const char *venue)
{
	struct venue v = given_venue(venue);

	for (size_t i = 0; i < m->n_venues; i++)
		if (venue_cmp(m->venues[i].venue, v) == 0)
			return &m->venues[i];
	return NULL;
}

static void add_view(struct market *m, struct venue venue)
{
	struct venue_view *v = NULL;

	for (size_t i = 0; i < m->n_venues && !v; i++)
		if (venue_same(&m->venues[i].venue, &venue))
			v = &m->venues[i];
	if (!v) {
		v = &m->venues[m->n_venues++];
		v->venue = venue;
		v->listed = v->active = true;
		v->rates = v->symbols = ANSWER_OK;
	}
	v->rows++;
}

struct market given_market_of(struct arena *a, struct instant now,
			      const struct quote *quotes, size_t n)
{
	struct market_limits limits = {
		.max_data_age = span_s(300), .max_future = span_s(120),
		.max_abs_rate_8h = number("0.05"),
	};
	struct market m;

	memset(&m, 0, sizeof(m));
	m.taken_at = now;
	m.dexes_known = m.opportunities_known = true;
	m.quotes = arena_array(a, n + 1, sizeof(*m.quotes));
	m.venues = arena_array(a, n + 1, sizeof(*m.venues));
	for (size_t i = 0; i < n; i++) {
		m.quotes[m.n_quotes++] = quotes[i];
		add_view(&m, quotes[i].venue);
	}
	market_seal(&m, &limits);
	return m;
}

struct market given_market(struct arena *a, const char *now,
			   const struct given_quote *rows)
{
	struct instant at = given_time(now);
	struct quote *quotes;
	size_t n = 0;

	while (rows[n].symbol)
		n++;
	quotes = arena_array(a, n + 1, sizeof(*quotes));
	for (size_t i = 0; i < n; i++)
		quotes[i] = quote_of(&rows[i], at);
	return given_market_of(a, at, quotes, n);
}

void given_terms(struct terms *out)
{
	static struct venue_terms venues[4];
	static const struct { const char *name; int32_t every; } rows[4] = {
		{ "aster", 28800 }, { "grvt", 28800 },
		{ "hyper", 3600 }, { "lighter", 3600 },
	};

	for (size_t i = 0; i < 4; i++) {
		venues[i].venue = given_venue(rows[i].name);
		venues[i].pays_every_s = rows[i].every;
		venues[i].rate_scale = dec_int(1);
		venues[i].maker_fee = fact_known(number("0.0001"));
		venues[i].taker_fee = fact_known(number("0.0005"));
		venues[i].slippage = fact_known(number("0.0002"));
	}
	memset(out, 0, sizeof(*out));
	out->venue = venues;
	out->n_venue = 4;
	out->costs = COSTS_ROUND_TRIP;
	out->round_trip = number("0.0008");
	out->min_volume_usd = fact_unknown(WHY_NOT_SET);
}

static void add_line(struct profile *p, const char *text)
{
	const char *colon = strchr(text, ':');
	struct line *l = &p->line[p->n_lines++];
	struct err err;
	int column;

	check(colon && label_parse(&l->label, text, (size_t)(colon - text)),
	      text);
	check(expr_parse(l, colon + 2, &column, &err), text);
}

struct profile *given_profile(struct arena *a, const char *const *close,
			      const char *const *alert)
{
	struct profile *p = arena_alloc(a, sizeof(*p));

	check(p != NULL, "profile");
	snprintf(p->name, sizeof(p->name), "given");
	p->poll_interval = span_s(60);
	p->blind_after = span_s(600);
	while (*close)
		add_line(p, *close++);
	p->n_close = p->n_lines;
	while (alert && *alert)
		add_line(p, *alert++);
	profile_seal(p);
	return p;
}

void given_checksum(unsigned char *blob, size_t n)
{
	size_t data = n - EVIDENCE_CRC_SIZE;
	uint32_t crc = evidence_crc(blob, data);

	for (size_t i = 0; i < EVIDENCE_CRC_SIZE; i++)
		blob[data + i] = (unsigned char)(crc >> 8 * i);
}
