/* SPDX-License-Identifier: MIT */
/* Protective lines: who gets them, where they stand, and who is only told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config_case.h"

#define CLIENT	"    mode: live\n    venues: [grvt, aster]\n" \
		"    positions: {control_api: {url: 'http://127.0.0.1:8766', " \
		"account: one, key: {file: /etc/key}}}\n"
#define PLAIN	"    mode: live\n    venues: [grvt, aster]\n"

static const char *const first[] = {
	"LEG_MISSING: leg_missing()", "LEG_DRIFT: leg_drift(share=0.05)",
	"LIQUIDATION_NEAR: liquidation_near(distance=0.1)"
};

#define FIRST	((int)(sizeof(first) / sizeof(*first)))

/* "LABEL: expression" of the account's n-th line. */
static const char *line(const struct profile *p, int n)
{
	static char buf[600];

	snprintf(buf, sizeof(buf), "%s: %s", p->line[n].label.s,
		 p->line[n].text);
	return buf;
}

static struct loaded with(const char *profiles, const char *profile,
			  const char *rest)
{
	char text[2000];

	snprintf(text, sizeof(text), "version: 1\n%saccounts:\n  main:\n"
		 "    profile: %s\n%s", profiles, profile, rest);
	return load(text);
}

static bool has(const struct profile *p, const char *label)
{
	for (int i = 0; i < p->n_lines; i++)
		if (!strcmp(p->line[i].label.s, label))
			return true;
	return false;
}

static void shipped_ones_have_them_first(void **state)
{
	static const char *const names[] = { "conservative", "aggressive",
					     "steady" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct loaded l = with("", names[i], CLIENT);
		const struct profile *p = l.c.accounts[0].profile;
		const struct profile *was = config_profile(&l.c, names[i]);

		assert_int_equal(l.list.n_warnings, 0);
		for (int k = 0; k < FIRST; k++) {
			assert_string_equal(line(p, k), first[k]);
			assert_true(p->line[k].protective);
		}
		assert_int_equal(p->n_close, was->n_close + FIRST);
		assert_int_equal(p->n_lines, was->n_lines + FIRST + 1);
		assert_string_equal(line(p, p->n_close),
				    "BASIS_WIDE: basis_wide(0.01)");
		for (int k = 0; k < was->n_close; k++)
			assert_string_equal(p->line[FIRST + k].text,
					    was->line[k].text);
		/* Decisions name it by another hash than the plain one. */
		assert_string_not_equal(p->hash, was->hash);
		assert_string_equal(p->name, was->name);
		arena_free(l.arena);
	}
}

