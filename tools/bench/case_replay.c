/* SPDX-License-Identifier: MIT */
/*
 * Replay of a recorded account: 100 pairs of 50 symbols on 4 venues by the
 * minute, every rate moving with every poll. Recorded is `steady`, asked for
 * is `conservative`, with --verify what was recorded: from a database in a
 * file; `steady` and `conservative` from polls that are decoded already.
 */
#include "bench_poll.h"
#include "replay_load.h"
#include "source_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define POLLS		2048
#define PAIRS		100
#define IN_MEMORY	64	/* polls that are held decoded */
#define RUNS		9
#define RUNS_IN_MEMORY	31
#define PAGE		256
#define YEAR_POLLS	INT64_C(525600)

struct replay_case {
	struct poll_case recorded;	/* in memory */
	struct store *store;		/* the same as a file */
	char path[CONFIG_TEXT_MAX];
	struct recorded_poll poll[IN_MEMORY];
	size_t n;
};

static struct err err = { ERR_NONE, "" };

static bool put_poll(struct replay_case *c, const struct recorded_blob *b)
{
	struct poll p = {
		.seq = b->poll, .at = b->at, .result = "ok",
		.positions = PAIRS,
	};

	memcpy(p.config, b->config, sizeof(p.config));
	memcpy(p.version, b->version, sizeof(p.version));
	return store_put_poll(c->store, &p, &err) &&
	       store_put_evidence(c->store, b->poll, b->key, b->data, b->n,
				  &err);
}

static bool put_config(struct replay_case *c, const char *hash,
		       struct arena *arena)
{
	char *text;

	return store_config_text(c->recorded.store, &text, hash, arena,
				 &err) &&
	       store_put_config(c->store, hash, text, &err);
}

/* One transaction: a commit for each poll would wait for the disk. */
static bool copy_polls(struct replay_case *c, struct arena *arena)
{
	struct recorded_blob *list;
	int64_t last = 0;
	size_t n;

	for (;;) {
		arena_reset(arena);
		if (!store_recorded(c->recorded.store, &list, &n, last, PAGE,
				    arena, &err))
			return false;
		if (n == 0)
			return true;
		if (last == 0 && !put_config(c, list[0].config, arena))
			return false;
		for (size_t i = 0; i < n; i++)
			if (!put_poll(c, &list[i]))
				return false;
		last = list[n - 1].poll;
	}
}

static void record(struct replay_case *c, const char *dir)
{
	struct instant start = { INT64_C(1795206630000) };
	struct poll_case *p = &c->recorded;

	world_init(&p->world, 4, 50, start);
	poll_case_begin(p, dir, ":memory:", PAIRS);
	for (int i = 0; i < POLLS; i++) {
		poll_case_poll(p, PAIRS);
		world_move(&p->world);
	}
	snprintf(c->path, sizeof(c->path), "%s/replay.db", dir);
	bench_check(store_open(&c->store, c->path, "main", false, STORE_RUN,
			       &err), "store", &err);
	p->world.now = start;
	poll_case_pairs(p, c->store, PAIRS);
	bench_check(store_begin(c->store, &err) &&
		    copy_polls(c, p->scratch) &&
		    store_commit(c->store, 1000, &err), "copy", &err);
}

/* profile NULL: as recorded, and verified */
static void ask(struct replay *r, const struct replay_case *c,
		const char *profile)
{
	*r = (struct replay){ .verify = !profile, .since = INSTANT_UNKNOWN,
			      .until = INSTANT_UNKNOWN };
	if (profile)
		r->profile = config_profile(&c->recorded.config, profile);
}

/* The whole database once. */
static int64_t replay_all(struct replay_case *c, const char *profile,
			  struct arena *arena)
{
	struct source_store *source;
	struct recorded_poll p;
	int64_t start = bench_cpu_ns();
	struct replay r;
	bool more = true;

