/* SPDX-License-Identifier: MIT */
/*
 * An invented market in the service's own words. A rate is what its venue
 * usually pays, plus a part of the symbol, plus a small part that moves with
 * every poll; the service's times move too.
 */
#include "bench.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[WORLD_VENUES] = {
	"aster", "backpack", "edgex", "extended", "grvt", "hyperliquid",
	"lighter", "pacifica", "paradex", "reya"
};

static void add(struct text_body *b, const char *fmt, ...) PRINTF(2, 3);

static void add(struct text_body *b, const char *fmt, ...)
{
	va_list ap;

	if (b->cap - b->n < 1024) {
		b->cap = b->cap ? 2 * b->cap : 65536;
		b->s = realloc(b->s, b->cap);
		bench_check(b->s != NULL, "memory", NULL);
	}
	va_start(ap, fmt);
	b->n += (size_t)vsnprintf(b->s + b->n, b->cap - b->n, fmt, ap);
	va_end(ap);
}

static uint64_t mix(uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t h = a * 0x9e3779b97f4a7c15u ^ b * 0xc2b2ae3d27d4eb4fu ^
		     c * 0x165667b19e3779f9u;

	for (int i = 0; i < 3; i++) {
		h ^= h >> 29;
		h *= 0xbf58476d1ce4e5b9u;
		h ^= h >> 32;
	}
	return h;
}

/* Units of 1e-10 per 8 h, as the service keeps them. */
static int64_t rate_at(size_t venue, size_t symbol, int64_t tick)
{
	int64_t lean = 700000 * (int64_t)venue;
	int64_t own = (int64_t)(mix(symbol, 1, 0) % 500000);
	int64_t moving = (int64_t)(mix(venue, symbol + 1000,
				       (uint64_t)tick) % 200001) - 100000;

	return 200000 + lean + own + moving;
}

struct venue world_venue(size_t i)
{
	struct venue v = { "" };

	bench_check(venue_parse(&v, names[i], strlen(names[i])), "venue", NULL);
	return v;
}

struct symbol world_symbol(size_t i)
{
	struct symbol s = { "" };
	char text[NAME_TEXT_MAX];
	int n = snprintf(text, sizeof(text), "C%03zu", i);

	bench_check(symbol_parse(&s, text, (size_t)n), "symbol", NULL);
	return s;
}

/* The service's way: no zone, microseconds. */
static void add_time(struct text_body *b, struct instant t, size_t venue)
{
	char text[INSTANT_TEXT_MAX];

	t.ms -= t.ms % 1000;
	instant_format(text, t);
	add(b, "\"%.19s.%06zu\"", text, 145094 + venue);
}

static struct instant stamp(const struct world *w, size_t venue)
{
	return instant_add(w->now, span_s(-5 - (int64_t)venue));
}

static void write_rate(struct text_body *b, const struct world *w, size_t v,
		       size_t s)
{
	int64_t rate = rate_at(v, s, w->tick);

	add(b, "%s\"%s\":{\"funding_rate\":0.%010" PRId64
	    ",\"annualized_rate\":%" PRId64 ".%010" PRId64
	    ",\"next_funding_time\":", s ? "," : "", world_symbol(s).s, rate,
	    rate * 1095 / 10000000000, rate * 1095 % 10000000000);
	if (v % 2)
		add_time(b, instant_next_on_grid(w->now, 28800, 0), 0);
	else
		add(b, "null");
	add(b, ",\"timestamp\":");
	add_time(b, stamp(w, v), v);
	add(b, "}");
}

static void write_rates(struct text_body *b, const struct world *w, size_t v)
{
	b->n = 0;
	add(b, "{\"dex_name\":\"%s\",\"rates\":{", names[v]);
	for (size_t s = 0; s < w->n_symbols; s++)
		write_rate(b, w, v, s);
	add(b, "},\"count\":%zu}", w->n_symbols);
}

/* Volume and open interest move at every tenth poll. */
static void write_symbols(struct text_body *b, const struct world *w,
			  size_t v)
{
	b->n = 0;
	add(b, "{\"dex_name\":\"%s\",\"symbols\":[", names[v]);
	for (size_t s = 0; s < w->n_symbols; s++) {
		uint64_t usd = mix(v, s, (uint64_t)((w->tick +
					  (int64_t)s) / 10)) % 1000000;
		const char *name = world_symbol(s).s;

		add(b, "%s{\"symbol\":\"%s\",\"dex_symbol_format\":\"%s\","
		    "\"is_active\":true,\"min_order_size\":null,"
		    "\"volume_24h\":%" PRIu64 ".12,\"open_interest_usd\":%"
		    PRIu64 ".0,\"spread_bps\":1,\"last_updated\":",
		    s ? "," : "", name, name, 9000000 + usd, 5000000 + usd);
		add_time(b, stamp(w, v), v);
		add(b, "}");
	}
	add(b, "],\"count\":%zu}", w->n_symbols);
}

static void write_dexes(struct text_body *b, const struct world *w)
{
	b->n = 0;
	add(b, "{\"dexes\":[");
	for (size_t v = 0; v < w->n_venues; v++)
		add(b, "%s{\"name\":\"%s\",\"display_name\":\"%s\","
		    "\"is_active\":true}", v ? "," : "", names[v], names[v]);
	add(b, "],\"count\":%zu}", w->n_venues);
}

