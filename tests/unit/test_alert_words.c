/* SPDX-License-Identifier: MIT */
/* The words of alerts and decisions, and of what in them is unknown. */
#include "alert_conditions.h"
#include "cycle_work.h"
#include "given.h"
#include "rule_case.h"
#include "sentence_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct scene {
	struct arena *arena;
	struct account account;
	struct cycle cycle;
	struct work work;
	struct watched x;
} s;

static int set_up(void **state)
{
	static const char *const close[] = {
		"BETTER: better_opportunity(0.0001, 24h)", NULL };

	(void)state;
	s = (struct scene){ .arena = arena_new(), .account = { .name = "main" } };
	s.account.profile = given_profile(s.arena, close, NULL);
	s.cycle.account = &s.account;
	s.work.cycle = &s.cycle;
	s.work.now = given_time(GIVEN_NOW);
	s.x.pos = given_position("BTC", "lighter", "grvt", "10000", "0.0007");
	s.x.watch = WATCH_NONE;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(s.arena);
	return 0;
}

static void has(const char *text, const char *part, bool want)
{
	if ((strstr(text, part) != NULL) != want)
		fail_msg("%s \"%s\" in: %s", want ? "no" : "a", part, text);
}

/* ---- what it earns now ---- */

#define RATES "long_rate=0.00024 short_rate=0.0012 divergence=0.00096 " \
	      "exit_cost=8 long_pays_every=3600 short_pays_every=28800 "
#define NEXT(l, s) "long_next_funding=" l " short_next_funding=" s " "

static const struct { const char *facts, *want; } cash_cases[] = {
	{ RATES NEXT("600", "4200"), "now +3.20 USD/8h, next -0.10 USD in "
	  "0h10m, exit cost 8.00 USD\n" },
	{ RATES NEXT("4200", "600"), ", next +4.00 USD in 0h10m, exit" },
	{ RATES NEXT("600", "600"), ", next +3.90 USD in 0h10m, exit" },
	/* the one that is known is told */
	{ RATES NEXT("600", "?2"), ", next -0.10 USD in 0h10m, exit" },
	{ RATES NEXT("?2", "600"), ", next +4.00 USD in 0h10m, exit" },
	{ RATES NEXT("?2", "?2"), "now +3.20 USD/8h, exit cost" },
	{ RATES NEXT("600", "4200") "long_rate=?2", "USD/8h, exit cost" },
	{ RATES NEXT("600", "4200") "long_pays_every=?2", "USD/8h, exit cost" },
	/* half of what is paid together is not what is paid */
	{ RATES NEXT("600", "600") "short_rate=?2", "USD/8h, exit cost" },
	{ RATES NEXT("600", "600") "short_pays_every=?2", "USD/8h, exit cost" },
	{ RATES NEXT("600", "4200") "exit_cost=?1", "in 0h10m\n" },
	{ RATES "divergence=?2", "now unknown (not asked for), exit cost" },
};

static void an_alert_says_what_is_paid_next(void **state)
{
	char text[ALERT_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < N(cash_cases); i++) {
		print_message("# %s\n", cash_cases[i].facts);
		s.x.facts = rule_facts(cash_cases[i].facts);
		alert_text(text, &s.work, &s.x, false);
		has(text, cash_cases[i].want, true);
	}
}

/* ---- a decision and its target ---- */

#define PAIR "divergence=0.00096 alternative_divergence=0.0024 " \
	     "alternative_cost=0.0008 alternatives=1 "

static const struct {
	const char *facts;
	bool found;
	const char *want, *never;
} target_cases[] = {
	{ PAIR, true, "; target long hyper short aster, gain +14.40 USD a "
	  "day, cost 8.00 USD", NULL },
	{ PAIR "alternative_cost=?1", true, "; target long hyper short aster",
	  "gain" },
	{ PAIR "divergence=?2", true, "BETTER: better_opportunity", "target" },
	{ PAIR, false, "BETTER: better_opportunity", "target" },
};

static void a_decision_names_a_target_and_what_is_known_of_it(void **state)
{
	char text[SENTENCE_MAX];

	(void)state;
	for (size_t i = 0; i < N(target_cases); i++) {
		print_message("# %zu\n", i);
		s.x.facts = rule_facts(target_cases[i].facts);
		s.x.facts.alt_found = target_cases[i].found;
		s.x.facts.alt_long = given_venue("hyper");
		s.x.facts.alt_short = given_venue("aster");
		strcpy(s.x.decision.label.s, "BETTER");
		s.x.decision.line = 0;
		sentence_decision(text, &s.x, s.account.profile);
		has(text, target_cases[i].want, true);
		if (target_cases[i].never)
			has(text, target_cases[i].never, false);
	}
}

static void what_is_lost_at_an_unknown_rate_is_not_guessed(void **state)
{
	char text[200];
	struct text t = text_on(text, sizeof(text));

	(void)state;
	s.x.pos.decided_at = given_time("2026-11-20T20:00:00Z");
	sentence_add_lost(&t, &s.x, s.work.now);
	assert_string_equal(text, "pending for 1h00m");
	s.x.watch.divergence = fact_known(dec_lit("0.00096"));
	t = text_on(text, sizeof(text));
	sentence_add_lost(&t, &s.x, s.work.now);
	assert_string_equal(text, "pending for 1h00m, about +0.40 USD carry "
			    "since the decision");
}

/* Never confirmed: not since it was opened, 75 h ago. */
static void a_pair_is_unconfirmed_since_it_was_last_looked_at(void **state)
{
	char text[SENTENCE_MAX];

	(void)state;
	s.x.pos.confirmed_at = INSTANT_UNKNOWN;
	sentence_unconfirmed(text, &s.x.pos, &s.work);
	has(text, ": not confirmed for 3d 3h; look at both venues", true);
	s.x.pos.confirmed_at = given_time("2026-11-19T20:00:00Z");
	sentence_unconfirmed(text, &s.x.pos, &s.work);
	has(text, ": not confirmed for 1d 1h; look at both venues", true);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_alert_says_what_is_paid_next),
		TEST(a_decision_names_a_target_and_what_is_known_of_it),
		TEST(what_is_lost_at_an_unknown_rate_is_not_guessed),
		TEST(a_pair_is_unconfirmed_since_it_was_last_looked_at),
	};

	return cmocka_run_group_tests_name("alert_words", tests, NULL, NULL);
}
