/* SPDX-License-Identifier: MIT */
/* Carry by schedule: the vectors of the trade, and a walk step by step. */
#include "given_random.h"
#include "rule_case.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "carry.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define DAY_MS INT64_C(86400000)
#define H INT64_C(3600000)

static void assert_dec(struct dec d, const char *want)
{
	char got[DEC_TEXT_MAX];

	dec_format(got, d);
	assert_string_equal(got, want);
}

static struct carry_leg leg(const char *daily, int64_t next_ms, int64_t pays_s)
{
	return (struct carry_leg){ dec_lit(daily), next_ms, pays_s };
}

/* ---- expected carry ---- */

/* Long 0.00001 every hour, short 0.0004 every 8 h; 10,000 USD a leg. */
struct vector {
	int64_t long_next, short_next, horizon_ms;
	const char *usd, *comment;
};

static const struct vector vectors[] = {
	{ H / 6, H / 6, H, "3.9", "15:50, 1 h: 16:00 pays both" },
	{ 59 * H / 60, 479 * H / 60, H, "-0.1", "16:01, 1 h: 17:00 alone" },
	{ H / 6, H / 6, H / 6 - 1, "0", "a millisecond before the settlement" },
	{ H / 6, H / 6, H / 6, "3.9", "the settlement at the end counts" },
	{ H / 6, 7 * H / 6, H, "-0.1", "14:50, 1 h: 15:00 alone" },
	{ H / 6, 7 * H / 6, 7 * H / 6, "3.8", "14:50 until 16:00" },
	{ H / 6, H / 6, DAY_MS, "9.6", "a whole day pays D, not more" },
	{ H / 6, H / 6, DAY_MS + H / 6, "13.5", "and ten minutes: 25 and 4" },
};

static struct dec usd_of(struct dec rate_s, const char *size)
{
	struct dec usd;

	assert_true(dec_mul(&usd, rate_s, dec_lit(size)));
	assert_true(dec_div(&usd, usd, dec_int(86400)));
	return usd;
}

static void pays_at_the_settlements_not_in_between(void **state)
{
	struct dec linear, sum;

	(void)state;
	/* (0.00005 - 0.00001) * 10,000 * 1 h */
	assert_true(dec_sub(&linear, dec_lit("0.0012"), dec_lit("0.00024")));
	assert_true(dec_mul_int(&linear, linear, 3600));
	assert_dec(usd_of(linear, "10000"), "0.4");
	for (size_t i = 0; i < N(vectors); i++) {
		const struct vector *v = &vectors[i];
		struct carry_leg l[2] = {
			leg("0.00024", v->long_next, 3600),
			leg("0.0012", v->short_next, 28800),
		};

		print_message("# %s\n", v->comment);
		assert_true(carry_expected(&sum, l, v->horizon_ms));
		assert_dec(usd_of(sum, "10000"), v->usd);
	}
}

static void counts_settlements_in_the_horizon(void **state)
{
	struct carry_leg l = leg("0", 10 * H, 28800);

	(void)state;
	assert_int_equal(carry_count(&l, 0), 0);
	assert_int_equal(carry_count(&l, 10 * H - 1), 0);
	assert_int_equal(carry_count(&l, 10 * H), 1);
	assert_int_equal(carry_count(&l, 18 * H - 1), 1);
	assert_int_equal(carry_count(&l, 18 * H), 2);
}

/* ---- break-even ---- */

struct even_case {
	struct { const char *daily; int64_t next_ms, pays_s; } leg[2];
	const char *cost, *size;
	int64_t after_ms;
	const char *comment;
};

#define FIRST_DAY(x) { { "0", 24 * H, 86400 }, { x, 24 * H, 86400 } }

