/* SPDX-License-Identifier: MIT */
/*
 * Times, spans and hours of the day: what is taken is written so that it
 * reads the same, and the C library's calendar agrees.
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "config_load.h"
#include "instant.h"

static int two(const char *s)
{
	return (s[0] - '0') * 10 + (s[1] - '0');
}

/* Of a text that was taken: what the C library makes of it. */
static int64_t by_library(const char *s, size_t n)
{
	struct tm t = { .tm_year = two(s) * 100 + two(s + 2) - 1900,
			.tm_mon = two(s + 5) - 1, .tm_mday = two(s + 8) };
	const char *zone = s + n - 6;
	int64_t ms = 0;

	if (n > 10) {
		t.tm_hour = two(s + 11);
		t.tm_min = two(s + 14);
		t.tm_sec = two(s + 17);
	}
	for (size_t i = 20, unit = 100; n > 19 && s[19] == '.' && i < n &&
	     s[i] >= '0' && s[i] <= '9'; i++, unit /= 10)
		ms += (int64_t)unit * (s[i] - '0');
	if (n > 19 + 5 && (zone[0] == '+' || zone[0] == '-'))
		ms -= (zone[0] == '-' ? -1 : 1) *
		      (two(zone + 1) * 60 + two(zone + 4)) * INT64_C(60000);
	return (int64_t)timegm(&t) * 1000 + ms;
}

static void check_shape(const char *text, struct instant t)
{
	char want[80];
	time_t s = (time_t)(t.ms / 1000);
	struct tm tm;
	size_t n;

	CHECK(gmtime_r(&s, &tm) != NULL);
	n = strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%S", &tm);
	if (t.ms % 1000)
		n += (size_t)snprintf(want + n, sizeof(want) - n, ".%03d",
				      (int)(t.ms % 1000));
	snprintf(want + n, sizeof(want) - n, "Z");
	CHECK(strcmp(text, want) == 0);
}

static bool check_instant(const char *s, size_t n)
{
	struct instant t = { 77 }, back = INSTANT_UNKNOWN;
	char text[INSTANT_TEXT_MAX];
	size_t len;

	if (!instant_parse(&t, s, n)) {
		CHECK(t.ms == 77);
		return false;
	}
	CHECK(t.ms >= 0 && t.ms == by_library(s, n));
	len = instant_format(text, t);
	CHECK(len == strlen(text) && len < sizeof(text));
	CHECK(instant_parse(&back, text, len) && back.ms == t.ms);
	check_shape(text, t);
	for (int32_t every = 3600; every <= DAY_S; every *= 2) {
		struct instant next = instant_next_on_grid(t, every, 900);

		CHECK(next.ms > t.ms && next.ms <= t.ms + every * 1000LL);
		CHECK((next.ms / 1000 - 900) % every == 0);
	}
	return true;
}

static bool check_span(const char *s, size_t n)
{
	struct span d = { -7 }, back = { -1 };
	char text[SPAN_TEXT_MAX];
	size_t len;

	if (!span_parse(&d, s, n))
		return false;
	CHECK(d.ms >= 0);
	len = span_format(text, d);
	CHECK(len == strlen(text) && len < sizeof(text));
	CHECK(span_parse(&back, text, len) && back.ms == d.ms);
	len = span_format_human(text, d);
	CHECK(len == strlen(text) && len < sizeof(text));
	return true;
}

static bool check_hours(const char *s)
{
	struct quiet_hours h, again;
	struct daily d, same;
	char text[64];
	bool ok = !config_hours_parse(&h, s), daily = !config_daily_parse(&d, s);

	if (ok) {
		CHECK(config_hours_format(text, sizeof(text), &h) <
		      sizeof(text));
		CHECK(!config_hours_parse(&again, text));
		CHECK(h.set == again.set && h.from_s == again.from_s &&
		      h.until_s == again.until_s);
	}
	if (daily) {
		CHECK(config_daily_format(text, sizeof(text), &d) <
		      sizeof(text));
		CHECK(!config_daily_parse(&same, text));
		CHECK(d.set == same.set && d.at_s == same.at_s);
	}
	return ok || daily;
}

FUZZ_TARGET(time)
{
	const char *text = fuzz_string(s, n, fuzz_arena());
	bool ok = check_instant(s, n);

	ok |= check_span(s, n);
	return (text && check_hours(text)) || ok;
}