static void write_opportunities(struct text_body *b, const struct world *w)
{
	b->n = 0;
	add(b, "{\"opportunities\":[");
	for (size_t i = 0; i < w->n_ranked; i++) {
		size_t s = i % w->n_symbols;
		size_t v = w->n_venues > 1 ? i / w->n_symbols %
			   (w->n_venues - 1) : 0;
		int64_t l = rate_at(v, s, w->tick);
		int64_t h = rate_at(w->n_venues - 1, s, w->tick);

		add(b, "%s{\"symbol\":\"%s\",\"long_dex\":\"%s\","
		    "\"short_dex\":\"%s\",\"long_rate\":0.%010" PRId64
		    ",\"short_rate\":0.%010" PRId64 ",\"divergence\":0.%010"
		    PRId64 ",\"estimated_fees\":0.0001,"
		    "\"net_profit_percent\":0.%010" PRId64
		    ",\"min_volume_24h\":11000000.0,\"min_oi_usd\":3000000.0,"
		    "\"max_oi_usd\":4100000.0,\"oi_ratio\":0.7317073170731707,"
		    "\"discovered_at\":", i ? "," : "", world_symbol(s).s,
		    names[v], names[w->n_venues - 1], l, h, h - l,
		    h - l > 1000000 ? h - l - 1000000 : 0);
		add_time(b, w->now, 0);
		add(b, "}");
	}
	add(b, "],\"total_count\":%zu}", w->n_ranked);
}

static void write_all(struct world *w)
{
	write_dexes(&w->dexes, w);
	write_opportunities(&w->opportunities, w);
	for (size_t v = 0; v < w->n_venues; v++) {
		write_rates(&w->rates[v], w, v);
		write_symbols(&w->symbols[v], w, v);
	}
}

void world_init(struct world *w, size_t n_venues, size_t n_symbols,
		struct instant start)
{
	*w = (struct world){ .n_venues = n_venues, .n_symbols = n_symbols,
			     .n_ranked = n_symbols < 100 ? n_symbols : 100,
			     .now = start };
	write_all(w);
}

void world_free(struct world *w)
{
	free(w->dexes.s);
	free(w->opportunities.s);
	for (size_t v = 0; v < w->n_venues; v++) {
		free(w->rates[v].s);
		free(w->symbols[v].s);
	}
}

void world_move(struct world *w)
{
	w->now = instant_add(w->now, span_s(60));
	w->tick++;
	write_all(w);
}

void world_rank(struct world *w, size_t rows)
{
	w->n_ranked = rows;
	write_all(w);
}

size_t world_bytes(const struct world *w)
{
	size_t n = w->dexes.n + w->opportunities.n;

	for (size_t v = 0; v < w->n_venues; v++)
		n += w->rates[v].n + w->symbols[v].n;
	return n;
}

static void write_file(const char *dir, const char *before, const char *name,
		       const char *after, const struct text_body *b)
{
	char path[CONFIG_TEXT_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s%s%s", dir, before, name, after);
	f = fopen(path, "w");
	bench_check(f && fwrite(b->s, 1, b->n, f) == b->n && fclose(f) == 0,
		    path, NULL);
}

void world_write(const struct world *w, const char *dir)
{
	write_file(dir, "dexes", "", "", &w->dexes);
	write_file(dir, "opportunities", "", "", &w->opportunities);
	for (size_t v = 0; v < w->n_venues; v++) {
		write_file(dir, "funding-rates ", names[v], "", &w->rates[v]);
		write_file(dir, "dexes ", names[v], " symbols",
			   &w->symbols[v]);
	}
}

/* Every pair of venues in turn, then the next symbol. */
struct position world_position(const struct world *w, size_t i)
{
	size_t symbol = i % w->n_symbols, k = i / w->n_symbols + i;
	size_t l = k % (w->n_venues - 1), s = l + 1 + k / 7 %
		   (w->n_venues - 1 - l);
	int64_t entry = 3 * (rate_at(s, symbol, 0) - rate_at(l, symbol, 0));
	struct position p;

	memset(&p, 0, sizeof(p));
	p.symbol = world_symbol(symbol);
	p.leg[LEG_LONG].venue = world_venue(l);
	p.leg[LEG_SHORT].venue = world_venue(s);
	for (int side = 0; side < 2; side++) {
		p.leg[side].quantity = fact_unknown(WHY_NOT_SET);
		p.leg[side].entry_price = fact_unknown(WHY_NOT_SET);
		p.leg[side].entry_rate_8h = fact_unknown(WHY_NOT_SET);
	}
	p.size_usd = dec_int(20000);
	p.opened_at = p.confirmed_at = instant_add(w->now, span_s(-3 * DAY_S));
	p.entry_divergence = fact_known(bench_dec(entry, 10));
	p.entry_oi_ratio = fact_known(dec_int(1));
	p.decided_at = p.closed_at = p.muted_until = INSTANT_UNKNOWN;
	return p;
}