static const struct even_case evens[] = {
	/* 4 fills of 5 bp = 20 bp; 10 bp a day */
	{ FIRST_DAY("0.001"), "20", "10000", 2 * DAY_MS, "20 bp: 2.0 days" },
	{ { { "0", H, 3600 }, { "0.001", H, 3600 } }, "20", "10000",
	  2 * DAY_MS, "hourly from a full hour on: the same" },
	{ { { "0", H, 3600 }, { "0.001", H / 2, 3600 } }, "20", "10000",
	  2 * DAY_MS - H / 2, "from half past: half an hour less" },
	{ { { "0", H, 3600 }, { "0.001", H, 28800 } }, "20", "10000",
	  41 * H, "every 8 h: the sixth payment" },
	{ FIRST_DAY("0.001"), "20.000000000000000001", "10000", 3 * DAY_MS,
	  "a step: a little more takes a whole settlement more" },
	{ FIRST_DAY("0.001"), "10", "10000", DAY_MS, "the first settlement" },
	{ FIRST_DAY("0.001"), "1", "3333.333333333333333333", DAY_MS,
	  "a quotient that is rounded is not compared" },
	{ FIRST_DAY("0.001"), "0", "10000", 0, "nothing to earn" },
	{ FIRST_DAY("-0.001"), "-1", "10000", 0, "less than nothing" },
	{ FIRST_DAY("0"), "1", "10000", CARRY_NEVER, "D = 0: never" },
	{ FIRST_DAY("-0.001"), "1", "10000", CARRY_NEVER, "D < 0: never" },
	{ FIRST_DAY("0.000000000000000001"), "1", "10000", CARRY_NEVER,
	  "beyond a hundred years" },
	{ FIRST_DAY("0.000000000000000001"), "1e9", "0.000001",
	  CARRY_NEVER, "and far beyond" },
	{ FIRST_DAY("0.001"), "365000", "10000", 36500 * DAY_MS,
	  "a hundred years" },
	{ FIRST_DAY("0.001"), "365020", "10000", 36502 * DAY_MS,
	  "counted from the second settlement" },
	{ FIRST_DAY("0.001"), "365020.000000000000000001", "10000",
	  CARRY_NEVER, "and not a unit beyond" },
	{ { { "0.001", 2 * H, 86400 }, { "0.001", H, 86400 } }, "1000",
	  "1000000", H, "a peak that covers it" },
	{ { { "0.001", 2 * H, 86400 }, { "0.001", H, 86400 } },
	  "1000.000000000000000001", "1000000", CARRY_NEVER,
	  "a peak that is missed by what rounding hides" },
	/* the sum is highest between: 16:00 covers, 17:00 takes it back */
	{ { { "0.00024", H, 3600 }, { "0.0002", H, 28800 } }, "0.5", "10000",
	  H, "first passage counts, though D < 0" },
	{ { { "0.00024", H, 3600 }, { "0.0002", H, 28800 } }, "0.6", "10000",
	  CARRY_NEVER, "but not for more than it brought" },
	{ { { "0.00024", H, 3600 }, { "0.0012", H, 28800 } }, "3.9", "10000",
	  H, "both at once count together" },
	{ { { "0.00024", H, 3600 }, { "0.0012", 8 * H, 28800 } }, "3.21",
	  "10000", 16 * H, "after a first interval that paid" },
	/* the peak of each day is reached before its end */
	{ { { "0.0011", 24 * H, 86400 }, { "0.0012", 12 * H, 86400 } }, "15",
	  "10000", 84 * H, "on a peak that the fourth day reaches" },
};

static void legs_of(struct carry_leg out[2], const struct even_case *c)
{
	for (int s = 0; s < 2; s++)
		out[s] = leg(c->leg[s].daily, c->leg[s].next_ms,
			     c->leg[s].pays_s);
}

static void breaks_even_at_a_settlement(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(evens); i++) {
		const struct even_case *c = &evens[i];
		struct carry_leg l[2];
		int64_t after;

		print_message("# %s\n", c->comment);
		legs_of(l, c);
		assert_true(carry_break_even(&after, l, dec_lit(c->cost),
					     dec_lit(c->size)));
		assert_int_equal(after, c->after_ms);
	}
}

