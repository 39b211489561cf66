/* SPDX-License-Identifier: MIT */
/*
 * Lanes played on all cores: each thread streams the files for itself and
 * plays its share of the lanes with its own memory, so the threads share
 * nothing but a counter for the progress bar. The only file with threads.
 */
#include "cmd_backtest.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BAR_WIDTH 30

struct progress {
	atomic_llong rows;
	atomic_int running;
};

struct job {
	const struct backtest_ask *ask;
	struct backtest_lane *lanes;
	struct report_run *runs;
	size_t n;
	struct arena *keep, *scratch;
	struct settlement_csv *csv;
	struct progress *progress;
	struct backtest_work work;
	struct err err;
	pthread_t thread;
	bool started, ok;
};

static enum pulled pull(void *ctx, struct settled *out, struct err *err)
{
	struct job *j = ctx;

	atomic_fetch_add_explicit(&j->progress->rows, 1,
				  memory_order_relaxed);
	return settlement_csv_next(j->csv, out, err);
}

static bool play(struct job *j)
{
	const struct backtest_data *d = &j->ask->data;
	const struct settled_source source = { j, pull };
	bool ok;

	j->scratch = arena_new();
	if (!j->keep || !j->scratch)
		return err_set(&j->err, ERR_MEMORY, "no memory");
	if (!settlement_csv_open(&j->csv, d->path, d->n_paths, d->skip_bad,
				 &j->err))
		return false;
	ok = backtest_play(j->runs, &j->work, &j->ask->setup, j->lanes, j->n,
			   &source, j->keep, j->scratch, &j->err);
	settlement_csv_free(j->csv);
	return ok;
}

static void *job_main(void *ctx)
{
	struct job *j = ctx;

	j->ok = play(j);
	arena_free(j->scratch);
	atomic_fetch_sub(&j->progress->running, 1);
	return NULL;
}

/* ---- progress ---- */

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Of `all` rows, which are more than none. */
static void draw(int64_t done, int64_t all, int64_t ms)
{
	int64_t cells = done * BAR_WIDTH / all;
	char bar[BAR_WIDTH + 1];

	for (int i = 0; i < BAR_WIDTH; i++)
		bar[i] = i < cells ? '#' : '.';
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r[%s] %3lld %%", bar,
		(long long)(done * 100 / all));
	if (done > 0)
		fprintf(stderr, "  %lld s left ",
			(long long)(ms * (all - done) / done / 1000));
	fflush(stderr);
}

/* Only for a person at a terminal. */
static void watch(struct progress *p, const struct backtest_ask *a,
		  size_t jobs)
{
	int64_t all = (a->data.counts.rows + 1) * (int64_t)jobs;
	int64_t start = now_ms();

	if (!isatty(STDERR_FILENO) || cli_has(a->cli, OPT_QUIET))
		return;
	while (atomic_load(&p->running) > 0) {
		int64_t rows = (int64_t)atomic_load(&p->rows);

		draw(rows < all ? rows : all, all, now_ms() - start);
		nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
	}
	fprintf(stderr, "\r%*s\r", BAR_WIDTH + 30, "");
}

/* ---- shares ---- */

/* Lane i goes to job i % n: neighbours are alike and take as long. */
static bool share(struct job *job, size_t jobs, const struct backtest_ask *a,
		  const struct backtest_lane *lanes, size_t n,
		  struct err *err)
{
	struct arena *arena = a->cli->arena;

	for (size_t i = 0; i < jobs; i++) {
		job[i].ask = a;
		job[i].lanes = arena_array(arena, n / jobs + 1,
					   sizeof(*job[i].lanes));
		job[i].runs = arena_array(arena, n / jobs + 1,
					  sizeof(*job[i].runs));
		if (!job[i].lanes || !job[i].runs)
			return err_set(err, ERR_MEMORY, "no memory");
	}
	for (size_t i = 0; i < n; i++) {
		struct job *j = &job[i % jobs];

		j->lanes[j->n++] = lanes[i];
	}
	return true;
}

static void start_all(struct job *job, size_t jobs, struct progress *p)
{
	for (size_t i = 0; i < jobs; i++) {
		job[i].progress = p;
		job[i].keep = arena_new();
		atomic_fetch_add(&p->running, 1);
	}
	/* What no thread can be had for is played by join_all. */
	for (size_t i = 0; i < jobs; i++) {
		job[i].started = pthread_create(&job[i].thread, NULL,
						job_main, &job[i]) == 0;
		if (!job[i].started)
			atomic_fetch_sub(&p->running, 1);
	}
}

/* The first error in the order of jobs, so that it is always the same. */
static bool join_all(struct job *job, size_t jobs, struct err *err)
{
	const struct job *failed = NULL;

	for (size_t i = 0; i < jobs; i++) {
		if (job[i].started)
			pthread_join(job[i].thread, NULL);
		else
			job_main(&job[i]);
		if (!job[i].ok && !failed)
			failed = &job[i];
	}
	if (failed)
		*err = failed->err;
	return !failed;
}

/* Before there is anything to own: then it cannot fail. */
static bool room_to_own(struct backtest_owned *owned, size_t jobs,
			struct arena *arena, struct err *err)
{
	owned->arena = arena_array(arena, jobs, sizeof(struct arena *));
	return owned->arena || err_set(err, ERR_MEMORY, "no memory");
}

static void own(struct backtest_owned *owned, const struct job *job,
		size_t jobs)
{
	for (size_t i = 0; i < jobs; i++)
		owned->arena[owned->n++] = job[i].keep;
}

bool backtest_run_lanes(struct report_run *runs, struct backtest_work *work,
			struct backtest_owned *owned,
			const struct backtest_ask *a,
			const struct backtest_lane *lanes, size_t n,
			struct err *err)
{
	size_t jobs = (size_t)a->jobs < n ? (size_t)a->jobs : n;
	struct job *job = arena_array(a->cli->arena, jobs, sizeof(*job));
	struct progress progress = { 0 };
	bool ok;

	if (!job)
		return err_set(err, ERR_MEMORY, "no memory");
	if (!share(job, jobs, a, lanes, n, err) ||
	    !room_to_own(owned, jobs, a->cli->arena, err))
		return false;
	start_all(job, jobs, &progress);
	watch(&progress, a, jobs);
	ok = join_all(job, jobs, err);
	own(owned, job, jobs);
	for (size_t i = 0; ok && i < n; i++)
		runs[i] = job[i % jobs].runs[i / jobs];
	for (size_t i = 0; i < jobs; i++) {
		work->polls += job[i].work.polls;
		work->evaluations += job[i].work.evaluations;
	}
	return ok;
}

void backtest_owned_free(struct backtest_owned *o)
{
	for (size_t i = 0; i < o->n; i++)
		arena_free(o->arena[i]);
}
