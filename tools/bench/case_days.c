/* SPDX-License-Identifier: MIT */
/*
 * 30 days of an account by the minute, 43,200 whole polls: what its database
 * weighs at the end of each day, with 10 days kept; after 20 of them a cap of
 * 12 MB comes in, as it does on HUP. 100 pairs, 50 symbols, 4 venues, every
 * rate moving. `run` gives it a directory in memory: what a poll waits for the
 * disk is measured elsewhere, and 43,200 times of it would be all there is.
 */
#include "bench_poll.h"

#include <inttypes.h>
#include <stdio.h>

#define DAYS		30
#define CAP_DAY		20
#define DAY_POLLS	1440
#define PAIRS		100
#define KEEP_DAYS	10
#define CAP_BYTES	(INT64_C(12) << 20)

struct day {
	int64_t file, evidence;		/* bytes at its end */
	int64_t longest;		/* poll, CPU */
};

static void one_day(struct poll_case *c, struct day *out, int polls)
{
	out->longest = 0;
	for (int i = 0; i < polls; i++) {
		int64_t start = bench_cpu_ns(), took;

		poll_case_poll(c, PAIRS);
		took = bench_cpu_ns() - start;
		if (took > out->longest)
			out->longest = took;
		world_move(&c->world);
	}
	out->file = poll_case_file_bytes(c);
	out->evidence = poll_case_evidence_bytes(c);
}

static void print_day(int day, const struct day *d)
{
	printf("days.%02d.file.kb %" PRId64 " 0 0 1\n", day, d->file / 1024);
	printf("days.%02d.evidence.kb %" PRId64 " 0 0 1\n", day,
	       d->evidence / 1024);
	printf("days.%02d.longest.ns %" PRId64 " 0 0 1\n", day, d->longest);
	fflush(stdout);
}

void case_days(const char *dir)
{
	const struct instant start = { INT64_C(1795206630000) };
	const int polls = bench_runs(DAY_POLLS);
	struct poll_case c = { .arena = NULL };
	struct err err = { ERR_NONE, "" };
	char path[CONFIG_TEXT_MAX];
	struct config config;
	struct day first, d;

	world_init(&c.world, 4, 50, start);
	snprintf(path, sizeof(path), "%s/days.db", dir);
	poll_case_begin(&c, dir, path, PAIRS);
	config = c.config;
	config.retention = span_s(KEEP_DAYS * DAY_S);
	for (int day = 1; day <= DAYS; day++) {
		if (day == CAP_DAY + 1)
			config.evidence_cap_bytes = CAP_BYTES;
		bench_check(cycle_configure(c.cycle, &config,
					    config_account(&config, "main"),
					    &err), "configure", &err);
		one_day(&c, &d, polls);
		if (day == 1)
			first = d;
		if (day == 2)
			printf("days.row.b10 %" PRId64 " 0 0 1\n",
			       (d.evidence - first.evidence) * 10 /
			       (polls * PAIRS));
		print_day(day, &d);
	}
	poll_case_end(&c);
}
