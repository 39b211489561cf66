/* SPDX-License-Identifier: MIT */
/* Faults of time, one test each: clocks that step, stamps that lie. */
#include "cycle_desk.h"
#include "fault_desk.h"
#include "handoff_step.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* A poll when the host's clock shows `host` and the service's `service`. */
static void poll_at(struct fault_desk *d, const char *host,
		    const char *service, const struct given_quote *rows)
{
	struct market seen = given_market(d->arena, service, rows);

	d->market = given_market_of(d->arena, given_time(host), seen.quotes,
				    seen.n_quotes);
	fault_judge(d);
}

static void held_back(const struct fault_desk *d, enum why why)
{
	fault_held(d, why, "clock");
	assert_string_equal(d->pair.decision.label.s, LABEL_CLOCK_BACK);
	assert_int_equal(d->pair.decision.notices, NOTICE_CLOCK);
}

/* The service's clock is right, so its rates are good all the time. */
static void back_to(const char *host, bool jitter)
{
	struct fault_desk d;

	fault_open(&d, fault_flips);
	poll_at(&d, GIVEN_NOW, GIVEN_NOW, fault_pays);
	poll_at(&d, host, "2026-11-20T21:00:01Z", fault_flipped);
	assert_true(d.pair.facts.v[FACT_LONG_RATE].known);
	if (fault_closes(&d) != jitter)
		fail_msg("%s: %s", host, jitter ? "holds" : "closes");
	assert_string_equal(d.pair.decision.label.s,
			    jitter ? "FLIPPED" : LABEL_CLOCK_BACK);
	fault_done(&d);
}

static void t1_the_wall_clock_steps(void **state)
{
	static const char *const back[] = { "2026-11-20T20:01:00Z",
					    "2025-11-20T21:01:00Z" };
	struct fault_desk d;

	(void)state;
	back_to("2026-11-20T20:59:58Z", true);
	back_to("2026-11-20T20:59:57.999Z", false);
	for (int i = 0; i < 2; i++) {
		fault_open(&d, fault_flips);
		poll_at(&d, GIVEN_NOW, GIVEN_NOW, fault_pays);
		poll_at(&d, back[i], "2026-11-20T21:01:00Z", fault_flipped);
		held_back(&d, WHY_FUTURE);
		/* put right, it decides again */
		poll_at(&d, "2026-11-20T21:02:00Z", "2026-11-20T21:02:00Z",
			fault_flipped);
		assert_true(fault_closes(&d));
		fault_done(&d);
	}
	fault_open(&d, fault_flips);
	poll_at(&d, GIVEN_NOW, GIVEN_NOW, fault_pays);
	poll_at(&d, "2026-11-20T22:01:00Z", "2026-11-20T21:01:00Z", fault_flipped);
	fault_held(&d, WHY_STALE, "an hour ahead");
	/* set right is set back: one poll waits, the next one decides */
	poll_at(&d, "2026-11-20T21:02:00Z", "2026-11-20T21:02:00Z", fault_flipped);
	assert_false(fault_closes(&d));
	assert_string_equal(d.pair.decision.label.s, LABEL_CLOCK_BACK);
	poll_at(&d, "2026-11-20T21:03:00Z", "2026-11-20T21:03:00Z", fault_flipped);
	assert_true(fault_closes(&d));
	fault_done(&d);
}

static void use_zone(const char *zone)
{
	if (zone)
		setenv("TZ", zone, 1);
	else
		unsetenv("TZ");
	tzset();
}

static size_t booked(struct desk *d, const char *now)
{
	struct settlement *rows;
	size_t n;

	desk_poll(d, now);
	desk_check(d, store_settlements(d->store, &rows, &n, d->pos.id,
					d->arena, &d->err));
	for (size_t i = 0; i < n; i++)
		assert_int_equal(rows[i].at.ms % 3600000, 0);
	return n;
}

/*
 * Both nights on which clocks are changed: four hours have four hourly
 * settlements and one of 8 h, none twice, none left out.
 */
static void t2_the_zone_of_the_host_has_no_say(void **state)
{
	static const char *const zones[] = {
		"Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
		":/no/such/zone", "Nonsense+99:99:99", "", NULL };
	static const char *const nights[][3] = {
		{ "2027-03-27T23:30:00Z", "2027-03-28T01:30:00Z",
		  "2027-03-28T03:30:00Z" },
		{ "2027-10-30T23:30:00Z", "2027-10-31T01:30:00Z",
		  "2027-10-31T03:30:00Z" } };

	(void)state;
	for (int k = 0; k < 14; k++) {
		const char *const *night = nights[k % 2];
		struct desk d;
		size_t before;

		use_zone(zones[k / 2]);
		desk_open(&d, "lighter", "profile: hasty");
		d.rate[LEG_LONG] = "0.0001";
		d.rate[LEG_SHORT] = "0.0003";
		before = booked(&d, night[0]);
		assert_int_equal(booked(&d, night[1]), before + 3);
		assert_int_equal(booked(&d, night[2]), before + 5);
		desk_close(&d);
	}
	use_zone("UTC");
}

