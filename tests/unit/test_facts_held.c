/* SPDX-License-Identifier: MIT */
/* Facts of what is held: formulas, both sides, and what makes them unknown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "facts_held.h"
#include "facts_plan.h"

static struct held given(void)
{
	struct held h = HELD_NONE;
	static const char *const numbers[2][5] = {
		{ "10", "100", "102", "51", "0.5" },
		{ "8", "101", "100", "130", "-0.25" },
	};

	h.asked = h.good = true;
	for (int s = 0; s < 2; s++) {
		struct held_leg *leg = &h.leg[s];

		leg->listed = true;
		leg->quantity = fact_known(dec_lit(numbers[s][0]));
		leg->entry_price = fact_known(dec_lit(numbers[s][1]));
		leg->mark_price = fact_known(dec_lit(numbers[s][2]));
		leg->liquidation_price = fact_known(dec_lit(numbers[s][3]));
		leg->funding_usd = fact_known(dec_lit(numbers[s][4]));
		h.missing[s] = fact_known(DEC_ZERO);
	}
	return h;
}

static void is(const struct facts *f, enum fact_id id, const char *want)
{
	char text[DEC_TEXT_MAX];

	assert_true(f->v[id].known);
	dec_format(text, f->v[id].v);
	assert_string_equal(text, want);
}

static void formulas_and_sides(void **state)
{
	struct held h = given();
	struct facts f;

	(void)state;
	facts_put_held(&f, &h);
	is(&f, FACT_LONG_QUANTITY, "10");
	is(&f, FACT_SHORT_MARK, "100");
	is(&f, FACT_LONG_LIQUIDATION, "0.5");		/* 51 / 102 */
	is(&f, FACT_SHORT_LIQUIDATION, "0.3");		/* 30 / 100 */
	is(&f, FACT_LEG_DRIFT, "0.2");			/* 2 / 10 */
	is(&f, FACT_BASIS, "0.019801980198019802");	/* 2 / 101 */
}

static void price_is_signed_by_side(void **state)
{
	struct held h = given();
	struct fact l = facts_held_price(&h.leg[0], LEG_LONG);
	struct fact s = facts_held_price(&h.leg[1], LEG_SHORT);

	(void)state;
	assert_int_equal(dec_cmp(l.v, dec_int(20)), 0);	/* 10 * 2 */
	assert_int_equal(dec_cmp(s.v, dec_int(8)), 0);	/* 8 * 1 */
}

static void each_missing_number_makes_its_facts_unknown(void **state)
{
	static const struct {
		size_t at;
		uint64_t lost;
	} cases[] = {
		{ offsetof(struct held_leg, quantity),
		  USES(LONG_QUANTITY) | USES(LEG_DRIFT) },
		{ offsetof(struct held_leg, mark_price),
		  USES(LONG_MARK) | USES(LONG_LIQUIDATION) | USES(BASIS) },
		{ offsetof(struct held_leg, liquidation_price),
		  USES(LONG_LIQUIDATION) },
		{ offsetof(struct held_leg, funding_usd), 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct held h = given();
		struct facts f;

		*(struct fact *)(void *)((char *)&h.leg[0] + cases[i].at) =
			fact_unknown(WHY_NULL_VALUE);
		facts_put_held(&f, &h);
		for (int id = FACT_LONG_QUANTITY; id <= FACT_BASIS; id++) {
			assert_int_equal(f.v[id].known,
					 !(cases[i].lost >> id & 1));
			if (!f.v[id].known)
				assert_int_equal(f.v[id].why, WHY_NULL_VALUE);
		}
	}
}

static void without_a_client_nothing_is_known(void **state)
{
	struct held h = given();
	struct facts f;

	(void)state;
	facts_put_held(&f, NULL);
	for (int id = FACT_LONG_QUANTITY; id <= FACT_BASIS; id++)
		assert_int_equal(f.v[id].why, WHY_NOT_ASKED);
	h.good = false;
	facts_put_held(&f, &h);
	for (int id = FACT_LONG_QUANTITY; id <= FACT_BASIS; id++)
		assert_int_equal(f.v[id].why, WHY_FAILED);
}

/* Legs swapped: distances swap, drift and basis stay. */
static void legs_swapped(void **state)
{
	struct held h = given(), swapped = given();
	struct facts a, b;

	(void)state;
	swapped.leg[0].quantity = h.leg[1].quantity;
	swapped.leg[1].quantity = h.leg[0].quantity;
	swapped.leg[0].mark_price = h.leg[1].mark_price;
	swapped.leg[1].mark_price = h.leg[0].mark_price;
	facts_put_held(&a, &h);
	facts_put_held(&b, &swapped);
	assert_int_equal(dec_cmp(a.v[FACT_LEG_DRIFT].v,
				 b.v[FACT_LEG_DRIFT].v), 0);
	assert_int_equal(dec_cmp(a.v[FACT_BASIS].v, b.v[FACT_BASIS].v), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formulas_and_sides),
		cmocka_unit_test(price_is_signed_by_side),
		cmocka_unit_test(each_missing_number_makes_its_facts_unknown),
		cmocka_unit_test(without_a_client_nothing_is_known),
		cmocka_unit_test(legs_swapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
