/* SPDX-License-Identifier: MIT */
/* Tables of rule verdicts: a call, the facts it sees, what it must answer. */
#ifndef CARRYWATCH_TESTS_RULE_CASE_H
#define CARRYWATCH_TESTS_RULE_CASE_H

#include "rule.h"

struct rule_case {
	const char *call;	/* as in a profile: "erosion(0.3)" */
	/*
	 * Facts by name, "age=3600 divergence=-0.1"; "divergence=?4" is
	 * unknown for reason 4 of enum why. What is not named is unknown,
	 * never recorded.
	 */
	const char *facts;
	/* "true", "false", or for unknown "input: reason". */
	const char *want;
};

/*
 * Ends with a row whose call is NULL. Each is answered the same when the
 * facts that the rule does not say it reads are others.
 */
void rule_cases_hold(const struct rule_case *cases);
/* What a call says it reads, "age divergence": no more and no less. */
void rule_reads(const char *call, const char *facts);
/* A call that must load: the ends of what an argument may be. */
void rule_call_taken(const char *call);
/* Facts from their text, legs fresh. */
struct facts rule_facts(const char *text);
/* A call that must not load, and the complaint about it. */
void rule_call_refused(const char *call, const char *complaint);

#endif
