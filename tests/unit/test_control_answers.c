/* SPDX-License-Identifier: MIT */
/*
 * Answers of the trading client that are not plain: what they must not be
 * taken for.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control_api.h"
#include "handoff.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static enum handoff_says says(const char *body)
{
	const struct reply r = { .sent = true, .answered = true, .status = 200,
				 .body = body, .body_len = strlen(body) };
	struct handoff_answer a;

	handoff_control_api.judge(&a, &r);
	assert_true((a.says == HANDOFF_SAYS_TAKEN) == (a.why[0] == '\0'));
	return a.says;
}

static void only_a_whole_answer_says_taken(void **state)
{
	static const char *const doubts[] = {
		"", "{", "null", "[]", "true", "{}", "{\"success\":null}",
		"{\"success\":1}", "{\"success\":\"true\"}",
		"{\"success\":true", "{\"success\":true,",
		"{\"success\":true,\"wide_spread_warning\":",
		"{\"success\":true,\"wide_spread_warning\":\"x\"}",
		"{\"success\":true,\"wide_spread_warning\":null}",
		"{\"success\":true,\"success\":false}",
		"{\"success\":true,\"s\\u0075ccess\":true}",
		"{\"success\":true}x", "{\"success\":true}{}",
		"{\"data\":{\"success\":true}}",
		"{\"success\":true,\"message\":\"\xff\"}",
		"{\"success\":false}",
		"{\"success\":false,\"wide_spread_warning\":1}",
		"{\"success\":false,\"wide_spread_warning\":true",
	};

	(void)state;
	for (size_t i = 0; i < N(doubts); i++)
		if (says(doubts[i]) != HANDOFF_SAYS_NOTHING)
			fail_msg("believed: %s", doubts[i]);
	assert_int_equal(says("{\"success\":true,\"message\":\"ok\"}"),
			 HANDOFF_SAYS_TAKEN);
	assert_int_equal(says("{\"wide_spread_warning\":true,\"bid\":1,"
			      "\"success\":false}"), HANDOFF_SAYS_WIDE);
}

static bool takes_id(const char *id, struct err *err)
{
	struct arena *arena = arena_new();
	struct book_view view = { .asked = true };
	char body[512];
	bool ok;

	snprintf(body, sizeof(body), "{\"accounts\":[{\"account_name\":"
		 "\"main\",\"positions\":[{\"id\":\"%s\"}]}]}", id);
	ok = control_positions_parse(&view, "main", body, strlen(body), arena,
				     err);
	if (ok) {
		assert_int_equal(view.n, 1);
		assert_false(view.pairs[0].readable);
	}
	arena_free(arena);
	return ok;
}

static void an_id_is_taken_whole_or_not(void **state)
{
	static const char *const bad[] = {
		"", "\\u0000", "3f2b\\u0000x", "3f2b\\u0000",
		"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeee",
	};
	struct err err = { ERR_NONE, "" };

	(void)state;
	for (size_t i = 0; i < N(bad); i++) {
		if (takes_id(bad[i], &err))
			fail_msg("taken: %s", bad[i]);
		assert_non_null(strstr(err.text, "is no id"));
	}
	assert_true(takes_id("3f2b", &err));
}

/* Room is made as pairs come; the ones before stay what they were. */
static void many_pairs_are_kept_and_too_many_refused(void **state)
{
	enum { PAIRS = 4096, PAIR_MAX = 24 };
	struct arena *arena = arena_new();
	struct book_view view = { .asked = true };
	char *body = arena_alloc(arena, (PAIRS + 1) * PAIR_MAX + 100);
	struct err err = { ERR_NONE, "" };
	size_t n;

	(void)state;
	n = (size_t)sprintf(body, "{\"accounts\":[{\"account_name\":\"main\","
			    "\"positions\":[");
	for (int i = 0; i < PAIRS; i++)
		n += (size_t)sprintf(body + n, "%s{\"id\":\"%d\"}",
				     i ? "," : "", i);
	memcpy(body + n, "]}]}", 5);
	assert_true(control_positions_parse(&view, "main", body, n + 4, arena,
					    &err));
	assert_int_equal(view.n, PAIRS);
	for (int i = 0; i < PAIRS; i += 63)
		assert_int_equal(strtol(view.pairs[i].id, NULL, 10), i);
	memcpy(body + n, ",{\"id\":\"x\"}]}]}", 16);
	assert_false(control_positions_parse(&view, "main", body, n + 15, arena,
					     &err));
	assert_non_null(strstr(err.text, "more than 4096 entries"));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_whole_answer_says_taken),
		cmocka_unit_test(an_id_is_taken_whole_or_not),
		cmocka_unit_test(many_pairs_are_kept_and_too_many_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
