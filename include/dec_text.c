/* SPDX-License-Identifier: MIT */
/*
 * Decimals from and to text. A text is checked against the grammar first and
 * counted digit by digit then, so an exponent of any size costs nothing.
 */
#include "dec_units.h"

#include <assert.h>
#include <string.h>

struct number {		/* a checked text, not yet a value */
	const char *s;
	size_t digits, point;	/* length of digits and dot; where the dot is */
	bool negative;
	int64_t exponent;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t count_digits(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && is_digit(s[i]))
		i++;
	return i;
}

/* The part behind e or E; far out of range is cut where all is lost anyway. */
static bool scan_exponent(int64_t *out, const char *s, size_t n)
{
	bool negative = n > 0 && s[0] == '-';
	int64_t e = 0;

	if (n > 0 && (s[0] == '-' || s[0] == '+'))
		s++, n--;
	if (n == 0 || count_digits(s, n) != n)
		return false;
	for (size_t i = 0; i < n; i++)
		e = e > INT32_MAX ? e : e * 10 + (s[i] - '0');
	*out = negative ? -e : e;
	return true;
}

static bool scan(struct number *out, const char *s, size_t n)
{
	size_t whole, i;

	*out = (struct number){ .negative = n > 0 && s[0] == '-' };
	if (out->negative)
		s++, n--;
	whole = count_digits(s, n);
	if (whole == 0 || (whole > 1 && s[0] == '0'))
		return false;
	out->s = s;
	out->point = i = whole;
	if (i < n && s[i] == '.') {
		size_t frac = count_digits(s + i + 1, n - i - 1);

		if (frac == 0)
			return false;
		i += 1 + frac;
	}
	out->digits = i;
	if (i == n)
		return true;
	return (s[i] == 'e' || s[i] == 'E') &&
	       scan_exponent(&out->exponent, s + i + 1, n - i - 1);
}

static bool push_digit(u128 *m, unsigned digit)
{
	if (*m > (MAX_MAG - digit) / 10)
		return false;
	*m = *m * 10 + digit;
	return true;
}

/* What lies beyond the last place: its first digit, and any behind that. */
struct tail {
	unsigned half;
	bool more;
};

/*
 * As nearly every number is: digits for one machine word, none of them beyond
 * the last place. False for all others.
 */
static bool short_to_units(u128 *out, const struct number *x)
{
	size_t places = x->digits - x->point;	/* the point counts as one */
	uint64_t m = 0;

	places -= places > 0;
	if (x->digits > PLACES || x->exponent != 0)
		return false;
	for (size_t i = 0; i < x->point; i++)
		m = m * 10 + (unsigned)(x->s[i] - '0');
	for (size_t i = x->point + 1; i < x->digits; i++)
		m = m * 10 + (unsigned)(x->s[i] - '0');
	*out = (u128)m * (uint64_t)dec_unit[places];
	return true;
}

static bool digits_to_units(u128 *out, struct tail *tail,
			    const struct number *x)
{
	int64_t place = (int64_t)x->point + x->exponent; /* of the next digit */
	u128 m = 0;

	*tail = (struct tail){ 0, false };
	if (short_to_units(out, x))
		return true;
	for (size_t i = 0; i < x->digits; i++) {
		unsigned digit = (unsigned)(x->s[i] - '0');

		if (i == x->point)
			continue;
		place--;
		if (place == -PLACES - 1)
			tail->half = digit;
		else if (place < -PLACES)
			tail->more |= digit != 0;
		else if (!push_digit(&m, digit))
			return false;
	}
	for (; m != 0 && place > -PLACES; place--)
		if (!push_digit(&m, 0))
			return false;
	*out = m;
	return true;
}

static bool exact(struct dec *out, const struct number *x)
{
	struct tail tail;
	u128 m;

	if (!digits_to_units(&m, &tail, x) || tail.half != 0 || tail.more)
		return false;
	return make(out, x->negative, m);
}

bool dec_parse(struct dec *out, const char *s, size_t n)
{
	struct number x;

	return scan(&x, s, n) && exact(out, &x);
}

bool dec_parse_rounded(struct dec *out, bool *rounded, const char *s, size_t n)
{
	struct number x;
	struct tail tail;
	u128 m;

	if (!scan(&x, s, n) || !digits_to_units(&m, &tail, &x))
		return false;
	if (tail.half > 5 || (tail.half == 5 && (tail.more || (m & 1))))
		m++;
	if (!make(out, x.negative, m))
		return false;
	*rounded = tail.half != 0 || tail.more;
	return true;
}

bool dec_parse_share(struct dec *out, const char *s, size_t n)
{
	struct number x;
	int shift = 0;

	if (n > 1 && s[n - 1] == '%')
		n--, shift = 2;
	else if (n > 3 && memcmp(s + n - 3, "bps", 3) == 0)
		n -= 3, shift = 4;
	if (!scan(&x, s, n))
		return false;
	x.exponent -= shift;
	return exact(out, &x);
}

struct dec dec_lit(const char *s)
{
	struct dec d = DEC_ZERO;
	bool ok = dec_parse(&d, s, strlen(s));

	assert(ok);
	(void)ok;
	return d;
}

/* Text of whole.frac with at most `keep` decimals, at least `least`. */
static size_t print(char *buf, struct dec a, int keep, int least)
{
	char digits[40];
	u128 m = magnitude(a);
	size_t n = 0;
	int frac = keep;

	for (int i = keep; i < PLACES; i++)
		m /= 10;
	while (frac > least && m % 10 == 0)
		m /= 10, frac--;
	if (a.e18 < 0)		/* what is rounded to zero has no sign */
		buf[n++] = '-';
	int k = 0;
	do {
		digits[k++] = (char)('0' + (int)(m % 10));
		m /= 10;
	} while (m != 0 || k <= frac);
	while (k > 0) {
		if (k == frac)
			buf[n++] = '.';
		buf[n++] = digits[--k];
	}
	buf[n] = '\0';
	return n;
}

size_t dec_format(char buf[static DEC_TEXT_MAX], struct dec a)
{
	return print(buf, a, PLACES, 0);
}

size_t dec_format_fixed(char buf[static DEC_TEXT_MAX], struct dec a, int places)
{
	return print(buf, dec_round(a, places), places, places);
}
