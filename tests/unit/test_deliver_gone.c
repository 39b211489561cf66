/* SPDX-License-Identifier: MIT */
/* Sinks that leave, that cannot be reached at all, and what they say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "deliver_scene.h"
#include "given.h"
#include "log.h"

/* HTTP 410: who is behind that address wants nothing any more. */
static void who_is_gone_is_asked_no_more(void **state)
{
	struct sink_kind kind = { .name = "spy", .build = deliver_build,
				  .judge = sink_find("webhook")->judge };
	const struct sink leaving = { .name = "spy", .kind = &kind };
	struct instant t = given_time("2026-03-02T00:00:00Z");

	(void)state;
	use_sinks(&leaving, NULL);
	spy.status = 410;
	desk.rate[1] = "-0.0005";
	deliver_poll(t);
	assert_int_equal(spy.n_taken, 1);
	assert_true(deliver_queue().given_up);
	t.ms += MIN;
	deliver_poll(t);			/* the close is decided */
	deliver_direct(deliver, desk.now, "cannot record", "disk");
	assert_int_equal(spy.n, 0);
	assert_int_equal(spy.n_taken, 1);
	assert_true(deliver_waiting() > 0);
	/* A reload may have another address under that name. */
	use_sinks(&leaving, NULL);
	spy.status = 200;
	deliver_between();
	assert_int_equal(deliver_waiting(), 0);
	assert_true(spy.n_got > 0);
}

static void a_small_matter_is_given_up_after_a_day(void **state)
{
	struct instant t = given_time("2026-03-02T00:00:00Z");

	(void)state;
	spy.status = 503;
	desk.rate[1] = "0.0002";
	deliver_poll(t);
	desk.now.ms = t.ms + 24 * 60 * MIN;
	deliver_between();
	assert_int_equal(deliver_waiting(), 1);
	assert_false(deliver_queue().given_up);
	desk.now.ms += 3 * 60 * MIN;
	deliver_between();
	assert_int_equal(deliver_waiting(), 0);
	assert_true(deliver_queue().given_up);
}

/* Its row is booked nowhere, so it is sent again when the name is back. */
static void an_answer_of_a_sink_that_is_gone_is_dropped(void **state)
{
	struct instant t = given_time("2026-03-02T00:00:00Z");
	char first[200];

	(void)state;
	spy.hold = true;
	spy.status = 200;
	desk.rate[1] = "-0.0005";
	deliver_poll(t);
	snprintf(first, sizeof(first), "%s", spy.last);
	deliver_direct(deliver, t, "cannot record", "disk");
	assert_int_equal(spy.n, 2);
	use_sinks(&beat_a, NULL);
	spy.hold = false;
	deliver_take_one();
	deliver_take_one();
	assert_int_equal(deliver_waiting(), 1);
	use_sinks(&spy_sink, NULL);
	deliver_between();
	assert_int_equal(deliver_waiting(), 0);
	assert_string_equal(spy.last, first);	/* with the same id */
}

static void what_cannot_be_sent_is_tried_again(void **state)
{
	struct instant t = given_time("2026-03-02T00:00:00Z");

	(void)state;
	spy.refuse = true;
	desk.rate[1] = "-0.0005";
	deliver_poll(t);	/* and asks once: the time of the next try is told */
	assert_int_equal(deliver_waiting(), 1);
	assert_in_range(deliver_due_at.ms, t.ms + 1000, t.ms + 6000);
	use_sinks(&beat_a, &spy_sink);
	deliver_beat(deliver, t, true);
	assert_int_equal(spy.n, 0);
	spy.refuse = false;
	spy.status = 200;
	t.ms += 2 * MIN;
	desk.now = t;
	deliver_beat(deliver, t, true);		/* not taken for under way */
	assert_int_equal(spy.n, 1);
	deliver_beat(deliver, instant_add(t, span_s(120)), true);
	assert_int_equal(spy.n, 1);		/* the one before is */
	deliver_between();
	assert_int_equal(deliver_waiting(), 0);
}

/* All that stderr got while the sink was told of it once more. */
static const char *logged(const struct sink *sink, const char *said)
{
	static char text[4000];
	FILE *out = tmpfile();
	int old = dup(STDERR_FILENO);
	size_t n;

	assert_non_null(out);
	use_sinks(sink, NULL);
	spy.said = said;
	desk.now = given_time("2026-03-02T00:00:00Z");
	desk_check(&desk, store_begin(desk.store, &desk.err) &&
		   store_mark_delivery(desk.store, 1, "queued", 0, desk.now,
				       INSTANT_UNKNOWN, "", &desk.err) &&
		   store_commit(desk.store, 1000, &desk.err));
	fflush(stderr);
	assert_int_equal(dup2(fileno(out), STDERR_FILENO), STDERR_FILENO);
	log_open(LOG_LEVEL_INFO, "main", false);
	deliver_between();
	fflush(stderr);
	assert_int_equal(dup2(old, STDERR_FILENO), STDERR_FILENO);
	log_open(LOG_LEVEL_ERR - 1, "main", false);
	close(old);
	rewind(out);
	n = fread(text, 1, sizeof(text) - 1, out);
	text[n] = '\0';
	fclose(out);
	return text;
}

/* What a program of the user's prints is for the log; an answer of a server
 * is not. */
static void only_what_a_program_said_is_logged(void **state)
{
	static const struct sink_kind exec = { .name = "exec",
					       .build = deliver_build };
	const struct sink program = { .name = "spy", .kind = &exec };
	const char *text;

	(void)state;
	spy.status = 200;
	desk.rate[1] = "-0.0005";
	deliver_poll(given_time("2026-03-02T00:00:00Z"));
	text = logged(&program, "it rang\n\"twice\"");
	assert_non_null(strstr(text, "program said"));
	assert_non_null(strstr(text, "sink=spy text=\"it rang\\x0a"
			       "\\\"twice\\\"\""));
	text = logged(&program, NULL);
	assert_null(strstr(text, "program said"));
	assert_non_null(strstr(text, "alert delivered"));
	text = logged(&spy_sink, "secret");
	assert_null(strstr(text, "secret"));
	assert_non_null(strstr(text, "alert delivered"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, deliver_begin, deliver_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_is_gone_is_asked_no_more),
		TEST(a_small_matter_is_given_up_after_a_day),
		TEST(an_answer_of_a_sink_that_is_gone_is_dropped),
		TEST(what_cannot_be_sent_is_tried_again),
		TEST(only_what_a_program_said_is_logged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
