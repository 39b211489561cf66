/* SPDX-License-Identifier: MIT */
/* Running tables of rule verdicts, through the parser as profiles do. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "expr.h"

static enum fact_id fact_of(const char *name, size_t n)
{
	for (int i = 0; i < FACT_COUNT; i++) {
		const char *s = fact_name((enum fact_id)i);

		if (strlen(s) == n && memcmp(s, name, n) == 0)
			return (enum fact_id)i;
	}
	fail_msg("no fact is named %.*s", (int)n, name);
	return FACT_COUNT;
}

static struct fact value_of(const char *s, size_t n)
{
	struct dec v;

	if (s[0] == '?')
		return fact_unknown((enum why)atoi(s + 1));
	if (!dec_parse(&v, s, n))
		fail_msg("not a number: %.*s", (int)n, s);
	return fact_known(v);
}

struct facts rule_facts(const char *text)
{
	struct facts f = { .legs_fresh = true };

	for (int i = 0; i < FACT_COUNT; i++)
		f.v[i] = fact_unknown(WHY_NOT_SET);
	while (*text != '\0') {
		size_t name = strcspn(text, "=");
		size_t value = strcspn(text + name + 1, " ");

		f.v[fact_of(text, name)] = value_of(text + name + 1, value);
		text += name + 1 + value;
		text += strspn(text, " ");
	}
	return f;
}

static void describe(char *buf, size_t n, struct finding f)
{
	if (f.verdict == VERDICT_UNKNOWN)
		snprintf(buf, n, "%s: %s", fact_name(f.missing),
			 why_word(f.why));
	else
		snprintf(buf, n, "%s", verdict_word(f.verdict));
}

void rule_cases_hold(const struct rule_case *cases)
{
	for (; cases->call; cases++) {
		struct expr_now now = { { 0 }, true, { 0 } };
		struct streak slots[LINE_NODES_MAX] = { STREAK_NONE };
		struct facts f = rule_facts(cases->facts);
		struct line line;
		struct err err = { ERR_NONE, "" };
		char got[100];
		int column;

		if (!expr_parse(&line, cases->call, &column, &err))
			fail_msg("%s: column %d: %s", cases->call, column,
				 err.text);
		describe(got, sizeof(got), expr_eval(&line, slots, &f, &now));
		if (strcmp(got, cases->want) != 0)
			fail_msg("%s with %s: got %s, want %s", cases->call,
				 cases->facts, got, cases->want);
	}
}

void rule_call_refused(const char *call, const char *complaint)
{
	struct line line;
	struct err err = { ERR_NONE, "" };
	int column;

	assert_false(expr_parse(&line, call, &column, &err));
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_string_equal(err.text, complaint);
}
