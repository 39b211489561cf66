/* SPDX-License-Identifier: MIT */
/*
 * Exact decimals. A value is a sign and a 127-bit magnitude; products and
 * quotients go through up to six 64-bit limbs, so that nothing is rounded
 * before the one rounding at the end and nothing wraps.
 */
#include "dec.h"

#include <assert.h>
#include <string.h>

__extension__ typedef unsigned __int128 u128;

#define PLACES	18
#define ONE	UINT64_C(1000000000000000000)
#define LIMBS	6
#define MAX_MAG	(((u128)1 << 127) - 1)	/* the range is symmetric */

struct wide {
	uint64_t w[LIMBS];	/* least significant first */
};

static u128 magnitude(struct dec a)
{
	return a.e18 < 0 ? -(u128)a.e18 : (u128)a.e18;
}

static bool make(struct dec *out, bool negative, u128 m)
{
	if (m > MAX_MAG)
		return false;
	out->e18 = negative ? -(__int128)m : (__int128)m;
	return true;
}

/* ---- limbs ---- */

static struct wide wide_of(u128 m)
{
	return (struct wide){ { (uint64_t)m, (uint64_t)(m >> 64) } };
}

/* x * m; the callers' products fit (3 x 127 bits). */
static struct wide wide_mul(const struct wide *x, u128 m)
{
	const uint64_t part[2] = { (uint64_t)m, (uint64_t)(m >> 64) };
	struct wide out = { { 0 } };

	for (int j = 0; j < 2; j++) {
		u128 carry = 0;

		for (int i = 0; i + j < LIMBS; i++) {
			carry += (u128)x->w[i] * part[j] + out.w[i + j];
			out.w[i + j] = (uint64_t)carry;
			carry >>= 64;
		}
	}
	return out;
}

static int wide_cmp(const struct wide *a, const struct wide *b)
{
	for (int i = LIMBS - 1; i >= 0; i--)
		if (a->w[i] != b->w[i])
			return a->w[i] < b->w[i] ? -1 : 1;
	return 0;
}

/* x /= d; returns the remainder. */
static uint64_t wide_div_small(struct wide *x, uint64_t d)
{
	u128 rem = 0;

	for (int i = LIMBS - 1; i >= 0; i--) {
		rem = rem << 64 | x->w[i];
		x->w[i] = (uint64_t)(rem / d);
		rem %= d;
	}
	return (uint64_t)rem;
}

/* The same bit by bit for 0 < d < 2^127. */
static u128 wide_div(struct wide *x, u128 d)
{
	u128 rem = 0;

	for (int i = 64 * LIMBS - 1; i >= 0; i--) {
		uint64_t bit = UINT64_C(1) << (i % 64);

		rem = rem << 1 | ((x->w[i / 64] & bit) != 0);
		x->w[i / 64] &= ~bit;
		if (rem >= d) {
			rem -= d;
			x->w[i / 64] |= bit;
		}
	}
	return rem;
}

/* The quotient of a division with this remainder, rounded half-even. */
static bool round_wide(struct dec *out, bool negative, const struct wide *q,
		       u128 rem, u128 divisor)
{
	u128 m = (u128)q->w[1] << 64 | q->w[0];
	u128 rest = divisor - rem;

	for (int i = 2; i < LIMBS; i++)
		if (q->w[i] != 0)
			return false;
	if (m > MAX_MAG)
		return false;
	if (rem > rest || (rem == rest && (m & 1)))
		m++;
	return make(out, negative, m);
}

/* ---- text ---- */

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

