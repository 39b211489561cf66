/* SPDX-License-Identifier: MIT */
/* From the ledger to net, returns and break-even (finance.md 3, 5, 6, 7). */
#include "view_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

struct scene {
	struct position p;
	struct facts facts;
	struct settlement rows[4];
	struct view_money_ask ask;
	struct view_money money;
};

static struct fact known(const char *text)
{
	return text ? fact_known(dec_lit(text)) : fact_unknown(WHY_STALE);
}

/* Long pays every hour, short every 8 h; the next ones in 10 min. */
static void set_up(struct scene *s)
{
	*s = (struct scene){
		.p = given_position("BTC", "lighter", "grvt", "10000",
				    "0.000285"),
	};
	for (int i = 0; i < FACT_COUNT; i++)
		s->facts.v[i] = fact_unknown(WHY_NOT_SET);
	s->facts.v[FACT_LONG_RATE] = known("0.00024");
	s->facts.v[FACT_SHORT_RATE] = known("0.0012");
	s->facts.v[FACT_LONG_NEXT] = s->facts.v[FACT_SHORT_NEXT] =
		known("600");
	s->facts.v[FACT_LONG_PAYS] = known("3600");
	s->facts.v[FACT_SHORT_PAYS] = known("28800");
	s->facts.v[FACT_EXIT_COST] = known("4");
	s->ask = (struct view_money_ask){
		.position = &s->p, .facts = &s->facts, .rows = s->rows,
		.running = { .sum_usd = known("0") },
		.mark = { known(NULL), known(NULL) },
		.accrued = { known("-0.1"), known("2.1") },
		.capital_share = dec_int(2), .age = span_s(36500),
	};
	for (int i = LEG_LONG; i <= LEG_SHORT; i++)
		s->p.leg[i].quantity = s->p.leg[i].entry_price =
			s->p.leg[i].exit_price = fact_unknown(WHY_NOT_SET);
}

static void count(struct scene *s)
{
	view_count_money(&s->money, &s->ask);
}

static void add_row(struct scene *s, enum side side, const char *expected,
		    const char *reported)
{
	s->rows[s->ask.n_rows++] = (struct settlement){
		.position = 7, .side = side, .amount_usd = known(expected),
		.reported_usd = known(reported),
		.reported_at = INSTANT_UNKNOWN,
	};
}

static void price_legs(struct scene *s, const char *ql, const char *el,
		       const char *qs, const char *es)
{
	s->p.leg[LEG_LONG].quantity = known(ql);
	s->p.leg[LEG_LONG].entry_price = known(el);
	s->p.leg[LEG_SHORT].quantity = known(qs);
	s->p.leg[LEG_SHORT].entry_price = known(es);
}

/* ---- net ---- */

static void net_is_all_that_is_known(void **state)
{
	struct scene s;

	(void)state;
	set_up(&s);
	add_row(&s, LEG_SHORT, "5.1", NULL);
	add_row(&s, LEG_LONG, "-0.1", "-0.15");
	s.p.fees_usd = dec_lit("3");
	s.p.slippage_usd = dec_lit("0.5");
	count(&s);
	view_assert_fact(s.money.funding_usd, "4.95");
	view_assert_fact(s.money.realised_usd, "1.45");
	view_assert_fact(s.money.net_usd, "1.45");
	view_assert_fact(s.money.price_usd, "never recorded");
	view_assert_fact(s.money.open_usd, "never recorded");
	view_assert_fact(s.money.expected_usd, "-0.1");
	view_assert_fact(s.money.reported_usd, "-0.15");
	assert_int_equal(s.money.n_reported, 1);
	/* An estimate, in none of them. */
	view_assert_fact(s.money.accrued_usd, "2");
	price_legs(&s, "0.1", "100000", "0.1", "100100");
	s.ask.mark[LEG_LONG] = known("101000");
	s.ask.mark[LEG_SHORT] = known("101050");
	count(&s);
	view_assert_fact(s.money.price_usd, "5");
	view_assert_fact(s.money.open_usd, "5");
	view_assert_fact(s.money.realised_usd, "1.45");
	view_assert_fact(s.money.net_usd, "6.45");
}

