/* SPDX-License-Identifier: MIT */
/* The invented market, its troubles, and the people between the polls. */
#include "replay_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "change.h"
#include "given.h"
#include "given_ports.h"
#include "log.h"
#include "simulate.h"

static const char *const venues[SCENE_VENUES] = { "aster", "edgex", "grvt",
						  "hyperliquid", "lighter" };

/* Every kind of line: at once, in a row, over time, with and without not. */
static const char text[] =
	"version: 1\n"
	"profiles:\n"
	"  first:\n"
	"    poll_interval: 60s\n"
	"    close:\n"
	"      - FLIPPED: flip(0.00001%%) for 3 polls\n"
	"      - SEVERE: erosion(0.1) for 30m and min_hold(2h)\n"
	"      - BETTER: better_opportunity(0.0040, horizon=12h) for 2 polls\n"
	"      - WINDOW: funding_window(10m) and not flip(-0.02%%)\n"
	"      - OLD: age(400h)\n"
	"    alert:\n"
	"      - THIN: oi_imbalance(high=2, low=0.5) or flip\n"
	"      - STALE: stale_data(3m)\n"
	"  second:\n"
	"    extends: first\n"
	"    close:\n"
	"      - SEVERE: erosion(0.1) for 30m and min_hold(2h)\n"
	"      - FLIPPED: flip(0.00001%%) for 3 polls\n"
	"      - BETTER: better_opportunity(0.0040)\n"
	"      - OLD: age(300h)\n"
	"accounts:\n"
	"  main: {profile: %s, mode: %s, shadow: conservative%s}\n";

/* The other rules take every venue the service lists, if it does. */
static const char all_venues[] =
	",\n         venues: [aster, edgex, grvt, hyperliquid, lighter]";

uint64_t scene_random(struct scene *s)
{
	s->seed ^= s->seed << 13;
	s->seed ^= s->seed >> 7;
	s->seed ^= s->seed << 17;
	return s->seed;
}

static int64_t below(struct scene *s, int64_t n)
{
	return (int64_t)(scene_random(s) % (uint64_t)n);
}

static bool chance(struct scene *s, int in)
{
	return below(s, in) == 0;
}

static void check(struct scene *s, bool ok)
{
	if (!ok)
		fail_msg("%s", s->err.text);
}

static struct dec number(int64_t n, int scale)
{
	struct dec d;

	assert_true(dec_join(&d, n, scale));
	return d;
}

/* ---- the market ---- */

static void move(struct scene *s)
{
	for (int v = 0; v < SCENE_VENUES; v++) {
		if (!chance(s, 9))	/* else this venue stands still */
			s->stamp[v] = instant_add(s->now,
				(struct span){ -1000 * below(s, 50) });
		if (chance(s, 400))
			s->every_s[v] = s->every_s[v] == 3600 ? 14400 : 3600;
		for (int k = 0; k < SCENE_SYMBOLS; k++)
			s->rate[k][v] += below(s, 9001) - 4500;
	}
	if (s->trouble > 0)
		s->trouble--;
	else if (chance(s, 60))
		s->trouble = (int)below(s, 12);
}

static void quote(struct scene *s, struct quote *q, int k, int v)
{
	char name[NAME_TEXT_MAX];

	snprintf(name, sizeof(name), "COIN%02d", k);
	*q = (struct quote){
		.symbol = given_symbol(name), .venue = given_venue(venues[v]),
		.rate = { number(s->rate[k][v], 9), RATE_8H_S },
		.observed_at = s->stamp[v],
		.next_funding = instant_next_on_grid(s->now, s->every_s[v], 0),
		.oi_usd = fact_known(number(50000 + s->rate[k][v] % 40000, 0)),
		.volume_usd = fact_unknown(WHY_NOT_ASKED),
		.mark_price = fact_unknown(WHY_NOT_ASKED),
	};
	if (chance(s, 40))
		q->why = WHY_NULL_VALUE;
	if (chance(s, 30))
		q->next_funding = INSTANT_UNKNOWN;
	if (chance(s, 40))
		q->oi_usd = fact_unknown(WHY_NOT_LISTED);
	if (chance(s, 50))
		q->observed_at = instant_add(s->now, span_s(-400));
}

static bool fetch(void *ctx, struct market *m, const struct fetch_plan *plan,
		  struct arena *arena, struct err *err)
{
	struct scene *s = ctx;
	bool down;

	(void)plan;
	(void)err;
	m->venues = arena_array(arena, SCENE_VENUES, sizeof(*m->venues));
	m->quotes = arena_array(arena, SCENE_VENUES * SCENE_SYMBOLS,
				sizeof(*m->quotes));
	m->dexes_known = !(s->trouble % 3 == 1);
	m->opportunities_known = true;
	m->n_venues = SCENE_VENUES;
	for (int v = 0; v < SCENE_VENUES; v++) {
		down = s->trouble > 6 || (s->trouble > 0 && chance(s, 2));
		m->venues[v] = (struct venue_view){
			.venue = given_venue(venues[v]), .listed = true,
			.active = v != 1 || s->polls % 500 < 400,
			.rates = down ? ANSWER_FAILED : ANSWER_OK,
			.symbols = ANSWER_OK, .rows = SCENE_SYMBOLS,
		};
		for (int k = 0; k < SCENE_SYMBOLS && !down; k++)
			quote(s, &m->quotes[m->n_quotes++], k, v);
	}
	return true;
}

