/* SPDX-License-Identifier: MIT */
/* The line language: grammar, canonical text, Kleene logic, streaks. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "expr.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct line parse(const char *text)
{
	struct line line = { .row = 0 };
	struct err err = { ERR_NONE, "" };
	int column;

	if (!expr_parse(&line, text, &column, &err))
		fail_msg("%s: column %d: %s", text, column, err.text);
	return line;
}

static const struct { const char *text, *canonical; } texts[] = {
	{ "flip", "flip(margin=0)" },
	{ "flip()", "flip(margin=0)" },
	{ "flip(0)", "flip(margin=0)" },
	{ "  erosion ( keep = 50% ) ", "erosion(0.5)" },
	{ "age(168h)", "age(7d)" },
	{ "better_opportunity(20bps)", "better_opportunity(0.002, horizon=1d)" },
	{ "better_opportunity(horizon=48h,min_improvement=0.002)",
	  "better_opportunity(0.002, horizon=2d)" },
	/* the model came later: its default is not written, old text stands */
	{ "better_opportunity(0.002, horizon=1d)",
	  "better_opportunity(0.002, horizon=1d)" },
	{ "better_opportunity(0.002, model=linear)",
	  "better_opportunity(0.002, horizon=1d)" },
	{ "better_opportunity(0.002, 1d, schedule)",
	  "better_opportunity(0.002, horizon=1d, model=schedule)" },
	{ "better_opportunity(0.002, model=schedule) for 1h",
	  "better_opportunity(0.002, horizon=1d, model=schedule) for 1h" },
	{ "take_profit(0.5%) and fees_covered",
	  "take_profit(0.005, pnl=net) and fees_covered()" },
	{ "stop_loss(2%, carry)", "stop_loss(0.02, pnl=carry)" },
	{ "carry_below(10.95%)", "carry_below(0.1095)" },
	{ "break_even_beyond(168h)", "break_even_beyond(7d, cost=all_in)" },
	{ "oi_imbalance(basis=entry)",
	  "oi_imbalance(high=3, low=0.33, basis=entry)" },
	{ "flip for 2 polls", "flip(margin=0) for 2 polls" },
	{ "flip for 1 poll", "flip(margin=0) for 1 polls" },
	{ "flip for 480m", "flip(margin=0) for 8h" },
	{ "flip for 2 polls for 1h", "flip(margin=0) for 2 polls for 1h" },
	{ "not flip for 1h", "not flip(margin=0) for 1h" },
	{ "(not flip) for 1h", "(not flip(margin=0)) for 1h" },
	{ "not not flip", "not not flip(margin=0)" },
	/* from the left, without parentheses nobody wrote */
	{ "flip and age(1h) and age(2h)",
	  "flip(margin=0) and age(1h) and age(2h)" },
	{ "flip and (age(1h) and age(2h))",
	  "flip(margin=0) and (age(1h) and age(2h))" },
	{ "flip or age(1h) and age(2h)",
	  "flip(margin=0) or age(1h) and age(2h)" },
	{ "(flip and age(1h)) for 1h", "(flip(margin=0) and age(1h)) for 1h" },
	{ "not (flip and age(1h))", "not (flip(margin=0) and age(1h))" },
	{ "not (flip or age(1h))", "not (flip(margin=0) or age(1h))" },
	{ "flip and age(1h) or erosion(0)",
	  "flip(margin=0) and age(1h) or erosion(0)" },
	{ "flip and (age(1h) or erosion(0))",
	  "flip(margin=0) and (age(1h) or erosion(0))" },
	{ "((flip))", "flip(margin=0)" },
	{ "flip or age(1h) or age(2h)",
	  "flip(margin=0) or age(1h) or age(2h)" },
	{ "flip or (age(1h) or age(2h))",
	  "flip(margin=0) or (age(1h) or age(2h))" },
	{ "(flip and age(1h)) for 1h and age(2h)",
	  "(flip(margin=0) and age(1h)) for 1h and age(2h)" },
	{ "not age(1h) and flip", "not age(1h) and flip(margin=0)" },
	{ "flip\tfor\n2 polls", "flip(margin=0) for 2 polls" },
};

