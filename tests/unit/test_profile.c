/* SPDX-License-Identifier: MIT */
/* Profiles: the shipped ones to the letter, inheritance, slots, warnings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_case.h"
#include "config.h"
#include "suggest.h"

/* ---- the shipped ones ---- */

struct shipped {
	const char *name;
	int n_close;
	const char *line[10];	/* "LABEL: expression", close lines first */
};

static const struct shipped shipped[] = {
	{ "conservative", 5,
	  { "DIVERGENCE_FLIPPED: flip", "SEVERE_EROSION: erosion(0.2)",
	    "PROFIT_EROSION: erosion(0.5)",
	    "BETTER_OPPORTUNITY: better_opportunity(0.002)",
	    "WEEKLY_REBALANCE: age(168h)",
	    "OI_IMBALANCE: oi_imbalance(basis=entry)",
	    "STALE: stale_data(3m)" } },
	{ "aggressive", 5,
	  { "DIVERGENCE_FLIPPED: flip", "SEVERE_EROSION: erosion(0.2)",
	    "PROFIT_EROSION: erosion(0.7)",
	    "BETTER_OPPORTUNITY: better_opportunity(0.0005)",
	    "TIME_LIMIT: age(48h)",
	    "OI_IMBALANCE: oi_imbalance(basis=entry)",
	    "STALE: stale_data(3m)" } },
	{ "steady", 2,
	  { "SEVERE_FLIP: flip(-0.05%) for 4h",
	    "DIVERGENCE_FLIPPED: flip for 24h", "FLIPPED: flip",
	    "OI_IMBALANCE: oi_imbalance(basis=entry)",
	    "STALE: stale_data(3m)" } },
	{ "textbook", 4,
	  { "PROFIT_EROSION: erosion(0.3)", "TIME_LIMIT: age(72h)",
	    "PRE_FUNDING_EXIT: funding_window(15m, when=any)",
	    "OI_IMBALANCE: oi_imbalance(high=3.0, low=0.33, "
	    "basis=absolute)" } },
};

/* The same rules, arguments and order as the text says. */
static void same_line(const struct line *got, const char *want)
{
	struct line line = { 0 };
	struct err err = { 0 };
	const char *colon = strchr(want, ':');
	int column;

	if (!expr_parse(&line, colon + 2, &column, &err))
		fail_msg("%s: %s", want, err.text);
	assert_int_equal(strlen(got->label.s), colon - want);
	assert_memory_equal(got->label.s, want, (size_t)(colon - want));
	assert_string_equal(got->text, line.text);
}

static void test_shipped(void **state)
{
	struct loaded l = load("version: 1\n");

	(void)state;
	assert_int_equal(l.list.n_warnings, 0);
	assert_int_equal(l.c.n_profiles, 4);
	for (size_t i = 0; i < 4; i++) {
		const struct shipped *s = &shipped[i];
		const struct profile *p = config_profile(&l.c, s->name);
		int n = 0;

		assert_non_null(p);
		for (; s->line[n]; n++)
			same_line(&p->line[n], s->line[n]);
		assert_int_equal(p->n_lines, n);
		assert_int_equal(p->n_close, s->n_close);
		assert_int_equal(p->poll_interval.ms, 60000);
		assert_int_equal(p->blind_after.ms, 600000);
		assert_string_equal(p->extends, "");
	}
	arena_free(l.arena);
}

/*
 * Stored decisions and replays name a profile by its hash: a shipped profile
 * that was not changed keeps it through every upgrade.
 */
static void test_shipped_hashes(void **state)
{
	static const char *const hashes[][2] = {
		{ "conservative", "9ce63aaf262d5347" },
		{ "aggressive", "104c1d6cb2bf05c5" },
		{ "textbook", "c266c7bc60fabe80" },
	};
	struct loaded l = load("version: 1\n");

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(config_profile(&l.c, hashes[i][0])->hash,
				    hashes[i][1]);
	arena_free(l.arena);
}

/* ---- inheritance ---- */

