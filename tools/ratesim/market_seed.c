/* SPDX-License-Identifier: MIT */
/*
 * The invented market. Every number is a pure function of (seed, minute) in
 * integers: value noise on several time scales around a slow mean, plus
 * spikes of six hours that decay and may turn the sign.
 */
#include "markets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS	60000
#define SPIKE_MINUTES	360

/* Units of 1e-10 per 8 h, the service's NUMERIC(15,10). */
struct seed_venue {
	const char *name;
	int32_t interval_s;
	bool tells_next;	/* the real service has null for some */
	int64_t lean;		/* what its longs usually pay */
	int64_t wobble;		/* amplitude of its own noise */
	int64_t share;		/* of the market's open interest, per mille */
};

static const struct seed_venue venues[] = {	/* sorted by name */
	{ "aster",	 28800, true,	 900000, 1400000, 250 },
	{ "backpack",	 28800, false,	 700000, 1200000,  60 },
	{ "edgex",	 14400, true,	1100000, 1500000, 140 },
	{ "grvt",	 28800, true,	1000000,  900000,  90 },
	{ "hyperliquid",  3600, true,	1000000, 1700000, 300 },
	{ "lighter",	  3600, false,	 600000, 1900000, 180 },
	{ "paradex",	 28800, false,	1200000, 1600000,  80 },
};

#define N_VENUES (sizeof(venues) / sizeof(*venues))

struct seed_symbol {
	const char *name;
	int64_t oi;		/* USD over all venues */
	int64_t wild;		/* scale of all its noise, percent */
	const char *absent;	/* first letters of venues without it */
};

static const struct seed_symbol symbols[] = {	/* sorted by name */
	{ "ARB",	  42000000, 130, "b" },
	{ "AVAX",	  95000000, 110, "" },
	{ "BTC",	4100000000,  60, "" },
	{ "DOGE",	 380000000, 120, "" },
	{ "ENA",	  88000000, 190, "bg" },
	{ "ETH",	2600000000,  70, "" },
	{ "HYPE",	 900000000, 160, "g" },
	{ "LINK",	 130000000, 100, "" },
	{ "PEPE",	 110000000, 210, "ep" },
	{ "SOL",	1300000000,  90, "" },
	{ "SUI",	 240000000, 140, "" },
	{ "TIA",	  36000000, 200, "be" },
	{ "WIF",	  52000000, 230, "bg" },
	{ "XRP",	 610000000, 100, "" },
};

#define N_SYMBOLS (sizeof(symbols) / sizeof(*symbols))

struct seed_market {
	uint64_t seed;
	struct instant start;		/* minute 0; midnight of some day */
};

/* A well mixed 64-bit hash of the seed and three small numbers. */
static uint64_t mix(uint64_t seed, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t h = seed ^ a * 0x9e3779b97f4a7c15u ^
		     b * 0xc2b2ae3d27d4eb4fu ^ c * 0x165667b19e3779f9u;

	for (int i = 0; i < 3; i++) {
		h ^= h >> 29;
		h *= 0xbf58476d1ce4e5b9u;
		h ^= h >> 32;
	}
	return h;
}

/* -1000..1000 */
static int64_t unit(uint64_t seed, uint64_t a, uint64_t b, uint64_t c)
{
	return (int64_t)(mix(seed, a, b, c) % 2001) - 1000;
}

/* Noise of amplitude amp with a new corner every `period` minutes. */
static int64_t noise(uint64_t seed, uint64_t what, int64_t minute,
		     int64_t period, int64_t amp)
{
	int64_t corner = minute / period, into = minute % period;
	int64_t a = unit(seed, what, (uint64_t)corner, (uint64_t)period);
	int64_t b = unit(seed, what, (uint64_t)corner + 1, (uint64_t)period);

	return amp * (a * (period - into) + b * into) / (1000 * period);
}

