/* SPDX-License-Identifier: MIT */
/* Rules in words, for `rules list`, `rules show` and the reference page. */
#include "cli_rule_text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

const char *rule_text_kind(enum param_kind kind)
{
	switch (kind) {
	case PARAM_NUMBER:	return "number";
	case PARAM_SHARE:	return "share (0.002, 0.2% or 20bps)";
	case PARAM_TIME:	return "time with its unit (90s, 15m, 4h, 7d)";
	case PARAM_CHOICE:	return "choice";
	}
	assert(false);
	return "";
}

static void add(char *buf, const char *gap, const char *text)
{
	size_t n = strlen(buf);

	snprintf(buf + n, RULE_TEXT_MAX - n, "%s%s", n ? gap : "", text);
}

void rule_text_params(char buf[static RULE_TEXT_MAX], const struct rule *r)
{
	buf[0] = '\0';
	for (int i = 0; i < RULE_PARAMS_MAX && r->params[i].name; i++) {
		add(buf, ", ", r->params[i].name);
		if (!r->params[i].def)
			continue;
		add(buf, "=", r->params[i].def);
	}
}

void rule_text_when(char buf[static RULE_TEXT_MAX], const struct rule *r,
		    enum fact_id id)
{
	buf[0] = '\0';
	for (size_t i = 0; i < sizeof(r->only) / sizeof(r->only[0]); i++) {
		const struct choice_uses *c = &r->only[i];
		const struct param *p = &r->params[c->param];

		if (!(c->uses >> id & 1U))
			continue;
		snprintf(buf, RULE_TEXT_MAX, "%s=%s", p->name,
			 p->choices[c->choice]);
	}
}

void rule_text_facts(char buf[static RULE_TEXT_MAX], const struct rule *r)
{
	char when[RULE_TEXT_MAX];

	buf[0] = '\0';
	for (int i = 0; i < FACT_COUNT; i++) {
		rule_text_when(when, r, (enum fact_id)i);
		if (r->uses >> i & 1U && !*when)
			add(buf, " ", fact_name((enum fact_id)i));
	}
}

void rule_text_bounds(char buf[static RULE_TEXT_MAX], const struct param *p)
{
	buf[0] = '\0';
	if (p->min)
		add(buf, "", "at least ");
	if (p->min)
		add(buf, "", p->min);
	if (p->max)
		add(buf, ", ", "at most ");
	if (p->max)
		add(buf, "", p->max);
	for (const char *const *w = p->choices; w && *w; w++)
		add(buf, w == p->choices ? "" : " or ", *w);
}
