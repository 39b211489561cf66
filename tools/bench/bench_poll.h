/* SPDX-License-Identifier: MIT */
/* A monitor over the invented world, for the cases that need whole polls. */
#ifndef CARRYWATCH_BENCH_POLL_H
#define CARRYWATCH_BENCH_POLL_H

#include "bench.h"
#include "cycle_work.h"

struct poll_case {
	struct arena *arena, *scratch;
	struct world world;		/* made by the caller */
	struct canned canned;
	struct config config;
	struct store *store;
	struct cycle *cycle;
	char path[CONFIG_TEXT_MAX];	/* of the database */
	/* CPU and wall when the clock was last read. */
	int64_t asked, asked_wall;
};

void poll_case_begin(struct poll_case *c, const char *dir, const char *path,
		     size_t positions);
void poll_case_end(struct poll_case *c);
/* The pairs of the world's now. */
void poll_case_pairs(struct poll_case *c, struct store *s, size_t n);
/* Of the database as a file; of its evidence. */
int64_t poll_case_file_bytes(const struct poll_case *c);
int64_t poll_case_evidence_bytes(const struct poll_case *c);
/* One poll, and nothing closes. */
void poll_case_poll(struct poll_case *c, size_t positions);

#endif
