/* SPDX-License-Identifier: MIT */
/* Computing facts in a test, and saying what one of them must be. */
#ifndef CARRYWATCH_TESTS_FACTS_CASE_H
#define CARRYWATCH_TESTS_FACTS_CASE_H

#include "given.h"

/* No quote was ever seen before. */
extern const struct facts_memory facts_case_forgets;

struct facts compute(const struct position *p, const struct market *m,
		     const struct terms *t);
/* The canonical decimal, or the words of why it is unknown. */
void assert_fact(const struct facts *f, enum fact_id id, const char *want);

#endif
