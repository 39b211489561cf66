/* SPDX-License-Identifier: MIT */
/*
 * Decimals from text against schoolbook digits: an own automaton says what a
 * number is, strings of digits say its value, and exact means exact: what
 * has more than 18 places or does not fit is refused, never bent.
 */
#include "fuzz.h"

#include <string.h>

#define INPUT_MAX 600
#define PLACES 18
#define FAR 1000000		/* exponents beyond are as good as this */

/* d[0] is not 0, d[n - 1] neither; zero has none. value = d * 10^exp */
struct digits {
	bool negative;
	char d[INPUT_MAX + 8];
	int n;
	long exp;
};

/* ---- grammar ---- */

enum class { MINUS, PLUS, ZERO, DIGIT, POINT, LETTER_E, OTHER, CLASSES };

enum state { START, SIGN, NULL_FIRST, WHOLE, DOT, FRACTION, E, E_SIGN, E_DIGITS,
	     BAD, STATES };

/* One row for each state, in the order of enum class. */
static const unsigned char next_state[STATES][CLASSES] = {
	[START]		= { SIGN, BAD, NULL_FIRST, WHOLE, BAD, BAD, BAD },
	[SIGN]		= { BAD, BAD, NULL_FIRST, WHOLE, BAD, BAD, BAD },
	[NULL_FIRST]	= { BAD, BAD, BAD, BAD, DOT, E, BAD },
	[WHOLE]		= { BAD, BAD, WHOLE, WHOLE, DOT, E, BAD },
	[DOT]		= { BAD, BAD, FRACTION, FRACTION, BAD, BAD, BAD },
	[FRACTION]	= { BAD, BAD, FRACTION, FRACTION, BAD, E, BAD },
	[E]		= { E_SIGN, E_SIGN, E_DIGITS, E_DIGITS, BAD, BAD, BAD },
	[E_SIGN]	= { BAD, BAD, E_DIGITS, E_DIGITS, BAD, BAD, BAD },
	[E_DIGITS]	= { BAD, BAD, E_DIGITS, E_DIGITS, BAD, BAD, BAD },
	[BAD]		= { BAD, BAD, BAD, BAD, BAD, BAD, BAD },
};

static enum class class_of(char c)
{
	if (c == '-')
		return MINUS;
	if (c == '+')
		return PLUS;
	if (c == '0')
		return ZERO;
	if (c > '0' && c <= '9')
		return DIGIT;
	if (c == '.')
		return POINT;
	return c == 'e' || c == 'E' ? LETTER_E : OTHER;
}

static void trim(struct digits *x)
{
	int zeros = 0;

	while (zeros < x->n && x->d[zeros] == '0')
		zeros++;
	memmove(x->d, x->d + zeros, (size_t)(x->n - zeros));
	x->n -= zeros;
	while (x->n > 0 && x->d[x->n - 1] == '0') {
		x->n--;
		x->exp++;
	}
	if (x->n == 0) {
		x->exp = 0;
		x->negative = false;
	}
}

static bool school(struct digits *x, const char *s, size_t n)
{
	enum state state = START;
	bool e_negative = false;
	long e = 0;

	*x = (struct digits){ .negative = false };
	for (size_t i = 0; i < n; i++) {
		state = (enum state)next_state[state][class_of(s[i])];
		x->negative |= state == SIGN;
		e_negative |= state == E_SIGN && s[i] == '-';
		if (state == NULL_FIRST || state == WHOLE || state == FRACTION)
			x->d[x->n++] = s[i];
		x->exp -= state == FRACTION;
		if (state == E_DIGITS)
			e = e > FAR ? FAR : e * 10 + (s[i] - '0');
	}
	x->exp += e_negative ? -e : e;
	trim(x);
	return state == NULL_FIRST || state == WHOLE || state == FRACTION ||
	       state == E_DIGITS;
}

/* ---- values ---- */

static bool same(const struct digits *a, const struct digits *b)
{
	return a->negative == b->negative && a->n == b->n &&
	       a->exp == b->exp && memcmp(a->d, b->d, (size_t)a->n) == 0;
}

static bool is_exact(const struct digits *x)
{
	return x->exp >= -PLACES;
}

/* In units of 1e-18, not above 2^127 - 1. */
static bool fits(const struct digits *x)
{
	static const char most[] = "170141183460469231731687303715884105727";
	long n = x->n + x->exp + PLACES, len = (long)sizeof(most) - 1;

	if (x->n == 0 || n < len)
		return true;
	if (n > len)
		return false;
	for (long i = 0; i < len; i++) {
		char c = i < x->n ? x->d[i] : '0';

		if (c != most[i])
			return c < most[i];
	}
	return true;
}

