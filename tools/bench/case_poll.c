/* SPDX-License-Identifier: MIT */
/*
 * Whole polls over a real database, and the bytes they leave. The stages of
 * a poll are told apart at its ports: the source when it is asked and when it
 * answers, the clock when the poll asks how long it took, which is after the
 * last decision and before the transaction.
 */
#include "bench_poll.h"
#include "log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EVIDENCE_POLLS		200
#define EVIDENCE_POSITIONS	100

static struct instant hand_now(void *ctx)
{
	struct poll_case *c = ctx;

	c->asked = bench_cpu_ns();
	c->asked_wall = bench_wall_ns();
	return c->world.now;
}

static enum wake hand_wait(void *ctx, struct instant until)
{
	(void)ctx;
	(void)until;
	return WAKE_TICK;
}

static int64_t hand_real_ms(void *ctx, struct span d)
{
	(void)ctx;
	return d.ms;
}

static bool tell_nobody(void *ctx, const struct message *m)
{
	(void)ctx;
	(void)m;
	return true;
}

void poll_case_pairs(struct poll_case *c, struct store *s, size_t n)
{
	struct err err = { ERR_NONE, "" };

	bench_check(store_begin(s, &err), "begin", &err);
	for (size_t i = 0; i < n; i++) {
		struct position p = world_position(&c->world, i);

		bench_check(store_add_position(s, &p, c->world.now,
					       "cli", "", &err),
			    "position", &err);
	}
	bench_check(store_commit(s, 1000, &err), "commit", &err);
}

void poll_case_begin(struct poll_case *c, const char *dir, const char *path,
		     size_t positions)
{
	struct wiring wiring = {
		.source = canned_source(&c->canned),
		.notifier = { NULL, tell_nobody },
		.clock = { c, hand_now, hand_wait, hand_real_ms },
	};
	struct err err = { ERR_NONE, "" };

	log_open(LOG_LEVEL_ERR, "main", false);
	c->canned.world = &c->world;
	c->arena = arena_new();
	c->scratch = arena_new();
	bench_config(&c->config, c->arena, "steady", c->world.n_venues, dir);
	snprintf(c->path, sizeof(c->path), "%s", path);
	bench_check(store_open(&c->store, c->path, "main", false, STORE_RUN,
			       &err), "store", &err);
	poll_case_pairs(c, c->store, positions);
	bench_check(cycle_new(&c->cycle, &c->config,
			      config_account(&c->config, "main"), c->store,
			      &wiring, &err), "cycle", &err);
}

void poll_case_end(struct poll_case *c)
{
	cycle_free(c->cycle);
	store_close(c->store);
	arena_free(c->scratch);
	arena_free(c->arena);
	world_free(&c->world);
	unlink(c->path);
}

void poll_case_poll(struct poll_case *c, size_t positions)
{
	struct err err = { ERR_NONE, "" };
	struct cycle_result r;

	bench_check(cycle_poll(c->cycle, &r, &err), "poll", &err);
	bench_check(r.recorded && r.usable && r.closes == 0 &&
		    (size_t)r.positions == positions, "a quiet poll", NULL);
}

/* The poll's evidence once more, against the view before it. */
static int64_t encode_again(struct poll_case *c,
			    const struct evidence_view *before)
{
	struct err err = { ERR_NONE, "" };
	unsigned char *blob;
	int64_t start;
	size_t n;

	start = bench_cpu_ns();
	bench_check(evidence_encode(&blob, &n, c->cycle->before, before,
				    c->scratch, &err), "evidence", &err);
	return bench_cpu_ns() - start;
}

static void set_up(struct poll_case *c, const char *dir, size_t positions)
{
	char path[CONFIG_TEXT_MAX];

	snprintf(path, sizeof(path), "%s/%zu-%zu.db", dir, positions,
		 c->world.n_venues);
	poll_case_begin(c, dir, path, positions);
}

enum stage { LOAD, FETCH, DECIDE, RECORD, RECORD_WALL, ENCODE, CPU, WALL,
	     STAGES };

static const char *const stage_names[STAGES] = {
	"load", "fetch", "decide", "record", "commit", "encode", "cpu", "wall"
};

