/* SPDX-License-Identifier: MIT */
/*
 * Answers of the funding-rate service, from bytes to a sealed market. The
 * input is up to eight bodies with a line "====" between; every body is
 * offered to every route. What is usable for deciding was whole, fresh,
 * sane and there once.
 */
#include "fuzz.h"

#include <string.h>

#include "service_parse.h"

#define BODIES_MAX 8
#define NOW INT64_C(1795262400000)		/* 2026-11-21T12:00:00Z */
#define OLD_MS 300000
#define AHEAD_MS 120000

struct bodies {
	struct json_text part[BODIES_MAX];
	size_t n;
};

static void split(struct bodies *b, const char *s, size_t n)
{
	const char *start = s, *line;

	b->n = 0;
	while (n > 0 && b->n + 1 < BODIES_MAX) {
		size_t len = fuzz_line(&line, &s, &n);

		if (len != 4 || memcmp(line, "====", 4) != 0)
			continue;
		b->part[b->n++] = (struct json_text){
			start, (size_t)(line - start) };
		start = s;
	}
	b->part[b->n++] = (struct json_text){ start, (size_t)(s + n - start) };
}

/* ---- one answer ---- */

static bool judge(bool ok, const struct service_rows *r, const struct err *err)
{
	if (!ok) {
		fuzz_check_refusal(err, ERR_DATA);
		CHECK(strchr(err->text, '$') != NULL);
		for (const char *s = err->text; *s; s++)
			CHECK(*s >= ' ' && *s < 0x7f);
		return false;
	}
	CHECK(r->n <= r->rows);
	CHECK((r->malformed > 0) == (r->first.kind != ERR_NONE));
	if (r->malformed > 0)
		fuzz_check_refusal(&r->first, ERR_DATA);
	return true;
}

static void check_usd(struct fact f)
{
	CHECK(f.known == (f.why == WHY_KNOWN));
	CHECK(!f.known || dec_sign(f.v) > 0);	/* 0 is unknown */
}

static void check_name(const char s[static NAME_TEXT_MAX])
{
	CHECK(s[0] && s[NAME_TEXT_MAX - 1] == '\0' && fuzz_clean(s));
	CHECK(!strpbrk(s, " =\"'\\,<>;%"));
}

static bool check_dexes(struct json_text body, struct arena *arena)
{
	struct err err = { ERR_NONE, "" };
	struct service_rows r;

	if (!judge(service_parse_dexes(&r, body, arena, &err), &r, &err))
		return false;
	CHECK(2 * r.malformed <= r.rows + 1);
	for (size_t i = 0; i < r.n; i++) {
		check_name(r.dexes[i].venue.s);
		for (size_t k = 0; k < i; k++)
			CHECK(!venue_same(&r.dexes[i].venue,
					  &r.dexes[k].venue));
	}
	return true;
}

static bool check_symbols(struct service_rows *r, struct json_text body,
			  struct arena *arena)
{
	struct err err = { ERR_NONE, "" };

	if (!judge(service_parse_symbols(r, body, arena, &err), r, &err))
		return false;
	for (size_t i = 0; i < r->n; i++) {
		check_name(r->symbols[i].symbol.s);
		check_usd(r->symbols[i].oi_usd);
		check_usd(r->symbols[i].volume_usd);
		CHECK(i == 0 || symbol_cmp(r->symbols[i - 1].symbol,
					   r->symbols[i].symbol) < 0);
	}
	return true;
}

static bool check_opportunities(struct service_rows *r, struct json_text body,
				struct arena *arena)
{
	struct err err = { ERR_NONE, "" };

	if (!judge(service_parse_opportunities(r, body, arena, &err), r, &err))
		return false;
	for (size_t i = 0; i < r->n; i++) {
		const struct opportunity *o = &r->opportunities[i];

		check_name(o->symbol.s);
		check_name(o->long_venue.s);
		check_name(o->short_venue.s);
		CHECK(!venue_same(&o->long_venue, &o->short_venue));
		check_usd(o->min_oi_usd);
		check_usd(o->max_oi_usd);
		check_usd(o->min_volume_usd);
	}
	return true;
}

static bool check_rates(struct service_rows *r, struct venue venue,
			struct json_text body, struct arena *arena)
{
	struct err err = { ERR_NONE, "" };

