/* SPDX-License-Identifier: MIT */
/* Shared by the tests of configuration and profiles. */
#include "config_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct loaded load(const char *text)
{
	struct loaded l = { .arena = arena_new() };
	struct err err = { 0 };

	assert_non_null(l.arena);
	if (!config_load_text(&l.c, "f", text, strlen(text), l.arena, &l.list,
			      &err))
		fail_msg("%s", err.text);
	return l;
}