static const struct even_case too_large[] = {
	{ { { "1e17", H, 3600 }, { "0", H, 3600 } }, "1", "1", 0, "long cash" },
	{ { { "0", H, 3600 }, { "1e17", H, 3600 } }, "1", "1", 0, "short cash" },
	{ { { "0", H, 3600 }, { "-4e16", H, 3600 } }, "1", "1", 0,
	  "sum of the second settlement" },
	{ { { "0", 12 * H, 86400 }, { "-1e15", 24 * H, 86400 } }, "1", "1", 0,
	  "sum of the second day" },
	{ FIRST_DAY("1e-12"), "1e17", "1", 0, "cost" },
	{ FIRST_DAY("1e-9"), "1e15", "0.001", 0, "cost over size" },
	{ FIRST_DAY("1e11"), "1.9e15", "1", 0, "a hundred years of it" },
	{ { { "1e15", H, 3600 }, { "1.000001e15", 24 * H, 28800 } },
	  "1.96e15", "1", 0, "what is missing after a low" },
	{ { { "1e16", H, 3600 }, { "0", 24 * H, 3600 } }, "1", "1", 0,
	  "sum of the first day" },
	{ { { "1.308e15", H, 3600 }, { "3.6e15", 24 * H, 3600 } }, "1.96e15",
	  "1", 0, "from deep below to high above in a day" },
	{ { { "1969051660422097", 24 * H, 86400 },
	    { "1969101660422097", 12 * H, 86400 } }, "1969226660422097", "1",
	  0, "the settlement that would cover it" },
};

static void refuses_what_does_not_fit(void **state)
{
	struct carry_leg most[2] = { leg("1e17", H, 3600), leg("1", H, 3600) };
	struct carry_leg apart[2] = { leg("-1.9e15", H, 86400),
				      leg("1.9e15", H, 86400) };
	struct dec sum;

	(void)state;
	assert_false(carry_expected(&sum, most, H));
	assert_false(carry_expected(&sum, apart, H));
	for (size_t i = 0; i < N(too_large); i++) {
		const struct even_case *c = &too_large[i];
		struct carry_leg l[2];
		int64_t after;

		print_message("# %s\n", c->comment);
		legs_of(l, c);
		assert_false(carry_break_even(&after, l, dec_lit(c->cost),
					      dec_lit(c->size)));
	}
}

/* ---- against a walk over every settlement, in plain integers ---- */

struct naive_leg {
	int64_t daily_e10, next_ms, pays_s;
};

static void any_leg(struct naive_leg *n, struct carry_leg *c, int64_t rate)
{
	static const int64_t rhythms[] = { 900, 3600, 7200, 14400, 28800, 86400 };
	bool ok;

	n->pays_s = rhythms[given_below(N(rhythms))];
	n->daily_e10 = given_below(2 * rate) - rate;
	n->next_ms = 1 + given_below(n->pays_s * 1000);
	if (given_below(4) == 0)			/* later than its rhythm says */
		n->next_ms = 1 + given_below(DAY_MS);
	if (given_below(3) == 0)			/* both at once, often */
		n->next_ms = 900000 * (1 + given_below(4));
	c->next_ms = n->next_ms;
	c->pays_s = n->pays_s;
	ok = dec_join(&c->daily, n->daily_e10, 10);
	assert_true(ok);
}

/* Units of 1e-10 of notional, times 86400, up to and with time t. */
static int64_t naive_until(const struct naive_leg n[2], int64_t t)
{
	int64_t sum = 0;

	for (int s = 0; s < 2; s++)
		for (int64_t at = n[s].next_ms; at <= t; at += n[s].pays_s * 1000)
			sum += (s == LEG_SHORT ? 1 : -1) * n[s].daily_e10 *
			       n[s].pays_s;
	return sum;
}

/* First settlement with sum >= need; CARRY_NEVER when not until the end. */
static int64_t naive_even(const struct naive_leg n[2], int64_t need,
			  int64_t end)
{
	int64_t at[2] = { n[0].next_ms, n[1].next_ms }, sum = 0, t;

	while ((t = at[0] < at[1] ? at[0] : at[1]) <= end) {
		for (int s = 0; s < 2; s++) {
			if (at[s] != t)
				continue;
			sum += (s == LEG_SHORT ? 1 : -1) * n[s].daily_e10 *
			       n[s].pays_s;
			at[s] += n[s].pays_s * 1000;
		}
		if (sum >= need)
			return t;
	}
	return CARRY_NEVER;
}

