/* SPDX-License-Identifier: MIT */
/*
 * Facts and decisions of positions in memory. The same facts and what was
 * decided go into DIR/facts.tsv, where reference.py decides them again.
 */
#include "bench.h"
#include "decide.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POSITIONS	1000	/* compared with Python */
#define TIMED		100	/* the size of a large account */
#define ROUNDS		200
#define RUNS		31

struct rules_case {
	struct arena *arena;
	struct world world;
	struct config config;
	const struct profile *profile;
	struct terms terms;
	struct market market;
	struct item *items;
};

static void compute(struct rules_case *c, struct item *x)
{
	struct facts_memory none = FACTS_MEMORY_NONE;

	facts_compute(&x->facts, &x->pos, &c->market, &c->terms, &none);
}

static void set_up(struct rules_case *c, const char *dir)
{
	struct instant start = { INT64_C(1795206630000) };
	struct canned canned = { .world = &c->world };
	struct source source = canned_source(&canned);
	struct fetch_plan plan = { .now = start };
	struct err err = { ERR_NONE, "" };

	c->arena = arena_new();
	world_init(&c->world, 4, 50, start);
	bench_config(&c->config, c->arena, "both", 4, dir);
	c->profile = config_account(&c->config, "main")->profile;
	config_terms(&c->terms, &c->config,
		     config_account(&c->config, "main"));
	bench_check(source.fetch(source.ctx, &c->market, &plan, c->arena,
				 &err), "fetch", &err);
	market_seal(&c->market, &c->config.limits);
	c->items = arena_array(c->arena, POSITIONS, sizeof(*c->items));
	bench_check(c->items != NULL, "memory", NULL);
	for (size_t i = 0; i < POSITIONS; i++) {
		struct item *x = &c->items[i];

		item_begin(x, &c->world, i);
		compute(c, x);
		item_vary(x, i, x->facts.v[FACT_DIVERGENCE].v);
		compute(c, x);
	}
}

static struct decide_now moment(const struct rules_case *c, int64_t round)
{
	struct instant now = instant_add(c->world.now, span_s(60 * round));
	struct instant seen = instant_add(now, span_s(-5));

	return (struct decide_now){
		.now = now, .observed = { seen, seen },
		.last_poll = instant_add(now, span_s(-60)),
	};
}

static void decide_some(struct rules_case *c, size_t n, int64_t round)
{
	struct decide_now now = moment(c, round);

	for (size_t i = 0; i < n; i++) {
		struct item *x = &c->items[i];

		decide(&x->decision, x->slots, &x->watch, &x->pos, &x->facts,
		       c->profile, &now);
	}
}

/* Facts by their number, "?" unknown; then the deciding line, the verdicts. */
static void write_item(FILE *f, const struct item *x)
{
	char text[DEC_TEXT_MAX];

	for (int id = 0; id < FACT_COUNT; id++) {
		dec_format(text, x->facts.v[id].v);
		fprintf(f, "%s\t", x->facts.v[id].known ? text : "?");
	}
	fprintf(f, "%s\t%s\t", action_word(x->decision.action),
		x->decision.label.s);
	for (int i = 0; i < x->decision.n_lines; i++)
		fputc("FTU"[x->decision.finding[i].verdict], f);
	fputc('\n', f);
}

static void write_items(const struct rules_case *c, const char *dir)
{
	char path[CONFIG_TEXT_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/facts.tsv", dir);
	f = fopen(path, "w");
	bench_check(f != NULL, path, NULL);
	for (int id = 0; id < FACT_COUNT; id++)
		fprintf(f, "%s\t", fact_name((enum fact_id)id));
	fprintf(f, "action\tlabel\tverdicts\n");
	for (size_t i = 0; i < POSITIONS; i++)
		write_item(f, &c->items[i]);
	bench_check(fclose(f) == 0, path, NULL);
}

void case_rules(const char *dir)
{
	const int runs = bench_runs(RUNS);
	struct rules_case c = { .arena = NULL };
	struct series rules = { .n = 0 }, facts = { .n = 0 };
	int64_t round = 0;

	set_up(&c, dir);
	decide_some(&c, POSITIONS, round++);
	write_items(&c, dir);
	for (int r = 0; r < runs; r++) {
		int64_t start = bench_cpu_ns(), middle;

		for (int k = 0; k < ROUNDS; k++)
			decide_some(&c, TIMED, round++);
		middle = bench_cpu_ns();
		series_add(&rules, (middle - start) * 10 / (ROUNDS * TIMED));
		for (int k = 0; k < ROUNDS / 10; k++)
			for (size_t i = 0; i < TIMED; i++)
				compute(&c, &c.items[i]);
		series_add(&facts, (bench_cpu_ns() - middle) * 10 /
				   (ROUNDS / 10 * TIMED));
	}
	series_print("rules.ns10", &rules);
	series_print("facts.ns10", &facts);
	world_free(&c.world);
	arena_free(c.arena);
}
