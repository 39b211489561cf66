/* SPDX-License-Identifier: MIT */
/*
 * The program behind test_oracle.py: one operation a line on stdin, its
 * result a line on stdout, "-" for what is refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "carry.h"
#include "expr.h"
#include "facts_held.h"

static struct dec number(const char *s)
{
	return dec_lit(s);
}

static void put(bool ok, struct dec d)
{
	char text[DEC_TEXT_MAX];

	dec_format(text, d);
	puts(ok ? text : "-");
}

static void do_parse(char **w)
{
	struct dec d = DEC_ZERO;
	bool ok = dec_parse(&d, w[1], strlen(w[1]));

	put(ok, d);
}

static void do_parse_rounded(char **w)
{
	struct dec d = DEC_ZERO;
	bool rounded, ok = dec_parse_rounded(&d, &rounded, w[1], strlen(w[1]));

	put(ok, d);
}

static void do_share(char **w)
{
	struct dec d = DEC_ZERO;
	bool ok = dec_parse_share(&d, w[1], strlen(w[1]));

	put(ok, d);
}

static void do_add(char **w)
{
	struct dec d = DEC_ZERO;
	bool ok = dec_add(&d, number(w[1]), number(w[2]));

	put(ok, d);
}

static void do_mul(char **w)
{
	struct dec d = DEC_ZERO;
	bool ok = dec_mul(&d, number(w[1]), number(w[2]));

	put(ok, d);
}

static void do_div(char **w)
{
	struct dec d = DEC_ZERO;
	bool ok = dec_div(&d, number(w[1]), number(w[2]));

	put(ok, d);
}

static void do_ratio(char **w)
{
	struct dec d = DEC_ZERO;
	bool ok = dec_mul_ratio(&d, number(w[1]), number(w[2]), atoi(w[3]),
				atoi(w[4]));

	put(ok, d);
}

static void do_ratio3(char **w)
{
	struct dec d = DEC_ZERO;
	bool ok = dec_mul3_ratio(&d, number(w[1]), number(w[2]), number(w[3]),
				 atoi(w[4]), atoi(w[5]));

	put(ok, d);
}

static void do_fixed(char **w)
{
	char text[DEC_TEXT_MAX];

	dec_format_fixed(text, number(w[1]), atoi(w[2]));
	puts(text);
}

static void do_cmp2(char **w)
{
	printf("%d\n", dec_cmp_mul(number(w[1]), number(w[2]), number(w[3]),
				   number(w[4])));
}

static void do_cmp3(char **w)
{
	printf("%d\n", dec_cmp_mul3(number(w[1]), number(w[2]), number(w[3]),
				    number(w[4]), number(w[5]), number(w[6])));
}

/* Six words: next in ms, interval in s and daily rate of long, then short. */
static void legs_of(struct carry_leg leg[2], char **w)
{
	for (int s = 0; s < 2; s++)
		leg[s] = (struct carry_leg){ number(w[3 * s + 2]),
					     atoll(w[3 * s]),
					     atoll(w[3 * s + 1]) };
}

/* expected LEGS HORIZON_MS */
static void do_expected(char **w)
{
	struct dec d = DEC_ZERO;
	struct carry_leg leg[2];
	bool ok;

	legs_of(leg, w + 1);
	ok = carry_expected(&d, leg, atoll(w[7]));
	put(ok, d);
}

/* even LEGS COST SIZE */
static void do_even(char **w)
{
	struct carry_leg leg[2];
	int64_t after;

	legs_of(leg, w + 1);
	if (!carry_break_even(&after, leg, number(w[7]), number(w[8])))
		puts("-");
	else if (after == CARRY_NEVER)
		puts("never");
	else
		printf("%lld\n", (long long)after);
}

/* "~" in a call is a blank. */
static void answer(char *call, const struct facts *f)
{
	struct streak slots[LINE_NODES_MAX] = { STREAK_NONE };
	struct expr_now now = { { 0 }, true, { 0 } };
	struct line line;
	struct err err;
	int column;

	for (char *c = call; *c; c++)
		*c = *c == '~' ? ' ' : *c;
	if (!expr_parse(&line, call, &column, &err)) {
		printf("%s\n", err.text);
		return;
	}
	puts(verdict_word(expr_eval(&line, slots, f, &now).verdict));
}

/* held CALL QUANTITY MARK LIQUIDATION (long) ... (short); ? is unknown. */
static void do_held(char **w)
{
	struct held h = HELD_NONE;
	struct facts f = { .legs_fresh = true };

	h.asked = h.good = true;
	for (int s = 0; s < 2; s++) {
		struct held_leg *leg = &h.leg[s];
		struct fact *const to[] = { &leg->quantity, &leg->mark_price,
					    &leg->liquidation_price };

		for (int i = 0; i < 3; i++)
			*to[i] = *w[2 + 3 * s + i] == '?' ?
				 fact_unknown(WHY_NULL_VALUE) :
				 fact_known(number(w[2 + 3 * s + i]));
	}
	facts_put_held(&f, &h);
	answer(w[1], &f);
}

/* rule CALL FACT=VALUE...; a value of ? is unknown. */
static void do_rule(char **w)
{
	struct facts f = { .legs_fresh = true };

	for (int i = 0; i < FACT_COUNT; i++)
		f.v[i] = fact_unknown(WHY_NOT_SET);
	for (int k = 2; w[k]; k++) {
		char *value = strchr(w[k], '=');

		*value++ = '\0';
		for (int i = 0; i < FACT_COUNT && *value != '?'; i++)
			if (strcmp(w[k], fact_name((enum fact_id)i)) == 0)
				f.v[i] = fact_known(number(value));
	}
	answer(w[1], &f);
}

static const struct { const char *name; void (*run)(char **w); } ops[] = {
	{ "parse", do_parse }, { "rounded", do_parse_rounded },
	{ "share", do_share },
	{ "add", do_add }, { "mul", do_mul }, { "div", do_div },
	{ "ratio", do_ratio }, { "ratio3", do_ratio3 }, { "fixed", do_fixed },
	{ "cmp2", do_cmp2 }, { "cmp3", do_cmp3 }, { "rule", do_rule },
	{ "expected", do_expected }, { "even", do_even }, { "held", do_held },
};

int main(void)
{
	char buf[4096];

	while (fgets(buf, sizeof(buf), stdin)) {
		char *words[24] = { NULL }, *save = NULL;
		int n = 0;

		for (char *w = strtok_r(buf, " \n", &save); w && n < 23;
		     w = strtok_r(NULL, " \n", &save))
			words[n++] = w;
		for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++)
			if (n > 0 && strcmp(words[0], ops[i].name) == 0)
				ops[i].run(words);
	}
	return 0;
}