static void test_extends(void **state)
{
	struct loaded l = load("version: 1\nprofiles:\n"
			       "  b: {extends: a, alert: []}\n"
			       "  a: {extends: steady, poll_interval: 30s,\n"
			       "      close: [X: age(1h)]}\n"
			       "  c: {extends: b, blind_after: 5m}\n");
	const struct profile *a = config_profile(&l.c, "a");
	const struct profile *b = config_profile(&l.c, "b");
	const struct profile *c = config_profile(&l.c, "c");

	(void)state;
	assert_string_equal(b->extends, "a");
	assert_int_equal(a->n_close, 1);
	assert_int_equal(a->n_lines, 4);		/* steady's alerts */
	assert_string_equal(a->line[1].label.s, "FLIPPED");
	assert_int_equal(a->line[0].row, 5);
	assert_int_equal(a->line[1].row, 0);		/* not of this file */
	assert_int_equal(b->n_lines, 1);
	assert_int_equal(c->poll_interval.ms, 30000);
	assert_int_equal(c->blind_after.ms, 300000);
	assert_string_not_equal(a->hash, b->hash);
	assert_string_not_equal(b->hash, c->hash);
	arena_free(l.arena);
}

static void test_slots(void **state)
{
	struct loaded l = load("version: 1\n");
	const struct profile *p = config_profile(&l.c, "steady");
	struct label label = { "DIVERGENCE_FLIPPED" };

	(void)state;
	assert_int_equal(profile_slot(p, 0), 0);
	assert_int_equal(profile_slot(p, 1), 2);	/* line and its for */
	assert_int_equal(profile_slot(p, 3), 5);
	assert_int_equal(profile_slots(p), 7);
	assert_int_equal(profile_close_line(p, label), 1);
	label = (struct label){ "STALE" };		/* an alert line */
	assert_int_equal(profile_close_line(p, label), -1);
	arena_free(l.arena);
}

/* Indented under a name it loads to the same profile. */
static void test_format(void **state)
{
	struct loaded l = load("version: 1\n"), again;
	const struct profile *p = config_profile(&l.c, "steady");
	char text[4096], yaml[8192] = "version: 1\nprofiles:\n  mine  :\n";
	size_t n = profile_format(text, sizeof(text), p);
	char *save = NULL;

	(void)state;
	assert_int_equal(n, strlen(text));
	assert_int_equal(profile_format(NULL, 0, p), n);
	for (char *s = strtok_r(text, "\n", &save); s;
	     s = strtok_r(NULL, "\n", &save))
		snprintf(yaml + strlen(yaml), sizeof(yaml) - strlen(yaml),
			 "    %s\n", s);
	again = load(yaml);
	assert_string_equal(config_profile(&again.c, "mine")->hash, p->hash);
	arena_free(again.arena);
	/* Under the shipped name it hides nothing: it is the same. */
	memcpy(strstr(yaml, "mine  "), "steady", 6);
	again = load(yaml);
	assert_int_equal(again.list.n_warnings, 0);
	arena_free(l.arena);
	arena_free(again.arena);
}

/* ---- limits ---- */

static char *many_lines(char *text, size_t n, int lines, const char *expr)
{
	snprintf(text, n, "version: 1\nprofiles:\n  p:\n    close:\n");
	for (int i = 0; i < lines; i++)
		snprintf(text + strlen(text), n - strlen(text),
			 "      - L%d: %s\n", i, expr);
	return text;
}

static void refused(const char *text, const char *part)
{
	struct arena *arena = arena_new();
	struct complaints list;
	struct config c;
	struct err err = { 0 };

	assert_false(config_load_text(&c, "f", text, strlen(text), arena,
				      &list, &err));
	if (!strstr(err.text, part))
		fail_msg("%s does not say %s", err.text, part);
	arena_free(arena);
}

static void test_limits(void **state)
{
	const char *three = "(flip for 2 polls or age(1h) for 2 polls) for 2h";
	struct loaded l;
	char text[8192];

	(void)state;
	l = load(many_lines(text, sizeof(text), LINES_MAX, "flip"));
	assert_int_equal(config_profile(&l.c, "p")->n_lines, LINES_MAX);
	arena_free(l.arena);
	refused(many_lines(text, sizeof(text), LINES_MAX + 1, "flip"),
		"f:37:9: error: profiles.p.close: too many lines");
	strcat(many_lines(text, sizeof(text), LINES_MAX, "flip"),
	       "    alert: [A: flip]\n");
	refused(text, "profiles.p.alert: more than 32 lines in all");
	l = load(many_lines(text, sizeof(text), SLOTS_MAX / 4, three));
	assert_int_equal(profile_slots(config_profile(&l.c, "p")), SLOTS_MAX);
	arena_free(l.arena);
	refused(many_lines(text, sizeof(text), SLOTS_MAX / 4 + 1, three),
		"f:3:3: error: profiles.p: 100 lines");
}

