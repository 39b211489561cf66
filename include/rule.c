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

const struct rule *rule_find(const char *name, size_t n)
{
	for (size_t i = 0; i < rule_count; i++) {
		const struct rule *r = rule_table[i];

		if (strlen(r->name) == n && memcmp(r->name, name, n) == 0)
			return r;
	}
	return NULL;
}
