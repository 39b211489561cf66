/* SPDX-License-Identifier: MIT */
/*
 * The real monitor in a simulated world: its configuration, the wiring that
 * `run` does, one life after the other, and what happens when one ends.
 */
#include "sim_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "log.h"
#include "sim_check.h"
#include "sim_disk.h"
#include "simulate.h"

#define CALM_MS		(26 * HOUR_MS)

/* ---- drawing and failing ---- */

int64_t sim_below(struct sim *s, int64_t n)
{
	uint64_t z = s->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return n > 0 ? (int64_t)((z ^ z >> 31) % (uint64_t)n) : 0;
}

bool sim_chance(struct sim *s, int64_t in)
{
	return sim_below(s, in) == 0;
}

void sim_fail(struct sim *s, int64_t position, const char *what, ...)
{
	static const char *const kinds[SIM_KINDS] = {
		"on paper", "closed by a person", "webhook",
		"webhook and book", "trading client"
	};
	char text[1200], at[INSTANT_TEXT_MAX];
	va_list ap;

	if (s->failed)
		return;
	s->failed = true;
	va_start(ap, what);
	vsnprintf(text, sizeof(text), what, ap);
	va_end(ap);
	instant_format(at, (struct instant){ s->truth });
	printf("# FAILED seed %" PRIu64 " (%s, polls every %" PRId64 " s), "
	       "day %" PRId64 ", poll %" PRId64 ", position %" PRId64 ", %s: "
	       "%s\n# again: build/simulate --seed %" PRIu64 " --days %d -v\n",
	       s->seed, kinds[s->kind], s->interval / 1000,
	       (s->truth - s->begin) / (24 * HOUR_MS) + 1, s->seq, position,
	       at, text, s->seed, s->days);
	fflush(stdout);
}

void sim_must(struct sim *s, bool ok)
{
	if (!ok)
		sim_fail(s, 0, "%s", s->err.text[0] ? s->err.text :
			 "a sum left the range");
}

const struct account *sim_account(const struct sim *s)
{
	return &s->account[s->in_force];
}

const struct profile *sim_profile(const struct sim *s)
{
	return sim_account(s)->profile;
}

/* ---- configuration ---- */

static void load(struct sim *s, int which)
{
	struct complaints list;
	char text[6000];
	size_t n = sim_yaml(text, sizeof(text), s, which);
	const struct account *a;

	sim_must(s, config_load_text(&s->config[which], "simulated.yaml", text,
				     n, s->arena, &list, &s->err));
	a = s->failed ? NULL : config_account(&s->config[which], "main");
	if (a)
		s->account[which] = *a;
}

/* Most seeds poll seldom: that is what makes thousands of days possible. */
static int64_t draw_interval(struct sim *s)
{
	static const int64_t minutes[24] = {
		5, 10, 30, 60, 60, 60, 30, 60, 10, 60, 30, 60,
		5, 60, 30, 60, 10, 60, 30, 60, 60, 60, 30, 60,
	};

	return s->seed % 50 == 7 ? MINUTE_MS :
	       minutes[s->seed % 24] * MINUTE_MS;
}

static void draw_world(struct sim *s)
{
	s->random = s->seed * UINT64_C(0x2545f4914f6cdd1d) + 1;
	s->kind = (enum sim_kind)sim_below(s, SIM_KINDS);
	s->interval = s->interval ? s->interval : draw_interval(s);
	s->begin = INT64_C(1767225600000) + sim_below(s, 24 * HOUR_MS);
	s->truth = s->begin;
	s->end = s->begin + s->days * 24 * HOUR_MS;
	s->calm = s->end - CALM_MS > s->begin ? s->end - CALM_MS : s->begin;
	s->next_event = s->truth + sim_below(s, HOUR_MS);
	if (s->quiet) {
		s->kind = SIM_PERSON;
		s->calm = s->begin;
	}
	s->last_at = s->newest_at = s->attempt = NEVER;
	sim_service_begin(s);
	sim_draw_rules(s);
}

static void make_directory(struct sim *s)
{
	snprintf(s->directory, sizeof(s->directory),
		 "/tmp/carrywatch-simulate-XXXXXX");
	if (!mkdtemp(s->directory))
		sim_fail(s, 0, "no directory");
	snprintf(s->database, sizeof(s->database), "%s/main.db",
		 s->directory);
}

void sim_open(struct sim *s, uint64_t seed, int days, bool verbose)
{
	s->seed = seed;
	s->days = days;
	s->verbose = verbose;
	draw_world(s);
	make_directory(s);
	disk_format();
	log_open(verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERR - 1, "main",
		 s->kind == SIM_PAPER);
	s->arena = arena_new();
	s->scratch = arena_new();
	s->position = calloc(SIM_POSITIONS, sizeof(*s->position));
	s->taken = calloc(SIM_TAKEN, 1);
	load(s, 0);
	load(s, 1);
}

