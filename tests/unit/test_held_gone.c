/* SPDX-License-Identifier: MIT */
/*
 * A leg is gone for good after three answers and three minutes, both; a pair
 * after two answers in a row, and not there from the first one on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

/* One pair, read once a minute: p there, a absent, b a bad read, o: its id
 * names another one. */
struct reader {
	struct position p;
	struct held_memory memory;
	struct instant now;
};

static struct reader reader(void)
{
	struct reader w = { .p = given_position("BTC", "lighter", "grvt",
					       "1000", NULL),
			   .memory = held_memory_none(1),
			   .now = given_time(GIVEN_NOW) };

	strcpy(w.p.external_id, "u-1");
	return w;
}

static struct held_result read_once(struct reader *w, char how)
{
	struct book_pair x = { .id = "u-1", .readable = true,
			       .symbol = w->p.symbol,
			       .venue = { w->p.leg[0].venue,
					  w->p.leg[1].venue } };
	struct book_view book = { .asked = true, .good = how != 'b',
				  .pairs = &x, .n = how == 'p' || how == 'o' };
	struct held_result r;

	if (how == 'o')
		x.symbol = given_symbol("ETH");
	w->now.ms += 60000;
	held_judge(&r, &w->p, &w->memory, &book, book.n ? &x : NULL, w->now);
	w->memory = r.memory;
	return r;
}

static void a_bad_read_does_not_bring_it_back(void **state)
{
	static const struct {
		const char *reads;
		bool there, closed;	/* after the last of them */
	} cases[] = {
		{ "p", true, false }, { "pb", true, false },
		{ "pa", false, false }, { "pab", false, false },
		{ "pabb", false, false }, { "paba", false, false },
		{ "pabab", false, false }, { "pabap", true, false },
		{ "pabpb", true, false }, { "pabpa", false, false },
		{ "paa", false, true }, { "pabaa", false, true },
		{ "pabpaa", false, true }, { "a", false, false },
		{ "abaaa", false, false },
		{ "po", false, false }, { "pob", false, false },
		{ "pooo", false, false }, { "poa", false, false },
		{ "poaa", false, true }, { "paoa", false, false },
		{ "pop", true, false }, { "oooo", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct reader w = reader();
		struct held_result r = { .change = HELD_SAME };

		for (const char *c = cases[i].reads; *c; c++) {
			assert_int_equal(r.change, HELD_SAME);
			r = read_once(&w, *c);
		}
		assert_int_equal(held_there(&w.memory), cases[i].there);
		assert_int_equal(r.change == HELD_CLOSED, cases[i].closed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_answers_and_three_minutes),
		cmocka_unit_test(a_bad_read_does_not_bring_it_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