	if (!judge(service_parse_rates(r, venue, body, arena, &err), r, &err))
		return false;
	for (size_t i = 0; i < r->n; i++) {
		const struct quote *q = &r->quotes[i];

		check_name(q->symbol.s);
		CHECK(venue_same(&q->venue, &venue));
		CHECK(q->rate.interval_s == RATE_8H_S);
		CHECK(q->why != WHY_KNOWN || instant_known(q->observed_at));
	}
	return true;
}

/* ---- the market of all of them ---- */

struct desk {
	struct arena *arena;
	struct market m;
	struct venue_view venue[BODIES_MAX];
};

static void add_rates(struct desk *d, const struct service_rows *r,
		      struct venue venue)
{
	size_t n = d->m.n_quotes;
	struct quote *all = arena_array(d->arena, n + r->n, sizeof(*all));

	CHECK(all != NULL);
	if (n)
		memcpy(all, d->m.quotes, n * sizeof(*all));
	if (r->n)
		memcpy(all + n, r->quotes, r->n * sizeof(*all));
	d->m.quotes = all;
	d->m.n_quotes += r->n;
	d->venue[d->m.n_venues++] = (struct venue_view){
		.venue = venue, .listed = true, .active = true,
		.rates = ANSWER_OK, .rows = r->rows,
		.malformed = r->malformed };
}

/* How often the service told of this coin there, as it was sent. */
static size_t times_there(const struct quote *sent, size_t n,
			  const struct quote *q)
{
	size_t there = 0;

	for (size_t i = 0; i < n; i++)
		there += symbol_same(&sent[i].symbol, &q->symbol) &&
			 venue_same(&sent[i].venue, &q->venue);
	return there;
}

static void check_quote(const struct quote *q, const struct quote *sent,
			size_t n, const struct market_limits *limits)
{
	int64_t age;

	if (q->why != WHY_KNOWN)
		return;
	CHECK(instant_known(q->observed_at));
	age = NOW - q->observed_at.ms;
	CHECK(age <= OLD_MS && age >= -AHEAD_MS);
	CHECK(dec_cmp(dec_abs(q->rate.fraction),
		      limits->max_abs_rate_8h) <= 0);
	if (n <= 200)
		CHECK(times_there(sent, n, q) == 1);
}

static void check_sealed(struct desk *d)
{
	const struct market_limits limits = {
		.max_data_age = { OLD_MS }, .max_future = { AHEAD_MS },
		.max_abs_rate_8h = dec_lit("0.05") };
	size_t n = d->m.n_quotes;
	struct quote *sent = arena_array(d->arena, n, sizeof(*sent));

	CHECK(sent != NULL);
	if (n)
		memcpy(sent, d->m.quotes, n * sizeof(*sent));
	market_seal(&d->m, &limits);
	CHECK(d->m.n_quotes <= n);
	for (size_t i = 0; i < d->m.n_quotes; i++) {
		const struct quote *q = &d->m.quotes[i], *b = q - 1;
		int c = i == 0 ? -1 : symbol_cmp(b->symbol, q->symbol);

		CHECK(c < 0 || (c == 0 && venue_cmp(b->venue, q->venue) < 0));
		CHECK(market_quote(&d->m, q->symbol, q->venue) == q);
		check_quote(q, sent, n, &limits);
	}
}

FUZZ_TARGET(service)
{
	struct desk d = { .arena = fuzz_arena(),
			  .m = { .taken_at = { NOW }, .dexes_known = true } };
	struct service_rows r;
	struct bodies b;
	bool all = true;

	d.m.venues = d.venue;
	split(&b, s, n);
	for (size_t i = 0; i < b.n; i++) {
		char name[3] = { 'v', (char)('a' + i), '\0' };
		struct venue venue = { "" };
		bool ok = check_dexes(b.part[i], d.arena);

		CHECK(venue_parse(&venue, name, 2));
		if (check_rates(&r, venue, b.part[i], d.arena)) {
			add_rates(&d, &r, venue);
			ok = true;
		}
		if (check_symbols(&r, b.part[i], d.arena)) {
			service_merge_symbols(d.m.quotes, d.m.n_quotes, &r);
			ok = true;
		}
		if (check_opportunities(&r, b.part[i], d.arena)) {
			d.m.opportunities = r.opportunities;
			d.m.n_opportunities = r.n;
			d.m.opportunities_known = true;
			ok = true;
		}
		all &= ok;
	}
	check_sealed(&d);
	return all;
}
