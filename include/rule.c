/* SPDX-License-Identifier: MIT */
/* The words of a verdict, and finding a rule in the table make wrote. */
#include "rule.h"

#include <string.h>

static const char *const words[] = {
	[VERDICT_FALSE] = "false",
	[VERDICT_TRUE] = "true",
	[VERDICT_UNKNOWN] = "unknown"
};

const char *verdict_word(enum verdict v)
{
	return words[v];
}

uint64_t rule_uses(const struct rule *r, const struct dec *arg)
{
	uint64_t uses = r->uses;

	for (size_t i = 0; i < sizeof(r->only) / sizeof(r->only[0]); i++) {
		const struct choice_uses *c = &r->only[i];

		if (c->uses && dec_cmp(arg[c->param], dec_int(c->choice)) != 0)
			uses &= ~c->uses;
	}
	return uses;
}

const struct rule *rule_find(const char *name, size_t n)
{
	for (size_t i = 0; i < rule_count; i++) {
		const struct rule *r = rule_table[i];

		if (strlen(r->name) == n && memcmp(r->name, name, n) == 0)
			return r;
	}
	return NULL;
}

bool rule_agrees(const struct rule *r, const struct dec *arg, struct err *err)
{
	const char *why = r->contradiction ? r->contradiction(arg) : NULL;

	if (!why)
		return true;
	return err_set(err, ERR_CONFIG, "%s: %s", r->name, why);
}