/* One more at the last place kept. */
static void increment(struct digits *x)
{
	int i = x->n - 1;

	while (i >= 0 && x->d[i] == '9')
		x->d[i--] = '0';
	if (i >= 0) {
		x->d[i]++;
		return;
	}
	memmove(x->d + 1, x->d, (size_t)x->n);
	x->d[0] = '1';
	x->n++;
}

/* Half-even at `places`; was anything lost? */
static bool round_at(struct digits *x, int places)
{
	long drop = -places - x->exp;
	int keep, half = 0;		/* below, at, above the half */
	bool odd;

	if (x->n == 0 || drop <= 0)
		return false;
	keep = drop > x->n ? 0 : x->n - (int)drop;
	if (drop <= x->n) {
		bool more = x->n - keep > 1;	/* the last one is not 0 */

		half = x->d[keep] > '5' || (x->d[keep] == '5' && more) ? 1 :
		       x->d[keep] == '5' ? 0 : -1;
	} else {
		half = -1;
	}
	odd = keep > 0 && (x->d[keep - 1] - '0') % 2;
	x->n = keep;
	x->exp = -places;
	if (half > 0 || (half == 0 && odd))
		increment(x);
	trim(x);
	return true;
}

static void digits_of(struct digits *out, struct dec v)
{
	char text[DEC_TEXT_MAX];
	size_t n = dec_format(text, v);

	CHECK(n == strlen(text) && school(out, text, n));
	CHECK(n < 3 || text[0] != '-' || out->n > 0);	/* no "-0" */
	CHECK(!memchr(text, '.', n) || text[n - 1] != '0');
}

/* ---- promises ---- */

static void check_value(struct dec v)
{
	char text[DEC_TEXT_MAX];
	struct digits x, y;
	struct dec back;
	int64_t mantissa, whole;
	int scale;

	CHECK(dec_parse(&back, text, dec_format(text, v)));
	CHECK(fuzz_same(v, back));
	if (dec_split(&mantissa, &scale, v)) {
		CHECK(dec_join(&back, mantissa, scale) && fuzz_same(v, back));
		CHECK(scale == 0 || mantissa % 10 != 0);
	}
	if (dec_to_int(&whole, v))
		CHECK(dec_cmp(dec_int(whole), v) <= 0);
	for (int places = 0; places <= PLACES; places += 6) {
		digits_of(&x, v);
		round_at(&x, places);
		if (!fits(&x))
			continue;	/* no room to round away from zero */
		dec_format_fixed(text, v, places);
		CHECK(school(&y, text, strlen(text)) && same(&x, &y));
	}
}

static bool check_exact(const char *s, size_t n, bool number,
			const struct digits *x)
{
	struct dec v = dec_lit("7");
	bool ok = dec_parse(&v, s, n);
	struct digits got;

	CHECK(ok == (number && is_exact(x) && fits(x)));
	CHECK(ok || fuzz_same(v, dec_lit("7")));	/* untouched */
	if (!ok)
		return false;
	digits_of(&got, v);
	CHECK(same(&got, x));
	check_value(v);
	return true;
}

static void check_rounded(const char *s, size_t n, bool number,
			  struct digits *x)
{
	bool lost = round_at(x, PLACES), said = !lost;
	struct dec v = DEC_ZERO;
	struct digits got;

	CHECK(dec_parse_rounded(&v, &said, s, n) == (number && fits(x)));
	if (!number || !fits(x))
		return;
	CHECK(said == lost);
	digits_of(&got, v);
	CHECK(same(&got, x));
}

static bool check_share(const char *s, size_t n)
{
	size_t cut = n > 1 && s[n - 1] == '%' ? 1 :
		     n > 3 && memcmp(s + n - 3, "bps", 3) == 0 ? 3 : 0;
	struct digits x, got;
	struct dec v = DEC_ZERO;
	bool number = school(&x, s, n - cut), ok;

	if (x.n > 0)
		x.exp -= cut == 1 ? 2 : cut == 3 ? 4 : 0;
	ok = dec_parse_share(&v, s, n);
	CHECK(ok == (number && is_exact(&x) && fits(&x)));
	if (!ok)
		return false;
	digits_of(&got, v);
	CHECK(same(&got, &x));
	return true;
}

FUZZ_TARGET(decimal)
{
	struct digits x;
	bool number, ok;

	if (n > INPUT_MAX)
		return false;
	number = school(&x, s, n);
	ok = check_exact(s, n, number, &x);
	check_rounded(s, n, number, &x);
	return check_share(s, n) || ok;
}