void sim_close(struct sim *s)
{
	unlink(s->database);
	rmdir(s->directory);
	if (s->said)
		munmap(s->said, s->cap_said * sizeof(*s->said));
	free(s->position);
	free(s->taken);
	arena_free(s->arena);
	arena_free(s->scratch);
}

/* ---- one life ---- */

static bool hear(void *ctx, const struct message *m)
{
	struct sim *s = ctx;

	(void)m;
	return s->calm_begun || !sim_chance(s, 50);
}

static bool reload(void *ctx, struct cycle *c, struct err *err)
{
	struct sim *s = ctx;
	int next = !s->in_force;
	struct run_post_news news;

	if (!run_post_read(&news, &s->account[next], err))
		return false;
	if (!run_post_ready(&s->post, &s->account[next], err) ||
	    !cycle_configure(c, &s->config[next], &s->account[next], err)) {
		run_post_drop(&news);
		return false;
	}
	run_post_use(&s->post, &news, &s->account[next]);
	s->in_force = next;
	config_terms(&s->terms, &s->config[next], &s->account[next]);
	s->count.reloads++;
	return true;
}

/* Nothing may stand there of a poll that could not be recorded. */
static void not_recorded(struct sim *s, const struct err *why)
{
	s->count.unrecorded++;
	if (why->kind == ERR_OUTCOME)
		return;			/* found out at the next start */
	s->pending = false;
	if (sim_last_seq(s) != s->seq)
		sim_fail(s, 0, "RECORDED although it was said not to be: %s",
			 why->text);
}

static bool polled(void *ctx, const struct cycle_result *r,
		   const struct err *why)
{
	struct sim *s = ctx;

	if (disk_dead())
		return false;
	if (why)
		not_recorded(s, why);
	else if (!s->pending || r->seq != s->seq + 1)
		sim_fail(s, 0, "POLL %" PRId64 " came after %" PRId64, r->seq,
			 s->seq);
	else
		sim_model_commit(s);
	run_post_polled(&s->post, r->at, why);
	if (s->watch)
		s->watch(s);
	return false;			/* no backups here */
}

/* Did the last poll of the life before get written down? */
static void catch_up(struct sim *s)
{
	int64_t seq = sim_last_seq(s);

	if (s->pending && seq == s->seq + 1)
		sim_model_commit(s);
	else if (seq != s->seq)
		sim_fail(s, 0, "LOST: poll %" PRId64 " was the last, now it "
			 "is %" PRId64, s->seq, seq);
	s->pending = false;
}

static struct wiring wiring_of(struct sim *s)
{
	struct wiring w = {
		.source = sim_source(s), .notifier = { s, hear },
		.clock = sim_clock(s), .book = sim_book(s),
		.simulated = s->kind == SIM_PAPER,
	};

	config_terms(&s->terms, &s->config[s->in_force], sim_account(s));
	if (w.simulated)
		w.executor = simulate_executor(&s->terms);
	return w;
}

static void start(struct sim *s)
{
	struct wiring w = wiring_of(s);

	sim_check_open(s);
	catch_up(s);
	s->post = (struct run_post){ .outbound.courier = sim_courier(s) };
	sim_must(s, run_post_open(&s->post, &(struct run_post_options){
			 sim_account(s), s->store, w.clock, w.simulated,
			 s->seed, &s->config[s->in_force].reach, false, false },
		       &s->err) &&
		 cycle_new(&s->cycle, &s->config[s->in_force], sim_account(s),
			   s->store, &w, &s->err));
	if (s->failed)
		return;
	s->cycle->version = "simulated";
	s->daemon = (struct daemon){
		.cycle = s->cycle, .outbound = &s->post.outbound,
		.reload = reload, .reload_ctx = s, .polled = polled,
		.polled_ctx = s,
	};
}

static void stop(struct sim *s)
{
	sim_check_close();
	cycle_free(s->cycle);
	s->cycle = NULL;
	run_post_close(&s->post);
	s->post = (struct run_post){ .deliver = NULL };
	store_close(s->store);
	s->store = NULL;
}

static void first_positions(struct sim *s)
{
	for (int64_t n = 2 + sim_below(s, 4); n > 0; n--)
		sim_open_position(s);
}

static void one_life(struct sim *s)
{
	disk_boot();
	sim_client_forget(s);
	sim_must(s, store_open(&s->store, s->database, "main",
			       s->kind == SIM_PAPER, STORE_RUN, &s->err));
	if (s->failed)
		return;
	start(s);
	if (s->seq == 0 && !s->failed && s->n_positions == 0)
		first_positions(s);
	if (!s->failed)
		daemon_run(&s->daemon);
	if (s->truth >= s->end && !disk_dead())
		sim_check_end(s);
	stop(s);
}

void sim_run(struct sim *s)
{
	int64_t away;

	while (!s->failed && s->truth < s->end) {
		one_life(s);
		if (s->truth >= s->end)
			break;
		s->count.restarts++;
		s->count.crashes += disk_dead();
		away = sim_below(s, sim_chance(s, 4) ? 20 * MINUTE_MS : 20000);
		s->truth += away;
		s->excused += away;
	}
}
