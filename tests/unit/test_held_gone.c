/* SPDX-License-Identifier: MIT */
/* A leg is gone for good after three answers and three minutes, both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "given.h"
#include "held_judge.h"

static void three_answers_and_three_minutes(void **state)
{
	static const struct {
		int32_t answers;
		int64_t ms;
		bool gone;
	} cases[] = {
		{ 0, 999999, false }, { 2, 180000, false },
		{ 3, 179999, false }, { 3, 180000, true },
		{ 900, 0, false }, { 900, 180001, true },
	};
	struct instant now = given_time(GIVEN_NOW);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (int s = 0; s < 2; s++) {
			struct held_memory m = held_memory_none(1);

			m.missing[s] = cases[i].answers;
			m.missing_since[s].ms = now.ms - cases[i].ms;
			assert_int_equal(held_leg_gone(&m, (enum side)s, now),
					 cases[i].gone);
			assert_false(held_leg_gone(&m, (enum side)!s, now));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_answers_and_three_minutes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