static void measure_poll(struct poll_case *c, struct series *s,
			 size_t positions)
{
	const struct evidence_view *before;
	int64_t wall, start, end, end_wall;

	arena_reset(c->scratch);
	before = c->cycle->before ?
		 cycle_view_copy(c->cycle->before, c->scratch) : NULL;
	wall = bench_wall_ns();
	start = bench_cpu_ns();
	poll_case_poll(c, positions);
	end = bench_cpu_ns();
	end_wall = bench_wall_ns();
	series_add(&s[WALL], end_wall - wall);
	series_add(&s[RECORD_WALL], end_wall - c->asked_wall);
	series_add(&s[CPU], end - start);
	series_add(&s[LOAD], c->canned.begun - start);
	series_add(&s[FETCH], c->canned.ended - c->canned.begun);
	series_add(&s[DECIDE], c->asked - c->canned.ended);
	series_add(&s[RECORD], end - c->asked);
	series_add(&s[ENCODE], encode_again(c, before));
}

int64_t poll_case_evidence_bytes(const struct poll_case *c)
{
	struct err err = { ERR_NONE, "" };
	int64_t n = 0;

	bench_check(store_evidence_bytes(c->store, &n, &err), "bytes", &err);
	return n;
}

/* ranked: rows of that list, 0 as many as usual */
static void measure_polls(const char *dir, const char *what, size_t n,
			  size_t positions, size_t ranked, size_t runs)
{
	struct series s[STAGES] = { { .n = 0 } };
	struct instant start = { INT64_C(1795206630000) };
	struct poll_case c = { .arena = NULL };
	char key[64];

	runs = (size_t)bench_runs((int)runs);
	world_init(&c.world, WORLD_VENUES, 290, start);
	if (ranked)
		world_rank(&c.world, ranked);
	set_up(&c, dir, positions);
	for (size_t r = 0; r < runs + 2; r++) {
		if (r < 2)
			poll_case_poll(&c, positions);	/* warm */
		else
			measure_poll(&c, s, positions);
		world_move(&c.world);
	}
	for (int i = 0; i < STAGES; i++) {
		snprintf(key, sizeof(key), "%s.%zu.%s.ns", what, n,
			 stage_names[i]);
		series_print(key, &s[i]);
	}
	printf("%s.%zu.bytes %zu 0 0 1\n", what, n, world_bytes(&c.world));
	printf("%s.%zu.evidence.bytes %" PRId64 " 0 0 1\n", what, n,
	       poll_case_evidence_bytes(&c));
	poll_case_end(&c);
}

void case_poll(const char *dir, size_t positions, size_t runs)
{
	measure_polls(dir, "poll", positions, positions, 0, runs);
}

void case_ranked(const char *dir, size_t rows, size_t runs)
{
	measure_polls(dir, "ranked", rows, 100, rows, runs);
}

/* ---- evidence ---- */

int64_t poll_case_file_bytes(const struct poll_case *c)
{
	struct stat st;

	bench_check(stat(c->path, &st) == 0, c->path, NULL);
	return (int64_t)st.st_size;
}

void case_evidence(const char *dir)
{
	struct instant start = { INT64_C(1795206630000) };
	const int64_t rows = EVIDENCE_POLLS * EVIDENCE_POSITIONS;
	struct poll_case c = { .arena = NULL };
	int64_t file, evidence;

	world_init(&c.world, 4, 50, start);
	set_up(&c, dir, EVIDENCE_POSITIONS);
	poll_case_poll(&c, EVIDENCE_POSITIONS);
	file = poll_case_file_bytes(&c);
	evidence = poll_case_evidence_bytes(&c);
	for (int i = 0; i < EVIDENCE_POLLS; i++) {
		world_move(&c.world);
		poll_case_poll(&c, EVIDENCE_POSITIONS);
	}
	printf("evidence.b10 %" PRId64 " 0 0 1\n",
	       (poll_case_evidence_bytes(&c) - evidence) * 10 / rows);
	printf("evidence.file.b10 %" PRId64 " 0 0 1\n",
	       (poll_case_file_bytes(&c) - file) * 10 / rows);
	poll_case_end(&c);
}
