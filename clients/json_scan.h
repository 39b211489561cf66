/* SPDX-License-Identifier: MIT */
/*
 * The syntax of JSON (RFC 8259) without its meaning: where a token or a
 * whole value ends.
 */
#ifndef CARRYWATCH_JSON_SCAN_H
#define CARRYWATCH_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct scan {
	const char *s;
	size_t len, pos;
	const char *why;	/* of a failure; pos is the offending byte */
	bool escapes;		/* scan_string met one */
};

void scan_blanks_slow(struct scan *sc);
/* Most tokens stand without a blank before them. */
static inline void scan_blanks(struct scan *sc)
{
	if (sc->pos < sc->len && (unsigned char)sc->s[sc->pos] > ' ')
		return;
	scan_blanks_slow(sc);
}
/* The next byte after blanks, -1 at the end. */
static inline int scan_next(struct scan *sc)
{
	scan_blanks(sc);
	return sc->pos < sc->len ? (unsigned char)sc->s[sc->pos] : -1;
}
/* Each moves pos behind its token. */
MUST_USE bool scan_char(struct scan *sc, char c, const char *why);
MUST_USE bool scan_string(struct scan *sc);
MUST_USE bool scan_number(struct scan *sc);
MUST_USE bool scan_word(struct scan *sc, const char *word);
/* Any value; at most `levels` containers inside each other. */
MUST_USE bool scan_value(struct scan *sc, int levels);

/*
 * Decode the inside of a string that scan_string accepted into at most cap
 * bytes; returns the length it would have had.
 */
size_t scan_decode(char *buf, size_t cap, const char *s, size_t n);

#endif
