/* SPDX-License-Identifier: MIT */
/* A store in memory for the tests of its functions. */
#include "store_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void store_case_check(const struct store_case *f, bool ok)
{
	if (!ok)
		fail_msg("%s", f->err.text);
}

int store_case_set_up(void **state)
{
	struct store_case *f = calloc(1, sizeof(*f));

	f->arena = arena_new();
	store_case_check(f, store_open(&f->store, ":memory:", "main", false,
				       STORE_RUN, &f->err));
	store_case_check(f, store_begin(f->store, &f->err));
	*state = f;
	return 0;
}

int store_case_tear_down(void **state)
{
	struct store_case *f = *state;

	store_rollback(f->store);
	store_close(f->store);
	arena_free(f->arena);
	free(f);
	return 0;
}

void store_case_refused(const struct store_case *f, bool ok,
			enum err_kind kind, const char *words)
{
	assert_false(ok);
	assert_int_equal(f->err.kind, kind);
	if (!strstr(f->err.text, words))
		fail_msg("\"%s\" is not in: %s", words, f->err.text);
}

struct position store_case_add(struct store_case *f, const char *symbol)
{
	struct position p = given_position(symbol, "lighter", "grvt", "20000",
					   "0.000285");

	store_case_check(f, store_add_position(f->store, &p,
					       given_time(GIVEN_NOW), "cli",
					       "by hand", &f->err));
	return p;
}

void store_case_assert_fact(struct fact a, struct fact b)
{
	assert_int_equal(a.known, b.known);
	assert_int_equal(a.why, b.why);
	assert_int_equal(dec_cmp(a.v, b.v), 0);
}
