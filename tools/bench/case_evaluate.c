/* SPDX-License-Identifier: MIT */
/*
 * What replay and backtest do per position and poll, with the polls in
 * memory: facts and decision, by the very code of the live poll. Every rate
 * and time moves with every poll; what is kept from poll to poll is what they
 * keep, and whether it may be kept is asked again at each. The quotes and
 * every decision go into DIR, where reference.py makes them again.
 */
#include "bench.h"
#include "decide.h"
#include "facts_plan.h"

#include <inttypes.h>
#include <stdio.h>

#define POLLS		64
#define APART_S		600	/* so that `for 8h` has time to come true */
#define POSITIONS	100
#define RUNS		31

struct evaluate_case {
	struct arena *arena;
	struct config config;
	const struct profile *profile;
	struct terms terms;
	struct market market[POLLS];
	struct facts_plan plan[POSITIONS];
	struct item *items;
	struct facts facts;		/* of the position at hand */
	struct decision decision;
	uint64_t wanted;
	FILE *out;			/* NULL: only measured */
};

static void fetch_all(struct evaluate_case *c, struct world *w)
{
	struct canned canned = { .world = w };
	struct source source = canned_source(&canned);
	struct err err = { ERR_NONE, "" };

	for (size_t i = 0; i < POLLS; i++) {
		struct fetch_plan plan = { .now = w->now };

		bench_check(source.fetch(source.ctx, &c->market[i], &plan,
					 c->arena, &err), "fetch", &err);
		market_seal(&c->market[i], &c->config.limits);
		w->now = instant_add(w->now, span_s(APART_S - 60));
		world_move(w);
	}
}

static void begin_items(struct evaluate_case *c, const struct world *w)
{
	const struct facts_memory none = FACTS_MEMORY_NONE;

	for (size_t i = 0; i < POSITIONS; i++) {
		struct item *x = &c->items[i];

		item_begin(x, w, i);
		facts_compute(&x->facts, &x->pos, &c->market[0], &c->terms,
			      &none);
		item_vary(x, i, x->facts.v[FACT_DIVERGENCE].v);
	}
}

static void make_plans(struct evaluate_case *c, const struct market *m)
{
	for (size_t i = 0; i < POSITIONS; i++)
		facts_plan(&c->plan[i], &c->items[i].pos, m, &c->terms);
}

static struct instant seen(const struct quote *q)
{
	return q && q->why == WHY_KNOWN ? q->observed_at : INSTANT_UNKNOWN;
}

static void write_decision(FILE *out, const struct decision *d)
{
	fprintf(out, "%s\t%s\t", action_word(d->action), d->label.s);
	for (int i = 0; i < d->n_lines; i++)
		fputc("FTU"[d->finding[i].verdict], out);
	fputc('\n', out);
}

static void evaluate(struct evaluate_case *c, size_t i, const struct market *m,
		     struct decide_now *now)
{
	const struct facts_plan *plan = &c->plan[i];
	struct item *x = &c->items[i];
	struct facts_memory memory = {
		{ x->watch.counted[LEG_LONG], x->watch.counted[LEG_SHORT] },
		{ true, WHY_KNOWN, DEC_ZERO }, NULL
	};

	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		now->observed[s] = seen(facts_plan_quote(plan, m,
							 (enum side)s));
	facts_compute_planned(&c->facts, plan, &x->pos, m, &c->terms, &memory,
			      c->wanted);
	decide(&c->decision, x->slots, &x->watch, &x->pos, &c->facts,
	       c->profile, now);
	if (c->out)
		write_decision(c->out, &c->decision);
}

static void walk(struct evaluate_case *c)
{
	struct decide_now now = { .last_poll = INSTANT_UNKNOWN };

	for (size_t k = 0; k < POLLS; k++) {
		const struct market *m = &c->market[k];

		now.now = m->taken_at;
		if (k == 0 || !market_same_keys(m, &c->market[k - 1]))
			make_plans(c, m);
		for (size_t i = 0; i < POSITIONS; i++)
			evaluate(c, i, m, &now);
		now.last_poll = m->taken_at;
	}
}