/* ---- warnings ---- */

struct warned {
	const char *close;	/* a YAML list of close lines */
	const char *part;	/* of the first warning; NULL: none */
};

static const struct warned warneds[] = {
	{ "[A: flip, B: erosion(0.2), C: erosion(0.5), D: age(7d)]", NULL },
	{ "[A: flip, B: flip]", "2:33: warning: B can never decide: whenever "
				"it is true, so is A above it" },
	{ "[A: flip for 2 polls, B: \"flip(0) for 2 polls\"]", "B can never" },
	{ "[A: erosion(0.5), B: erosion(0.2)]", "B can never decide" },
	{ "[A: age(2d), B: age(7d) and flip]", "B can never decide" },
	{ "[A: age(7d), B: age(2d)]", NULL },
	{ "[A: age(2d) or flip, B: age(7d)]", "B can never decide" },
	{ "[A: age(2d) and flip, B: age(7d)]", NULL },
	{ "[A: age(2d) and flip, B: age(3d) and flip]", "B can never decide" },
	{ "[A: age(2d), B: age(3d) or flip]", NULL },
	{ "[A: age(2d), B: not age(3d)]", NULL },
	{ "[A: \"better_opportunity(0.1%, 24h)\", "
	  "B: \"better_opportunity(0.2%, 24h)\"]", "B can never decide" },
	{ "[A: \"better_opportunity(0.1%, 24h)\", "
	  "B: \"better_opportunity(0.2%, 48h)\"]", NULL },
	{ "[A: \"better_opportunity(0.1%)\", "
	  "B: \"better_opportunity(0.2%, model=schedule)\"]", NULL },
	{ "[A: age(2d), B: age(3d) or age(2d)]", "B can never decide" },
	{ "[A: age(2d) or flip, B: flip]", "B can never decide" },
	{ "[A: age(2d) or flip, B: age(1d)]", NULL },
	{ "[A: flip(0.01%), B: flip(0)]", "B can never decide" },
	{ "[A: flip(0), B: flip(0.01%)]", NULL },
	/* two thresholds: only the same ones */
	{ "[A: \"oi_imbalance(3, 0.2)\", B: \"oi_imbalance(3, 0.2) and flip\"]",
	  "B can never decide" },
	{ "[A: \"oi_imbalance(3, 0.2)\", B: \"oi_imbalance(4, 0.2) and flip\"]",
	  NULL },
	{ "[A: \"oi_imbalance(4, 0.2)\", B: \"oi_imbalance(3, 0.2) and flip\"]",
	  NULL },
	{ "[A: take_profit(1%), B: take_profit(2%)]", "B can never decide" },
	{ "[A: take_profit(2%), B: take_profit(1%)]", NULL },
	{ "[A: take_profit(1%), B: \"take_profit(2%, carry)\"]", NULL },
	{ "[A: stop_loss(1%), B: stop_loss(2%)]", "B can never decide" },
	{ "[A: stop_loss(2%), B: stop_loss(1%)]", NULL },
	{ "[A: carry_below(5%), B: carry_below(2%)]", "B can never decide" },
	{ "[A: carry_below(2%), B: carry_below(5%)]", NULL },
	{ "[A: break_even_beyond(7d), B: break_even_beyond(9d)]",
	  "B can never decide" },
	{ "[A: break_even_beyond(9d), B: break_even_beyond(7d)]", NULL },
	{ "[A: break_even_beyond(7d), B: \"break_even_beyond(9d, exit)\"]",
	  NULL },
	{ "[A: fees_covered, B: fees_covered()]", "B can never decide" },
	{ "[A: stop_loss(2%) and min_hold(4h)]", "A: min_hold keeps a safety" },
	{ "[A: take_profit(2%) and min_hold(4h)]", NULL },
	{ "[A: flip and min_hold(4h)]", "A: min_hold keeps a safety exit" },
	{ "[A: erosion(0.2) for 2 polls and min_hold(4h)]", "A: min_hold" },
	{ "[A: erosion(0.5) and min_hold(4h)]", NULL },
	{ "[A: flip or min_hold(4h)]", NULL },
	{ "[A: (flip and min_hold(4h)) or age(9d)]", "A: min_hold keeps" },
	{ "[A: age(9d) or (min_hold(4h) and stop_loss(2%))]", "A: min_hold" },
	{ "[A: (flip or stop_loss(1%)) and min_hold(4h)]", "A: min_hold" },
	{ "[A: flip and not min_hold(4h)]", NULL },
	{ "[A: min_hold(4h) and not flip]", NULL },
	{ "[A: min_hold(4h) and (age(1d) or flip)]", NULL },
	/* no poll without rates counts for `for` */
	{ "[A: leg_drift, B: flip for 3 polls]", NULL },
	{ "[A: leg_drift for 3 polls]", "2:24: warning: A: \"for\" counts polls "
	  "with new rates alone, so leg_drift in it does not count while rates "
	  "are missing: write it without \"for\"" },
	{ "[A: (flip or leg_missing) for 5m]", "so leg_missing in it does not" },
	{ "[A: (liquidation_near or flip) for 2 polls and age(1h)]",
	  "so liquidation_near in it does not" },
	{ "[A: \"(not stale_data(3m)) for 1h\"]", "so stale_data in it does not" },
	{ "[A: \"(stale_data(3m) for 2 polls) for 1h\"]", "so stale_data" },
	{ "[A: flip for 2 polls and leg_missing]", NULL },
	{ "[A: (flip or not age(1d)) for 2 polls]", NULL },
	{ "[A: ((flip for 2 polls) and leg_drift) for 1h]", "so leg_drift" },
	{ "[]", "never closes anything" },
};

