/* SPDX-License-Identifier: MIT */
/* Random positions in random markets: small numbers, many ties, many gaps. */
#ifndef CARRYWATCH_TESTS_RANDOM_CASE_H
#define CARRYWATCH_TESTS_RANDOM_CASE_H

#include "facts.h"
#include "profile.h"

#define RANDOM_VENUES	8
#define RANDOM_SYMBOLS	3

struct dice {
	uint64_t state;
};

/* 0 .. n-1 */
uint64_t dice_roll(struct dice *d, uint64_t n);
/* True once in n. */
bool dice_once_in(struct dice *d, uint64_t n);

struct random_case {
	struct dice dice;
	struct position pos;
	struct market market;		/* sorted; its arrays are below */
	struct terms terms;
	struct facts_memory memory;
	struct venue_terms venue[RANDOM_VENUES];
	struct venue allowed[RANDOM_VENUES];
	struct venue_view view[RANDOM_VENUES];
	struct quote quote[RANDOM_VENUES * RANDOM_SYMBOLS];
};

/* The same seed, the same case. Holds pointers into itself. */
void random_case(struct random_case *out, uint64_t seed);
/* A minute later: the same names, other numbers. */
void random_move(struct random_case *c);
/* Up to 8 lines of all rules and operators; *p is overwritten. */
void random_profile(struct profile *p, struct dice *d);

#endif
