/* SPDX-License-Identifier: MIT */
/* Facts of what is held: formulas, both sides, and what makes them unknown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "facts_held.h"
#include "facts_plan.h"
#include "given_random.h"

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

/* ---- limits: the exact quotient decides, not one of 18 places ---- */

static struct held of(const char *const n[4])
{
	struct held h = given();

	h.leg[LEG_LONG].quantity = h.leg[LEG_LONG].mark_price =
		fact_known(dec_lit(n[0]));
	h.leg[LEG_SHORT].quantity = h.leg[LEG_SHORT].mark_price =
		fact_known(dec_lit(n[1]));
	h.leg[LEG_LONG].liquidation_price = fact_known(dec_lit(n[2]));
	h.leg[LEG_SHORT].liquidation_price = fact_known(dec_lit(n[3]));
	return h;
}

static enum verdict answer(const char *rule, const char *limit,
			   const struct held *h)
{
	const struct rule *r = rule_find(rule, strlen(rule));
	const struct dec arg[RULE_PARAMS_MAX] = { dec_lit(limit) };
	struct facts f;

	facts_forget(&f);
	facts_put_held(&f, h);
	return r->eval(&f, arg).verdict;
}

#define LOW  "1"			/* liquidations nobody is near */
#define FAR  "9000"

static const struct limit_case {
	const char *rule, *limit;
	/* quantity and mark price of long, short; liquidations */
	const char *n[4];
	bool want;
} limit_cases[] = {
	{ "leg_drift", "0.05", { "1000", "950", LOW, FAR }, false },
	{ "leg_drift", "0.05",
	  { "1000", "949.999999999999999999", LOW, FAR }, true },
	{ "leg_drift", "0.05",
	  { "950.000000000000000001", "1000", LOW, FAR }, false },
	{ "leg_drift", "0.05",
	  { "949.999999999999999999", "1000", LOW, FAR }, true },
	{ "basis_wide", "0.01", { "1005", "995", LOW, FAR }, false },
	{ "basis_wide", "0.01",
	  { "1005.000000000000000001", "995", LOW, FAR }, true },
	{ "basis_wide", "0.01",
	  { "995", "1004.999999999999999999", LOW, FAR }, false },
	{ "liquidation_near", "0.1", { "1000", "1000", "900", FAR }, false },
	{ "liquidation_near", "0.1",
	  { "1000", "1000", "900.000000000000000001", FAR }, true },
	{ "liquidation_near", "0.1",
	  { "1000", "1000", "899.999999999999999999", FAR }, false },
	{ "liquidation_near", "0.1", { "1000", "1000", LOW, "1100" }, false },
	{ "liquidation_near", "0.1",
	  { "1000", "1000", LOW, "1099.999999999999999999" }, true },
	{ "liquidation_near", "0.1", { "1000", "1000", "1001", FAR }, true },
};

static void limits_are_exact(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(limit_cases) / sizeof(*limit_cases);
	     i++) {
		const struct limit_case *c = &limit_cases[i];
		struct held h = of(c->n);

		if (answer(c->rule, c->limit, &h) !=
		    (c->want ? VERDICT_TRUE : VERDICT_FALSE))
			fail_msg("case %zu: %s", i, c->rule);
	}
}

static struct dec random_number(void)
{
	struct dec v;

	assert_true(dec_join(&v, 1 + (int64_t)(given_random64() >> 3), 15));
	return v;
}

/* Near the limit: what it would be exactly, a place more or less. */
static struct dec near_limit(struct dec a, struct dec factor)
{
	struct dec v, step;

	assert_true(dec_mul(&v, a, factor) &&
		    dec_join(&step, (int64_t)given_below(5) - 2, 18) &&
		    dec_add(&v, v, step));
	return v;
}

/* The same by products; the numbers are scaled at random by a million. */
static void any_numbers_compare_as_products_do(void **state)
{
	const struct dec one = dec_int(1), five = dec_lit("0.05");

	(void)state;
	given_seed(20261126);
	for (int i = 0; i < 3000; i++) {
		struct held h = given();
		struct dec big = random_number(), small;
		struct dec apart = DEC_ZERO;

		small = near_limit(big, dec_lit("0.95"));
		if (dec_sign(small) <= 0)
			continue;
		h.leg[i & 1].quantity = fact_known(big);
		h.leg[!(i & 1)].quantity = fact_known(small);
		assert_true(dec_sub(&apart, big, small));
		assert_int_equal(answer("leg_drift", "0.05", &h),
				 dec_cmp_mul(apart, one, five, big) > 0);
		h.leg[0].mark_price = fact_known(big);
		h.leg[0].liquidation_price = fact_known(small);
		assert_int_equal(answer("liquidation_near", "0.05", &h),
				 dec_cmp_mul(apart, one, five, big) < 0);
	}
}

/* An unset number of the client is 0: no price, and nothing is near it. */
static void numbers_not_above_zero_are_not_known(void **state)
{
	static const char *const bad[] = { "0", "-1" };

	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (int s = 0; s < 2; s++) {
			struct fact no = fact_known(dec_lit(bad[i]));
			struct held h = given();

			h.leg[s].liquidation_price = no;
			assert_int_equal(answer("liquidation_near", "0.1", &h),
					 VERDICT_UNKNOWN);
			h.leg[s].quantity = no;
			assert_int_equal(answer("leg_drift", "0.05", &h),
					 VERDICT_UNKNOWN);
			h.leg[s].mark_price = no;
			assert_int_equal(answer("basis_wide", "0.01", &h),
					 VERDICT_UNKNOWN);
		}
}

