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

static struct line parsed(const char *call)
{
	struct line line;
	struct err err = { ERR_NONE, "" };
	int column;

	if (!expr_parse(&line, call, &column, &err))
		fail_msg("%s: column %d: %s", call, column, err.text);
	return line;
}

static void is_answered(const struct rule_case *c, const struct line *line,
			const struct facts *f)
{
	struct expr_now now = { { 0 }, true, { 0 } };
	struct streak slots[LINE_NODES_MAX] = { STREAK_NONE };
	char got[100];

	describe(got, sizeof(got), expr_eval(line, slots, f, &now));
	if (strcmp(got, c->want) != 0)
		fail_msg("%s with %s: got %s, want %s", c->call, c->facts, got,
			 c->want);
}

void rule_cases_hold(const struct rule_case *cases)
{
	for (; cases->call; cases++) {
		struct line line = parsed(cases->call);
		struct facts f = rule_facts(cases->facts);

		is_answered(cases, &line, &f);
		for (int i = 0; i < FACT_COUNT; i++)
			if (!(line.uses >> i & 1))
				f.v[i] = fact_known(dec_int(-7));
		is_answered(cases, &line, &f);
	}
}

void rule_reads(const char *call, const char *facts)
{
	uint64_t said = parsed(call).uses;

	for (int i = 0; i < FACT_COUNT; i++) {
		const char *name = fact_name((enum fact_id)i);
		const char *at = strstr(facts, name);
		bool named = false;

		for (; at && !named; at = strstr(at + 1, name))
			named = (at == facts || at[-1] == ' ') &&
				strchr(" ", at[strlen(name)]) != NULL;
		if (named != (said >> i & 1))
			fail_msg("%s %s %s", call,
				 named ? "does not say it reads" : "reads",
				 name);
	}
}

void rule_call_taken(const char *call)
{
	parsed(call);
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