static FILE *create(const char *dir, const char *name)
{
	char path[CONFIG_TEXT_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.tsv", dir, name);
	f = fopen(path, "w");
	bench_check(f != NULL, path, NULL);
	return f;
}

static void write_fact(FILE *f, struct fact v, char end)
{
	char text[DEC_TEXT_MAX];

	dec_format(text, v.v);
	fprintf(f, "%s%c", v.known ? text : "?", end);
}

static void write_quotes(const struct evaluate_case *c, FILE *f)
{
	for (size_t k = 0; k < POLLS; k++) {
		for (size_t i = 0; i < c->market[k].n_quotes; i++) {
			const struct quote *q = &c->market[k].quotes[i];

			fprintf(f, "%" PRId64 "\t%s\t%s\t%" PRId64 "\t",
				c->market[k].taken_at.ms, q->symbol.s,
				q->venue.s, q->observed_at.ms);
			write_fact(f, fact_known(q->rate.fraction), '\t');
			write_fact(f, q->oi_usd, '\n');
		}
	}
	bench_check(fclose(f) == 0, "quotes", NULL);
}

static void write_positions(const struct evaluate_case *c, FILE *f)
{
	for (size_t i = 0; i < POSITIONS; i++) {
		const struct position *p = &c->items[i].pos;

		fprintf(f, "%s\t%s\t%s\t%" PRId64 "\t", p->symbol.s,
			p->leg[LEG_LONG].venue.s, p->leg[LEG_SHORT].venue.s,
			p->opened_at.ms);
		write_fact(f, fact_known(c->terms.round_trip), '\t');
		write_fact(f, p->entry_divergence, '\t');
		write_fact(f, p->entry_oi_ratio, '\n');
	}
	bench_check(fclose(f) == 0, "positions", NULL);
}

static void measure_profile(struct evaluate_case *c, const struct world *first,
			    const char *name, const char *dir)
{
	const int runs = bench_runs(RUNS);
	struct series s = { .n = 0 };
	char key[64];

	c->wanted = profile_uses(c->profile);
	facts_forget(&c->facts);
	for (int r = -1; r < runs; r++) {
		int64_t start;

		begin_items(c, first);
		snprintf(key, sizeof(key), "evaluate-%s", name);
		c->out = r < 0 ? create(dir, key) : NULL;
		start = bench_cpu_ns();
		walk(c);
		if (r >= 0)
			series_add(&s, (bench_cpu_ns() - start) * 10 /
				       (POLLS * POSITIONS));
		else
			bench_check(fclose(c->out) == 0, key, NULL);
	}
	snprintf(key, sizeof(key), "evaluate.%s.ns10", name);
	series_print(key, &s);
}

void case_evaluate(const char *dir)
{
	static const char *const profiles[] = { "steady", "conservative",
						"aggressive", "both" };
	struct instant start = { INT64_C(1795206630000) };

	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
		static struct evaluate_case c;
		char name[64];
		struct world w, first = { .n_venues = 4, .n_symbols = 50,
					  .now = start };

		c.arena = arena_new();
		bench_config(&c.config, c.arena, profiles[i], 4, dir);
		c.profile = config_account(&c.config, "main")->profile;
		config_terms(&c.terms, &c.config,
			     config_account(&c.config, "main"));
		c.items = arena_array(c.arena, POSITIONS, sizeof(*c.items));
		bench_check(c.items != NULL, "memory", NULL);
		world_init(&w, 4, 50, start);
		fetch_all(&c, &w);
		measure_profile(&c, &first, profiles[i], dir);
		write_quotes(&c, create(dir, "evaluate-quotes"));
		snprintf(name, sizeof(name), "evaluate-positions-%s",
			 profiles[i]);
		write_positions(&c, create(dir, name));
		world_free(&w);
		arena_free(c.arena);
	}
}
