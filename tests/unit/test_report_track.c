/* SPDX-License-Identifier: MIT */
/* What recorded polls leave of a trade: its curve, its gaps and its exit. */
#include "report_track.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "given.h"
#include "report_thin.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define SPEAKS ((struct span){ 3600000 })

struct scene {
	struct arena *arena;
	struct report_trade trades[3];
	struct report_run run;
	struct report_track *track;
};

static int set_up(void **state)
{
	static struct scene s;
	static const struct { const char *opened, *closed; } times[] = {
		{ "2026-01-01T00:00:00Z", "2026-01-01T10:00:00Z" },
		{ "2026-01-01T06:00:00Z", NULL },
		{ "2026-01-09T00:00:00Z", NULL },
	};

	s = (struct scene){ .arena = arena_new() };
	assert_non_null(s.arena);
	for (size_t i = 0; i < N(times); i++)
		s.trades[i] = (struct report_trade){
			.symbol = given_symbol("BTC"),
			.long_venue = given_venue("lighter"),
			.short_venue = given_venue("grvt"),
			.opened_at = given_time(times[i].opened),
			.closed_at = times[i].closed ?
				given_time(times[i].closed) : INSTANT_UNKNOWN,
			.exit_divergence = fact_unknown(WHY_NOT_SET),
		};
	s.run = (struct report_run){
		.until = given_time("2026-01-09T00:00:00Z"),
		.held_after = span_s(7 * DAY_S),
		.trades = s.trades, .n_trades = N(times),
	};
	s.track = report_track_new(&s.run, true, s.arena);
	assert_non_null(s.track);
	*state = &s;
	return 0;
}

static int tear_down(void **state)
{
	arena_free(((struct scene *)*state)->arena);
	return 0;
}

/* Rates per 8 h; NULL: the quote is stale. */
static void poll_at(struct scene *s, struct instant at, const char *l,
		    const char *r)
{
	const struct given_quote rows[] = {
		{ "BTC", "lighter", l ? l : "0.5", l ? WHY_KNOWN : WHY_STALE,
		  NULL, NULL, NULL },
		{ "BTC", "grvt", r ? r : "0.5", r ? WHY_KNOWN : WHY_STALE,
		  NULL, NULL, NULL },
		{ NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL },
	};
	char text[INSTANT_TEXT_MAX];
	struct market m;

	instant_format(text, at);
	m = given_market(s->arena, text, rows);
	assert_true(report_track_poll(s->track, &m, SPEAKS));
}

static void poll(struct scene *s, const char *at, const char *l,
		 const char *r)
{
	poll_at(s, given_time(at), l, r);
}

static void assert_fact(struct fact f, const char *want)
{
	assert_int_equal(f.known, want != NULL);
	if (want)
		assert_true(dec_same(f.v, dec_lit(want)));
}

struct seen { const char *at, *divergence; };

static void assert_points(const struct report_trade *t,
			  const struct seen *want, size_t n)
{
	assert_int_equal(t->n_points, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(t->points[i].at.ms,
				 given_time(want[i].at).ms);
		assert_fact(t->points[i].divergence, want[i].divergence);
	}
}

/* Seven days after its close are shown, and not a second more. */
static void a_trade_sees_the_polls_of_its_time(void **state)
{
	static const struct seen first[] = {
		{ "2026-01-01T00:00:00Z", "0.0003" },
		{ "2026-01-01T01:00:00Z", "0.0006" },
		{ "2026-01-01T02:00:00Z", NULL },	/* nobody looked */
		{ "2026-01-08T10:00:00Z", "-0.0003" },
	};
	static const struct seen second[] = {
		{ "2026-01-08T10:00:00Z", "-0.0003" },
		{ "2026-01-08T10:00:01Z", "0.0009" },
		{ "2026-01-08T11:00:01Z", NULL },
	};
	struct scene *s = *state;

	poll(s, "2025-12-31T23:59:59Z", "0.0001", "0.0005");
	poll(s, "2026-01-01T00:00:00Z", "0.0001", "0.0002");
	poll(s, "2026-01-01T01:00:00Z", "-0.0001", "0.0001");
	poll(s, "2026-01-08T10:00:00Z", "0.0002", "0.0001");
	poll(s, "2026-01-08T10:00:01Z", "0.0001", "0.0004");
	poll(s, "2026-01-09T00:00:01Z", "0.0001", "0.0004");
	report_track_end(s->track, &s->run);
	assert_points(&s->run.trades[0], first, N(first));
	assert_points(&s->run.trades[1], second, N(second));
	assert_int_equal(s->run.trades[2].n_points, 0);
	assert_null(s->run.trades[2].points);
}

