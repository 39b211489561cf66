/* SPDX-License-Identifier: MIT */
/* What becomes of a message, and when to say that nobody hears any. */
#include "log.h"
#include "sink.h"
#include "sink_trouble.h"
#include "store_alerts.h"
#include "store_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* ---- one answer ---- */

static const struct {
	int status;			/* 0: there was no answer */
	enum outcome want;
	const char *why;
} answers[] = {
	{ 0, OUTCOME_RETRY, "connection refused" },
	{ 199, OUTCOME_DEAD, "HTTP 199" },
	{ 200, OUTCOME_DELIVERED, "" },
	{ 299, OUTCOME_DELIVERED, "" },
	{ 300, OUTCOME_DEAD, "HTTP 300" },
	{ 404, OUTCOME_DEAD, "HTTP 404" },
	{ 408, OUTCOME_RETRY, "HTTP 408" },
	{ 425, OUTCOME_RETRY, "HTTP 425" },
	{ 429, OUTCOME_RETRY, "HTTP 429" },
	{ 499, OUTCOME_DEAD, "HTTP 499" },
	{ 500, OUTCOME_RETRY, "HTTP 500" },
};

static void an_answer_is_taken_refused_or_worth_another_try(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(answers); i++) {
		const struct reply r = { .answered = answers[i].status != 0,
					 .status = answers[i].status,
					 .error = "connection refused",
					 .retry_after_s = 7 };
		struct outcome_of got;

		print_message("# %d\n", answers[i].status);
		sink_judge(&got, &r);
		assert_int_equal(got.outcome, answers[i].want);
		assert_string_equal(got.why, answers[i].why);
		assert_int_equal(got.wait_s, 7);
	}
}

/* ---- a queue ---- */

static const struct sink phone = { .name = "phone" },
				desk = { .name = "desk" };
static const struct sink *const both[] = { &phone, &desk };

static struct instant minutes_ago(int minutes)
{
	return (struct instant){ given_time(GIVEN_NOW).ms -
				 INT64_C(60000) * minutes };
}

/* A message for one sink; its delivery's number. */
static int64_t queue(struct store_case *f, const char *sink, int minutes)
{
	struct message m = {
		.at = minutes_ago(minutes), .priority = LOG_LEVEL_ERR,
		.kind = "close", .fingerprint = "main/1/close",
		.since = minutes_ago(minutes), .title = "CLOSE", .text = "x",
	};
	struct delivery_row *rows = NULL;
	size_t n;

	store_case_check(f, store_add_message(f->store, &m, &f->err) &&
			 store_queue(f->store, m.id, sink, m.at, &f->err) &&
			 store_deliveries(f->store, &rows, &n, 0, 0, f->arena,
					  &f->err));
	return rows[0].id;
}

static void trouble_is(struct store_case *f, size_t n_sinks, const char *want)
{
	struct alert_policy a = { .sinks = both, .n_sinks = n_sinks };
	struct sink_trouble t;

	store_case_check(f, sink_trouble_find(&t, f->store, &a,
					      given_time(GIVEN_NOW), f->arena,
					      &f->err));
	assert_string_equal(t.text, want);
}

static void what_waits_long_is_said_of_the_first_sink(void **state)
{
	struct store_case *f = *state;
	int64_t id;

	trouble_is(f, 2, "");
	queue(f, "phone", 15);
	trouble_is(f, 2, "");
	queue(f, "phone", 16);
	trouble_is(f, 2, "phone: 2 messages wait for more than 15 minutes: "
		   "no answer yet");
	queue(f, "desk", 30);
	trouble_is(f, 2, "phone: 2 messages wait for more than 15 minutes: "
		   "no answer yet");
	id = queue(f, "phone", 1);
	store_case_check(f, store_mark_delivery(f->store, id, "dead", 3,
						minutes_ago(0), minutes_ago(0),
						"HTTP 403", &f->err));
	trouble_is(f, 2, "phone: the last message was given up: HTTP 403");
}

static void what_waits_for_no_sink_is_said_too(void **state)
{
	struct store_case *f = *state;

	queue(f, "desk", 20);
	trouble_is(f, 2, "desk: 1 message waits for more than 15 minutes: no "
		   "answer yet");
	trouble_is(f, 1, "messages wait for desk, which alerts.sinks does not "
		   "name");
	queue(f, "attic", 1);
	queue(f, "phone", 1);
	trouble_is(f, 1, "messages wait for attic, which alerts.sinks does "
		   "not name");
	trouble_is(f, 0, "messages wait for attic, which alerts.sinks does "
		   "not name");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, store_case_set_up, \
						store_case_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_taken_refused_or_worth_another_try),
		TEST(what_waits_long_is_said_of_the_first_sink),
		TEST(what_waits_for_no_sink_is_said_too),
	};

	return cmocka_run_group_tests_name("sink", tests, NULL, NULL);
}
