/* SPDX-License-Identifier: MIT */
/* A run measured, against numbers worked out by hand. */
#include "report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "given.h"
#include "report_scene.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static int set_up(void **state)
{
	static struct report_scene s;

	report_scene_make(&s);
	*state = &s;
	return 0;
}

static int tear_down(void **state)
{
	report_scene_free(*state);
	return 0;
}

/* want: a number, or "n/a: WHY" */
static void assert_metric(const struct report_metric *m, const char *want,
			  const char *key)
{
	char got[DEC_TEXT_MAX + 8];

	if (m->known)
		dec_format(got, m->v);
	else
		snprintf(got, sizeof(got), "n/a: %.44s", m->why);
	if (strcmp(got, want) != 0)
		fail_msg("%s is %s, not %s", key, got, want);
}

#define NO_SPLIT "n/a: hold-through knows the sum of its costs only"
#define FEW "n/a: less than 30 days"

static const struct { enum report_metric_id id; const char *own, *held; }
expected[] = {
	{ METRIC_NET, "3.4", "6.5" },
	{ METRIC_PRICE, "n/a: price not included", "n/a: price not included" },
	{ METRIC_FUNDING, "6.4", "9.5" },
	{ METRIC_FEES, "2.2", NO_SPLIT },
	{ METRIC_SLIPPAGE, "0.2", NO_SPLIT },
	{ METRIC_EXIT, "0.6", NO_SPLIT },
	{ METRIC_COSTS, "3", "3" },
	{ METRIC_RETURN_NOTIONAL, "0.000523076923076923", "0.001" },
	{ METRIC_RETURN_CAPITAL, "0.00034", "0.00065" },
	/* * 365 / 4.5 days */
	{ METRIC_APR, "0.027577777777777778", "0.052722222222222222" },
	{ METRIC_SHARPE, FEW, FEW },
	{ METRIC_AUTOCORRELATION, FEW, FEW },
	{ METRIC_SHARPE_LO, FEW, FEW },
	{ METRIC_DAYS, "4", "4" },
	{ METRIC_DAYS_EFFECTIVE, FEW, FEW },
	{ METRIC_DRAWDOWN, "0.000499800079968013", "0.0003" },
	{ METRIC_OPENED, "4", "4" },
	{ METRIC_CLOSED, "3", "0" },
	{ METRIC_WINS, "1", "3" },
	{ METRIC_LOSSES, "1", "1" },
	{ METRIC_TIES, "1", "0" },
	{ METRIC_WIN_RATE, "0.333333333333333333", "0.75" },
	/* (24 + 72 + 12) / 3; to the end: (102 + 96 + 60 + 36) / 4 */
	{ METRIC_HOLD_HOURS, "36", "73.5" },
	/* 2 * 6500 opened, 2 * 3500 closed */
	{ METRIC_TURNOVER, "2", "1.3" },
	{ METRIC_FEES_OF_FUNDING, "0.46875", "0.315789473684210526" },
	{ METRIC_UNKNOWN, "1", "n/a: counted while held only" },
};

static void every_metric_by_hand(void **state)
{
	struct report_scene *s = *state;

	assert_int_equal(N(expected), METRIC_COUNT);
	report_scene_measure(s);
	for (size_t i = 0; i < N(expected); i++) {
		enum report_metric_id id = expected[i].id;
		const char *key = report_metric_texts[id].key;
		char want[64];

		assert_int_equal(id, i);
		assert_metric(&s->sum.own[id], expected[i].own, key);
		snprintf(want, sizeof(want), "%.49s", expected[i].held);
		assert_metric(&s->sum.held[id], want, key);
	}
}

static void every_metric_has_its_words(void **state)
{
	(void)state;
	for (int i = 0; i < METRIC_COUNT; i++) {
		const struct report_metric_text *t = &report_metric_texts[i];

		assert_non_null(t->key);
		assert_true(strlen(t->title) > 2 && strlen(t->formula) > 10);
		assert_true(!t->source || strlen(t->source) > 5);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(t->key,
						report_metric_texts[k].key);
	}
}

static void assert_dec(struct dec d, const char *want)
{
	char got[DEC_TEXT_MAX];

	dec_format(got, d);
	assert_string_equal(got, want);
}

