/* SPDX-License-Identifier: MIT */
/* Shared by the tests of configuration and profiles. */
#include "config_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
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

void first_complaint(char out[static 600], const char *text)
{
	struct arena *arena = arena_new();
	struct complaints list;
	struct config c;
	struct err err = { 0 };

	out[0] = '\0';
	assert_non_null(arena);
	if (!config_load_text(&c, "f", text, strlen(text), arena, &list,
			      &err)) {
		assert_int_equal(err.kind, ERR_CONFIG);
		assert_true(list.n_errors > 0);
		snprintf(out, 600, "%s", err.text);
	} else if (list.n_warnings) {
		complaint_format(out, 600, "f", &list.list[0]);
	}
	arena_free(arena);
}
