/* SPDX-License-Identifier: MIT */
/* Three-valued logic: what a rule or a line answers, and what it lacked. */
#ifndef CARRYWATCH_VERDICT_H
#define CARRYWATCH_VERDICT_H

#include "fact.h"

enum verdict { VERDICT_FALSE, VERDICT_TRUE, VERDICT_UNKNOWN };

const char *verdict_word(enum verdict v);	/* "false" "true" "unknown" */

/*
 * A verdict, and for UNKNOWN the input that is missing. One machine word, so
 * that it is handed on in a register: rules are asked millions of times.
 */
struct finding {
	enum verdict verdict : 8;
	enum fact_id missing : 8;
	enum why why : 16;
};

static inline struct finding finding_bool(bool b)
{
	return (struct finding){ b ? VERDICT_TRUE : VERDICT_FALSE,
				 FACT_COUNT, WHY_KNOWN };
}

static inline struct finding finding_unknown(enum fact_id id, enum why why)
{
	return (struct finding){ VERDICT_UNKNOWN, id, why };
}

/* Kleene: one TRUE, or one FALSE, settles it whatever the other is. */
static inline struct finding finding_or(struct finding a, struct finding b)
{
	if (a.verdict == VERDICT_TRUE || b.verdict == VERDICT_FALSE)
		return a;
	if (b.verdict == VERDICT_TRUE || a.verdict == VERDICT_FALSE)
		return b;
	return a;	/* both unknown: the first names its input */
}

static inline struct finding finding_and(struct finding a, struct finding b)
{
	if (a.verdict == VERDICT_FALSE || b.verdict == VERDICT_TRUE)
		return a;
	if (b.verdict == VERDICT_FALSE || a.verdict == VERDICT_TRUE)
		return b;
	return a;
}

static inline struct finding finding_not(struct finding a)
{
	if (a.verdict == VERDICT_UNKNOWN)
		return a;
	return finding_bool(a.verdict == VERDICT_FALSE);
}

#endif