static void a_closed_pair_has_realised_all_of_it(void **state)
{
	struct scene s;

	(void)state;
	set_up(&s);
	price_legs(&s, "0.1", "100000", "0.3", "100100");
	s.p.status = STATUS_CLOSED;
	s.ask.mark[LEG_LONG] = s.ask.mark[LEG_SHORT] = known("1");
	count(&s);
	view_assert_fact(s.money.price_usd, "never recorded");
	view_assert_fact(s.money.open_usd, "0");
	s.p.leg[LEG_LONG].exit_price = known("101000");
	count(&s);
	view_assert_fact(s.money.price_usd, "never recorded");
	s.p.leg[LEG_SHORT].exit_price = known("101050");
	s.p.fees_usd = dec_lit("7");
	count(&s);
	/* Unequal legs: 0.1 x 1000 - 0.3 x 950. */
	view_assert_fact(s.money.price_usd, "-185");
	view_assert_fact(s.money.realised_usd, "-192");
	view_assert_fact(s.money.net_usd, "-192");
	view_assert_fact(s.money.open_usd, "0");
	view_assert_fact(s.money.accrued_usd, "never recorded");
	view_assert_fact(s.money.day_usd, "never recorded");
	assert_int_equal(s.money.all_in.state, EVEN_UNKNOWN);
}

/* finance.md 7: equal quantities earn q x (b_0 - b), signed. */
static void swapping_the_legs_changes_every_sign(void **state)
{
	struct scene s;

	(void)state;
	set_up(&s);
	price_legs(&s, "0.1", "100000", "0.1", "100100");
	s.ask.mark[LEG_LONG] = known("101000");
	s.ask.mark[LEG_SHORT] = known("101050");
	count(&s);
	view_assert_fact(s.money.price_usd, "5");
	view_assert_fact(s.money.day_usd, "9.6");
	price_legs(&s, "0.1", "100100", "0.1", "100000");
	s.ask.mark[LEG_LONG] = known("101050");
	s.ask.mark[LEG_SHORT] = known("101000");
	s.facts.v[FACT_LONG_RATE] = known("0.0012");
	s.facts.v[FACT_SHORT_RATE] = known("0.00024");
	s.facts.v[FACT_LONG_PAYS] = known("28800");
	s.facts.v[FACT_SHORT_PAYS] = known("3600");
	count(&s);
	view_assert_fact(s.money.price_usd, "-5");
	view_assert_fact(s.money.day_usd, "-9.6");
}

static void the_stored_sum_is_compared_with_the_rows(void **state)
{
	struct scene s;

	(void)state;
	set_up(&s);
	add_row(&s, LEG_SHORT, "5", NULL);
	add_row(&s, LEG_LONG, NULL, NULL);
	add_row(&s, LEG_LONG, "9", NULL);
	s.rows[2].hypothetical = true;
	s.ask.running = (struct funding){ known("5"), 2, 1 };
	count(&s);
	assert_false(s.money.sums_differ);
	assert_int_equal(s.money.n_after, 1);
	for (int i = 0; i < 3; i++) {
		s.ask.running = (struct funding){
			known(i == 0 ? "5.000000000000000001" : "5"),
			i == 1 ? 3 : 2, i == 2 ? 0 : 1 };
		count(&s);
		assert_true(s.money.sums_differ);
	}
	/* A list reads no rows: the sum is what counts. */
	s.ask.summed = true;
	s.ask.n_rows = 0;
	s.ask.running = (struct funding){ known("6"), 4, 2 };
	count(&s);
	assert_false(s.money.sums_differ);
	view_assert_fact(s.money.funding_usd, "6");
	assert_int_equal(s.money.n, 4);
	assert_int_equal(s.money.n_unknown, 2);
}

/* ---- returns ---- */

static void returns_are_simple_and_name_their_base(void **state)
{
	struct scene s;

	(void)state;
	set_up(&s);
	add_row(&s, LEG_SHORT, "3", NULL);
	count(&s);
	/* 36500 s = 1/864 of a year. */
	view_assert_fact(s.money.capital_usd, "20000");
	view_assert_fact(s.money.on_notional, "0.0003");
	view_assert_fact(s.money.on_capital, "0.00015");
	view_assert_fact(s.money.apr_notional, "0.2592");
	view_assert_fact(s.money.apr_capital, "0.1296");
}

struct apr_case {
	const char *gain, *base;
	int64_t age_ms;
	const char *want;
};

static const struct apr_case apr_cases[] = {
	/* finance.md 6: 0.0000125 an hour is 10.95 %, not 11.57. */
	{ "0.0000125", "1", 3600000, "0.1095" },
	{ "0.0000125", "1", 3599999, "never recorded" },
	{ "-0.0000125", "1", 3600000, "-0.1095" },
	{ "100", "10000", INT64_C(365) * 86400000, "0.01" },
	{ "1", "3", INT64_C(365) * 86400000, "0.333333333333333333" },
	{ "1", "0", 3600000, "not above zero" },
	{ NULL, "1", 3600000, "stale" },
	{ "1", NULL, 3600000, "stale" },
};