static void nobody_else_has_them(void **state)
{
	static const struct {
		const char *profiles, *profile, *rest;
		int warnings;
	} cases[] = {
		{ "", "steady", PLAIN, 0 },
		{ "", "textbook", CLIENT, 0 },
		{ "profiles:\n  own: {close: [X: age(9d)]}\n", "own", CLIENT,
		  1 },
		{ "profiles:\n  own: {extends: steady, close: [X: age(9d)]}\n",
		  "own", CLIENT, 1 },
		/* as many lines, with another label or another text */
		{ "profiles:\n  own: {extends: steady, close: [X: age(9d), "
		  "Y: age(8d)]}\n", "own", CLIENT, 1 },
		{ "profiles:\n  own: {extends: steady, close: [SEVERE_FLIP: "
		  "age(9d), DIVERGENCE_FLIPPED: age(8d)]}\n", "own", CLIENT,
		  1 },
		{ "profiles:\n  own: {close: [X: leg_drift(1%)]}\n", "own",
		  CLIENT, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct loaded l = with(cases[i].profiles, cases[i].profile,
				       cases[i].rest);
		const struct account *a = &l.c.accounts[0];

		if (has(a->profile, "LEG_MISSING") ||
		    has(a->profile, "BASIS_WIDE"))
			fail_msg("case %zu has them", i);
		assert_ptr_equal(a->profile,
				 config_profile(&l.c, cases[i].profile));
		assert_int_equal(l.list.n_warnings, cases[i].warnings);
		if (cases[i].warnings)
			assert_non_null(strstr(l.list.list[0].text,
					       "LEG_MISSING: leg_missing"));
		arena_free(l.arena);
	}
}

/* A list that is written replaces the inherited one: alerts do too. */
static void own_alerts_stay_as_written(void **state)
{
	struct loaded l = with("profiles:\n  own: {extends: steady, "
			       "alert: [OLD: stale_data(1m)]}\n", "own",
			       CLIENT);
	const struct profile *p = l.c.accounts[0].profile;

	(void)state;
	assert_string_equal(line(p, 0), first[0]);
	assert_int_equal(p->n_lines, p->n_close + 1);
	assert_string_equal(p->line[p->n_close].label.s, "OLD");
	arena_free(l.arena);
}

/* An own list of as many alerts is an own list all the same. */
static void as_many_alerts_stay_as_written(void **state)
{
	struct loaded l = with("profiles:\n  own: {extends: steady, alert: "
			       "[FLIPPED: flip, OLD: stale_data(1m), "
			       "STALE: stale_data(2m)]}\n", "own", CLIENT);
	const struct profile *p = l.c.accounts[0].profile;

	(void)state;
	assert_string_equal(line(p, 0), first[0]);
	assert_false(has(p, "BASIS_WIDE"));
	assert_int_equal(p->n_lines, p->n_close + 3);
	arena_free(l.arena);
}

/* Where they find no place the account is told, and keeps what it has. */
static void a_full_profile_is_told(void **state)
{
	static const struct {
		const char *expr, *said;
		int n;
	} rows[] = {
		{ "flip", "accounts.main: no protective lines: too many lines",
		  27 },
		{ "\"(flip for 2 polls or age(1h) for 2 polls) for 2h\"",
		  "accounts.main: no protective lines: too many `for`", 23 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[1900] = "profiles:\n  own: {extends: steady, alert: [";
		struct loaded l;
		bool told = false;

		for (int k = 0; k < rows[i].n; k++)
			snprintf(text + strlen(text), sizeof(text) -
				 strlen(text), "L%d: %s, ", k, rows[i].expr);
		l = with(strcat(text, "]}\n"), "own", CLIENT);
		for (int k = 0; k < l.list.n_warnings; k++)
			told |= !strcmp(l.list.list[k].text, rows[i].said);
		assert_true(told);
		assert_ptr_equal(l.c.accounts[0].profile,
				 config_profile(&l.c, "own"));
		arena_free(l.arena);
	}
}

static void one_account_does_not_change_another(void **state)
{
	struct loaded l = load("version: 1\naccounts:\n  one:\n"
			       "    profile: steady\n" CLIENT "  two:\n"
			       "    profile: steady\n" PLAIN);

	(void)state;
	assert_true(has(l.c.accounts[0].profile, "LEG_MISSING"));
	assert_false(has(l.c.accounts[1].profile, "LEG_MISSING"));
	arena_free(l.arena);
}

/* What is kept with the polls loads to the same lines and hash. */
static void printed_it_loads_to_the_same(void **state)
{
	struct loaded l = with("", "steady", CLIENT), again;
	const struct account *a = &l.c.accounts[0], *b;

	(void)state;
	again = load(config_print(&l.c, a, l.arena));
	b = &again.c.accounts[0];
	assert_int_equal(b->profile->n_lines, a->profile->n_lines);
	for (int i = 0; i < a->profile->n_lines; i++)
		assert_string_equal(b->profile->line[i].text,
				    a->profile->line[i].text);
	assert_string_equal(b->profile->hash, a->profile->hash);
	arena_free(again.arena);
	arena_free(l.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_ones_have_them_first),
		cmocka_unit_test(nobody_else_has_them),
		cmocka_unit_test(own_alerts_stay_as_written),
		cmocka_unit_test(as_many_alerts_stay_as_written),
		cmocka_unit_test(a_full_profile_is_told),
		cmocka_unit_test(one_account_does_not_change_another),
		cmocka_unit_test(printed_it_loads_to_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
