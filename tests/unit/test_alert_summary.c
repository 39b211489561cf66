/* SPDX-License-Identifier: MIT */
/* The daily summary: what of the ledger and of the rules stands in it. */
#include "alert_conditions.h"
#include "cycle_work.h"
#include "rule_case.h"
#include "store_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define DUE "2026-11-21T07:00:00Z"

static struct account account = { .name = "main" };
static struct cycle cycle = { .account = &account, .interval = { 60000 } };

/* A poll at 07:00, when it is due; the one before was a minute earlier. */
static struct work given_work(struct store_case *f)
{
	static const char *const close[] = {
		"FLIPPED: flip", "ERODED: erosion(0.5)", NULL };

	account.profile = given_profile(f->arena, close, NULL);
	account.alerts.summary = (struct daily){ true, 7 * 3600 };
	cycle.store = f->store;
	return (struct work){
		.cycle = &cycle, .arena = f->arena, .now = given_time(DUE),
		.has_last = true,
		.last = { .at = given_time("2026-11-21T06:59:00Z") },
	};
}

static const char *summary(struct store_case *f, struct work *w)
{
	const char *text;

	store_case_check(f, alert_summary(&text, w, &f->err));
	return text;
}

static void has(const char *text, const char *part, bool want)
{
	assert_non_null(text);
	if ((strstr(text, part) != NULL) != want)
		fail_msg("%s \"%s\" in: %s", want ? "no" : "a", part, text);
}

static void settle(struct store_case *f, const struct position *p,
		   const char *at, const char *usd, bool hypothetical)
{
	struct settlement row = {
		.position = p->id, .side = LEG_SHORT, .at = given_time(at),
		.rate_8h = fact_unknown(WHY_STALE), .pays_every_s = 28800,
		.quantity = fact_unknown(WHY_NOT_SET),
		.price = fact_unknown(WHY_NOT_SET),
		.amount_usd = usd ? fact_known(dec_lit(usd)) :
			      fact_unknown(WHY_STALE),
		.reported_usd = fact_unknown(WHY_NOT_SET),
		.reported_at = INSTANT_UNKNOWN, .hypothetical = hypothetical,
	};
	bool added;

	store_case_check(f, store_put_settlement(f->store, &added, &row,
						 &f->err));
	assert_true(added);
}

static void it_is_told_once_when_its_time_has_passed(void **state)
{
	struct store_case *f = *state;
	struct work w = given_work(f);

	assert_non_null(summary(f, &w));
	w.last.at = w.now;
	w.now.ms += 60000;
	assert_null(summary(f, &w));
	w = given_work(f);
	w.has_last = false;		/* the first poll of all */
	assert_null(summary(f, &w));
	w = given_work(f);
	account.alerts.summary.set = false;
	assert_null(summary(f, &w));
}

/* Days are UTC days: of today nothing counts yet, of the eighth day no more. */
static void money_of_yesterday_and_of_seven_days(void **state)
{
	struct store_case *f = *state;
	struct work w = given_work(f);
	struct position p[2] = { store_case_add(f, "BTC"),
				 store_case_add(f, "ETH") };
	const char *text;

	settle(f, &p[0], "2026-11-21T00:00:00Z", "1000", false);
	settle(f, &p[0], "2026-11-20T16:00:00Z", "5", false);
	settle(f, &p[0], "2026-11-20T00:00:00Z", "3", false);
	settle(f, &p[0], "2026-11-19T16:00:00Z", "0.5", false);
	settle(f, &p[0], "2026-11-13T16:00:00Z", "2000", false);
	settle(f, &p[1], "2026-11-14T00:00:00Z", "-9", false);
	settle(f, &p[1], "2026-11-20T08:00:00Z", "0.25", true);
	w.recent = p;
	w.n_recent = 2;
	text = summary(f, &w);
	has(text, "yesterday +8.00 USD, seven days -0.50 USD, fees ", true);
	has(text, "\nholding on after the closes would have added +0.25 USD\n",
	    true);
	has(text, "\nleast: 2 ETH with -9.00 USD\n", true);
	has(text, "unknown amount", false);
	settle(f, &p[1], "2026-11-20T16:00:00Z", NULL, false);
	has(summary(f, &w), "\n1 settlement of unknown amount\nleast: 2", true);
	settle(f, &p[1], "2026-11-21T01:00:00Z", NULL, false);
	settle(f, &p[1], "2026-11-19T16:00:00Z", NULL, false);
	has(summary(f, &w), "\n2 settlements of unknown amount\n", true);
	w.n_recent = 0;
	has(summary(f, &w), "least:", false);
}

