/* SPDX-License-Identifier: MIT */
/* A store in memory with a transaction open, for the tests of its functions. */
#ifndef CARRYWATCH_TESTS_STORE_CASE_H
#define CARRYWATCH_TESTS_STORE_CASE_H

#include "given.h"
#include "store.h"

struct store_case {
	struct store *store;
	struct arena *arena;
	struct err err;
};

int store_case_set_up(void **state);
int store_case_tear_down(void **state);
/* Fails the test with f->err.text unless ok. */
void store_case_check(const struct store_case *f, bool ok);
/* Fails the test unless it was refused like this. */
void store_case_refused(const struct store_case *f, bool ok,
			enum err_kind kind, const char *words);
/* A pair on lighter and grvt, 20000 USD. */
struct position store_case_add(struct store_case *f, const char *symbol);
void store_case_assert_fact(struct fact a, struct fact b);

#endif