static bool digits_to_units(u128 *out, struct tail *tail,
			    const struct number *x)
{
	int64_t place = (int64_t)x->point + x->exponent; /* of the next digit */
	u128 m = 0;

	*tail = (struct tail){ 0, false };
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

	return digits_to_units(&m, &tail, x) && tail.half == 0 && !tail.more &&
	       make(out, x->negative, m);
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

struct dec dec_int(int64_t n)
{
	return (struct dec){ (__int128)n * (__int128)ONE };
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
	if (a.e18 < 0 && m != 0)
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

/* ---- arithmetic ---- */

bool dec_add(struct dec *out, struct dec a, struct dec b)
{
	__int128 sum;

	if (__builtin_add_overflow(a.e18, b.e18, &sum))
		return false;
	return make(out, sum < 0, sum < 0 ? -(u128)sum : (u128)sum);
}

bool dec_sub(struct dec *out, struct dec a, struct dec b)
{
	return dec_add(out, a, dec_neg(b));
}

bool dec_mul_int(struct dec *out, struct dec a, int64_t n)
{
	__int128 product;

	if (__builtin_mul_overflow(a.e18, (__int128)n, &product))
		return false;
	return make(out, product < 0,
		    product < 0 ? -(u128)product : (u128)product);
}

bool dec_mul(struct dec *out, struct dec a, struct dec b)
{
	return dec_mul_ratio(out, a, b, 1, 1);
}

bool dec_mul_ratio(struct dec *out, struct dec a, struct dec b,
		   int32_t num, int32_t den)
{
	struct wide x = wide_of(magnitude(a));
	bool negative = ((a.e18 < 0) != (b.e18 < 0)) != (num < 0);
	uint64_t units, parts;

	assert(den > 0);
	x = wide_mul(&x, magnitude(b));
	x = wide_mul(&x, num < 0 ? -(u128)num : (u128)num);
	units = wide_div_small(&x, ONE);
	parts = wide_div_small(&x, (uint64_t)den);
	return round_wide(out, negative, &x, (u128)parts * ONE + units,
			  (u128)den * ONE);
}

bool dec_div(struct dec *out, struct dec a, struct dec b)
{
	struct wide x = wide_of(magnitude(a));
	u128 d = magnitude(b), rem;

	if (d == 0)
		return false;
	x = wide_mul(&x, ONE);
	if (d <= UINT64_MAX)
		rem = wide_div_small(&x, (uint64_t)d);
	else
		rem = wide_div(&x, d);
	return round_wide(out, (a.e18 < 0) != (b.e18 < 0), &x, rem, d);
}

struct dec dec_round(struct dec a, int places)
{
	u128 m = magnitude(a), unit = 1, rem;

	assert(places >= 0 && places <= PLACES);
	for (int i = places; i < PLACES; i++)
		unit *= 10;
	rem = m % unit;
	m -= rem;
	/* At the very end of the range there is no room to round away. */
	if ((rem > unit - rem || (rem == unit - rem && (m / unit & 1))) &&
	    m <= MAX_MAG - unit)
		m += unit;
	return (struct dec){ a.e18 < 0 ? -(__int128)m : (__int128)m };
}

struct dec dec_neg(struct dec a)
{
	return (struct dec){ -a.e18 };
}

struct dec dec_abs(struct dec a)
{
	return (struct dec){ a.e18 < 0 ? -a.e18 : a.e18 };
}

int dec_sign(struct dec a)
{
	return (a.e18 > 0) - (a.e18 < 0);
}

int dec_cmp(struct dec a, struct dec b)
{
	return (a.e18 > b.e18) - (a.e18 < b.e18);
}

/* Compare two signed products whose magnitudes are x and y. */
static int cmp_signed(int sx, const struct wide *x, int sy,
		      const struct wide *y)
{
	if (sx != sy)
		return sx < sy ? -1 : 1;
	return sx * wide_cmp(x, y);
}

int dec_cmp_mul(struct dec a, struct dec b, struct dec c, struct dec d)
{
	struct wide x = wide_of(magnitude(a)), y = wide_of(magnitude(c));

	x = wide_mul(&x, magnitude(b));
	y = wide_mul(&y, magnitude(d));
	return cmp_signed(dec_sign(a) * dec_sign(b), &x,
			  dec_sign(c) * dec_sign(d), &y);
}

int dec_cmp_mul3(struct dec a, struct dec b, struct dec c,
		 struct dec d, struct dec e, struct dec f)
{
	struct wide x = wide_of(magnitude(a)), y = wide_of(magnitude(d));

	x = wide_mul(&x, magnitude(b));
	x = wide_mul(&x, magnitude(c));
	y = wide_mul(&y, magnitude(e));
	y = wide_mul(&y, magnitude(f));
	return cmp_signed(dec_sign(a) * dec_sign(b) * dec_sign(c), &x,
			  dec_sign(d) * dec_sign(e) * dec_sign(f), &y);
}

/* ---- whole numbers ---- */

bool dec_to_int(int64_t *out, struct dec a)
{
	__int128 whole = a.e18 / (__int128)ONE;

	if (a.e18 % (__int128)ONE < 0)
		whole--;
	if (whole < INT64_MIN || whole > INT64_MAX)
		return false;
	*out = (int64_t)whole;
	return true;
}

bool dec_split(int64_t *mantissa, int *scale, struct dec a)
{
	__int128 m = a.e18;
	int places = PLACES;

	while (places > 0 && m % 10 == 0)
		m /= 10, places--;
	if (m < -INT64_MAX || m > INT64_MAX)
		return false;
	*mantissa = (int64_t)m;
	*scale = places;
	return true;
}

bool dec_join(struct dec *out, int64_t mantissa, int scale)
{
	__int128 m = mantissa;

	if (scale < 0 || scale > PLACES)
		return false;
	for (int i = scale; i < PLACES; i++)
		m *= 10;	/* 63 bits x 1e18 stays below 2^127 */
	out->e18 = m;
	return true;
}
