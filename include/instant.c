/* SPDX-License-Identifier: MIT */
/*
 * Times and spans from and to text, by the proleptic Gregorian calendar.
 * Nothing of the host's zone or locale is asked.
 */
#include "instant.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DAY_MS (INT64_C(1000) * DAY_S)
#define LAST_MS INT64_C(253402300799999)	/* of the year 9999 */

/* ---- calendar ---- */

/* Days since 1970-01-01; months count from March, so leap days stand last. */
static int64_t days_of(int64_t y, int m, int d)
{
	int64_t shifted = m > 2 ? y : y - 1;
	int64_t era = shifted / 400, of_era = shifted % 400;
	int64_t of_year = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

static void date_of(int64_t days, int *y, int *m, int *d)
{
	int64_t z = days + 719468;
	int64_t era = z / 146097, of_era = z % 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 -
			of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t march = (5 * of_year + 2) / 153;

	*d = (int)(of_year - (153 * march + 2) / 5 + 1);
	*m = (int)(march < 10 ? march + 3 : march - 9);
	*y = (int)(year + era * 400 + (*m <= 2));
}

static int days_in_month(int y, int m)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

	return days[m - 1] + (m == 2 && leap);
}

/* ---- reading ---- */

struct reader {
	const char *s;
	size_t n;
};

/* Exactly `digits` digits between lo and hi. */
static bool take_number(struct reader *r, int digits, int lo, int hi, int *out)
{
	int v = 0;

	if (r->n < (size_t)digits)
		return false;
	for (int i = 0; i < digits; i++) {
		if (r->s[i] < '0' || r->s[i] > '9')
			return false;
		v = v * 10 + (r->s[i] - '0');
	}
	r->s += digits;
	r->n -= (size_t)digits;
	*out = v;
	return v >= lo && v <= hi;
}

static bool take_char(struct reader *r, const char *any)
{
	while (*any != '\0' && r->n > 0 && *any != r->s[0])
		any++;
	if (*any == '\0' || r->n == 0)
		return false;
	r->s++;
	r->n--;
	return true;
}

static bool take_date(struct reader *r, int64_t *ms)
{
	int y, m, d;

	if (!take_number(r, 4, 1970, 9999, &y) || !take_char(r, "-") ||
	    !take_number(r, 2, 1, 12, &m) || !take_char(r, "-") ||
	    !take_number(r, 2, 1, 31, &d) || d > days_in_month(y, m))
		return false;
	*ms = days_of(y, m, d) * DAY_MS;
	return true;
}

/* Digits behind the point; what is finer than a millisecond is cut. */
static bool take_fraction(struct reader *r, int64_t *ms)
{
	int64_t unit = 100;
	bool any = false;

	while (r->n > 0 && r->s[0] >= '0' && r->s[0] <= '9') {
		*ms += unit * (r->s[0] - '0');
		unit /= 10;
		any = true;
		r->s++;
		r->n--;
	}
	return any;
}

static bool take_time(struct reader *r, int64_t *ms)
{
	int h, m, s;

	if (!take_number(r, 2, 0, 23, &h) || !take_char(r, ":") ||
	    !take_number(r, 2, 0, 59, &m) || !take_char(r, ":") ||
	    !take_number(r, 2, 0, 59, &s))
		return false;
	*ms += ((h * 60 + m) * 60 + s) * INT64_C(1000);
	return !take_char(r, ".") || take_fraction(r, ms);
}

static bool take_zone(struct reader *r, int64_t *ms)
{
	bool west = r->n > 0 && r->s[0] == '-';
	int h, m;

	if (r->n == 0 || take_char(r, "Zz"))
		return true;
	if (!take_char(r, "+-") || !take_number(r, 2, 0, 23, &h) ||
	    !take_char(r, ":") || !take_number(r, 2, 0, 59, &m))
		return false;
	*ms += (west ? 1 : -1) * (h * 60 + m) * INT64_C(60000);
	return true;
}

bool instant_parse(struct instant *out, const char *s, size_t n)
{
	struct reader r = { s, n };
	int64_t ms;

	if (!take_date(&r, &ms))
		return false;
	if (r.n > 0 && (!take_char(&r, "Tt ") || !take_time(&r, &ms) ||
			!take_zone(&r, &ms)))
		return false;
	if (r.n > 0 || ms < 0 || ms > LAST_MS)	/* a zone may move it out */
		return false;
	out->ms = ms;
	return true;
}

size_t instant_format(char buf[static INSTANT_TEXT_MAX], struct instant t)
{
	int64_t days = t.ms / DAY_MS, rest = t.ms % DAY_MS;
	int y, m, d, s = (int)(rest / 1000), n;

	if (!instant_known(t) || t.ms < 0) {
		memcpy(buf, "-", 2);
		return 1;
	}
	date_of(days, &y, &m, &d);
	n = snprintf(buf, INSTANT_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d",
		     y, m, d, s / 3600, s / 60 % 60, s % 60);
	if (rest % 1000 != 0)
		n += snprintf(buf + n, (size_t)(INSTANT_TEXT_MAX - n), ".%03d",
			      (int)(rest % 1000));
	buf[n++] = 'Z';
	buf[n] = '\0';
	return (size_t)n;
}

/* ---- spans ---- */

static const struct {
	const char *name;
	int64_t ms;
} units[] = {
	{ "d", DAY_MS }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 },
	{ "ms", 1 }
};
#define N_UNITS (sizeof(units) / sizeof(units[0]))

bool span_parse(struct span *out, const char *s, size_t n)
{
	int64_t v = 0;
	size_t i = 0;

	for (; i < n && s[i] >= '0' && s[i] <= '9'; i++)
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, s[i] - '0', &v))
			return false;
	if (i == 0)
		return false;
	for (size_t u = 0; u < N_UNITS; u++)
		if (strlen(units[u].name) == n - i &&
		    memcmp(units[u].name, s + i, n - i) == 0)
			return !__builtin_mul_overflow(v, units[u].ms, &out->ms);
	return false;
}

size_t span_format(char buf[static SPAN_TEXT_MAX], struct span d)
{
	size_t u = 0;

	while (d.ms % units[u].ms != 0)
		u++;
	if (d.ms == 0)
		u = N_UNITS - 2;	/* "0s" */
	return (size_t)snprintf(buf, SPAN_TEXT_MAX, "%" PRId64 "%s",
				d.ms / units[u].ms, units[u].name);
}

size_t span_format_human(char buf[static SPAN_TEXT_MAX], struct span d)
{
	int64_t s = d.ms / 1000;
	const char *sign = s < 0 ? "-" : "";
	int n;

	s = s < 0 ? -s : s;
	if (s < 60)
		n = snprintf(buf, SPAN_TEXT_MAX, "%s%" PRId64 "s", sign, s);
	else if (s < DAY_S)
		n = snprintf(buf, SPAN_TEXT_MAX, "%s%" PRId64 "h%02" PRId64 "m",
			     sign, s / 3600, s / 60 % 60);
	else
		n = snprintf(buf, SPAN_TEXT_MAX, "%s%" PRId64 "d %" PRId64 "h",
			     sign, s / DAY_S, s / 3600 % 24);
	return (size_t)n;
}

struct instant instant_next_on_grid(struct instant t, int32_t every_s,
				    int32_t anchor_s)
{
	int64_t every = INT64_C(1000) * every_s;
	int64_t behind = (t.ms - INT64_C(1000) * anchor_s) % every;

	if (behind < 0)
		behind += every;
	return (struct instant){ t.ms - behind + every };
}