static void apr_is_simple_and_not_for_the_young(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(apr_cases); i++) {
		const struct apr_case *c = &apr_cases[i];

		view_assert_fact(view_apr(known(c->gain), known(c->base),
					  (struct span){ c->age_ms }),
				 c->want);
	}
}

/* ---- to come ---- */

static void expected_carry_counts_settlements(void **state)
{
	struct scene s;

	(void)state;
	set_up(&s);
	count(&s);
	/* 24 x -0.1 and 3 x +4. */
	view_assert_fact(s.money.day_usd, "9.6");
	s.facts.v[FACT_SHORT_RATE] = fact_unknown(WHY_FAILED);
	count(&s);
	view_assert_fact(s.money.day_usd, "request failed");
	assert_int_equal(s.money.exit_only.state, EVEN_UNKNOWN);
	assert_int_equal(s.money.exit_only.why, WHY_FAILED);
}

struct even_case {
	const char *fees, *slippage, *funding, *exit;
	enum view_even_state all_in, exit_only;
	int64_t all_in_s, exit_only_s;
};

/* +3.9 at 600 s, then -0.1 an hour, and +3.9 at 29400 s and so on. */
static const struct even_case even_cases[] = {
	{ "3", "0.5", "3.6", "4", EVEN_AHEAD, EVEN_AHEAD, 600, 29400 },
	{ "3", "0.5", "3.6", "3.9", EVEN_AHEAD, EVEN_AHEAD, 600, 600 },
	{ "3", "0.5", "3.599999", "4", EVEN_AHEAD, EVEN_AHEAD, 29400, 29400 },
	{ "3", "0.5", "7.5", "4", EVEN_DONE, EVEN_AHEAD, 0, 29400 },
	{ "3", "0.5", "7.4", "4", EVEN_AHEAD, EVEN_AHEAD, 600, 29400 },
	{ "3", "0.5", NULL, "4", EVEN_UNKNOWN, EVEN_AHEAD, 0, 29400 },
	{ "0", "0", "0", "0", EVEN_DONE, EVEN_DONE, 0, 0 },
	{ "0", "0", "0", NULL, EVEN_UNKNOWN, EVEN_UNKNOWN, 0, 0 },
};

static void break_even_is_two_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(even_cases); i++) {
		const struct even_case *c = &even_cases[i];
		struct scene s;

		print_message("# %zu\n", i);
		set_up(&s);
		s.p.fees_usd = dec_lit(c->fees);
		s.p.slippage_usd = dec_lit(c->slippage);
		add_row(&s, LEG_SHORT, c->funding, NULL);
		s.facts.v[FACT_EXIT_COST] = known(c->exit);
		count(&s);
		assert_int_equal(s.money.all_in.state, c->all_in);
		assert_int_equal(s.money.exit_only.state, c->exit_only);
		assert_int_equal(s.money.all_in.after.ms, c->all_in_s * 1000);
		assert_int_equal(s.money.exit_only.after.ms,
				 c->exit_only_s * 1000);
	}
}

/* finance.md 5: four fills of 5 bp at 10 bp a day take 2.0 days. */
static void twenty_basis_points_at_ten_a_day_take_two_days(void **state)
{
	struct scene s;

	(void)state;
	set_up(&s);
	s.facts.v[FACT_LONG_RATE] = known("0");
	s.facts.v[FACT_SHORT_RATE] = known("0.001");
	s.facts.v[FACT_LONG_NEXT] = s.facts.v[FACT_SHORT_NEXT] = known("3600");
	s.facts.v[FACT_LONG_PAYS] = s.facts.v[FACT_SHORT_PAYS] = known("3600");
	s.p.fees_usd = dec_lit("10");
	s.facts.v[FACT_EXIT_COST] = known("10");
	count(&s);
	assert_int_equal(s.money.all_in.after.ms, 2 * 86400000);
	assert_int_equal(s.money.exit_only.after.ms, 86400000);
	s.facts.v[FACT_SHORT_RATE] = known("-0.001");
	count(&s);
	assert_int_equal(s.money.all_in.state, EVEN_NEVER);
	assert_int_equal(s.money.exit_only.state, EVEN_NEVER);
}

static void scaling_the_notional_scales_the_money(void **state)
{
	struct scene s;
	struct view_even before;

	(void)state;
	set_up(&s);
	s.p.fees_usd = dec_lit("4");
	count(&s);
	before = s.money.all_in;
	view_assert_fact(s.money.day_usd, "9.6");
	s.p.size_usd = dec_lit("70000");
	s.p.fees_usd = dec_lit("28");
	s.facts.v[FACT_EXIT_COST] = known("28");
	count(&s);
	view_assert_fact(s.money.day_usd, "67.2");
	view_assert_fact(s.money.on_notional, "-0.0004");
	assert_int_equal(s.money.all_in.state, EVEN_AHEAD);
	assert_int_equal(s.money.all_in.after.ms, before.after.ms);
}

