/* SPDX-License-Identifier: MIT */
/*
 * JSON tokens. Strings are the bulk of every answer, so plain ASCII in them
 * is passed eight bytes at a time; containers are a bit stack, no recursion.
 */
#include "json_scan.h"

#include <assert.h>
#include <string.h>

#define ONES 0x0101010101010101ull
#define HIGH 0x8080808080808080ull
#define CUT "the text ends too early"

static bool refuse(struct scan *sc, const char *why)
{
	sc->why = why;
	return false;
}

static bool refuse_here(struct scan *sc, const char *why)
{
	return refuse(sc, sc->pos < sc->len ? why : CUT);
}

void scan_blanks_slow(struct scan *sc)
{
	while (sc->pos < sc->len) {
		char c = sc->s[sc->pos];

		if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
			return;
		sc->pos++;
	}
}

bool scan_char(struct scan *sc, char c, const char *why)
{
	if (scan_next(sc) != c)
		return refuse_here(sc, why);
	sc->pos++;
	return true;
}

/*
 * Bytes that need a look: quote, backslash, controls, anything above ASCII. A
 * bit for each, of which the first one is exact: those above it may be
 * borrowed from it.
 */
static uint64_t not_plain(uint64_t w)
{
	uint64_t quote = w ^ (ONES * '"'), slash = w ^ (ONES * '\\');

	return ((quote - ONES) | (slash - ONES) | (w - ONES * 0x20) | w) &
	       HIGH;
}

