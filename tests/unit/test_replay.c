/* SPDX-License-Identifier: MIT */
/*
 * Golden property: what was recorded comes out again, whatever happened
 * meanwhile, from the oldest poll on and from any later one; and what is not
 * what was recorded is found.
 */
#include "replay_load.h"
#include "replay_scene.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t seed_of(void)
{
	const char *text = getenv("CW_SEED");
	uint64_t seed = text ? strtoull(text, NULL, 10) : 20261120;

	print_message("# CW_SEED=%" PRIu64 "\n", seed);
	return seed ? seed : 1;
}

static void check(struct scene *s, bool ok)
{
	if (!ok)
		fail_msg("%s", s->err.text);
}

/* All polls from `since` on; the arena holds the pairs. */
static struct replay replayed(struct scene *s, struct instant since,
			      struct arena *arena,
			      const struct profile *profile)
{
	struct replay r = { .profile = profile, .verify = !profile,
			    .since = since, .until = INSTANT_UNKNOWN };
	struct source_store *source;
	struct recorded_poll p;
	bool more;

	check(s, replay_load(&r, s->store, arena, &s->err));
	check(s, source_store_open(&source, s->store, "main", since, &s->err));
	for (;;) {
		check(s, source_store_next(source, &p, &more, &s->err));
		if (!more)
			break;
		check(s, replay_step(&r, &p, &s->err));
	}
	source_store_close(source);
	return r;
}

static void assert_same(struct scene *s, struct instant since, int64_t polls)
{
	struct arena *arena = arena_new();
	struct replay r = replayed(s, since, arena, NULL);

	if (r.differs)
		fail_msg("%s", r.difference);
	assert_int_equal(r.unsure, 0);
	assert_true(r.polls >= polls);
	if (!instant_known(since))
		assert_int_equal(r.compared, r.evaluations);
	assert_true(r.compared > polls);
	print_message("# %" PRId64 " polls, %" PRId64 " evaluations, %" PRId64
		      " compared, %" PRId64 " closes\n", r.polls,
		      r.evaluations, r.compared, s->closes);
	arena_free(arena);
}

static void play(struct scene *s, int polls, bool people)
{
	for (int i = 0; i < polls; i++) {
		scene_poll(s);
		if (people && scene_random(s) % 3 == 0)
			scene_act(s);
		if (people && scene_random(s) % 97 == 0)
			scene_restart(s);
	}
}

static void a_long_run_with_people_comes_out_again(void **state)
{
	struct scene s;
	struct instant middle;

	(void)state;
	scene_begin(&s, seed_of(), true, 50);
	play(&s, 700, true);
	middle = s.now;
	play(&s, 700, true);
	assert_true(s.closes > 20 && s.alerts > 1000);
	assert_same(&s, INSTANT_UNKNOWN, 1400);
	assert_same(&s, middle, 600);
	scene_end(&s);
}

/* Sanitizers and valgrind see no more in the last of them than in the first. */
static int many_polls(void)
{
#ifdef __SANITIZE_ADDRESS__
	return 300;
#else
	return getenv("CW_VALGRIND") ? 300 : 2000;
#endif
}

static void many_polls_of_fifty_pairs_come_out_again(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, seed_of() + 1, true, 50);
	play(&s, many_polls(), false);
	assert_same(&s, INSTANT_UNKNOWN, many_polls());
	scene_end(&s);
}

static void simulated_closes_come_out_again(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, seed_of() + 2, false, 60);
	play(&s, 500, false);
	assert_true(s.closes > 10);
	assert_same(&s, INSTANT_UNKNOWN, 500);
	scene_end(&s);
}

/* ---- another profile ---- */

/* From any poll on: what was paid by then is known, at key polls or not. */
static void another_profile_begins_with_what_was_paid(void **state)
{
	struct arena *arena = arena_new();
	struct instant at[40];
	struct scene s;
	int closed = 0;

	(void)state;
	scene_begin(&s, seed_of() + 4, false, 60);
	play(&s, 100, false);
	for (int i = 0; i < 40; i++) {
		play(&s, 10, false);
		at[i] = s.now;
	}
	for (int i = 0; i < 40; i += 3) {
		struct replay r = replayed(&s, at[i], arena,
					   config_profile(&s.config[1],
							  "second"));

		for (size_t k = 0; k < r.n; k++) {
			const struct replay_pair *p = &r.pairs[k];

			if (!p->begun)
				continue;
			closed += p->recorded.status == STATUS_CLOSED;
			assert_false(p->fees_whole);
			assert_int_equal(dec_sign(p->x.pos.fees_usd), 0);
		}
	}
	assert_true(closed > 10);
	arena_free(arena);
	scene_end(&s);
}

/* Of the first pair; and the poll at which the other profile let go of it. */
static struct fact funding_at_the_end(struct scene *s, struct instant *end)
{
	struct arena *arena = arena_new();
	struct replay r = replayed(s, INSTANT_UNKNOWN, arena,
				   config_profile(&s->config[1], "second"));
	struct fact out = r.pairs[0].funding.sum_usd;	/* of what is known */

	assert_int_equal(r.pairs[0].recorded.id, 1);
	assert_true(r.pairs[0].begun && r.pairs[0].booked > 3);
	*end = r.pairs[0].over ? r.pairs[0].closed_at : s->now;
	arena_free(arena);
	return out;
}

