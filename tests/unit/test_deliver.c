/* SPDX-License-Identifier: MIT */
/*
 * Polls minute by minute with a receiver that is away for hours: polls go on,
 * the queue stays small, and what mattered arrives in order, once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "deliver_scene.h"
#include "given.h"

static int id_of(const char *got)
{
	return atoi(strchr(got, '-') + 1);
}

static void six_hours_without_a_receiver(void **state)
{
	struct instant t = given_time("2026-03-02T00:00:00Z");
	bool close_seen = false;

	(void)state;
	for (int minute = 0; minute < 360; minute++, t.ms += MIN) {
		/* Thin for ten minutes of twenty; flipped after five hours. */
		desk.rate[1] = minute >= 300 ? "-0.0005" :
			       minute / 10 % 2 ? "0.0002" : "0.0008";
		deliver_poll(t);
		assert_in_range(deliver_waiting(), 0, 4);
	}
	assert_int_equal(spy.n_got, 0);
	spy.status = 200;
	for (int minute = 0; minute < 180; minute++, t.ms += MIN)
		deliver_poll(t);
	assert_int_equal(deliver_waiting(), 0);
	assert_in_range(spy.n_got, 2, 8);
	for (size_t i = 0; i < spy.n_got; i++) {
		close_seen |= strstr(spy.got[i], "CLOSE main/1") != NULL;
		assert_true(i == 0 || id_of(spy.got[i]) >
				      id_of(spy.got[i - 1]));
	}
	assert_true(close_seen);
}

/* What began and ended unread is not worth a word, unless it is grave. */
static void small_matters_cancel_out(void **state)
{
	struct instant t = given_time("2026-03-02T00:00:00Z");

	(void)state;
	desk.rate[1] = "0.0002";
	deliver_poll(t);
	assert_int_equal(deliver_waiting(), 1);
	desk.rate[1] = "0.0008";
	t.ms += MIN;
	deliver_poll(t);
	assert_int_equal(deliver_waiting(), 0);
}

static void a_close_is_told_however_late(void **state)
{
	struct instant t = given_time("2026-03-02T00:00:00Z");

	(void)state;
	/* Not even a repeat makes it younger. */
	((struct account *)(uintptr_t)desk.cycle->account)->alerts.repeat =
		span_s(7 * DAY_S);
	desk.rate[1] = "-0.0005";
	for (int i = 0; i < 3 * 24 * 60; i += 30, t.ms += 30 * MIN)
		deliver_poll(t);
	spy.status = 200;
	for (int i = 0; i < 5; i++, t.ms += 60 * MIN)
		deliver_poll(t);
	assert_true(spy.n_got > 0);
	assert_non_null(strstr(spy.got[0], "CLOSE main/1 BTC FLIPPED"));
}

static void nobody_is_silenced_for_more_than_an_hour(void **state)
{
	static const int64_t asked_s[] = { 7200, 99999999999, INT64_MAX };
	struct instant t = given_time("2026-03-02T00:00:00Z");

	(void)state;
	desk.rate[1] = "0.0002";
	spy.status = 503;
	for (int i = 0; i < 3; i++, t.ms += 61 * MIN) {
		spy.wait_s = asked_s[i];
		deliver_poll(t);
		assert_int_equal(deliver_due_at.ms, t.ms + 60 * MIN);
	}
	spy.status = 200;
	deliver_poll(t);
	assert_true(spy.n_got > 0);
}

static void one_at_a_time_and_again_after_a_crash(void **state)
{
	struct instant t = given_time("2026-03-02T00:00:00Z");
	char first[200];

	(void)state;
	spy.hold = true;
	desk.rate[1] = "0.0002";
	deliver_poll(t);
	assert_int_equal(spy.n, 1);
	snprintf(first, sizeof(first), "%s", spy.last);
	desk.rate[1] = "-0.0005";		/* more is told */
	for (int i = 1; i < 4; i++) {
		t.ms += MIN;
		deliver_poll(t);
	}
	assert_int_equal(spy.n, 1);		/* in order, one at a time */
	deliver_free(deliver);			/* the process ends here */
	spy.n = 0;
	spy.hold = false;
	spy.status = 200;
	deliver_open();
	deliver_between();
	assert_string_equal(spy.got[0], first);	/* the same id again */
	assert_true(spy.n_got > 1);
}

static void the_pauses_grow_and_differ(void **state)
{
	static const int64_t most[] = { 6000, 301000, 1801000, 7201000,
					7201000 };
	uint64_t seed = 7;

	(void)state;
	assert_in_range(deliver_pause_ms(&seed, 0, false), 1000, most[0]);
	for (int tries = 1; tries <= 5; tries++) {
		int64_t high = 0;

		for (int i = 0; i < 200; i++) {
			int64_t ms = deliver_pause_ms(&seed, tries, false);

			assert_in_range(ms, 1000, most[tries - 1]);
			high = ms > high ? ms : high;
		}
		assert_true(high > most[tries - 1] / 2);
		for (int i = 0; i < 200; i++)
			assert_in_range(deliver_pause_ms(&seed, tries, true),
					1000, 301000);
	}
}

