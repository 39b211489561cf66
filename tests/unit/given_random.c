/* SPDX-License-Identifier: MIT */
/* A xorshift generator: the same numbers everywhere for the same seed. */
#include "given_random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static uint64_t state;

uint64_t given_random64(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

int64_t given_below(int64_t n)
{
	return (int64_t)(given_random64() % (uint64_t)n);
}

bool given_chance(int percent)
{
	return given_below(100) < percent;
}

void given_seed(uint64_t fallback)
{
	const char *text = getenv("SEED");

	state = text ? strtoull(text, NULL, 10) : fallback;
	print_message("# SEED=%llu\n", (unsigned long long)state);
	state += !state;		/* zero stays zero for ever */
	for (int i = 0; i < 20; i++)	/* small seeds begin alike */
		given_random64();
}
