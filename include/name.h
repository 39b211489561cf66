/* SPDX-License-Identifier: MIT */
/* Names of venues and symbols: fixed arrays, checked once, compared whole. */
#ifndef CARRYWATCH_NAME_H
#define CARRYWATCH_NAME_H

#include <stddef.h>
#include <stdint.h>
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
/* The i-th eight characters of a name, the first one weighing most. */
static inline uint64_t name_word(const char s[static NAME_TEXT_MAX], int i)
{
	uint64_t w;

	memcpy(&w, s + 8 * i, sizeof(w));
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ?
	       __builtin_bswap64(w) : w;
}

/* As memcmp of the whole arrays, in words: no call, three comparisons. */
static inline int name_cmp(const char a[static NAME_TEXT_MAX],
			   const char b[static NAME_TEXT_MAX])
{
	for (int i = 0; i < NAME_TEXT_MAX / 8; i++) {
		uint64_t x = name_word(a, i), y = name_word(b, i);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

static inline bool name_same(const char a[static NAME_TEXT_MAX],
			     const char b[static NAME_TEXT_MAX])
{
	return ((name_word(a, 0) ^ name_word(b, 0)) |
		(name_word(a, 1) ^ name_word(b, 1)) |
		(name_word(a, 2) ^ name_word(b, 2))) == 0;
}

/* Whole names only; "S" is not "SOL". -1, 0, 1 by the characters' codes. */
static inline int venue_cmp(struct venue a, struct venue b)
{
	return name_cmp(a.s, b.s);
}

static inline int symbol_cmp(struct symbol a, struct symbol b)
{
	return name_cmp(a.s, b.s);
}

static inline bool venue_same(const struct venue *a, const struct venue *b)
{
	return name_same(a->s, b->s);
}

static inline bool symbol_same(const struct symbol *a, const struct symbol *b)
{
	return name_same(a->s, b->s);
}

#endif
