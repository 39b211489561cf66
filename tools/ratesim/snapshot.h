/* SPDX-License-Identifier: MIT */
/*
 * What the simulated service knows at one market time. A market (seed or
 * csv) fills it, the script and the faults bend it, the routes print it.
 */
#ifndef RATESIM_SNAPSHOT_H
#define RATESIM_SNAPSHOT_H

#include "arena.h"
#include "market.h"

/* GONE: the name is known, but there is no rate (missing-symbol). */
enum row_rate { ROW_NUMBER, ROW_NULL, ROW_NAN, ROW_GONE };

struct sim_row {
	size_t venue;			/* index into venues */
	struct symbol symbol;
	enum row_rate kind;
	struct dec rate_8h;
	struct instant stamped, next;	/* next: unknown is sent as null */
	struct dec oi, volume;		/* USD; 0: unknown */
};

struct snapshot {
	struct instant now;		/* what generated_at says */
	struct venue *venues;		/* sorted by name */
	size_t n_venues;
	struct sim_row *rows;		/* by venue, then symbol */
	size_t n_rows;
	bool emptied;			/* lists are to look empty */
	struct arena *arena;
};

/* A market of the past or of a dream; ctx belongs to the market. */
struct market_port {
	void *ctx;
	/* *out is empty but for its arena; false when out of memory. */
	bool (*fill)(void *ctx, struct snapshot *out, struct instant now);
	void (*free)(void *ctx);
};

#define SNAPSHOT_NONE SIZE_MAX
/* Any case is accepted, as by the service's path parameters. */
size_t snapshot_venue(const struct snapshot *s, const char *name);
bool snapshot_knows(const struct snapshot *s, const char *symbol);
/* NULL when there is none or it is gone. */
struct sim_row *snapshot_row(const struct snapshot *s, size_t venue,
			     const char *symbol);

/* What is fixed about a venue; unknown ones get the service's defaults. */
struct venue_facts {
	const char *name, *display, *api;
	const char *maker, *taker;	/* fractions, the ranking's table */
};

struct venue_facts venue_facts_of(const struct venue *v);

#endif