/* One block of six hours in twenty begins with a jump that decays. */
static int64_t spike(uint64_t seed, uint64_t what, int64_t minute,
		     int64_t amp)
{
	uint64_t block = (uint64_t)(minute / SPIKE_MINUTES);
	int64_t into = minute % SPIKE_MINUTES;
	int64_t size;

	if (mix(seed, what, block, 1) % 20)
		return 0;
	size = amp * unit(seed, what, block, 2) / 1000;
	return size * (SPIKE_MINUTES - into) / SPIKE_MINUTES;
}

static int64_t rate_units(uint64_t seed, size_t v, size_t s, int64_t minute)
{
	const struct seed_venue *venue = &venues[v];
	uint64_t all = 1000 + s, own = 2000 + v * 100 + s;
	int64_t wild = noise(seed, all, minute, 2880, 1500000) +
		       noise(seed, all, minute, 480, 700000) +
		       noise(seed, own, minute, 1440, venue->wobble) +
		       noise(seed, own, minute, 240, venue->wobble / 2) +
		       noise(seed, own, minute, 17, venue->wobble / 12) +
		       spike(seed, own, minute, 12000000);

	return venue->lean + wild * symbols[s].wild / 100;
}

static struct dec units(int64_t n, int scale)
{
	struct dec d;

	if (!dec_join(&d, n, scale))
		abort();	/* the tables keep every value small */
	return d;
}

/* A venue that never told its open interest keeps silent. */
static void row_depth(struct sim_row *row, uint64_t seed, size_t v, size_t s,
		      int64_t minute)
{
	uint64_t own = 3000 + v * 100 + s;
	int64_t oi = symbols[s].oi / 1000 * venues[v].share;
	int64_t level = 1000 + noise(seed, own, minute, 1440, 200) +
			noise(seed, own, minute, 60, 30);

	if (mix(seed, own, 0, 3) % 25 == 0)
		return;
	row->oi = units(oi / 1000 * level, 0);
	level = 1800 + noise(seed, own, minute, 720, 900);
	row->volume = units(oi / 10 * level + (int64_t)(own % 100), 2);
}

static void row_fill(struct sim_row *row, const struct seed_market *m,
		     size_t v, size_t s, struct instant minute)
{
	int64_t at = (minute.ms - m->start.ms) / MINUTE_MS;
	uint64_t seed = m->seed;

	row->venue = v;
	snprintf(row->symbol.s, sizeof(row->symbol.s), "%s", symbols[s].name);
	row->rate_8h = units(rate_units(seed, v, s, at), 10);
	row_depth(row, seed, v, s, at);
	/* Collected a moment before the minute began, never in the future. */
	row->stamped.ms = minute.ms -
			  (int64_t)(mix(seed, 4000 + v, 0, 0) % 20000);
	row->next = INSTANT_UNKNOWN;
	if (venues[v].tells_next)
		row->next = instant_next_on_grid(minute, venues[v].interval_s,
						 0);
}

static bool seed_fill(void *ctx, struct snapshot *out, struct instant now)
{
	const struct seed_market *m = ctx;

	now.ms -= now.ms % MINUTE_MS;
	out->now = now;
	out->n_venues = N_VENUES;
	out->venues = arena_array(out->arena, N_VENUES, sizeof(*out->venues));
	out->rows = arena_array(out->arena, N_VENUES * N_SYMBOLS,
				sizeof(*out->rows));
	if (!out->venues || !out->rows)
		return false;
	for (size_t v = 0; v < N_VENUES; v++) {
		snprintf(out->venues[v].s, NAME_TEXT_MAX, "%s",
			 venues[v].name);
		for (size_t s = 0; s < N_SYMBOLS; s++)
			if (!strchr(symbols[s].absent, venues[v].name[0]))
				row_fill(&out->rows[out->n_rows++], m, v, s,
					 now);
	}
	return true;
}

bool market_seed_open(struct market_port *out, uint64_t seed,
		      struct instant origin, struct err *err)
{
	struct seed_market *m = malloc(sizeof(*m));

	if (!m)
		return err_set(err, ERR_MEMORY, "out of memory");
	m->seed = seed;
	m->start.ms = origin.ms - origin.ms % (INT64_C(1000) * DAY_S);
	*out = (struct market_port){ m, seed_fill, free };
	return true;
}