/* The venue's word on a booked settlement of the first pair, told at t. */
static void report_first(struct scene *s, struct instant t)
{
	struct arena *arena = arena_new();
	struct settlement *rows;
	size_t n, i;

	check(s, store_settlements(s->store, &rows, &n, 1, arena, &s->err));
	for (i = 0; i < n && !rows[i].amount_usd.known; i++)
		;
	assert_true(i < n);
	rows[i].reported_usd = fact_known(dec_int(1000));
	rows[i].reported_at = t;
	check(s, store_begin(s->store, &s->err));
	check(s, store_report_settlements(s->store, &rows[i], 1, &s->err));
	check(s, store_commit(s->store, 1000, &s->err));
	arena_free(arena);
}

/* What a venue reported later is no reason to close before. */
static void another_profile_knows_no_report_before_it_came(void **state)
{
	struct instant last, then, end;
	struct fact before, after;
	struct scene s;

	(void)state;
	scene_begin(&s, seed_of() + 5, true, 1);
	play(&s, 900, false);
	then = s.now;
	play(&s, 300, false);
	before = funding_at_the_end(&s, &last);
	report_first(&s, (struct instant){ last.ms + 1 });
	after = funding_at_the_end(&s, &end);
	assert_int_equal(end.ms, last.ms);
	assert_true(fact_same(before, after));
	/* Told at a poll or before it: known there. */
	report_first(&s, last);
	after = funding_at_the_end(&s, &end);
	assert_int_equal(end.ms, last.ms);
	assert_false(fact_same(before, after));
	report_first(&s, then.ms < last.ms ? then : last);
	assert_true(fact_same(after, funding_at_the_end(&s, &end)));
	scene_end(&s);
}

/* ---- what must be found ---- */

static void assert_found(struct scene *s, const char *word)
{
	struct arena *arena = arena_new();
	struct replay r = replayed(s, INSTANT_UNKNOWN, arena, NULL);

	assert_true(r.differs);
	if (!strstr(r.difference, word))
		fail_msg("\"%s\" is not in: %s", word, r.difference);
	arena_free(arena);
}

static void another_input_is_found(void **state)
{
	struct arena *arena = arena_new();
	struct position *list;
	struct event e = { .kind = "note", .by = "cli", .note = "" };
	struct scene s;
	size_t n;

	(void)state;
	scene_begin(&s, seed_of() + 3, true, 10);
	play(&s, 80, false);
	check(&s, store_positions(s.store, &list, &n, STORE_WATCHED,
				  INSTANT_UNKNOWN, arena, &s.err));
	check(&s, store_begin(s.store, &s.err));
	for (size_t i = 0; i < n; i++) {	/* one may be as low anyway */
		e.position = list[i].id;
		list[i].entry_divergence = fact_known(dec_lit("0.9"));
		check(&s, store_change_position(s.store, &list[i], &e, &s.err));
	}
	check(&s, store_commit(s.store, 1000, &s.err));
	assert_found(&s, "SEVERE");
	arena_free(arena);
	scene_end(&s);
}

static void every_part_of_a_row_is_compared(void **state)
{
	struct watched x = { .slots = (struct streak[]){ STREAK_NONE } };
	struct evidence_row row = { .line = -1, .n_lines = 1, .n_slots = 1,
				    .slot = { STREAK_NONE } };
	struct profile p = { .n_lines = 1, .n_close = 1 };
	char buf[200];

	(void)state;
	p.line[0].n_slots = 1;
	x.decision = (struct decision){ .line = -1, .n_lines = 1 };
	assert_true(replay_same(buf, sizeof(buf), &x, &row, &p));
#define DIFFERS(change) do { \
	struct evidence_row kept = row; \
	change; \
	assert_false(replay_same(buf, sizeof(buf), &x, &row, &p)); \
	assert_true(buf[0] != '\0'); \
	row = kept; \
} while (0)
	DIFFERS(row.action = ACTION_ALERT);
	DIFFERS(row.label.s[0] = 'A');
	DIFFERS(row.line = 0);
	DIFFERS(row.new_data = true);
	x.decision.new_data = row.new_data = true;
	DIFFERS(row.new_data = false);
	x.decision.new_data = row.new_data = false;
	DIFFERS(row.n_lines = 0);
	DIFFERS(row.finding[0].verdict = VERDICT_TRUE);
	DIFFERS(row.finding[0].verdict = VERDICT_UNKNOWN);
	DIFFERS(row.finding[0] = ((struct finding){
		.verdict = VERDICT_UNKNOWN, .missing = FACT_COUNT }));
	assert_string_equal(buf, ": recorded unknown, replayed false");
	DIFFERS(row.slot[0].count = 1);
	DIFFERS(row.n_slots = 0);
	x.decision.finding[0].verdict = VERDICT_UNKNOWN;
	row.finding[0].verdict = VERDICT_UNKNOWN;
	assert_true(replay_same(buf, sizeof(buf), &x, &row, &p));
	DIFFERS(row.finding[0].missing = FACT_AGE);
	DIFFERS(row.finding[0].why = WHY_STALE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_run_with_people_comes_out_again),
		cmocka_unit_test(many_polls_of_fifty_pairs_come_out_again),
		cmocka_unit_test(simulated_closes_come_out_again),
		cmocka_unit_test(another_profile_begins_with_what_was_paid),
		cmocka_unit_test(another_profile_knows_no_report_before_it_came),
		cmocka_unit_test(another_input_is_found),
		cmocka_unit_test(every_part_of_a_row_is_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
