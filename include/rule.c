/* SPDX-License-Identifier: MIT */
/* Three-valued logic, and finding a rule in the table make wrote. */
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

struct finding finding_or(struct finding a, struct finding b)
{
	if (a.verdict == VERDICT_TRUE || b.verdict == VERDICT_FALSE)
		return a;
	if (b.verdict == VERDICT_TRUE || a.verdict == VERDICT_FALSE)
		return b;
	return a;	/* both unknown: the first names its input */
}

struct finding finding_and(struct finding a, struct finding b)
{
	if (a.verdict == VERDICT_FALSE || b.verdict == VERDICT_TRUE)
		return a;
	if (b.verdict == VERDICT_FALSE || a.verdict == VERDICT_TRUE)
		return b;
	return a;
}

struct finding finding_not(struct finding a)
{
	if (a.verdict == VERDICT_UNKNOWN)
		return a;
	return finding_bool(a.verdict == VERDICT_FALSE);
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
