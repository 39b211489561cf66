/* SPDX-License-Identifier: MIT */
/* Names of venues and symbols: fixed arrays, checked once, compared whole. */
#ifndef CARRYWATCH_NAME_H
#define CARRYWATCH_NAME_H

#include <stddef.h>
#include <string.h>

#include "err.h"

#define NAME_TEXT_MAX 24

/* Zero-padded behind the text, so whole structs compare with memcmp. */
struct venue  { char s[NAME_TEXT_MAX]; };	/* lower case */
struct symbol { char s[NAME_TEXT_MAX]; };	/* base asset, upper case */

/*
 * 1..23 characters: a letter or digit first, then letters, digits and
 * . _ - : / $. Case is folded (venue down, symbol up); anything else (blank,
 * ESC, quote, '=', NUL) is refused, so a name is safe on any screen.
 */
MUST_USE bool venue_parse(struct venue *out, const char *s, size_t n);
MUST_USE bool symbol_parse(struct symbol *out, const char *s, size_t n);
/* Whole names only; "S" is not "SOL". <0, 0, >0 as memcmp. */
int venue_cmp(struct venue a, struct venue b);
int symbol_cmp(struct symbol a, struct symbol b);

static inline bool venue_same(const struct venue *a, const struct venue *b)
{
	return memcmp(a->s, b->s, sizeof(a->s)) == 0;
}

#endif