static void first_warning(char *out, size_t n, const char *text)
{
	struct loaded l = load(text);

	out[0] = '\0';
	if (l.list.n_warnings)
		complaint_format(out, n, "f", &l.list.list[0]);
	arena_free(l.arena);
}

static void test_warnings(void **state)
{
	char text[512], got[600];

	(void)state;
	for (size_t i = 0; i < sizeof(warneds) / sizeof(warneds[0]); i++) {
		const struct warned *w = &warneds[i];

		snprintf(text, sizeof(text), "version: 1\nprofiles: {p: "
			 "{close: %s}}\n", w->close);
		first_warning(got, sizeof(got), text);
		if (!w->part ? *got != '\0' : !strstr(got, w->part))
			fail_msg("%s: \"%s\"", w->close, got);
	}
}

static const struct warned account_warneds[] = {
	{ "a: {profile: textbook, venues: [grvt, paradex]}", NULL },
	{ "a: {profile: textbook, venues: [grvt, lighter]}",
	  "4:16: warning: accounts.a: PRE_FUNDING_EXIT of profile textbook "
	  "looks a quarter or more of the 1h ahead in which lighter pays" },
	{ "a: {profile: textbook, venues: [odd, strange]}",
	  "accounts.a: PRE_FUNDING_EXIT needs pays_every" },
	{ "a: {mode: live}", "4:3: warning: accounts.a: no venues" },
	{ "a: {venues: [lighter, grvd]}",
	  "4:25: warning: accounts.a: nothing is known of venue \"grvd\", did "
	  "you mean \"grvt\"?" },
	{ "a: {mode: live, venues: [lighter, grvt],\n"
	  "      entry: {min_profit: 0.1%, size_usd: 10}}",
	  "a live account opens nothing by itself" },
};

/* A profile of one line, for an account on grvt and lighter; its complaint. */
static const struct line_warned {
	const char *line, *costs, *part;
} line_warneds[] = {
	{ "take_profit(1%)", "", "accounts.a: X is never known with pnl=net: "
	  "the service gives no mark prices; write pnl=carry" },
	{ "flip or stop_loss(1%)", "", "X is never known with pnl=net" },
	{ "take_profit(1%, pnl=carry)", "", NULL },
	{ "stop_loss(1%, carry)", "", NULL },
	{ "fees_covered", "", NULL },
	{ "fees_covered", "model: fees", "X needs taker_fee and slippage" },
	{ "break_even_beyond(7d)", "model: fees",
	  "X needs taker_fee and slippage" },
	{ "break_even_beyond(7d)", "", NULL },
	{ "better_opportunity(0.002, model=schedule)", "", NULL },
};