/* ---- in a view ---- */

static void what_is_accrued_grows_from_one_settlement_to_the_next(void **state)
{
	static const struct {
		const char *at, *opened, *want;
	} rows[] = {
		/* Short 5.1 in 8 h, long -0.0875 an hour. */
		{ "2026-11-20T21:00:00Z", "2026-11-17T18:00:00Z", "3.1875" },
		{ "2026-11-20T20:00:00Z", "2026-11-17T18:00:00Z", "2.55" },
		{ "2026-11-20T20:30:00Z", "2026-11-17T18:00:00Z", "2.825" },
		{ "2026-11-20T20:30:00Z", "2026-11-20T20:15:00Z", "0.1375" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct view_scene *s = view_scene_at(rows[i].at, view_fresh);

		print_message("# %zu\n", i);
		s->row.pos.opened_at = given_time(rows[i].opened);
		view_assemble(&s->row, &s->v, &view_no_memory);
		view_assert_fact(s->row.money.accrued_usd, rows[i].want);
		view_scene_end(s);
	}
}

static void a_mark_price_counts_only_from_the_poll_itself(void **state)
{
	struct view_scene *s = view_scene_at(GIVEN_NOW, view_fresh);
	struct last_quote q[2];

	(void)state;
	for (int i = LEG_LONG; i <= LEG_SHORT; i++) {
		struct leg *leg = &s->row.pos.leg[i];

		leg->quantity = known("0.2");
		leg->entry_price = known("100000");
		q[i] = (struct last_quote){
			.symbol = given_symbol("BTC"), .venue = leg->venue,
			.polled_at = given_time(GIVEN_NOW),
			.observed_at = given_time(GIVEN_NOW),
			.mark_price = known(i ? "100400" : "100500"),
		};
	}
	s->v.quotes = q;
	s->v.n_quotes = 2;
	view_assemble(&s->row, &s->v, &view_no_memory);
	view_assert_fact(s->row.money.price_usd, "20");
	q[1].polled_at.ms--;
	view_assemble(&s->row, &s->v, &view_no_memory);
	view_assert_fact(s->row.money.price_usd, "stale");
	q[1].polled_at.ms += 2;		/* of a later poll */
	view_assemble(&s->row, &s->v, &view_no_memory);
	view_assert_fact(s->row.money.price_usd, "never recorded");
	view_scene_end(s);
}

static void the_facts_of_a_poll_know_what_was_reported_before_it(void **state)
{
	struct view_scene *s = view_scene_at(GIVEN_NOW, view_fresh);
	struct settlement row = {
		.position = 7, .side = LEG_SHORT,
		.at = given_time("2026-11-20T16:00:00Z"),
		.amount_usd = known("5.1"), .reported_usd = known("4.9"),
		.reported_at = given_time(GIVEN_NOW),
	};

	(void)state;
	s->row.settlements = &row;
	s->row.n_settlements = 1;
	view_assemble(&s->row, &s->v, &view_no_memory);
	view_assert_fact(s->row.facts.v[FACT_FUNDING], "4.9");
	view_assert_fact(s->row.money.funding_usd, "4.9");
	row.reported_at.ms++;
	view_assemble(&s->row, &s->v, &view_no_memory);
	view_assert_fact(s->row.facts.v[FACT_FUNDING], "5.1");
	view_assert_fact(s->row.money.funding_usd, "4.9");
	view_scene_end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(net_is_all_that_is_known),
		cmocka_unit_test(a_closed_pair_has_realised_all_of_it),
		cmocka_unit_test(swapping_the_legs_changes_every_sign),
		cmocka_unit_test(the_stored_sum_is_compared_with_the_rows),
		cmocka_unit_test(returns_are_simple_and_name_their_base),
		cmocka_unit_test(apr_is_simple_and_not_for_the_young),
		cmocka_unit_test(expected_carry_counts_settlements),
		cmocka_unit_test(break_even_is_two_numbers),
		cmocka_unit_test(twenty_basis_points_at_ten_a_day_take_two_days),
		cmocka_unit_test(scaling_the_notional_scales_the_money),
		cmocka_unit_test(what_is_accrued_grows_from_one_settlement_to_the_next),
		cmocka_unit_test(a_mark_price_counts_only_from_the_poll_itself),
		cmocka_unit_test(the_facts_of_a_poll_know_what_was_reported_before_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