static void is_written_out_in_one_way(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(texts); i++) {
		struct line line = parse(texts[i].text), again;

		assert_string_equal(line.text, texts[i].canonical);
		again = parse(line.text);
		assert_string_equal(again.text, line.text);
		assert_int_equal(again.n_nodes, line.n_nodes);
	}
}

static const struct { const char *text; int column; const char *complaint; }
refused[] = {
	{ "", 1, "expected a rule, the line ends" },
	{ "fliip", 1, "unknown rule \"fliip\", did you mean \"flip\"?" },
	{ "flip and erosoin(0.2)", 10,
	  "unknown rule \"erosoin\", did you mean \"erosion\"?" },
	{ "liquidation(10%)", 1, "unknown rule \"liquidation\"; "
	  "`carrywatch rules list` shows all" },
	{ "FLIP(0)", 1, "unknown rule \"FLIP\"; "
	  "`carrywatch rules list` shows all" },
	{ "flip erosion(0.2)", 6,
	  "expected \"and\", \"or\" or the end, not \"erosion\"" },
	{ "flip and", 9, "expected a rule, the line ends" },
	{ "and flip", 1, "expected a rule, not \"and\"" },
	{ "(flip", 6, "expected \")\", the line ends" },
	{ "flip)", 5, "expected \"and\", \"or\" or the end, not \")\"" },
	{ "flip(", 6, "expected an argument, the line ends" },
	{ "flip(0", 7, "expected \",\" or \")\", the line ends" },
	{ "flip(0,)", 8, "expected an argument, not \")\"" },
	{ "flip(margin=)", 13, "expected a value, not \")\"" },
	{ "flip(=0)", 6, "expected an argument, not \"=\"" },
	{ "flip(marg=0)", 6, "flip has no parameter \"marg\"; it has: margin" },
	{ "flip for 2", 11, "expected \"polls\" (or a time with its unit, as "
	  "8h), the line ends" },
	{ "flip for 0 polls", 10, "expected \"N polls\" or a time as 8h behind "
	  "\"for\", not \"0\"" },
	{ "flip for", 9, "expected \"N polls\" or a time as 8h behind \"for\", "
	  "the line ends" },
	{ "flip for 0s", 10, "expected \"N polls\" or a time as 8h behind "
	  "\"for\", not \"0s\"" },
	{ "flip for 1000000 polls", 10, "expected \"N polls\" or a time as 8h "
	  "behind \"for\", not \"1000000\"" },
	{ "flip > 0.1", 6, "expected \"and\", \"or\" or the end, not \">\"" },
	{ "age(4)", 5, "limit: \"4\" is not valid, write a time with its unit "
	  "as 15m, 24h or 7d" },
	{ "flip(much)", 6, "margin: \"much\" is not valid, write a share as "
	  "0.002, 0.2% or 20bps" },
	{ "flip(0.00000000000000000000000000000000000000001)", 6, "margin: "
	  "\"0.00000000000000000000000000000000000000\" is not valid, write a "
	  "share as 0.002, 0.2% or 20bps" },
	{ "flip(nargin=0)", 6,
	  "flip has no parameter \"nargin\"; it has: margin" },
	{ "oi_imbalance(top=3)", 14,
	  "oi_imbalance has no parameter \"top\"; it has: high, low, basis" },
	{ "oi_imbalance(top=3", 14,
	  "oi_imbalance has no parameter \"top\"; it has: high, low, basis" },
	{ "flip(margin=", 13, "expected a value, the line ends" },
	{ "funding_window(15m, when=all)", 26,
	  "when is one of: paying, any" },
	{ "better_opportunity(0, horizon=0s)", 31,
	  "horizon: 0s is out of range (1 to any)" },
	{ "flip(-2)", 6, "margin: -2 is out of range (-1 to 1)" },
	{ "flip and )", 10, "expected a rule, not \")\"" },
	{ "flip or", 8, "expected a rule, the line ends" },
	{ "flip [", 6, "expected \"and\", \"or\" or the end, not \"[\"" },
	{ "flip {", 6, "expected \"and\", \"or\" or the end, not \"{\"" },
	{ "flip for +2 polls", 10, "expected \"N polls\" or a time as 8h behind "
	  "\"for\", not \"+2\"" },
	{ "flip "
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  6, "expected \"and\", \"or\" or the end, not \"aaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"" },
	{ "((((((((((((((((flip))))))))))))))))", 0, NULL },
	{ "(((((((((((((((((flip)))))))))))))))))", 18,
	  "more than 16 parentheses inside each other" },
	{ "not not not not not not not not not not not not not not not not "
	  "not flip", 69, "expected fewer \"not\", not \"flip\"" },
	{ "flip or flip or flip or flip or flip or flip or flip or flip or "
	  "flip or flip or flip or flip or flip", 101,
	  "more than 24 parts: write two lines" },
	{ "flip and flip and flip and flip and flip and flip and flip and flip "
	  "and flip and flip and flip and flip and flip", 113,
	  "more than 24 parts: write two lines" },
	{ "better_opportunity(0.00200000000001) and better_opportunity("
	  "0.00200000000002) and better_opportunity(0.00200000000003) and "
	  "better_opportunity(0.00200000000004) and oi_imbalance(3.00000001, "
	  "0.33000001, entry)", 1, "longer than 239 characters written out" },
};

static void refuses_with_the_place_and_the_remedy(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(refused); i++) {
		struct line line;
		struct err err = { ERR_NONE, "" };
		int column = 0;
		bool ok = expr_parse(&line, refused[i].text, &column, &err);

		if (!refused[i].complaint) {
			assert_true(ok);
			continue;
		}
		assert_false(ok);
		assert_string_equal(err.text, refused[i].complaint);
		if (column != refused[i].column)
			fail_msg("%s: column %d", refused[i].text, column);
	}
}

