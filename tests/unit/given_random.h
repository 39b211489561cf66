/* SPDX-License-Identifier: MIT */
/* Random numbers for tests: the seed is printed, SEED=N gives another. */
#ifndef CARRYWATCH_TESTS_GIVEN_RANDOM_H
#define CARRYWATCH_TESTS_GIVEN_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

void given_seed(uint64_t fallback);
uint64_t given_random64(void);
int64_t given_below(int64_t n);		/* 0 .. n - 1 */
bool given_chance(int percent);

#endif