static bool warns(const char *text, const char *part)
{
	struct loaded l = load(text);
	char got[600];
	bool found = !part && l.list.n_warnings == 0;

	for (int i = 0; part && i < l.list.n_warnings; i++) {
		complaint_format(got, sizeof(got), "f", &l.list.list[i]);
		found |= strstr(got, part) != NULL;
	}
	arena_free(l.arena);
	return found;
}

static void test_account_warnings(void **state)
{
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(account_warneds) /
				       sizeof(account_warneds[0]); i++) {
		const struct warned *w = &account_warneds[i];

		snprintf(text, sizeof(text),
			 "version: 1\ncosts: {}\naccounts:\n  %s\n", w->close);
		if (!warns(text, w->part))
			fail_msg("%s", w->close);
	}
	assert_true(warns("version: 1\nservice: {url: \"http://h/\", "
			  "allow_insecure_http: true}\n",
			  "2:16: warning: service.url: plain http"));
	assert_true(warns("version: 1\nprofiles: {p: {close: "
			  "[A: funding_window(14m)]}}\n"
			  "accounts: {a: {profile: p}}\n", NULL));
	assert_true(warns("version: 1\ncosts: {model: fees}\naccounts:\n"
			  "  a: {profile: conservative}\n",
			  "BETTER_OPPORTUNITY needs taker_fee and slippage"));
	assert_true(warns("version: 1\nprofiles: {steady: {close: "
			  "[A: flip]}}\n", "hides the shipped profile"));
	assert_true(warns("version: 1\nprofiles: {p: {close: [A: flip, X: "
			  "take_profit(1%)]}}\naccounts: {a: {profile: p, "
			  "positions: {control_api: {url: "
			  "\"http://127.0.0.1:1\", account: a, key: {env: K}"
			  "}}}}\n", "has close lines of its own"));
	assert_true(warns("version: 1\nprofiles: {p: {close: [L: leg_missing, "
			  "X: take_profit(1%)]}}\naccounts: {a: {profile: p, "
			  "positions: {control_api: {url: "
			  "\"http://127.0.0.1:1\", account: a, key: {env: K}"
			  "}}}}\n", NULL));
	assert_true(warns("version: 1\naccounts: {a: {mode: live, venues: []}}"
			  "\n", "accounts.a: no venues: alternatives on every "
			  "venue of the service count"));
	assert_true(warns("version: 1\nprofiles: {p: {extends: steady, alert: "
			  "[S: \"stale_data(3m) for 3 polls\"]}}\n",
			  "2:41: warning: S: \"for\" counts polls"));
}

static void test_line_warnings(void **state)
{
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(line_warneds) / sizeof(line_warneds[0]);
	     i++) {
		const struct line_warned *w = &line_warneds[i];

		snprintf(text, sizeof(text), "version: 1\ncosts: {%s}\n"
			 "profiles: {p: {close: [X: \"%s\"]}}\naccounts:\n"
			 "  a: {profile: p, venues: [grvt, lighter]}\n",
			 w->costs, w->line);
		if (!warns(text, w->part))
			fail_msg("%s", w->line);
	}
}

static void test_suggest(void **state)
{
	static const char *const words[] = { "flip", "erosion", "age" };
	static const char far[] = "flipflipflipflipflipflipflipflipflipflip"
				  "flipflipflipflipflipflipflip";
	static const char *const far_words[] = { far };

	(void)state;
	assert_string_equal(suggest("fliip", words, 3), "flip");
	assert_string_equal(suggest("filp", words, 3), "flip");
	assert_string_equal(suggest("erosoin", words, 3), "erosion");
	assert_string_equal(suggest("erosn", words, 3), "erosion");
	assert_string_equal(suggest("reosoin", words, 3), "erosion");
	assert_null(suggest("eron_x", words, 3));
	assert_null(suggest("xyz", words, 3));
	assert_null(suggest("flip", words, 0));
	/* Words longer than any of ours are nobody's misspelling. */
	assert_null(suggest(far, words, 3));
	assert_null(suggest("flip", far_words, 1));
	assert_string_equal(suggest("flip", (const char *const[]){ far, "flip" },
				    2), "flip");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_shipped_hashes),
		cmocka_unit_test(test_extends),
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_warnings),
		cmocka_unit_test(test_account_warnings),
		cmocka_unit_test(test_line_warnings),
		cmocka_unit_test(test_suggest),
	};

	setenv("HOME", "/home/x", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