#define STAMPED(t) FAULT_ANSWER("{\"funding_rate\":3e-4,\"timestamp\":" t "}")

/* There is no such second here: its row is refused, the next one is good. */
static void t3_the_second_60(void **state)
{
	static const char before[] = "{\"rates\":{\"BTC\":{\"funding_rate\":"
		"3e-4,\"timestamp\":\"2026-11-20T20:59:59.999\"}}}";
	static const char *const sixty[] = {
		STAMPED("\"2026-11-20T20:59:60\""),
		STAMPED("\"2026-11-20T20:59:60.500Z\""),
		STAMPED("\"2026-11-20T23:59:60Z\""),
	};

	(void)state;
	for (int i = 0; i < 3; i++)
		fault_case(sixty[i], WHY_MALFORMED);
	fault_good(before);
	fault_good(STAMPED("\"2026-11-20T21:00:00\""));
}

/* Nobody looked for half an hour: what must last starts anew. */
static void t4_the_host_was_suspended(void **state)
{
	static const char *const lasts[] = { "FLIPPED: flip for 20m", NULL };
	struct fault_desk d;
	char at[INSTANT_TEXT_MAX];

	(void)state;
	fault_open(&d, lasts);
	d.pair.pos.opened_at = given_time("2026-11-20T20:00:00Z");
	for (int k = 0; k < 60; k++) {
		int minute = k < 10 ? k : k + 30;
		bool due = k >= 10 + 20;

		instant_format(at, instant_add(given_time(GIVEN_NOW),
					       span_s(60 * minute)));
		fault_poll(&d, at, fault_flipped);
		if (fault_closes(&d) != due)
			fail_msg("poll %d at %s: %s", k, at,
				 due ? "holds" : "closes");
		if (due)
			break;
	}
	fault_done(&d);
}

static const struct stamp_case {
	const char *body, *age;		/* NULL: malformed */
} stamps[] = {
	{ STAMPED("\"2026-11-20T20:59:00\""), "60" },
	{ STAMPED("\"2026-11-20 20:59:00\""), "60" },
	{ STAMPED("\"2026-11-20T20:59:00Z\""), "60" },
	{ STAMPED("\"2026-11-20T21:59:00+01:00\""), "60" },
	{ STAMPED("\"2026-11-20T16:29:00-04:30\""), "60" },
	{ STAMPED("\"2026-11-20T20:59:00.250\""), "59.75" },
	{ STAMPED("\"2026-11-20T20:58:59.999999\""), "60.001" },
	{ STAMPED("\"2026-11-20T20:59:00.123456789Z\""), "59.877" },
	{ STAMPED("1795208340"), NULL },		/* epoch: s, ms, us */
	{ STAMPED("1795208340000"), NULL },
	{ STAMPED("1795208340000000"), NULL },
	{ STAMPED("1795208340.5"), NULL },
	{ STAMPED("\"1795208340\""), NULL },
	{ STAMPED("\"20261120T205900Z\""), NULL },
	{ STAMPED("\"Fri, 20 Nov 2026 20:59:00 GMT\""), NULL },
	{ STAMPED("\"2026-11-20T20:59\""), NULL },
	{ STAMPED("\"20.11.2026 20:59:00\""), NULL },
};

static void t5_each_way_to_write_a_time(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(stamps) / sizeof(*stamps); i++) {
		const struct stamp_case *c = &stamps[i];
		struct fault_desk d;
		const struct fact *age = &d.pair.facts.v[FACT_LONG_QUOTE_AGE];

		if (!c->age) {
			fault_case(c->body, WHY_MALFORMED);
			continue;
		}
		fault_open(&d, NULL);
		fault_answer(&d, c->body, strlen(c->body));
		if (!age->known || dec_cmp(age->v, dec_lit(c->age)) != 0)
			fail_msg("%s: not %s s old", c->body, c->age);
		assert_true(fault_closes(&d));
		fault_done(&d);
	}
}

