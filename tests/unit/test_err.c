/* SPDX-License-Identifier: MIT */
/* Errors: their text, and the exit codes that scripts rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "err.h"
#include "position.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* The table of the README. */
static void each_kind_has_its_exit_code(void **state)
{
	static const int codes[] = {
		[ERR_NONE] = 0, [ERR_USAGE] = 2, [ERR_NOT_FOUND] = 3,
		[ERR_LOCKED] = 4, [ERR_SERVICE] = 5, [ERR_BUSY] = 6,
		[ERR_STORE] = 6, [ERR_OUTCOME] = 6, [ERR_CONFIG] = 78,
		[ERR_DATA] = 1, [ERR_MEMORY] = 1, [ERR_IO] = 1
	};

	(void)state;
	for (size_t kind = 0; kind < N(codes); kind++)
		assert_int_equal(err_exit_code((enum err_kind)kind),
				 codes[kind]);
}

static void a_prefix_says_where(void **state)
{
	struct err err;
	char text[2 * sizeof(err.text)];

	(void)state;
	assert_false(err_set(&err, ERR_DATA, "%d rows", 3));
	assert_false(err_prefix(&err, "poll %d", 7));
	assert_string_equal(err.text, "poll 7: 3 rows");
	assert_int_equal(err.kind, ERR_DATA);
	/* Too long for it: what went wrong gives way to where. */
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&err, ERR_IO, "%s", text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	err_prefix(&err, "line 8");
	assert_memory_equal(err.text, "line 8: xxx", 11);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	err_prefix(&err, "%s", text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	/* Nobody wants to know. */
	assert_false(err_set(NULL, ERR_IO, "x"));
	assert_false(err_prefix(NULL, "x"));
}

static void labels_are_capitals_digits_and_lines(void **state)
{
	static const struct { const char *text; bool ok; } cases[] = {
		{ "FLIP", true }, { "A", true }, { "F_1", true },
		{ "", false }, { "1F", false }, { "_F", false },
		{ "flip", false }, { "FLIP ", false }, { "FL-IP", false },
		{ "F{", false }, { "F@", false }, { "F:", false },
	};
	char most[sizeof(((struct label *)0)->s) + 1];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct label l = { "OLD" };

		assert_int_equal(label_parse(&l, cases[i].text,
					     strlen(cases[i].text)),
				 cases[i].ok);
		assert_string_equal(l.s, cases[i].ok ? cases[i].text : "OLD");
	}
	memset(most, 'A', sizeof(most));
	for (size_t n = sizeof(most) - 2; n < sizeof(most); n++) {
		struct label l;

		assert_int_equal(label_parse(&l, most, n),
				 n < sizeof(l.s));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_its_exit_code),
		cmocka_unit_test(a_prefix_says_where),
		cmocka_unit_test(labels_are_capitals_digits_and_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
