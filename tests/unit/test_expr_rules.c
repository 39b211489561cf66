/* SPDX-License-Identifier: MIT */
/*
 * The line language over a table of rules that the tree does not have: more
 * rules than a suggestion looks at, and one with as many parameters as fit.
 * Defining the table here keeps make's own out of this program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "expr_text.h"

#define OTHERS 70

static struct finding sum_is_positive(const struct facts *f,
				      const struct dec *arg)
{
	struct dec sum = DEC_ZERO;

	(void)f;
	for (int i = 0; i < RULE_PARAMS_MAX; i++)
		if (!dec_add(&sum, sum, arg[i]))
			return finding_unknown(FACT_SIZE, WHY_OVERFLOW);
	return finding_bool(dec_sign(sum) > 0);
}

static const struct rule rule_full = {
	.name = "full",
	.help = "the arguments add up to more than 0",
	.params = {
		{ "a", PARAM_NUMBER, NULL, NULL, "9", NULL, "one" },
		{ "b", PARAM_NUMBER, "0", NULL, NULL, NULL, "two" },
		{ "c", PARAM_NUMBER, "0", NULL, NULL, NULL, "three" },
		{ "d", PARAM_NUMBER, "0", NULL, NULL, NULL, "four" },
	},
	.eval = sum_is_positive,
};

static const struct rule rule_other = {
	.name = "other", .help = "never", .eval = sum_is_positive,
};

const struct rule *const rule_table[OTHERS + 2] = {
	&rule_full, [1 ... OTHERS] = &rule_other, NULL
};
const size_t rule_count = OTHERS + 1;

static void a_rule_may_have_as_many_parameters_as_fit(void **state)
{
	struct expr_now now = { { 0 }, true, { 0 } };
	struct facts f = { .legs_fresh = true };
	struct streak slot = STREAK_NONE;
	struct line line;
	struct err err;
	int column;

	(void)state;
	assert_true(expr_parse(&line, "full(-1, d=2)", &column, &err));
	assert_string_equal(line.text, "full(-1, b=0, c=0, d=2)");
	assert_int_equal(expr_eval(&line, &slot, &f, &now).verdict,
			 VERDICT_TRUE);
	assert_true(expr_parse(&line, "full(-1, 0, 0, 0.5)", &column, &err));
	assert_int_equal(expr_eval(&line, &slot, &f, &now).verdict,
			 VERDICT_FALSE);
}

static void refused(const char *text, const char *complaint)
{
	struct line line;
	struct err err;
	int column;

	assert_false(expr_parse(&line, text, &column, &err));
	assert_string_equal(err.text, complaint);
}

static void the_last_place_is_the_last(void **state)
{
	(void)state;
	refused("full(1, 2, 3, 4, 5)",
		"full takes no more than 4 argument(s)");
	refused("full(e=1)",
		"full has no parameter \"e\"; it has: a, b, c, d");
	refused("full(10)", "a: 10 is out of range (any to 9)");
}

static void many_rules_are_no_trouble_for_a_suggestion(void **state)
{
	(void)state;
	refused("fuil(1)", "unknown rule \"fuil\", did you mean \"full\"?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_may_have_as_many_parameters_as_fit),
		cmocka_unit_test(the_last_place_is_the_last),
		cmocka_unit_test(many_rules_are_no_trouble_for_a_suggestion),
	};

	return cmocka_run_group_tests_name("expr_rules", tests, NULL, NULL);
}