static void exits_are_summed_by_reason(void **state)
{
	struct report_scene *s = *state;
	const struct report_exit *e;

	report_scene_measure(s);
	assert_int_equal(s->sum.n_exits, 2);
	e = &s->sum.exits[0];
	assert_string_equal(e->reason.s, "PROFIT_EROSION");
	assert_int_equal(e->n, 2);
	assert_int_equal(e->wins, 1);
	assert_int_equal(e->losses, 0);
	assert_int_equal(e->ties, 1);
	assert_int_equal(e->held.ms, 36 * 3600000);
	assert_dec(e->net_usd, "4");
	assert_dec(e->held_net_usd, "8.6");
	assert_dec(e->after_usd, "3.75");
	assert_int_equal(e->n_after, 2);
	e = &s->sum.exits[1];
	assert_string_equal(e->reason.s, "TIME_LIMIT");
	assert_int_equal(e->losses, 1);
	assert_dec(e->net_usd, "-1.9");
	assert_int_equal(e->n_after, 0);	/* the data ends before */
	/* The rarer one comes first in time, but not in the table. */
	s->trades[1].reason = s->trades[0].reason;
	s->trades[0].reason = (struct label){ "ZERO" };
	report_scene_measure(s);
	assert_string_equal(s->sum.exits[0].reason.s, "PROFIT_EROSION");
	assert_string_equal(s->sum.exits[1].reason.s, "ZERO");
	/* As many of each: by name. */
	s->trades[0].reason = (struct label){ "TIME_LIMIT" };
	s->trades[1].closed_at = INSTANT_UNKNOWN;
	report_scene_measure(s);
	assert_string_equal(s->sum.exits[0].reason.s, "PROFIT_EROSION");
	assert_string_equal(s->sum.exits[1].reason.s, "TIME_LIMIT");
}

/* Price counts only where every trade's is known: never half of it. */
static void price_is_in_all_or_in_none(void **state)
{
	struct report_scene *s = *state;

	s->trades[0].price_usd = fact_known(dec_lit("-7"));
	report_scene_measure(s);
	assert_metric(&s->sum.own[METRIC_NET], "3.4", "net");
	for (int i = 0; i < SCENE_TRADES; i++)
		s->trades[i].price_usd = fact_known(dec_lit("-7"));
	s->run.price_included = true;
	report_scene_measure(s);
	assert_metric(&s->sum.own[METRIC_NET], "-24.6", "net");
	assert_metric(&s->sum.own[METRIC_PRICE], "-28", "price");
	assert_metric(&s->sum.own[METRIC_LOSSES], "3", "losses");
	assert_metric(&s->sum.held[METRIC_NET], "6.5", "held net");
	s->trades[1].held_price_usd = fact_known(dec_lit("2"));
	report_scene_measure(s);
	assert_metric(&s->sum.held[METRIC_NET], "8.5", "held net");
	assert_metric(&s->sum.held[METRIC_PRICE], "n/a: price not included",
		      "held price");
}

static void unknown_funding_makes_no_net(void **state)
{
	struct report_scene *s = *state;
	const char *why = "n/a: funding of a position is not known";

	s->trades[1].funding_usd = fact_unknown(WHY_OVERFLOW);
	report_scene_measure(s);
	assert_metric(&s->sum.own[METRIC_NET], why, "net");
	assert_metric(&s->sum.own[METRIC_FUNDING], why, "funding");
	assert_metric(&s->sum.own[METRIC_APR], why, "apr");
	assert_metric(&s->sum.own[METRIC_RETURN_NOTIONAL], why, "return");
	assert_metric(&s->sum.own[METRIC_FEES_OF_FUNDING], why, "costs");
	assert_metric(&s->sum.held[METRIC_NET], "6.5", "held net");
}

/* An account's ledger ends seven days after a close. */
static void hold_through_may_end_after_the_close(void **state)
{
	struct report_scene *s = *state;

	s->run.held_after = span_s(DAY_S);
	report_scene_measure(s);
	/* 48 + 96 (the data ends) + 36 + 36 */
	assert_metric(&s->sum.held[METRIC_HOLD_HOURS], "54", "hold");
}

