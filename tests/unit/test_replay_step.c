/* SPDX-License-Identifier: MIT */
/*
 * One recorded poll at a time: what a record that contradicts itself is told,
 * what people did between polls of version 0.1.0, and what another profile is
 * given and no longer given.
 */
#include "replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "given.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define PAIRS 3

struct bench {
	struct arena *arena;
	struct account account;
	struct replay_pair pairs[PAIRS];	/* 1, 3 and 5 */
	struct event events[4];
	struct evidence_row rows[PAIRS];
	struct evidence_memory memory;
	struct recorded_poll poll;
	struct replay r;
	struct err err;
};

static const struct given_quote quotes[] = {
	{ "BTC", "grvt", "0.0003", WHY_KNOWN, NULL, NULL, NULL },
	{ "BTC", "lighter", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
	/* more venues than are asked for ahead of a pair */
	{ "BTC", "v1", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
	{ "BTC", "v2", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
	{ "BTC", "v3", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
	{ "BTC", "v4", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
	{ "BTC", "v5", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
	{ "BTC", "v6", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
	{ "BTC", "v7", "0.0009", WHY_KNOWN, NULL, NULL, NULL },
	{ NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL },
};

static int set_up(void **state)
{
	static const char *const close[] = { "FLIP: flip for 2 polls", NULL };
	static struct bench b;

	b = (struct bench){ .arena = arena_new() };
	b.account.profile = given_profile(b.arena, close, NULL);
	for (int i = 0; i < PAIRS; i++) {
		b.pairs[i].recorded = given_position("BTC", "lighter", "grvt",
						     "1000", "0.0002");
		b.pairs[i].recorded.id = 2 * i + 1;
		b.pairs[i].events = b.events;
		replay_begin(&b.pairs[i]);
		b.rows[i] = (struct evidence_row){
			.position = 2 * i + 1, .line = -1 };
	}
	b.poll = (struct recorded_poll){
		.seq = 5, .at = given_time(GIVEN_NOW), .last = INSTANT_UNKNOWN,
		.account = &b.account, .keys = 1,
		.market = given_market(b.arena, GIVEN_NOW, quotes),
		.view = { .rows = b.rows, .n_rows = 1 },
	};
	given_terms(&b.poll.terms);
	b.r = (struct replay){ .pairs = b.pairs, .n = PAIRS,
			       .since = INSTANT_UNKNOWN,
			       .until = INSTANT_UNKNOWN };
	*state = &b;
	return 0;
}

static int tear_down(void **state)
{
	arena_free(((struct bench *)*state)->arena);
	return 0;
}

static void step(struct bench *b)
{
	if (!replay_step(&b->r, &b->poll, &b->err))
		fail_msg("%s", b->err.text);
}

static void assert_refused(struct bench *b, const char *why)
{
	assert_false(replay_step(&b->r, &b->poll, &b->err));
	assert_int_equal(b->err.kind, ERR_STORE);
	assert_string_equal(b->err.text, why);
	assert_int_equal(b->r.evaluations, 0);
}

/* ---- a record that contradicts itself ---- */

static void a_poll_of_a_position_that_is_not_there_is_refused(void **state)
{
	struct bench *b = *state;

	b->rows[0].position = 4;	/* between two that are */
	assert_refused(b, "poll 5 judged position 4, which does not exist");
	b->rows[0].position = 6;	/* behind all of them */
	assert_refused(b, "poll 5 judged position 6, which does not exist");
	b->r.n = 0;
	assert_refused(b, "poll 5 judged position 6, which does not exist");
}

static void streaks_of_other_rules_are_refused(void **state)
{
	struct bench *b = *state;

	b->memory = (struct evidence_memory){ .n_slots = 7 };
	b->rows[0].memory = &b->memory;
	assert_refused(b, "poll 5: position 1 brought 7 streaks, its profile "
			  "has 2");
}

static void a_position_without_any_memory_is_refused(void **state)
{
	struct bench *b = *state;

	assert_refused(b, "poll 5: nothing is recorded of what position 1 "
			  "brought along");
	b->pairs[0].begun = true;	/* by the poll before */
	step(b);
	assert_int_equal(b->r.evaluations, 1);
}

/* Not every pair is judged in every poll: each row meets its own pair. */
static void rows_meet_their_pairs_across_gaps(void **state)
{
	struct bench *b = *state;

	b->poll.bare = true;
	b->rows[0].position = 3;
	step(b);
	b->rows[0].position = 1;
	b->rows[1].position = 5;
	b->poll.view.n_rows = 2;
	step(b);
	step(b);
	assert_int_equal(b->pairs[0].polls, 2);
	assert_int_equal(b->pairs[1].polls, 1);
	assert_int_equal(b->pairs[2].polls, 2);
}

static void every_offer_is_seen_however_many_there_are(void **state)
{
	static const char *const close[] = {
		"BETTER: better_opportunity(0.0001)", NULL
	};
	struct bench *b = *state;

	b->r.profile = given_profile(b->arena, close, NULL);
	b->rows[1].position = 3;
	b->poll.view.n_rows = 2;
	step(b);
	for (int i = 0; i < 2; i++) {
		assert_string_equal(b->pairs[i].reason.s, "BETTER");
		assert_true(b->pairs[i].over);
	}
}

/* ---- polls of version 0.1.0 ---- */

/* Where its record begins nobody knows what was brought along. */
static void what_a_bare_record_leaves_open_proves_nothing(void **state)
{
	static const struct { int64_t seq; const char *last; bool sure; }
	begins[] = {
		{ 1, NULL, true },	/* the first of all: nothing was */
		{ 5, GIVEN_NOW, true },	/* it was not there yet */
		{ 5, NULL, false },
	};
	struct bench *b = *state;

	b->poll.bare = true;
	b->r.verify = true;
	for (size_t i = 0; i < N(begins); i++) {
		b->poll.seq = begins[i].seq;
		b->poll.last = begins[i].last ? given_time(begins[i].last) :
						INSTANT_UNKNOWN;
		b->pairs[0].begun = b->r.differs = false;
		b->r.unsure = b->r.compared = 0;
		step(b);
		assert_int_equal(b->r.unsure, !begins[i].sure);
		assert_int_equal(b->r.compared, begins[i].sure);
		assert_int_equal(b->r.differs, begins[i].sure);
	}
	b->r.differs = false;
	b->rows[0].memory = &b->memory;	/* a later version knows again */
	b->memory = (struct evidence_memory){
		.n_slots = 2,
		.slot = (struct streak[]){ STREAK_NONE, STREAK_NONE } };
	step(b);
	assert_int_equal(b->r.compared, 1);
	assert_true(b->pairs[0].sure);
}

static void tell(struct bench *b, const char *kind, const char *at,
		 const char *reason)
{
	struct event *e = &b->events[b->pairs[0].n_events++];

	*e = (struct event){ .position = 1, .at = given_time(at),
			     .by = "cli", .note = "" };
	strcpy(e->kind, kind);
	strcpy(e->reason.s, reason);
}

/* Pending for FLIP, with a streak, as some poll left it. */
static void pending(struct replay_pair *p)
{
	p->x.pos.status = STATUS_PENDING_CLOSE;
	p->x.pos.reason = (struct label){ "FLIP" };
	p->x.pos.decided_at = p->closed_at = given_time(GIVEN_NOW);
	p->x.watch = WATCH_NONE;
	p->x.watch.gone_polls = 3;
	p->slot[0] = (struct streak){ .count = 2 };
	p->recorded.muted_until = given_time("2026-11-21T01:00:00Z");
}

static void assert_open(const struct replay_pair *p, const char *muted)
{
	assert_int_equal(p->x.pos.status, STATUS_OPEN);
	assert_string_equal(p->x.pos.reason.s, "");
	assert_string_equal(p->x.pos.muted.s, muted);
	assert_false(instant_known(p->x.pos.decided_at));
	assert_false(instant_known(p->closed_at));
	assert_int_equal(p->x.watch.gone_polls, 0);
	assert_int_equal(p->slot[0].count, 0);
}

static void a_reopened_pair_begins_anew(void **state)
{
	struct bench *b = *state;
	struct replay_pair *p = &b->pairs[0];

	pending(p);
	tell(b, "note", "2026-11-20T20:00:00Z", "");
	tell(b, "reopen", GIVEN_NOW, "");
	tell(b, "note", "2026-11-20T21:00:00.001Z", "");	/* not yet */
	assert_true(replay_apply_events(p, given_time("2026-11-20T20:59:59Z")));
	assert_int_equal(p->x.pos.status, STATUS_PENDING_CLOSE);
	assert_int_equal(p->applied, 1);
	assert_true(replay_apply_events(p, given_time(GIVEN_NOW)));
	assert_open(p, "");
	assert_int_equal(p->applied, 2);
}

/* Only the end of the last keep was kept. */
static void a_kept_pair_is_muted_until_its_recorded_end(void **state)
{
	struct bench *b = *state;
	struct replay_pair *p = &b->pairs[0];

	tell(b, "keep", "2026-11-20T19:00:00Z", "FLIP");
	tell(b, "note", "2026-11-20T19:30:00Z", "");
	tell(b, "keep", "2026-11-20T20:00:00Z", "FLIP");
	tell(b, "note", "2026-11-20T20:30:00Z", "");
	pending(p);
	assert_false(replay_apply_events(p, b->events[0].at));
	assert_open(p, "FLIP");
	pending(p);
	assert_true(replay_apply_events(p, b->events[3].at));
	assert_open(p, "FLIP");
	assert_int_equal(p->x.pos.muted_until.ms,
			 given_time("2026-11-21T01:00:00Z").ms);
	/* Both at once: the earlier one is as open as before. */
	p->applied = 0;
	assert_false(replay_apply_events(p, b->events[3].at));
}

static void an_early_keep_makes_its_pair_unsure(void **state)
{
	struct bench *b = *state;

	tell(b, "keep", "2026-11-20T19:00:00Z", "FLIP");
	tell(b, "keep", "2026-11-20T22:00:00Z", "FLIP");
	b->poll.bare = b->r.verify = true;
	b->poll.seq = 1;
	step(b);
	assert_int_equal(b->r.unsure, 1);
	assert_int_equal(b->r.compared, 0);
	assert_string_equal(b->pairs[0].x.pos.muted.s, "FLIP");
}

/* ---- another profile ---- */

static void ask_other(struct bench *b)
{
	static const char *const close[] = { "OLD: age(1000h)", NULL };

	b->r.profile = given_profile(b->arena, close, NULL);
}

/* What a trading client held is given poll by poll, never kept. */
static void another_profile_sees_what_was_held(void **state)
{
	const struct held held = HELD_NONE;
	struct bench *b = *state;

	ask_other(b);
	b->rows[0].held = &held;
	b->rows[1].position = 4;		/* of no pair: left out */
	b->rows[1].held = &held;
	b->rows[2].position = 5;
	b->poll.view.n_rows = 3;
	step(b);
	assert_int_equal(b->r.n_begun, 2);
	assert_int_equal(b->r.evaluations, 2);
	assert_ptr_equal(b->pairs[0].x.memory.held, &held);
	assert_null(b->pairs[1].x.memory.held);
	assert_null(b->pairs[2].x.memory.held);
	b->rows[0].held = NULL;
	step(b);
	assert_null(b->pairs[0].x.memory.held);
	assert_int_equal(b->r.n_begun, 2);
}

/* Nothing was recorded of it any more: whatever is decided, is not known. */
static void another_profile_lets_go_where_the_record_ends(void **state)
{
	struct bench *b = *state;

	ask_other(b);
	b->pairs[0].recorded.status = STATUS_CLOSED;
	b->pairs[0].recorded.closed_at =
		(struct instant){ b->poll.at.ms - REPLAY_AFTER_MS };
	replay_begin(&b->pairs[0]);
	step(b);
	assert_int_equal(b->pairs[0].polls, 1);
	assert_false(b->pairs[0].over);
	b->poll.at.ms++;
	step(b);
	step(b);
	assert_int_equal(b->pairs[0].polls, 1);
	assert_true(b->pairs[0].over);
	assert_false(instant_known(b->pairs[0].closed_at));
}

/* Told later, it counts later: what was missed until then is not counted. */
static void a_report_counts_from_when_it_came(void **state)
{
	static const struct {
		const char *now;
		const char *sum;
		int32_t n;
		int64_t next;		/* minutes from `now` */
	} seen[] = {
		{ "2026-11-20T10:00:00Z", "1", 1, 60 },
		{ "2026-11-20T11:00:00Z", "5", 2, 60 },
		{ "2026-11-20T12:00:00Z", "36", 3, -1 },
	};
	struct settlement rows[3] = {
		{ .amount_usd = fact_known(dec_int(1)),
		  .reported_usd = fact_known(dec_int(2)),
		  .reported_at = given_time("2026-11-20T12:00:00Z") },
		{ .amount_usd = fact_unknown(WHY_MISSED),
		  .reported_usd = fact_known(dec_int(4)),
		  .reported_at = given_time("2026-11-20T11:00:00Z") },
		{ .amount_usd = fact_unknown(WHY_MISSED),
		  .reported_usd = fact_known(dec_int(30)),
		  .reported_at = given_time("2026-11-20T12:00:00Z") },
	};
	struct bench *b = *state;
	struct replay_pair *p = &b->pairs[0];

	for (size_t i = 0; i < N(rows); i++)
		rows[i].at = given_time("2026-11-20T09:00:00Z");
	p->ledger = rows;
	p->n_ledger = N(rows);
	replay_begin(p);
	assert_int_equal(p->next_ms, rows[0].at.ms);
	for (size_t i = 0; i < N(seen); i++) {
		struct instant now = given_time(seen[i].now);

		replay_book(p, now);
		assert_true(dec_same(p->funding.sum_usd.v,
				     dec_lit(seen[i].sum)));
		assert_int_equal(p->funding.n, seen[i].n);
		assert_int_equal(p->next_ms, seen[i].next < 0 ? INT64_MAX :
				 now.ms + seen[i].next * 60000);
	}
}

static void only_the_time_asked_for_counts(void **state)
{
	struct bench *b = *state;

	ask_other(b);
	b->r.since = given_time("2026-11-20T21:00:01Z");
	b->r.until = given_time("2026-11-20T21:00:02Z");
	step(b);
	assert_int_equal(b->r.n_begun, 0);
	assert_int_equal(b->r.polls, 0);
	b->poll.at = b->r.since;
	step(b);
	assert_int_equal(b->r.n_begun, 1);
	assert_int_equal(b->r.evaluations, 1);
	b->poll.at = b->r.until;
	step(b);
	assert_int_equal(b->r.polls, 1);
	assert_int_equal(b->r.evaluations, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_poll_of_a_position_that_is_not_there_is_refused),
		TEST(streaks_of_other_rules_are_refused),
		TEST(a_position_without_any_memory_is_refused),
		TEST(rows_meet_their_pairs_across_gaps),
		TEST(every_offer_is_seen_however_many_there_are),
		TEST(what_a_bare_record_leaves_open_proves_nothing),
		TEST(a_reopened_pair_begins_anew),
		TEST(a_kept_pair_is_muted_until_its_recorded_end),
		TEST(an_early_keep_makes_its_pair_unsure),
		TEST(another_profile_sees_what_was_held),
		TEST(another_profile_lets_go_where_the_record_ends),
		TEST(a_report_counts_from_when_it_came),
		TEST(only_the_time_asked_for_counts),
	};

	return cmocka_run_group_tests_name("replay_step", tests, NULL, NULL);
}