static void knows_what_it_uses(void **state)
{
	struct line line = parse("flip for 2 polls and (age(1h) for 1h or "
				 "erosion(0.5))");

	(void)state;
	assert_int_equal(line.n_slots, 3);
	assert_int_equal(line.uses, USES(DIVERGENCE) | USES(AGE) |
				    USES(ENTRY_DIVERGENCE));
	assert_false(line.protective);
}

#define MONEY (USES(FUNDING) | USES(PAID) | USES(EXIT_COST))
#define HELD (USES(LONG_RATE) | USES(SHORT_RATE) | USES(LONG_NEXT) | \
	      USES(SHORT_NEXT) | USES(LONG_PAYS) | USES(SHORT_PAYS))
#define BETTER (USES(DIVERGENCE) | USES(ALT_COUNT) | USES(ALT_DIVERGENCE) | \
		USES(ALT_COST))
#define OTHER (USES(ALT_LONG_RATE) | USES(ALT_SHORT_RATE) | \
	       USES(ALT_LONG_NEXT) | USES(ALT_SHORT_NEXT) | \
	       USES(ALT_LONG_PAYS) | USES(ALT_SHORT_PAYS))

static const struct { const char *text; uint64_t uses; } by_choice[] = {
	{ "better_opportunity(0.002)", BETTER },
	{ "better_opportunity(0.002, model=schedule)", BETTER | HELD | OTHER },
	{ "take_profit(1%)", USES(SIZE) | USES(PRICE) | MONEY },
	{ "take_profit(1%, carry)", USES(SIZE) | MONEY },
	{ "stop_loss(1%)", USES(SIZE) | USES(PRICE) | MONEY },
	{ "stop_loss(1%, carry)", USES(SIZE) | MONEY },
	{ "break_even_beyond(7d)", USES(SIZE) | MONEY | HELD },
	{ "break_even_beyond(7d, exit)", USES(SIZE) | USES(EXIT_COST) | HELD },
	{ "fees_covered", MONEY },
	{ "take_profit(1%, carry) or stop_loss(1%)",
	  USES(SIZE) | USES(PRICE) | MONEY },
};