static void nothing_traded_is_no_number(void **state)
{
	struct report_scene *s = *state;

	s->run.n_trades = s->run.n_days = 0;
	s->run.until = s->run.since;
	report_scene_measure(s);
	assert_metric(&s->sum.own[METRIC_NET], "0", "net");
	assert_metric(&s->sum.own[METRIC_APR], "n/a: less than one day",
		      "apr");
	assert_metric(&s->sum.own[METRIC_WIN_RATE],
		      "n/a: no position closed", "win rate");
	assert_metric(&s->sum.held[METRIC_WIN_RATE],
		      "n/a: no position opened", "win rate");
	assert_metric(&s->sum.own[METRIC_RETURN_NOTIONAL],
		      "n/a: no position opened", "return");
	assert_metric(&s->sum.own[METRIC_FEES_OF_FUNDING],
		      "n/a: no funding received", "costs");
	assert_metric(&s->sum.own[METRIC_DRAWDOWN], "n/a: no days", "dd");
	assert_metric(&s->sum.own[METRIC_DAYS], "0", "days");
	/* A day exactly has an APR. */
	s->run.until = instant_add(s->run.since, span_s(DAY_S));
	report_scene_measure(s);
	assert_metric(&s->sum.own[METRIC_APR], "0", "apr");
}

/* ---- days ---- */

static struct report_day many[31];

/* V_d = 10000 + d^2 / 4 - d mod 3 */
static void given_days(struct report_scene *s, size_t n)
{
	for (int d = 0; d < 31; d++) {
		many[d].at = instant_add(s->run.since, span_s(d * DAY_S));
		assert_true(dec_div(&many[d].equity_usd, dec_int(40000 +
				    d * d - 4 * (d % 3)), dec_int(4)));
		many[d].held_usd = dec_int(10000);
	}
	s->run.days = many;
	s->run.n_days = n;
	report_scene_measure(s);
}

static void assert_start(const struct report_metric *m, const char *want,
			 const char *key)
{
	char got[DEC_TEXT_MAX];

	if (!m->known)
		fail_msg("%s: %s", key, m->why);
	dec_format(got, m->v);
	got[strlen(want)] = '\0';
	assert_string_equal(got, want);
}

/* The numbers are Python's, of fractions. */
static void thirty_returns_have_statistics(void **state)
{
	struct report_scene *s = *state;
	const struct report_metric *own = s->sum.own, *held = s->sum.held;

	given_days(s, 31);
	assert_metric(&own[METRIC_DAYS], "30", "days");
	assert_start(&own[METRIC_SHARPE], "30.443143151624296", "sharpe");
	assert_start(&own[METRIC_AUTOCORRELATION], "0.740742815610963", "rho");
	assert_start(&own[METRIC_SHARPE_LO], "11.8018306925393", "lo");
	assert_start(&own[METRIC_DAYS_EFFECTIVE], "4.46804402231083",
		     "effective");
	assert_metric(&held[METRIC_SHARPE], "n/a: no variance", "held");
	assert_metric(&held[METRIC_SHARPE_LO], "n/a: no variance", "held");
	assert_metric(&held[METRIC_DAYS_EFFECTIVE], "n/a: no variance",
		      "held");
	given_days(s, 30);
	assert_metric(&own[METRIC_DAYS], "29", "days");
	assert_metric(&own[METRIC_SHARPE], FEW, "sharpe");
}

static void a_missing_day_or_lost_capital_has_none(void **state)
{
	struct report_scene *s = *state;
	const struct report_metric *own = s->sum.own;

	given_days(s, 31);
	many[30].at.ms++;
	report_scene_measure(s);
	assert_metric(&own[METRIC_SHARPE], "n/a: a day is missing", "sharpe");
	given_days(s, 31);
	many[20].equity_usd = DEC_ZERO;
	report_scene_measure(s);
	assert_metric(&own[METRIC_SHARPE], "n/a: equity not above zero",
		      "sharpe");
	assert_metric(&own[METRIC_DRAWDOWN], "1", "drawdown");
}

static void money_out_of_range_is_refused(void **state)
{
	struct report_scene *s = *state;
	struct err err;

	s->trades[0].fees_usd = s->trades[1].fees_usd =
		dec_lit("170000000000000000000");
	assert_false(report_measure(&s->sum, &s->run, s->arena, &err));
	assert_string_equal(err.text,
			    "steady: a sum of money is out of range");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_metric_by_hand),
		CASE(every_metric_has_its_words),
		CASE(exits_are_summed_by_reason),
		CASE(price_is_in_all_or_in_none),
		CASE(unknown_funding_makes_no_net),
		CASE(hold_through_may_end_after_the_close),
		CASE(nothing_traded_is_no_number),
		CASE(thirty_returns_have_statistics),
		CASE(a_missing_day_or_lost_capital_has_none),
		CASE(money_out_of_range_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