static void pass_plain(struct scan *sc)
{
	uint64_t w, hit = 0;

	while (sc->len - sc->pos >= sizeof(w) && hit == 0) {
		memcpy(&w, sc->s + sc->pos, sizeof(w));
		hit = not_plain(w);
		if (hit == 0)
			sc->pos += sizeof(w);
	}
	if (hit != 0 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) {
		sc->pos += (size_t)__builtin_ctzll(hit) / 8;
		return;
	}
	while (sc->pos < sc->len) {
		unsigned char c = (unsigned char)sc->s[sc->pos];

		if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
			return;
		sc->pos++;
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Four hex digits at pos <= len; -1 when there are none. */
static int32_t hex4(const char *s, size_t len, size_t pos)
{
	int32_t v = 0;

	if (len - pos < 4)
		return -1;
	for (size_t i = pos; i < pos + 4; i++) {
		int d = hex_digit(s[i]);

		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

static bool is_high(int32_t u)
{
	return u >= 0xd800 && u <= 0xdbff;
}

static bool is_low(int32_t u)
{
	return u >= 0xdc00 && u <= 0xdfff;
}

static bool pass_unicode(struct scan *sc)
{
	int32_t u = hex4(sc->s, sc->len, sc->pos + 2), low = -1;
	size_t behind = sc->pos + 6;

	if (u < 0)
		return refuse(sc, "\\u needs four hex digits");
	if (is_low(u))
		return refuse(sc, "half a surrogate pair");
	if (is_high(u)) {
		if (sc->len - behind >= 2 && sc->s[behind] == '\\' &&
		    sc->s[behind + 1] == 'u')
			low = hex4(sc->s, sc->len, behind + 2);
		if (!is_low(low))
			return refuse(sc, "half a surrogate pair");
		behind += 6;
	}
	sc->pos = behind;
	return true;
}

static bool pass_escape(struct scan *sc)
{
	char c;

	sc->escapes = true;
	if (sc->len - sc->pos < 2)
		return refuse(sc, CUT);
	c = sc->s[sc->pos + 1];
	if (c == 'u')
		return pass_unicode(sc);
	if (!c || !strchr("\"\\/bfnrt", c))
		return refuse(sc, "unknown escape in a string");
	sc->pos += 2;
	return true;
}

/* RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF. */
static const struct utf8_row {
	unsigned char first, last;	/* of the lead byte */
	unsigned char low, high;	/* of the second byte */
	int more;			/* bytes behind the lead */
} utf8_rows[] = {
	{ 0xc2, 0xdf, 0x80, 0xbf, 1 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 2 },
	{ 0xe1, 0xec, 0x80, 0xbf, 2 },
	{ 0xed, 0xed, 0x80, 0x9f, 2 },
	{ 0xee, 0xef, 0x80, 0xbf, 2 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 3 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 3 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 3 },
};

static bool utf8_fits(const struct utf8_row *r, const unsigned char *p,
		      size_t left)
{
	if (p[0] < r->first || p[0] > r->last || left <= (size_t)r->more)
		return false;
	if (p[1] < r->low || p[1] > r->high)
		return false;
	for (int i = 2; i <= r->more; i++)
		if ((p[i] & 0xc0) != 0x80)
			return false;
	return true;
}

static bool pass_utf8(struct scan *sc)
{
	const unsigned char *p = (const unsigned char *)sc->s + sc->pos;
	size_t n = sizeof(utf8_rows) / sizeof(utf8_rows[0]);

	for (size_t i = 0; i < n; i++) {
		if (!utf8_fits(&utf8_rows[i], p, sc->len - sc->pos))
			continue;
		sc->pos += (size_t)utf8_rows[i].more + 1;
		return true;
	}
	return refuse(sc, "not valid UTF-8");
}

bool scan_string(struct scan *sc)
{
	if (!scan_char(sc, '"', "a string is missing"))
		return false;
	sc->escapes = false;
	for (;;) {
		unsigned char c;

		pass_plain(sc);
		if (sc->pos >= sc->len)
			return refuse(sc, CUT);
		c = (unsigned char)sc->s[sc->pos];
		if (c == '"')
			break;
		if (c < 0x20)
			return refuse(sc, "raw control byte in a string");
		if (c == '\\' ? !pass_escape(sc) : !pass_utf8(sc))
			return false;
	}
	sc->pos++;
	return true;
}

static bool at_digit(const struct scan *sc)
{
	return sc->pos < sc->len && sc->s[sc->pos] >= '0' &&
	       sc->s[sc->pos] <= '9';
}

static bool digits(struct scan *sc)
{
	size_t start = sc->pos;

	while (at_digit(sc))
		sc->pos++;
	if (sc->pos == start)
		return refuse_here(sc, "a digit is missing");
	return true;
}

static bool at(const struct scan *sc, const char *set)
{
	if (sc->pos == sc->len)
		return false;
	while (*set && *set != sc->s[sc->pos])
		set++;
	return *set != '\0';
}

bool scan_number(struct scan *sc)
{
	scan_blanks(sc);
	if (at(sc, "-"))
		sc->pos++;
	if (at(sc, "0")) {
		sc->pos++;
		if (at_digit(sc))
			return refuse(sc, "leading zero in a number");
	} else if (!digits(sc)) {
		return false;
	}
	if (at(sc, ".")) {
		sc->pos++;
		if (!digits(sc))
			return false;
	}
	if (!at(sc, "eE"))
		return true;
	sc->pos++;
	if (at(sc, "+-"))
		sc->pos++;
	return digits(sc);
}

bool scan_word(struct scan *sc, const char *word)
{
	size_t n = strlen(word);

	scan_blanks(sc);
	if (sc->len - sc->pos < n)
		return refuse(sc, CUT);
	if (memcmp(sc->s + sc->pos, word, n) != 0)
		return refuse(sc, "unknown word");
	sc->pos += n;
	return true;
}

static bool scan_scalar(struct scan *sc)
{
	int c = scan_next(sc);

	if (c == '"')
		return scan_string(sc);
	if (c == '-' || (c >= '0' && c <= '9'))
		return scan_number(sc);
	if (c == 't' || c == 'f' || c == 'n')
		return scan_word(sc, c == 't' ? "true" :
				 c == 'f' ? "false" : "null");
	return refuse_here(sc, "a value is missing");
}

/* Open containers: a bit each, 1 for an object. */
struct nest {
	uint64_t objects;
	int depth, max;
};

static bool scan_key(struct scan *sc)
{
	return scan_string(sc) && scan_char(sc, ':', "':' is missing");
}

/* A scalar, or the way in to the first value of a container. */
static bool step_in(struct scan *sc, struct nest *n, bool *inside)
{
	int c = scan_next(sc);
	bool object = c == '{';

	*inside = false;
	if (c != '{' && c != '[')
		return scan_scalar(sc);
	if (n->depth == n->max)
		return refuse(sc, "nested too deeply");
	sc->pos++;
	if (scan_next(sc) == (object ? '}' : ']')) {
		sc->pos++;
		return true;
	}
	n->objects = n->objects << 1 | object;
	n->depth++;
	*inside = true;
	return !object || scan_key(sc);
}

/* Behind a value: close what ends here, or go on to the next value. */
static bool step_out(struct scan *sc, struct nest *n)
{
	while (n->depth) {
		bool object = n->objects & 1;
		int c = scan_next(sc);

		if (c == ',') {
			sc->pos++;
			return !object || scan_key(sc);
		}
		if (c != (object ? '}' : ']'))
			return refuse_here(sc, "',' or the end is missing");
		sc->pos++;
		n->objects >>= 1;
		n->depth--;
	}
	return true;
}

bool scan_value(struct scan *sc, int levels)
{
	struct nest n = { 0, 0, levels };
	bool inside;

	assert(levels <= 64);
	do {
		if (!step_in(sc, &n, &inside))
			return false;
		if (!inside && !step_out(sc, &n))
			return false;
	} while (n.depth);
	return true;
}
