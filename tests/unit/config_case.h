/* SPDX-License-Identifier: MIT */
/* A configuration that must load, or must not, for tests. */
#ifndef CARRYWATCH_TESTS_CONFIG_CASE_H
#define CARRYWATCH_TESTS_CONFIG_CASE_H

#include "config.h"

struct loaded {
	struct arena *arena;		/* the caller frees it */
	struct config c;
	struct complaints list;
};

/* The text as file "f"; the test fails where it is refused. */
struct loaded load(const char *text);
/* The first complaint about the text as file "f"; "" when it loads without. */
void first_complaint(char out[static 600], const char *text);

#endif