static void uses_what_its_choices_make_it_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(by_choice); i++) {
		print_message("# %s\n", by_choice[i].text);
		assert_int_equal(parse(by_choice[i].text).uses,
				 by_choice[i].uses);
	}
}

/* flip and age stand for every pair of verdicts. */
static const char *const flip_is[] = { "divergence=1", "divergence=-1",
				       "divergence=?9" };
static const char *const age_is[] = { "age=0", "age=9000", "age=?1" };

static const struct {
	const char *text;
	enum verdict want[3][3];	/* [flip][age]: F, T, U */
} tables[] = {
#define F VERDICT_FALSE
#define T VERDICT_TRUE
#define U VERDICT_UNKNOWN
	{ "flip and age(1h)", { { F, F, F }, { F, T, U }, { F, U, U } } },
	{ "age(1h) and flip", { { F, F, F }, { F, T, U }, { F, U, U } } },
	{ "flip or age(1h)", { { F, T, U }, { T, T, T }, { U, T, U } } },
	{ "age(1h) or flip", { { F, T, U }, { T, T, T }, { U, T, U } } },
	{ "not flip", { { T, T, T }, { F, F, F }, { U, U, U } } },
};

static void logic_is_three_valued(void **state)
{
	struct expr_now now = { { 0 }, true, { 0 } };

	(void)state;
	for (size_t i = 0; i < N(tables); i++) {
		struct line line = parse(tables[i].text);

		for (int a = 0; a < 3; a++) {
			for (int b = 0; b < 3; b++) {
				struct streak slot = STREAK_NONE;
				char text[60];
				struct facts f;

				snprintf(text, sizeof(text), "%s %s",
					 flip_is[a], age_is[b]);
				f = rule_facts(text);
				assert_int_equal(expr_eval(&line, &slot, &f,
							   &now).verdict,
						 tables[i].want[a][b]);
			}
		}
	}
}

static void the_missing_input_is_named(void **state)
{
	struct expr_now now = { { 0 }, true, { 0 } };
	struct line line = parse("not (age(1h) and flip)");
	struct facts f = rule_facts("divergence=?9 age=7200");
	struct streak slot = STREAK_NONE;
	struct finding got = expr_eval(&line, &slot, &f, &now);

	(void)state;
	assert_int_equal(got.missing, FACT_DIVERGENCE);
	assert_int_equal(got.why, WHY_STALE);
}

/*
 * One character a poll: T, F, U the child with new data, t, f, u without;
 * what must come out stands below it.
 */
struct course {
	const char *text, *polls, *want;
	int64_t step_s;
};

static const struct course courses[] = {
	{ "flip for 1 polls", "TFU", "TFU", 60 },
	{ "flip for 3 polls", "TTTTFTTT", "FFTTFFFT", 60 },
	/* UNKNOWN neither extends nor resets */
	{ "flip for 3 polls", "TTUUTT", "FFUUTT", 60 },
	{ "flip for 2 polls", "TUuTF", "FUUTF", 60 },
	/* no new data: the stored verdict, and no count */
	{ "flip for 3 polls", "TTttttTt", "FFFFFFTT", 60 },
	{ "flip for 2 polls", "TTfffFt", "FTTTTFF", 60 },
	{ "flip for 2 polls", "tttTtT", "FFFFFT", 60 },
	{ "flip for 2 polls", "TTuuT", "FTUUT", 60 },
	/* 3 min at 60 s: since the first TRUE, and 3 observations */
	{ "flip for 3m", "TTTTT", "FFFTT", 60 },
	{ "flip for 1m", "TTTT", "FFTT", 60 },
	{ "flip for 3m", "TTFTTTT", "FFFFFFT", 60 },
	{ "flip for 3m", "TTUTT", "FFUTT", 60 },
	/* FALSE is FALSE also without new data */
	{ "flip for 3m", "TTTfTTTT", "FFFFFFFT", 60 },
	{ "flip for 3m", "TtttttTT", "FFFFFFFT", 60 },
	/* a silence of more than 10 min starts anew; exactly 10 does not */
	{ "flip for 20m", "TTTTT", "FFTTT", 600 },
	{ "flip for 20m", "TTTTT", "FFFFF", 601 },
	{ "flip for 20m", "TUUUTTTTTT", "FUUUFFFFFT", 240 },
	{ "not flip for 2 polls", "TTTF", "TFFT", 60 },
	{ "(flip for 2 polls) for 2 polls", "TTTT", "FFTT", 60 },
};

