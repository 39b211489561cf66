/* SPDX-License-Identifier: MIT */
/* Shared by the tests of facts. */
#include "facts_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

const struct facts_memory facts_case_forgets = {
	{ { INT64_MIN }, { INT64_MIN } }, { true, WHY_KNOWN, { 0 } }, NULL
};

struct facts compute(const struct position *p, const struct market *m,
		     const struct terms *t)
{
	struct facts f;

	facts_compute(&f, p, m, t, &facts_case_forgets);
	return f;
}

void assert_fact(const struct facts *f, enum fact_id id, const char *want)
{
	char got[DEC_TEXT_MAX];

	if (!f->v[id].known)
		snprintf(got, sizeof(got), "%s", why_word(f->v[id].why));
	else
		dec_format(got, f->v[id].v);
	assert_string_equal(got, want);
}
