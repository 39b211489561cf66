/* SPDX-License-Identifier: MIT */
/* Clocks and the figures made of repeated runs. */
#include "bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t bench_cpu_ns(void)
{
	return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

int64_t bench_wall_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* CW_BENCH_RUNS=1: does it run at all, and how many instructions are it? */
int bench_runs(int n)
{
	const char *text = getenv("CW_BENCH_RUNS");
	int most = text ? atoi(text) : n;

	return most > 0 && most < n ? most : n;
}

void series_add(struct series *s, int64_t v)
{
	if (s->n < RUNS_MAX)
		s->v[s->n++] = v;
}

static int order(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

void series_print(const char *key, struct series *s)
{
	if (s->n == 0)
		return;
	qsort(s->v, s->n, sizeof(*s->v), order);
	printf("%s %" PRId64 " %" PRId64 " %" PRId64 " %zu\n", key,
	       s->v[s->n / 2], s->v[s->n / 4], s->v[s->n * 3 / 4], s->n);
	fflush(stdout);
}

void bench_check(bool ok, const char *what, const struct err *err)
{
	if (ok)
		return;
	fprintf(stderr, "bench: %s: %s\n", what, err ? err->text : "failed");
	exit(1);
}

struct dec bench_dec(int64_t n, int scale)
{
	struct dec d = DEC_ZERO;

	bench_check(dec_join(&d, n, scale), "a number", NULL);
	return d;
}