static const struct account *account(const struct scene *s)
{
	return config_account(&s->config[s->rules], "main");
}

static void start(struct scene *s)
{
	static struct terms terms;
	struct wiring w = {
		.source = { s, fetch, NULL }, .notifier = given_notifier(true),
		.clock = given_clock(&s->now),
	};

	config_terms(&terms, &s->config[s->rules], account(s));
	if (!s->live)
		w.executor = simulate_executor(&terms);
	check(s, cycle_new(&s->cycle, &s->config[s->rules], account(s),
			   s->store, &w, &s->err));
	s->cycle->version = "scene";
}

static void add_pairs(struct scene *s, size_t n)
{
	check(s, store_begin(s->store, &s->err));
	for (size_t i = 0; i < n; i++) {
		int l = (int)(i % SCENE_VENUES);
		int r = (l + 1 + (int)(i / SCENE_VENUES) % 4) % SCENE_VENUES;
		char name[NAME_TEXT_MAX];
		struct position p;

		snprintf(name, sizeof(name), "COIN%02d",
			 (int)i % SCENE_SYMBOLS);
		p = given_position(name, venues[l], venues[r], "10000",
				   i % 7 ? "0.0004" : "-0.0001");
		p.id = 0;
		p.opened_at = instant_add(s->now, span_s(-3600 * below(s, 90)));
		check(s, store_add_position(s->store, &p, s->now, "cli", "",
					    &s->err));
	}
	check(s, store_commit(s->store, 1000, &s->err));
}

void scene_begin(struct scene *s, uint64_t seed, bool live, size_t pairs)
{
	*s = (struct scene){ .seed = seed, .live = live,
			     .now = given_time("2026-11-20T00:00:10Z") };
	log_open(LOG_LEVEL_ERR - 1, "main", !live);
	s->arena = arena_new();
	for (int i = 0; i < 2; i++) {
		struct complaints list;
		char yaml[2000];
		size_t n = (size_t)snprintf(yaml, sizeof(yaml), text,
					    i ? "second" : "first",
					    live ? "live" : "dry-run",
					    i ? "" : all_venues);

		check(s, config_load_text(&s->config[i], "scene.yaml", yaml, n,
					  s->arena, &list, &s->err));
	}
	for (int v = 0; v < SCENE_VENUES; v++) {
		s->every_s[v] = v % 2 ? 3600 : 28800;
		for (int k = 0; k < SCENE_SYMBOLS; k++)
			s->rate[k][v] = 100000 * (v + 1) + below(s, 90000);
	}
	check(s, store_open(&s->store, ":memory:", "main", !live, STORE_RUN,
			    &s->err));
	add_pairs(s, pairs);
	start(s);
}

void scene_restart(struct scene *s)
{
	cycle_free(s->cycle);
	start(s);
}

void scene_end(struct scene *s)
{
	cycle_free(s->cycle);
	store_close(s->store);
	arena_free(s->arena);
}

void scene_poll(struct scene *s)
{
	struct cycle_result r;
	int64_t step = chance(s, 50) ? 3600 : 60;

	if (chance(s, 300))
		step = -120;		/* the clock is set back */
	s->now = instant_add(s->now, span_s(step));
	move(s);
	check(s, cycle_poll(s->cycle, &r, &s->err));
	assert_true(r.recorded);
	s->polls++;
	s->closes += r.closes;
	s->alerts += r.alerts;
}

/* ---- people ---- */

static enum change_kind kind_for(struct scene *s, const struct position *p)
{
	if (p->status == STATUS_CLOSED)
		return CHANGE_REOPEN;
	if (p->status == STATUS_PENDING_CLOSE && chance(s, 2))
		return CHANGE_KEEP;
	return chance(s, 4) ? CHANGE_CLOSE : CHANGE_CONFIRM;
}

static void change_one(struct scene *s, const struct position *p)
{
	struct change_ask ask = {
		.kind = kind_for(s, p), .now = s->now, .note = "",
		.fees_usd = fact_known(number(below(s, 500), 2)),
		.keep_for = span_s(60 * (1 + below(s, 200))),
	};
	struct change c;

	if (!change_make(&c, p, &ask, &s->err))
		return;			/* reopened too late */
	check(s, store_begin(s->store, &s->err));
	if (c.rewrite)
		check(s, store_change_position(s->store, &c.position, &c.event,
					       &s->err));
	if (c.forget)
		check(s, store_forget_memory(s->store, p->id, &s->err));
	check(s, store_commit(s->store, 1000, &s->err));
}

void scene_act(struct scene *s)
{
	struct arena *arena = arena_new();
	struct position *list;
	size_t n;

	if (chance(s, 6)) {
		s->rules = !s->rules;
		check(s, cycle_configure(s->cycle, &s->config[s->rules],
					 account(s), &s->err));
	}
	check(s, store_positions(s->store, &list, &n, STORE_ALL,
				 INSTANT_UNKNOWN, arena, &s->err));
	change_one(s, &list[below(s, (int64_t)n)]);
	arena_free(arena);
}
