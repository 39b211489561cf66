/* SPDX-License-Identifier: MIT */
/* Reads an import file as the command does, without a database. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "given.h"
#include "given_import.h"

static struct arena *arena;	/* of the group of tests */

static void read_rows(struct import_result *r, struct import *im)
{
	struct import_row row;

	if (!import_begin(im, &r->err))
		return;
	while (import_next(im, &row, &r->err)) {
		assert_true(r->n < ROWS_MAX);
		if (!import_position(im, &r->p[r->n], &r->note[r->n], &row,
				     &r->err))
			return;
		r->line[r->n++] = row.at.line;
	}
}

struct import_result given_import_bytes(const char *path, const char *text,
					size_t n)
{
	struct import im = {
		.path = path, .form = &import_positions,
		.names = import_positions.keys, .text = text, .n = n,
		.arena = arena, .now = given_time(GIVEN_NOW),
		.max_abs_rate_8h = dec_lit("0.05")
	};
	struct import_result r = { .n = 0 };

	import_start(&im);
	read_rows(&r, &im);
	r.rounded = im.rounded;
	return r;
}

struct import_result given_import(const char *path, const char *text)
{
	size_t n = strlen(text);
	char *copy = test_malloc(n + 1);
	struct import_result r;

	memcpy(copy + 1, text, n);
	r = given_import_bytes(path, copy + 1, n);
	test_free(copy);
	return r;
}

int given_import_setup(void **state)
{
	(void)state;
	arena = arena_new();
	return !arena;
}

int given_import_teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}