/* ---- why a fact is not known ---- */

static void is_unknown(struct fact f, enum why why)
{
	assert_false(f.known);
	assert_int_equal(f.why, why);
}

static void a_number_not_above_zero_says_so(void **state)
{
	struct held h = given();
	struct facts f;

	(void)state;
	h.leg[LEG_SHORT].quantity = fact_known(DEC_ZERO);
	h.leg[LEG_LONG].liquidation_price = fact_known(dec_lit("-1"));
	facts_put_held(&f, &h);
	is_unknown(f.v[FACT_LEG_DRIFT], WHY_NOT_POSITIVE);
	is_unknown(f.v[FACT_LONG_LIQUIDATION], WHY_NOT_POSITIVE);
	assert_true(f.v[FACT_SHORT_LIQUIDATION].known);
	/* As the client says it; only what is reckoned with it is lost. */
	assert_true(f.v[FACT_SHORT_QUANTITY].known);
}

/* In its own leg, so that sides cannot be confused. */
static void what_the_client_says_is_passed_on(void **state)
{
	struct held h = given();
	struct facts f;

	(void)state;
	h.missing[LEG_LONG] = fact_known(dec_int(1));
	h.missing[LEG_SHORT] = fact_unknown(WHY_UNPROVEN);
	facts_put_held(&f, &h);
	is(&f, FACT_LONG_MISSING, "1");
	is_unknown(f.v[FACT_SHORT_MISSING], WHY_UNPROVEN);
	is(&f, FACT_SHORT_QUANTITY, "8");
	is(&f, FACT_LONG_MARK, "102");
}

/* 2^127 - 1 units are the most there is. */
#define MOST "170141183460469231731.687303715884105727"

static void what_does_not_fit_says_so(void **state)
{
	struct held h = given();
	struct facts f;

	(void)state;
	h.leg[LEG_LONG].mark_price = fact_known(dec_lit(MOST));
	h.leg[LEG_SHORT].mark_price = fact_known(dec_lit(MOST));
	h.leg[LEG_SHORT].liquidation_price = fact_known(dec_lit(MOST));
	facts_put_held(&f, &h);
	is_unknown(f.v[FACT_BASIS], WHY_OVERFLOW);
	is(&f, FACT_SHORT_LIQUIDATION, "0");
	h.leg[LEG_SHORT].mark_price = fact_known(dec_lit("0.5"));
	facts_put_held(&f, &h);
	is_unknown(f.v[FACT_SHORT_LIQUIDATION], WHY_OVERFLOW);
}

/*
 * (0.7 - liquidation) / 0.7 a seventh of a unit below the least there is:
 * rounded it fits, one step down it does not.
 */
static void one_step_beyond_the_range_is_refused(void **state)
{
	struct held h = given();
	struct facts f;

	(void)state;
	h.leg[LEG_LONG].mark_price = fact_known(dec_lit("0.7"));
	h.leg[LEG_LONG].liquidation_price = fact_known(
		dec_lit("119098828422328462212.881112601118874009"));
	facts_put_held(&f, &h);
	is_unknown(f.v[FACT_LONG_LIQUIDATION], WHY_OVERFLOW);
	h.leg[LEG_LONG].liquidation_price = fact_known(
		dec_lit("119098828422328462212.881112601118874008"));
	facts_put_held(&f, &h);
	assert_true(f.v[FACT_LONG_LIQUIDATION].known);
}

static void a_price_that_is_not_known_says_why(void **state)
{
	struct held h = given();
	struct held_leg *leg = &h.leg[LEG_LONG];

	(void)state;
	leg->quantity = fact_unknown(WHY_NOT_LISTED);
	is_unknown(facts_held_price(leg, LEG_LONG), WHY_NOT_LISTED);
	leg->mark_price = fact_unknown(WHY_NULL_VALUE);
	is_unknown(facts_held_price(leg, LEG_LONG), WHY_NULL_VALUE);
	leg->quantity = fact_known(dec_int(2));
	is_unknown(facts_held_price(leg, LEG_LONG), WHY_NULL_VALUE);
	leg->quantity = leg->mark_price = fact_known(dec_lit(MOST));
	is_unknown(facts_held_price(leg, LEG_LONG), WHY_OVERFLOW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formulas_and_sides),
		cmocka_unit_test(price_is_signed_by_side),
		cmocka_unit_test(each_missing_number_makes_its_facts_unknown),
		cmocka_unit_test(without_a_client_nothing_is_known),
		cmocka_unit_test(legs_swapped),
		cmocka_unit_test(limits_are_exact),
		cmocka_unit_test(any_numbers_compare_as_products_do),
		cmocka_unit_test(numbers_not_above_zero_are_not_known),
		cmocka_unit_test(a_number_not_above_zero_says_so),
		cmocka_unit_test(what_the_client_says_is_passed_on),
		cmocka_unit_test(what_does_not_fit_says_so),
		cmocka_unit_test(one_step_beyond_the_range_is_refused),
		cmocka_unit_test(a_price_that_is_not_known_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