/* ---- heartbeats ---- */

/* A beat is on its way while the sinks change places: none stays silent. */
static void a_reload_silences_no_heartbeat(void **state)
{
	struct instant t = given_time("2026-03-02T00:00:00Z");

	(void)state;
	desk.now = t;
	use_sinks(&beat_a, &beat_b);
	deliver_beat(deliver, t, true);
	assert_int_equal(spy.n, 2);
	deliver_take_one();				/* b was heard */
	use_sinks(&beat_b, &beat_a);
	deliver_take_one();				/* a is, behind the reload */
	t.ms += 2 * MIN;
	deliver_beat(deliver, t, true);
	assert_int_equal(spy.n, 2);
}

/* A try put off by a clock that was a day ahead is not a day late. */
static void a_clock_set_back_delays_no_message(void **state)
{
	struct instant t = given_time("2026-03-02T00:00:00Z");

	(void)state;
	desk.rate[1] = "-0.0005";
	deliver_poll(t);
	assert_int_equal(deliver_waiting(), 1);
	spy.status = 200;
	desk.now.ms -= 3600 * INT64_C(1000);
	deliver_between();				/* may have been asked for */
	assert_int_equal(spy.n_got, 0);
	desk.now.ms -= 23 * 3600 * INT64_C(1000);
	deliver_between();
	assert_int_equal(spy.n_got, 1);
}

/* One that a receiver asked to wait so long for is hurried once only. */
static void a_long_wait_is_no_storm(void **state)
{
	struct instant t = given_time("2026-03-02T00:00:00Z");

	(void)state;
	spy.wait_s = 7 * DAY_S;
	spy.status = 429;
	desk.rate[1] = "-0.0005";
	deliver_poll(t);
	for (int i = 0; i < 5; i++)
		deliver_between();
	assert_in_range(spy.n_taken, 1, 2);
}

/* What fails at each poll is said once an hour; a lost close always, for it
 * is said only once, and two may be lost in one poll. */
static void what_has_no_row_silences_nothing_else(void **state)
{
	(void)state;
	spy.status = 200;
	desk.now = given_time("2026-03-02T00:00:00Z");
	deliver_direct(deliver, desk.now, "close cannot go out", "a");
	deliver_direct(deliver, desk.now, "close cannot go out", "b");
	deliver_hourly(deliver, desk.now, "cannot record", "disk");
	assert_int_equal(spy.n, 3);
	deliver_between();
	desk.now.ms += 59 * MIN;
	deliver_hourly(deliver, desk.now, "cannot record", "disk");
	assert_int_equal(spy.n, 0);
	desk.now.ms += MIN;
	deliver_hourly(deliver, desk.now, "cannot record", "disk");
	assert_int_equal(spy.n, 1);
	deliver_between();
	assert_int_equal(spy.n_taken, 4);
}

static void what_has_no_row_has_an_id(void **state)
{
	char first[200];

	(void)state;
	desk.now = given_time("2026-03-02T00:00:00Z");
	deliver_direct(deliver, desk.now, "close cannot go out", "a");
	snprintf(first, sizeof(first), "%s", spy.last);
	deliver_direct(deliver, desk.now, "close cannot go out", "b");
	assert_string_not_equal(spy.last, first);	/* not a retry of it */
}

/* Nobody says that a sink was mended, if nothing was told since. */
static void what_was_given_up_is_of_a_day(void **state)
{
	struct instant t = given_time("2026-03-02T00:00:00Z");

	(void)state;
	spy.status = 400;
	desk.rate[1] = "0.0002";
	deliver_poll(t);
	assert_true(deliver_queue().given_up);
	desk.now.ms = t.ms + 24 * 60 * MIN - 1;
	assert_true(deliver_queue().given_up);
	desk.now.ms++;
	assert_false(deliver_queue().given_up);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, deliver_begin, deliver_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(six_hours_without_a_receiver),
		TEST(small_matters_cancel_out),
		TEST(a_close_is_told_however_late),
		TEST(nobody_is_silenced_for_more_than_an_hour),
		TEST(one_at_a_time_and_again_after_a_crash),
		TEST(a_reload_silences_no_heartbeat),
		TEST(a_clock_set_back_delays_no_message),
		TEST(a_long_wait_is_no_storm),
		TEST(what_has_no_row_silences_nothing_else),
		TEST(what_has_no_row_has_an_id),
		TEST(what_was_given_up_is_of_a_day),
		cmocka_unit_test(the_pauses_grow_and_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