static const struct {
	const char *opened, *closed;
	const char *want;
} fee_cases[] = {
	{ "2026-11-14T00:00:00Z", NULL, "7.00 USD" },
	{ "2026-11-13T23:59:59Z", NULL, "0.00 USD" },
	{ "2026-11-13T23:59:59Z", "2026-11-13T23:59:59Z", "0.00 USD" },
	{ "2026-11-01T00:00:00Z", "2026-11-14T00:00:00Z", "7.00 USD" },
};

static void fees_are_those_of_pairs_opened_or_closed_in_the_week(void **state)
{
	struct store_case *f = *state;
	struct work w = given_work(f);
	struct position p = store_case_add(f, "BTC");
	char want[80];

	p.fees_usd = dec_lit("7");
	w.recent = &p;
	w.n_recent = 1;
	for (size_t i = 0; i < N(fee_cases); i++) {
		p.opened_at = given_time(fee_cases[i].opened);
		p.closed_at = fee_cases[i].closed ?
			given_time(fee_cases[i].closed) : INSTANT_UNKNOWN;
		snprintf(want, sizeof(want), ", fees of pairs opened or "
			 "closed in them %s\n", fee_cases[i].want);
		print_message("# %zu\n", i);
		has(summary(f, &w), want, true);
	}
}

/* Two numbers that are too much together are said to be so. */
static void a_sum_out_of_range_is_no_number(void **state)
{
	struct store_case *f = *state;
	struct work w = given_work(f);
	struct position p[3] = { store_case_add(f, "BTC"),
				 store_case_add(f, "ETH"),
				 store_case_add(f, "SOL") };

	for (int i = 0; i < 3; i++)
		settle(f, &p[i], "2026-11-20T16:00:00Z",
		       i == 1 ? "4" : "100000000000000000000", false);
	p[0].fees_usd = p[1].fees_usd = dec_lit("100000000000000000000");
	w.recent = p;
	w.n_recent = 3;
	has(summary(f, &w), "yesterday out of range, seven days out of range, "
	    "fees of pairs opened or closed in them out of range\n", true);
	has(summary(f, &w), "\nleast: 2 ETH with +4.00 USD\n", true);
}

static void the_nearest_pair_is_the_one_that_has_gone_furthest(void **state)
{
	struct store_case *f = *state;
	struct work w = given_work(f);
	struct watched x[4];
	static const char *const facts[4] = {
		"age=1",		/* of it no line is comparable */
		"divergence=0.00099 entry_divergence=0.001",
		"divergence=0.0007 entry_divergence=0.001",
		"divergence=0.0008 entry_divergence=0.001",
	};

	w.watched = x;
	for (int i = 0; i < 4; i++) {
		x[i] = (struct watched){ .pos = store_case_add(f, "BTC") };
		x[i].facts = rule_facts(facts[i]);
	}
	w.n_watched = 1;
	has(summary(f, &w), "nearest to closing", false);
	has(summary(f, &w), "blind; 1 pairs", true);
	w.n_watched = 4;
	has(summary(f, &w), "\nnearest to closing: 3 BTC ERODED, erosion "
	    "70/50 %\n", true);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, store_case_set_up, \
						store_case_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_told_once_when_its_time_has_passed),
		TEST(money_of_yesterday_and_of_seven_days),
		TEST(fees_are_those_of_pairs_opened_or_closed_in_the_week),
		TEST(a_sum_out_of_range_is_no_number),
		TEST(the_nearest_pair_is_the_one_that_has_gone_furthest),
	};

	return cmocka_run_group_tests_name("alert_summary", tests, NULL, NULL);
}
