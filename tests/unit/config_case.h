/* SPDX-License-Identifier: MIT */
/* A configuration that must load, for tests. */
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

#endif
