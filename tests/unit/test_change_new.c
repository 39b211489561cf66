/* SPDX-License-Identifier: MIT */
/* What a new position must hold before it is stored. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "change.h"
#include "given.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct position fresh(void)
{
	struct position p;

	change_init_new(&p);
	p.symbol = given_symbol("BTC");
	p.leg[LEG_LONG].venue = given_venue("lighter");
	p.leg[LEG_SHORT].venue = given_venue("grvt");
	p.size_usd = dec_lit("20000");
	p.opened_at = given_time(GIVEN_NOW);
	return p;
}

static struct fact maybe(const char *s)
{
	return s ? fact_known(dec_lit(s)) : fact_unknown(WHY_NOT_SET);
}

static const struct entry_row {
	const char *l, *s, *given, *daily;	/* NULL unknown */
	const char *key;			/* NULL: accepted */
} entry_rows[] = {
	{ NULL, NULL, NULL, NULL, NULL },
	{ NULL, NULL, "0.000285", "0.000855", NULL },
	{ NULL, NULL, "0", "0", NULL },
	{ NULL, NULL, "-0.0001", "-0.0003", NULL },
	{ "-0.00003", "0.000255", NULL, "0.000855", NULL },
	{ "-0.00003", "0.000255", "0.000285", "0.000855", NULL },
	/* Through binary floating point; the rates are what counts. */
	{ "0.000035", "0.000255", "0.000219999999999999", "0.00066", NULL },
	{ "0.000035", "0.000255", "0.00022000001", NULL,
	  "entry_divergence_8h" },
	{ "0.000255", "0.000035", "0.00022", NULL, "entry_divergence_8h" },
	{ "0.0001", NULL, NULL, NULL, "entry_long_rate_8h" },
	{ NULL, "0.0001", "0.0001", NULL, "entry_short_rate_8h" },
	{ NULL, NULL, "150000000000000000000", NULL,
	  "entry_divergence_8h" },
};

static void entry_divergence_comes_per_day(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(entry_rows); i++) {
		const struct entry_row *r = &entry_rows[i];
		const struct fact given = maybe(r->given);
		struct position p = fresh();
		struct err err = { ERR_NONE, "" };
		const char *key = NULL;
		bool ok;

		p.leg[LEG_LONG].entry_rate_8h = maybe(r->l);
		p.leg[LEG_SHORT].entry_rate_8h = maybe(r->s);
		ok = change_check_new(&p, &key, &given,
				      given_time(GIVEN_NOW), &err);
		if (ok != !r->key)
			fail_msg("row %zu: %s", i, err.text);
		if (!ok) {
			assert_string_equal(key, r->key);
			continue;
		}
		assert_int_equal(p.entry_divergence.known, r->daily != NULL);
		if (r->daily)
			assert_int_equal(dec_cmp(p.entry_divergence.v,
						 dec_lit(r->daily)), 0);
		assert_int_equal(p.confirmed_at.ms, given_time(GIVEN_NOW).ms);
	}
}

static void refuse_new(struct position p, const char *key, const char *text)
{
	const struct fact none = fact_unknown(WHY_NOT_SET);
	struct err err = { ERR_NONE, "" };
	const char *at = NULL;

	assert_false(change_check_new(&p, &at, &none, given_time(GIVEN_NOW),
				      &err));
	assert_int_equal(err.kind, ERR_DATA);
	assert_string_equal(at, key);
	assert_non_null(strstr(err.text, text));
}

static void new_positions_hold_their_invariants(void **state)
{
	struct position p = fresh();

	(void)state;
	p.leg[LEG_SHORT].venue = p.leg[LEG_LONG].venue;
	refuse_new(p, "short_venue", "both legs are on lighter");
	p = fresh();
	p.size_usd = DEC_ZERO;
	refuse_new(p, "size_usd", "not above zero");
	p = fresh();
	p.leg[LEG_LONG].quantity = fact_known(DEC_ZERO);
	refuse_new(p, "long_qty", "quantity of the long leg");
	p = fresh();
	p.leg[LEG_SHORT].entry_price = fact_known(dec_lit("-1"));
	refuse_new(p, "short_price", "price of the short leg");
	p = fresh();
	p.opened_at.ms += CHANGE_FUTURE_MS + 1;
	refuse_new(p, "opened_at", "in the future");
}

static void two_minutes_ahead_are_accepted(void **state)
{
	const struct fact none = fact_unknown(WHY_NOT_SET);
	struct position p = fresh();
	const char *key;

	(void)state;
	p.opened_at.ms += CHANGE_FUTURE_MS;
	assert_true(change_check_new(&p, &key, &none, given_time(GIVEN_NOW),
				     NULL));
	assert_int_equal(p.status, STATUS_OPEN);
	assert_false(instant_known(p.decided_at));
	assert_false(instant_known(p.muted_until));
}

/* Unknown for a reason, every one of them, whatever stood there. */
static void a_new_one_knows_nothing_yet(void **state)
{
	struct position p;

	(void)state;
	memset(&p, 0x5a, sizeof(p));
	change_init_new(&p);
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		const struct leg *l = &p.leg[s];
		const struct fact all[] = { l->quantity, l->entry_price,
					    l->entry_rate_8h, l->exit_price };

		for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
			assert_false(all[i].known);
			assert_int_equal(all[i].why, WHY_NOT_SET);
		}
	}
	assert_int_equal(p.entry_divergence.why, WHY_NOT_SET);
	assert_int_equal(p.entry_oi_ratio.why, WHY_NOT_SET);
	assert_false(instant_known(p.closed_at) || instant_known(p.opened_at) ||
		     instant_known(p.muted_until) ||
		     instant_known(p.decided_at) ||
		     instant_known(p.confirmed_at));
	assert_int_equal(p.status, STATUS_OPEN);
	assert_true(dec_same(p.fees_usd, DEC_ZERO));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entry_divergence_comes_per_day),
		cmocka_unit_test(new_positions_hold_their_invariants),
		cmocka_unit_test(two_minutes_ahead_are_accepted),
		cmocka_unit_test(a_new_one_knows_nothing_yet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