static void expects_what_a_walk_adds_up(void **state)
{
	(void)state;
	given_seed(20261126);
	for (int i = 0; i < 3000; i++) {
		struct naive_leg n[2];
		struct carry_leg l[2];
		struct dec got, want;
		int64_t h;

		for (int s = 0; s < 2; s++)
			any_leg(&n[s], &l[s], 10000000);
		h = given_below(4 * DAY_MS);
		if (given_below(2))			/* a settlement, or beside it */
			h = n[given_below(2)].next_ms + n[0].pays_s * 1000 *
			    given_below(5) + given_below(3) - 1;
		assert_true(carry_expected(&got, l, h));
		assert_true(dec_join(&want, naive_until(n, h), 10));
		if (dec_cmp(got, want) != 0)
			fail_msg("case %d", i);
	}
}

/* A cost that some settlement meets exactly, or misses by one unit. */
static int64_t any_need(const struct naive_leg n[2], int64_t end)
{
	int64_t t = n[given_below(2)].next_ms + given_below(end);

	if (given_below(8) == 0)			/* far, or out of reach */
		return INT64_C(10000000000000);
	return naive_until(n, t) + given_below(3) - 1;
}

static void breaks_even_where_a_walk_does(void **state)
{
	const int64_t end = 60 * DAY_MS;
	int hits = 0, never = 0, late = 0;

	(void)state;
	given_seed(7);
	for (int i = 0; i < 4000; i++) {
		struct naive_leg n[2];
		struct carry_leg l[2];
		struct dec cost;
		int64_t need, got, want;

		for (int s = 0; s < 2; s++)
			any_leg(&n[s], &l[s], given_below(2) ? 300 : 10000000);
		need = any_need(n, end);
		/* size 86400 * 7: USD that divide to no decimal, exact here */
		assert_true(dec_join(&cost, need * 7, 10));
		assert_true(carry_break_even(&got, l, cost,
					     dec_int(86400 * 7)));
		want = need <= 0 ? 0 : naive_even(n, need, end);
		if (want == CARRY_NEVER ? got <= end : got != want)
			fail_msg("case %d: got %" PRId64 ", want %" PRId64, i,
				 got, want);
		hits += want > 0 && want != CARRY_NEVER;
		late += want > 4 * DAY_MS && want != CARRY_NEVER;
		never += got == CARRY_NEVER;
	}
	print_message("# %d reached, %d of them after days, %d never\n", hits,
		      late, never);
	assert_in_range(hits, 500, 4000);
	assert_in_range(late, 300, 4000);
	assert_in_range(never, 100, 4000);
}

/* ---- legs out of facts ---- */

#define HELD "long_rate=0.00024 short_rate=0.0012 long_next_funding=600 " \
	     "short_next_funding=600 long_pays_every=3600 " \
	     "short_pays_every=28800"
#define OTHER " alternative_long_rate=0 alternative_short_rate=0.0024 " \
	      "alternative_long_next=600 alternative_short_next=4200 " \
	      "alternative_long_pays_every=3600 " \
	      "alternative_short_pays_every=28800"

struct legs_case {
	const char *facts, *missing;
	enum why why;
};

static const struct legs_case legs_cases[] = {
	{ HELD " long_rate=?9", "long_rate", WHY_STALE },
	{ HELD " long_next_funding=?12", "long_next_funding", WHY_NO_INTERVAL },
	{ HELD " long_pays_every=?12", "long_pays_every", WHY_NO_INTERVAL },
	{ HELD " short_rate=?3", "short_rate", WHY_FAILED },
	{ HELD " short_next_funding=?12", "short_next_funding",
	  WHY_NO_INTERVAL },
	{ HELD " short_pays_every=?12", "short_pays_every", WHY_NO_INTERVAL },
	{ HELD " long_next_funding=0", "long_next_funding", WHY_OVERFLOW },
	{ HELD " long_next_funding=86400.001", "long_next_funding",
	  WHY_OVERFLOW },
	{ HELD " short_next_funding=-1", "short_next_funding", WHY_OVERFLOW },
	{ HELD " short_next_funding=1.7e20", "short_next_funding",
	  WHY_OVERFLOW },
	{ HELD " short_next_funding=1e16", "short_next_funding",
	  WHY_OVERFLOW },
	{ HELD " long_pays_every=1e19", "long_next_funding", WHY_OVERFLOW },
	{ HELD " long_pays_every=0", "long_next_funding", WHY_OVERFLOW },
	{ HELD " long_pays_every=25000", "long_next_funding", WHY_OVERFLOW },
	{ HELD " long_pays_every=172800", "long_next_funding", WHY_OVERFLOW },
};