	ask(&r, c, profile);
	bench_check(replay_load(&r, c->store, arena, &err) &&
		    source_store_open(&source, c->store, "main",
				      INSTANT_UNKNOWN, &err), "replay", &err);
	while (more) {
		bench_check(source_store_next(source, &p, &more, &err) &&
			    (!more || replay_step(&r, &p, &err)), "replay",
			    &err);
	}
	source_store_close(source);
	bench_check(!r.differs && r.polls == POLLS &&
		    r.evaluations == (int64_t)POLLS * PAIRS,
		    r.differs ? r.difference : "every pair at every poll",
		    NULL);
	return bench_cpu_ns() - start;
}

static void measure(struct replay_case *c, const char *what,
		    const char *profile)
{
	const int runs = bench_runs(RUNS);
	struct series each = { .n = 0 }, year = { .n = 0 };
	struct arena *arena = arena_new();
	char key[64];

	for (int i = -1; i < runs; i++) {
		int64_t ns = replay_all(c, profile, arena);

		arena_reset(arena);
		if (i < 0)
			continue;	/* the file is in the page cache now */
		series_add(&each, ns * 10 / (POLLS * PAIRS));
		series_add(&year, ns * YEAR_POLLS / POLLS);
	}
	snprintf(key, sizeof(key), "replay.%s.ns10", what);
	series_print(key, &each);
	snprintf(key, sizeof(key), "replay.%s.year.ns", what);
	series_print(key, &year);
	arena_free(arena);
}

/* ---- in memory ---- */

static void keep(struct replay_case *c, const struct recorded_poll *p,
		 struct arena *arena)
{
	struct recorded_poll *k = &c->poll[c->n++];
	const struct evidence_view *v = cycle_view_copy(&p->view, arena);

	bench_check(v != NULL, "memory", NULL);
	*k = *p;
	k->view = *v;
	evidence_market(&k->market, &k->view);
}

/* Names are looked up once in a record, here in the first poll: not timed. */
static int64_t step_all(const struct replay_case *c, struct replay *r)
{
	int64_t start = 0;

	r->n_begun = 0;
	for (size_t i = 0; i < r->n; i++) {
		struct position p = r->pairs[i].recorded;

		r->pairs[i] = (struct replay_pair){ .recorded = p };
		replay_begin(&r->pairs[i]);
	}
	for (size_t i = 0; i < c->n; i++) {
		if (i == 1)
			start = bench_cpu_ns();
		bench_check(replay_step(r, &c->poll[i], &err), "step", &err);
	}
	return bench_cpu_ns() - start;
}

static void measure_in_memory(struct replay_case *c, const char *profile)
{
	const int runs = bench_runs(RUNS_IN_MEMORY);
	struct arena *arena = arena_new();
	struct series s = { .n = 0 };
	struct source_store *source;
	struct recorded_poll p;
	struct replay r;
	char key[64];
	bool more;

	c->n = 0;
	ask(&r, c, profile);
	bench_check(replay_load(&r, c->store, arena, &err) &&
		    source_store_open(&source, c->store, "main",
				      INSTANT_UNKNOWN, &err), "replay", &err);
	while (c->n < IN_MEMORY) {
		bench_check(source_store_next(source, &p, &more, &err),
			    "polls", &err);
		keep(c, &p, arena);
	}
	for (int i = -1; i < runs; i++) {
		int64_t ns = step_all(c, &r);

		if (i >= 0)
			series_add(&s, ns * 10 / ((IN_MEMORY - 1) * PAIRS));
	}
	snprintf(key, sizeof(key), "replay.memory.%s.ns10", profile);
	series_print(key, &s);
	source_store_close(source);
	arena_free(arena);
}

void case_replay(const char *dir)
{
	static struct replay_case c;

	record(&c, dir);
	measure(&c, "other", "conservative");
	measure(&c, "verify", NULL);
	measure_in_memory(&c, "steady");
	measure_in_memory(&c, "conservative");
	store_close(c.store);
	poll_case_end(&c.recorded);
	unlink(c.path);
}
