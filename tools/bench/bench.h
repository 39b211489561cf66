/* SPDX-License-Identifier: MIT */
/*
 * The measuring program of `make bench`. It prints one line a figure,
 * "KEY median lower upper runs" (quartiles, whole numbers in the unit the
 * key ends with), and leaves in a directory what reference.py repeats in
 * Python. tools/bench/run makes the table of both.
 */
#ifndef CARRYWATCH_BENCH_H
#define CARRYWATCH_BENCH_H

#include "config.h"
#include "cycle.h"
#include "facts.h"

#define RUNS_MAX	256
#define WORLD_VENUES	10

/* ---- measure.c ---- */

struct series {			/* repeated runs of one measurement */
	int64_t v[RUNS_MAX];
	size_t n;
};

int64_t bench_cpu_ns(void);	/* of this process, user and system */
int64_t bench_wall_ns(void);
/* n, or fewer where CW_BENCH_RUNS says so. */
int bench_runs(int n);
void series_add(struct series *s, int64_t v);
void series_print(const char *key, struct series *s);
void bench_check(bool ok, const char *what, const struct err *err);
/* "12" as decimals of 10^-scale: exact, and never a float. */
struct dec bench_dec(int64_t n, int scale);

/* ---- world.c: a market that moves, as the service would send it ---- */

struct text_body {
	char *s;
	size_t n, cap;
};

struct world {
	size_t n_venues, n_symbols;
	size_t n_ranked;		/* pairs in the ranked list */
	struct instant now;
	int64_t tick;			/* polls so far */
	struct text_body dexes, opportunities;
	struct text_body rates[WORLD_VENUES], symbols[WORLD_VENUES];
};

void world_init(struct world *w, size_t n_venues, size_t n_symbols,
		struct instant start);
void world_free(struct world *w);
/* So many rows in the ranked list from now on. */
void world_rank(struct world *w, size_t rows);
/* A minute later: new rates, new times, new bodies. */
void world_move(struct world *w);
size_t world_bytes(const struct world *w);
/* DIR/PATH of every answer, blanks for slashes. */
void world_write(const struct world *w, const char *dir);
struct venue world_venue(size_t i);
struct symbol world_symbol(size_t i);
/* The i-th pair; long the venue that pays less. */
struct position world_position(const struct world *w, size_t i);

/* ---- source.c ---- */

struct canned {			/* a source that reads a world's bodies */
	struct world *world;
	/* CPU clock when the poll's fetch began and ended. */
	int64_t begun, ended;
};

struct source canned_source(struct canned *c);

/* ---- items.c: positions with what is remembered of them ---- */

struct item {
	struct position pos;
	struct facts facts;
	struct streak slots[SLOTS_MAX];
	struct watch watch;
	struct decision decision;
};

/* The i-th pair of the world, never looked at before. */
void item_begin(struct item *x, const struct world *w, size_t i);
/*
 * Most hold; some stand exactly on the limit of a rule, some beyond it, and
 * some lack the divergence at entry. `now` is the divergence of now.
 */
void item_vary(struct item *x, size_t i, struct dec now);

/* ---- the cases ---- */

/* A configuration whose account `main` watches n_venues of the world. */
void bench_config(struct config *out, struct arena *a, const char *profile,
		  size_t n_venues, const char *dir);
void case_rules(const char *dir);
void case_evaluate(const char *dir);
void case_json(const char *dir);
void case_sync(const char *dir);
void case_poll(const char *dir, size_t positions, size_t runs);
/* Polls of 100 positions beside a ranked list of so many rows. */
void case_ranked(const char *dir, size_t rows, size_t runs);
/* 30 days by the minute: what the database keeps. */
void case_days(const char *dir);
void case_evidence(const char *dir);
void case_replay(const char *dir);

#endif