static enum verdict verdict_of(char c)
{
	return c == 'T' || c == 't' ? T : c == 'F' || c == 'f' ? F : U;
}

static void run_course(const struct course *c)
{
	struct line line = parse(c->text);
	struct streak slots[8];

	for (size_t i = 0; i < N(slots); i++)
		slots[i] = STREAK_NONE;
	for (size_t i = 0; c->polls[i] != '\0'; i++) {
		char p = c->polls[i];
		struct expr_now now = { { (int64_t)i * c->step_s * 1000 },
					p < 'a', span_s(600) };
		struct facts f = rule_facts(flip_is[verdict_of(p)]);
		enum verdict got = expr_eval(&line, slots, &f, &now).verdict;

		if (got != verdict_of(c->want[i]))
			fail_msg("%s, %s: poll %zu is %s", c->text, c->polls,
				 i + 1, verdict_word(got));
	}
}

static void streaks_count_as_the_courses_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(courses); i++)
		run_course(&courses[i]);
}

static void a_line_knows_since_when_it_is_unknown(void **state)
{
	struct line line = parse("flip");
	struct streak slot = STREAK_NONE;
	static const char course[] = "TUUFU";
	static const int64_t since[] = { INT64_MIN, 60, 60, INT64_MIN, 240 };

	(void)state;
	for (size_t i = 0; course[i] != '\0'; i++) {
		struct expr_now now = { { (int64_t)i * 60 }, true, { 0 } };
		struct facts f = rule_facts(flip_is[verdict_of(course[i])]);

		expr_eval(&line, &slot, &f, &now);
		assert_true(slot.since.ms == since[i]);
		assert_int_equal(streak_is_none(&slot), since[i] == INT64_MIN);
	}
}

/* A clock that was set back: what it remembers of later begins now. */
static void a_run_begun_ahead_of_time_begins_now(void **state)
{
	struct line line = parse("flip for 3m");
	struct streak slot[2] = { STREAK_NONE, STREAK_NONE };
	struct expr_now now = { { 600000 }, true, span_s(600) };
	struct facts unknown = rule_facts(flip_is[U]);
	struct facts yes = rule_facts(flip_is[T]);

	(void)state;
	slot[0].since.ms = slot[1].since.ms = 600000;
	slot[1].last_known.ms = 600000;
	slot[1].count = 2;
	expr_eval(&line, slot, &unknown, &now);
	assert_int_equal(slot[0].since.ms, 600000);
	now.now.ms--;
	expr_eval(&line, slot, &unknown, &now);
	assert_int_equal(slot[0].since.ms, 599999);
	assert_int_equal(slot[1].since.ms, 600000);
	assert_int_equal(expr_eval(&line, slot, &yes, &now).verdict, F);
	assert_int_equal(slot[1].since.ms, 599999);
	now.now.ms += 180000;
	assert_int_equal(expr_eval(&line, slot, &yes, &now).verdict, T);
	assert_int_equal(slot[1].since.ms, 599999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_written_out_in_one_way),
		cmocka_unit_test(refuses_with_the_place_and_the_remedy),
		cmocka_unit_test(knows_what_it_uses),
		cmocka_unit_test(uses_what_its_choices_make_it_read),
		cmocka_unit_test(logic_is_three_valued),
		cmocka_unit_test(the_missing_input_is_named),
		cmocka_unit_test(streaks_count_as_the_courses_say),
		cmocka_unit_test(a_line_knows_since_when_it_is_unknown),
		cmocka_unit_test(a_run_begun_ahead_of_time_begins_now),
	};

	return cmocka_run_group_tests_name("expr", tests, NULL, NULL);
}