static void a_poll_speaks_for_a_while_and_then_there_is_a_gap(void **state)
{
	static const struct seen want[] = {
		{ "2026-01-01T00:00:00Z", "0.0003" },
		{ "2026-01-01T01:00:00Z", "0.0006" },
		{ "2026-01-01T02:00:00Z", NULL },
		{ "2026-01-02T00:00:00Z", NULL },	/* stale */
		{ "2026-01-02T00:30:00Z", NULL },
		{ "2026-01-02T01:30:00Z", NULL },
		{ "2026-01-03T00:00:00.001Z", "0.0003" },
		{ "2026-01-03T01:00:00.001Z", NULL },
	};
	struct scene *s = *state;

	s->trades[0].closed_at = INSTANT_UNKNOWN;
	s->track = report_track_new(&s->run, true, s->arena);
	poll(s, want[0].at, "0.0001", "0.0002");
	poll(s, want[1].at, "0.0001", "0.0003");
	poll(s, want[3].at, NULL, "0.0003");
	poll(s, want[4].at, "0.0003", NULL);
	poll(s, want[6].at, "0.0001", "0.0002");
	report_track_end(s->track, &s->run);
	assert_points(&s->run.trades[0], want, N(want));
}

static const struct {
	const char *at, *l, *r;
	const char *exit;		/* after this poll */
	bool again;			/* begin anew before it */
} exits[] = {
	{ "2026-01-01T10:00:00Z", "0.0001", "0.0002", "0.0003", true },
	/* what comes after the close is not the exit */
	{ "2026-01-01T10:00:01Z", "0.0001", "0.0009", "0.0003", false },
	/* a person closes between two polls */
	{ "2026-01-01T09:00:00Z", "0.0002", "0.0001", "-0.0003", true },
	{ "2026-01-01T09:59:59Z", "0.0001", "0.0003", "0.0006", false },
	/* stale at the close: what was known before is no exit */
	{ "2026-01-01T10:00:00Z", "0.0001", NULL, NULL, false },
	/* nobody looked for more than an hour */
	{ "2026-01-01T08:59:59Z", "0.0001", "0.0003", NULL, true },
	/* a clock that steps back tells nothing new */
	{ "2026-01-01T09:30:00Z", "0.0001", "0.0003", "0.0006", true },
	{ "2026-01-01T09:20:00Z", "0.0001", "0.0009", "0.0006", false },
	{ "2026-01-01T09:30:00Z", "0.0001", "0.0009", "0.0006", false },
};

static void the_exit_is_what_was_known_at_the_close(void **state)
{
	struct scene *s = *state;

	for (int points = 0; points < 2; points++)
		for (size_t i = 0; i < N(exits); i++) {
			struct report_run seen = s->run;

			if (exits[i].again)
				s->track = report_track_new(&s->run, points,
							    s->arena);
			poll(s, exits[i].at, exits[i].l, exits[i].r);
			report_track_end(s->track, &seen);
			assert_fact(seen.trades[0].exit_divergence,
				    exits[i].exit);
			assert_int_equal(seen.trades[0].n_points > 0, points);
			/* never closed, or not yet opened */
			assert_fact(seen.trades[1].exit_divergence, NULL);
			assert_fact(seen.trades[2].exit_divergence, NULL);
		}
}