/* A poll, and what the store has of it then. */
static void recorded(struct desk *d, int64_t seq, const char *at,
		     const char *result)
{
	struct poll p;
	bool found;

	desk_poll(d, at);
	desk_check(d, store_last_poll(d->store, &p, &found, &d->err));
	assert_true(found);
	assert_int_equal(p.seq, seq);
	assert_int_equal(p.at.ms, given_time(at).ms);
	assert_string_equal(p.result, result);
}

/* Written, and read again after a start: to the millisecond. */
static void times_of_a_late_desk(void)
{
	static const char *const at[] = {
		"2038-01-19T03:14:07.999Z", "2038-01-19T03:14:08.001Z",
		"2106-02-07T06:28:16.001Z" };
	struct desk d;

	desk_open(&d, "lighter", "profile: hasty");
	d.rate[LEG_LONG] = "0.0003";
	d.rate[LEG_SHORT] = "0.0001";
	for (int i = 0; i < 3; i++) {
		recorded(&d, i + 1, at[i], "ok");
		desk_restart(&d);
	}
	desk_check(&d, store_position(d.store, &d.pos, 1, &d.err));
	assert_int_equal(d.pos.status, STATUS_PENDING_CLOSE);
	assert_int_equal(d.pos.decided_at.ms, 2147483648001);	/* its second */
	desk_close(&d);
}

static void t6_after_2038_and_in_the_year_10000(void **state)
{
	static const char *const late[] = {
		"2038-01-19T03:14:07Z", "2038-01-19T03:14:08Z",
		"2106-02-07T06:28:16Z", "9999-12-31T23:59:59Z" };

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct fault_desk d;

		fault_open(&d, fault_flips);
		fault_poll(&d, late[i], fault_flipped);
		assert_true(fault_closes(&d));
		fault_done(&d);
	}
	times_of_a_late_desk();
	fault_case(STAMPED("\"10000-01-01T00:00:00\""), WHY_MALFORMED);
	fault_case(STAMPED("\"9999-12-31T23:59:59\""), WHY_FUTURE);
	fault_case(STAMPED("\"1969-12-31T23:59:59\""), WHY_MALFORMED);
}

static void t7_the_clock_of_the_service_is_ten_minutes_off(void **state)
{
	struct fault_desk d;

	(void)state;
	fault_open(&d, fault_flips);
	poll_at(&d, GIVEN_NOW, "2026-11-20T21:10:00Z", fault_flipped);
	fault_held(&d, WHY_FUTURE, "ahead");
	poll_at(&d, "2026-11-20T21:01:00Z", "2026-11-20T20:51:00Z", fault_flipped);
	fault_held(&d, WHY_STALE, "behind");
	poll_at(&d, "2026-11-20T21:02:00Z", "2026-11-20T21:04:05Z", fault_flipped);
	assert_true(fault_closes(&d));		/* two minutes are allowed */
	fault_done(&d);
}

static void next_in(const char *now, const char *long_s, const char *short_s,
		    enum verdict window)
{
	static const char *const soon[] = { "SOON: funding_window(15m, any)",
					    NULL };
	struct fault_desk d;

	fault_open(&d, soon);
	fault_poll(&d, now, fault_pays);
	assert_int_equal(dec_cmp(d.pair.facts.v[FACT_LONG_NEXT].v,
				 dec_lit(long_s)), 0);
	assert_int_equal(dec_cmp(d.pair.facts.v[FACT_SHORT_NEXT].v,
				 dec_lit(short_s)), 0);
	assert_int_equal(d.pair.decision.finding[0].verdict, window);
	fault_done(&d);
}

static void t10_a_window_across_midnight(void **state)
{
	(void)state;
	next_in("2026-11-20T23:45:00Z", "900", "900", VERDICT_FALSE);
	next_in("2026-11-20T23:45:00.001Z", "899.999", "899.999", VERDICT_TRUE);
	next_in("2026-12-31T23:59:59.999Z", "0.001", "0.001", VERDICT_TRUE);
	next_in("2026-11-21T00:00:00Z", "3600", "28800", VERDICT_FALSE);
	next_in("2028-02-28T23:59:00Z", "60", "60", VERDICT_TRUE);
}

/* What lasts is as it was: a poll by a clock set back says nothing. */
static void a_step_back_counts_nothing(const struct given_quote *rows)
{
	static const char *const twice[] = { "FLIPPED: flip for 2 polls",
					     NULL };
	struct streak before[SLOTS_MAX];
	struct instant counted[2];
	struct fault_desk d;

	fault_open(&d, twice);
	poll_at(&d, GIVEN_NOW, GIVEN_NOW, fault_flipped);
	memcpy(before, d.slots, sizeof(before));
	memcpy(counted, d.pair.watch.counted, sizeof(counted));
	poll_at(&d, "2026-11-20T20:59:57Z", "2026-11-20T21:00:30Z", rows);
	assert_string_equal(d.pair.decision.label.s, LABEL_CLOCK_BACK);
	fault_holds(&d);
	assert_memory_equal(d.slots, before, sizeof(before));
	assert_memory_equal(d.pair.watch.counted, counted, sizeof(counted));
	poll_at(&d, "2026-11-20T21:01:00Z", "2026-11-20T21:01:00Z",
		fault_flipped);
	assert_true(fault_closes(&d));		/* its second one */
	fault_done(&d);
}