static void a_leg_is_known_whole_or_not_at_all(void **state)
{
	struct carry_leg l[2];
	struct finding why;

	(void)state;
	for (size_t i = 0; i < N(legs_cases); i++) {
		const struct legs_case *c = &legs_cases[i];
		struct facts f = rule_facts(c->facts);

		print_message("# %s\n", c->facts + strlen(HELD));
		assert_false(carry_legs(l, &why, &f, false));
		assert_int_equal(why.verdict, VERDICT_UNKNOWN);
		assert_string_equal(fact_name(why.missing), c->missing);
		assert_int_equal(why.why, c->why);
	}
}

static void legs_are_those_of_the_pair_asked_for(void **state)
{
	struct facts f = rule_facts(HELD OTHER " long_next_funding=86400 "
				    "long_pays_every=86400");
	struct carry_leg l[2];
	struct finding why;

	(void)state;
	assert_true(carry_legs(l, &why, &f, false));
	assert_dec(l[LEG_LONG].daily, "0.00024");
	assert_int_equal(l[LEG_LONG].next_ms, DAY_MS);
	assert_int_equal(l[LEG_LONG].pays_s, 86400);
	assert_dec(l[LEG_SHORT].daily, "0.0012");
	assert_int_equal(l[LEG_SHORT].next_ms, 600000);
	assert_int_equal(l[LEG_SHORT].pays_s, 28800);
	assert_true(carry_legs(l, &why, &f, true));
	assert_dec(l[LEG_LONG].daily, "0");
	assert_dec(l[LEG_SHORT].daily, "0.0024");
	assert_int_equal(l[LEG_SHORT].next_ms, 4200000);
}

static void the_gain_is_the_alternatives_carry_over_the_held_one(void **state)
{
	struct facts f = rule_facts(HELD OTHER);
	struct finding why;
	struct dec gain;

	(void)state;
	/* 15:50: the held pair gets +3.90 at 16:00, the other 8.00 at 17:00 */
	assert_true(carry_gain(&gain, &why, &f, dec_int(3600)));
	assert_dec(usd_of(gain, "10000"), "-3.9");
	assert_true(carry_gain(&gain, &why, &f, dec_int(4200)));
	assert_dec(usd_of(gain, "10000"), "4.2");
	assert_false(carry_gain(&gain, &why, &f, dec_lit("1.7e20")));
	assert_int_equal(why.why, WHY_OVERFLOW);
	f = rule_facts(HELD OTHER " long_rate=1e17");
	assert_false(carry_gain(&gain, &why, &f, dec_int(3600)));
	f = rule_facts(HELD OTHER " alternative_long_rate=1e17");
	assert_false(carry_gain(&gain, &why, &f, dec_int(3600)));
	f = rule_facts(HELD OTHER " long_rate=1.9e15 short_rate=0 "
		       "alternative_long_rate=-1.5e15");
	assert_false(carry_gain(&gain, &why, &f, dec_int(86400)));
	f = rule_facts(HELD OTHER " alternative_long_pays_every=?12");
	assert_false(carry_gain(&gain, &why, &f, dec_int(3600)));
	assert_int_equal(why.missing, FACT_ALT_LONG_PAYS);
	f = rule_facts(HELD OTHER " short_rate=?9");
	assert_false(carry_gain(&gain, &why, &f, dec_int(3600)));
	assert_int_equal(why.missing, FACT_SHORT_RATE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pays_at_the_settlements_not_in_between),
		cmocka_unit_test(counts_settlements_in_the_horizon),
		cmocka_unit_test(breaks_even_at_a_settlement),
		cmocka_unit_test(refuses_what_does_not_fit),
		cmocka_unit_test(expects_what_a_walk_adds_up),
		cmocka_unit_test(breaks_even_where_a_walk_does),
		cmocka_unit_test(a_leg_is_known_whole_or_not_at_all),
		cmocka_unit_test(legs_are_those_of_the_pair_asked_for),
		cmocka_unit_test(the_gain_is_the_alternatives_carry_over_the_held_one),
	};

	return cmocka_run_group_tests_name("carry", tests, NULL, NULL);
}