/* 13 days by the minute: no more than 400 points, the extremes among them. */
static void many_polls_leave_few_points_with_the_extremes(void **state)
{
	struct scene *s = *state;
	struct instant at = s->trades[0].opened_at;
	const struct report_trade *t;
	bool low = false, high = false;

	s->trades[0].closed_at = INSTANT_UNKNOWN;
	s->track = report_track_new(&s->run, true, s->arena);
	for (int i = 0; at.ms <= s->run.until.ms; i++) {
		poll_at(s, at, "0", i == 4321 ? "0.0009" :
				    i == 4322 ? "-0.0009" : "0.0001");
		at = instant_add(at, span_s(60));
	}
	report_track_end(s->track, &s->run);
	t = &s->run.trades[0];
	assert_true(t->n_points > 200);
	assert_true(t->n_points <= 400);
	for (size_t i = 0; i < t->n_points; i++) {
		if (i > 0)
			assert_true(t->points[i].at.ms > t->points[i - 1].at.ms);
		assert_true(t->points[i].divergence.known);
		low = low || dec_same(t->points[i].divergence.v,
				      dec_lit("-0.0027"));
		high = high || dec_same(t->points[i].divergence.v,
					dec_lit("0.0027"));
	}
	assert_true(low && high);
	assert_int_equal(t->points[0].at.ms, t->opened_at.ms);
	assert_int_equal(t->points[t->n_points - 1].at.ms, s->run.until.ms);
}

/* ---- thinning alone ---- */

static const struct {
	const char *given[10];		/* one a second; "?" unknown */
	const char *kept;		/* seconds that stay */
} curves[] = {
	{ { NULL }, "" },
	{ { "1" }, "0" },
	{ { "1", "2" }, "01" },
	{ { "1", "2", "3" }, "02" },
	{ { "1", "2", "3", "4" }, "03" },
	{ { "3", "5", "1", "4" }, "0123" },
	{ { "3", "1", "5", "4" }, "0123" },
	{ { "3", "5", "5", "1", "1", "4" }, "01345" },	/* the earliest */
	{ { "3", "3", "3", "3" }, "03" },
	{ { "?", "5", "1", "?" }, "0123" },
	{ { "?", "?", "?", "?" }, "03" },
	{ { "-1", "?", "-2", "?", "-3" }, "04" },
	/* two parts of five seconds: the fifth begins the next */
	{ { "1", "2", "3", "2", "1", "2", "3", "2", "1", "0" }, "024569" },
};

static void of_each_part_stay_ends_and_extremes(void **state)
{
	struct report_point out[REPORT_THIN_EACH * 2];

	(void)state;
	for (size_t i = 0; i < N(curves); i++) {
		struct report_thin t = { .to = { 10000 }, .parts = 2,
					 .out = out };
		char kept[N(out) + 1] = "";

		for (size_t k = 0; k < 10 && curves[i].given[k]; k++) {
			const char *v = curves[i].given[k];

			report_thin_add(&t, (struct instant){ (int64_t)k * 1000 },
					*v == '?' ? fact_unknown(WHY_STALE) :
					fact_known(dec_lit(v)));
		}
		report_thin_end(&t);
		assert_true(t.n <= N(out));
		for (size_t k = 0; k < t.n; k++)
			kept[k] = (char)('0' + out[k].at.ms / 1000);
		assert_string_equal(kept, curves[i].kept);
	}
}

static void what_is_not_later_is_left_out(void **state)
{
	struct report_point out[REPORT_THIN_EACH * 2];
	struct report_thin t = { .to = { 10 }, .parts = 2, .out = out };
	static const int64_t at[] = { 3, 3, 2, 8, 1, 10, 7, 10 };

	(void)state;
	for (size_t i = 0; i < N(at); i++)
		report_thin_add(&t, (struct instant){ at[i] },
				fact_known(dec_int((int64_t)i)));
	report_thin_end(&t);
	assert_int_equal(t.n, 3);
	assert_int_equal(out[0].at.ms, 3);
	assert_int_equal(out[1].at.ms, 8);
	assert_int_equal(out[2].at.ms, 10);	/* the end is in the last part */
	assert_true(dec_same(out[2].divergence.v, dec_int(5)));
	t.n = t.n_given = 0;
	report_thin_add(&t, (struct instant){ 4 }, fact_known(dec_int(1)));
	report_thin_add(&t, (struct instant){ 1 }, fact_known(dec_int(2)));
	report_thin_end(&t);
	assert_int_equal(t.n, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_trade_sees_the_polls_of_its_time),
		TEST(a_poll_speaks_for_a_while_and_then_there_is_a_gap),
		TEST(the_exit_is_what_was_known_at_the_close),
		TEST(many_polls_leave_few_points_with_the_extremes),
		cmocka_unit_test(of_each_part_stay_ends_and_extremes),
		cmocka_unit_test(what_is_not_later_is_left_out),
	};

	return cmocka_run_group_tests_name("report_track", tests, NULL, NULL);
}