/* Polls are known by their number: equal times are no trouble. */
static void t11_polls_of_one_time_and_backwards(void **state)
{
	struct desk d;

	(void)state;
	desk_open(&d, "lighter", "profile: hasty");
	d.rate[LEG_LONG] = "0.0003";
	d.rate[LEG_SHORT] = "0.0001";
	recorded(&d, 1, "2026-11-20T21:00:00Z", "ok");
	recorded(&d, 2, "2026-11-20T21:00:00Z", "ok");	/* no new data */
	recorded(&d, 3, "2026-11-20T20:59:58Z", "ok");	/* 2 s: jitter */
	recorded(&d, 4, "2026-11-20T20:59:55Z", "clock_back");
	desk_check(&d, store_position(d.store, &d.pos, 1, &d.err));
	assert_int_equal(d.pos.status, STATUS_OPEN);
	desk_restart(&d);
	recorded(&d, 5, "2026-11-20T21:01:00Z", "ok");	/* its second one */
	desk_check(&d, store_position(d.store, &d.pos, 1, &d.err));
	assert_int_equal(d.pos.status, STATUS_PENDING_CLOSE);
	desk_close(&d);
	a_step_back_counts_nothing(fault_flipped);
	a_step_back_counts_nothing(fault_pays);
}

/* What was decided by the right clock waits for it: nothing is sent. */
static void nothing_is_sent(const char *now)
{
	const struct close_policy policy = { .settle = span_s(60) };
	struct handoff_row r = { .state = HANDOFF_QUEUED,
				 .next_at = given_time(GIVEN_NOW) };
	struct handoff_view v = { .now = given_time(now), .policy = &policy,
				  .idempotent = true, .polled = true,
				  .status = STATUS_PENDING_CLOSE };

	assert_int_equal(handoff_step(&r, &v), HANDOFF_DO_NOTHING);
	v.now = given_time(GIVEN_NOW);
	assert_int_equal(handoff_step(&r, &v), HANDOFF_DO_SEND);
}

/* A host that starts in 1970 or 2000: every rate is from the future. */
static void t12_a_clock_before_this_program_was_built(void **state)
{
	static const char *const early[] = { "1970-01-01T00:00:30Z",
					     "2000-01-01T00:00:00Z",
					     "2024-02-29T00:00:00Z" };
	static const char *const all[] = { "FLIPPED: flip(1)", "OLD: age(1s)",
					   NULL };

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct fault_desk d;

		fault_open(&d, all);
		poll_at(&d, early[i], GIVEN_NOW, fault_flipped);
		assert_false(fault_closes(&d));
		assert_int_equal(d.pair.facts.v[FACT_LONG_RATE].why,
				 WHY_FUTURE);
		assert_int_equal(d.pair.decision.finding[0].verdict,
				 VERDICT_UNKNOWN);
		assert_int_equal(d.pair.decision.finding[1].verdict,
				 VERDICT_FALSE);
		d.last_poll = given_time(GIVEN_NOW);
		poll_at(&d, early[i], early[i], fault_flipped);
		assert_string_equal(d.pair.decision.label.s, LABEL_CLOCK_BACK);
		assert_false(fault_closes(&d));
		nothing_is_sent(early[i]);
		fault_done(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t1_the_wall_clock_steps),
		cmocka_unit_test(t2_the_zone_of_the_host_has_no_say),
		cmocka_unit_test(t3_the_second_60),
		cmocka_unit_test(t4_the_host_was_suspended),
		cmocka_unit_test(t5_each_way_to_write_a_time),
		cmocka_unit_test(t6_after_2038_and_in_the_year_10000),
		cmocka_unit_test(t7_the_clock_of_the_service_is_ten_minutes_off),
		cmocka_unit_test(t10_a_window_across_midnight),
		cmocka_unit_test(t11_polls_of_one_time_and_backwards),
		cmocka_unit_test(t12_a_clock_before_this_program_was_built),
	};

	return cmocka_run_group_tests_name("faults of time", tests, NULL, NULL);
}
