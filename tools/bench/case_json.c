/* SPDX-License-Identifier: MIT */
/* One answer of about 1 MB: its syntax alone, and all the way to quotes. */
#include "bench.h"
#include "service_parse.h"

#define SYMBOLS	5600
#define RUNS	41

static void syntax(const struct text_body *b)
{
	struct err err = { ERR_NONE, "" };
	struct json j;

	json_init(&j, b->s, b->n, &err);
	bench_check(json_skip(&j) && json_finish(&j), "syntax", &err);
}

static void quotes(const struct text_body *b, struct arena *arena)
{
	struct err err = { ERR_NONE, "" };
	struct json_text body = { b->s, b->n };
	struct service_rows rows;

	arena_reset(arena);
	bench_check(service_parse_rates(&rows, world_venue(0), body, arena,
					&err) &&
		    rows.n == SYMBOLS && rows.malformed == 0, "rates", &err);
}

void case_json(const char *dir)
{
	const int runs = bench_runs(RUNS);
	struct instant start = { INT64_C(1795206630000) };
	struct series skip = { .n = 0 }, parse = { .n = 0 }, size = { .n = 0 };
	struct arena *arena = arena_new();
	struct world w;

	world_init(&w, 1, SYMBOLS, start);
	world_write(&w, dir);
	for (int r = 0; r < runs; r++) {
		int64_t t0 = bench_cpu_ns(), t1;

		syntax(&w.rates[0]);
		t1 = bench_cpu_ns();
		series_add(&skip, t1 - t0);
		quotes(&w.rates[0], arena);
		series_add(&parse, bench_cpu_ns() - t1);
	}
	series_add(&size, (int64_t)w.rates[0].n);
	series_print("json.bytes", &size);
	series_print("json.skip.ns", &skip);
	series_print("json.rates.ns", &parse);
	arena_free(arena);
	world_free(&w);
}
