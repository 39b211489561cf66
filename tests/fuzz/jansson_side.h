/* SPDX-License-Identifier: MIT */
/* What jansson makes of a text; apart, for its names are those of ours. */
#ifndef CARRYWATCH_TESTS_JANSSON_SIDE_H
#define CARRYWATCH_TESTS_JANSSON_SIDE_H

#include "fuzz.h"

enum side_verdict {
	SIDE_TAKEN,
	SIDE_TWICE,		/* only because of a key given twice */
	SIDE_RANGE,		/* an integer beyond 64 bits, a real beyond 1e308 */
	SIDE_NUL_KEY,		/* U+0000 in a key */
	SIDE_REFUSED
};

/* False: this was built where jansson is not. */
bool side_is_here(void);
/*
 * *out: what was read, in order: { } [ ] t f n, "s" and "k" with the bytes
 * of a string or key and a NUL, "#" with the text of a number and a NUL.
 */
enum side_verdict side_read(struct fuzz_out *out, const char *s, size_t n);

#endif
