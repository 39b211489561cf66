/* SPDX-License-Identifier: MIT */
/* Times and spans: grammar, calendar, grid; nothing of the host's zone. */
#include "instant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const struct { const char *text, *canonical; } good[] = {
	{ "2026-11-20T21:00:00Z", "2026-11-20T21:00:00Z" },
	{ "2026-11-20T21:00:00", "2026-11-20T21:00:00Z" },
	{ "2026-11-20 21:00:00", "2026-11-20T21:00:00Z" },
	{ "2026-11-20t21:00:00z", "2026-11-20T21:00:00Z" },
	{ "2026-11-20", "2026-11-20T00:00:00Z" },
	{ "2026-11-20T19:29:09.145094", "2026-11-20T19:29:09.145Z" },
	{ "2026-11-20T19:29:09.9999999", "2026-11-20T19:29:09.999Z" },
	{ "2026-11-20T19:29:09.5", "2026-11-20T19:29:09.500Z" },
	{ "2026-11-20T21:00:00+02:00", "2026-11-20T19:00:00Z" },
	{ "2026-11-20T21:00:00-05:30", "2026-11-21T02:30:00Z" },
	{ "2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z" },
	{ "2000-02-29", "2000-02-29T00:00:00Z" },
	{ "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z" },
	{ "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z" },
	{ "9999-12-31T22:59:59-01:00", "9999-12-31T23:59:59Z" },
	{ "2100-03-01", "2100-03-01T00:00:00Z" },
};

static const char *const bad[] = {
	"", "2026", "2026-11", "2026-13-01", "2026-00-01", "2026-11-31",
	"2026-02-29", "2100-02-29", "1969-12-31", "10000-01-01",
	"2026-11-20T24:00:00Z", "2026-11-20T21:60:00Z", "2026-11-20T21:00:60Z",
	"2026-11-20T21:00Z", "2026-11-20T21:00:00.Z", "2026-11-20T21:00:00ZZ",
	"2026-11-20T21:00:00+2:00", "2026-11-20T21:00:00+0200",
	"2026-11-20T21:00:00+24:00", "2026-1-20", "20-11-2026",
	" 2026-11-20", "2026-11-20 ", "1970-01-01T00:00:00+01:00",
	"9999-12-31T23:59:59-00:01",
	"2026-11-20X21:00:00Z", "now", "-026-11-20", "2026-11-32",
	"2026-11-00", "2026-11-2", "2026-11-20T21.00:00Z",
	"2026-11-20T21:00:00+02:60", "2026-11-20T21:00:00+02:0",
	"2026-11-20T21:00:00+0a:00",
};

static void reads_and_prints(void **state)
{
	char got[INSTANT_TEXT_MAX];
	struct instant t;

	(void)state;
	for (size_t i = 0; i < N(good); i++) {
		if (!instant_parse(&t, good[i].text, strlen(good[i].text)))
			fail_msg("refused: %s", good[i].text);
		assert_int_equal(instant_format(got, t),
				 strlen(good[i].canonical));
		assert_string_equal(got, good[i].canonical);
	}
}

static void refuses_and_leaves_alone(void **state)
{
	struct instant t = { 42 };

	(void)state;
	for (size_t i = 0; i < N(bad); i++)
		if (instant_parse(&t, bad[i], strlen(bad[i])) || t.ms != 42)
			fail_msg("accepted: %s", bad[i]);
	assert_false(instant_parse(&t, "2026-11-20T21:00:00Z", 12));
}

static void unknown_prints_as_a_dash(void **state)
{
	char got[INSTANT_TEXT_MAX];

	(void)state;
	instant_format(got, INSTANT_UNKNOWN);
	assert_string_equal(got, "-");
	instant_format(got, (struct instant){ -1 });
	assert_string_equal(got, "-");
}

/* Every day of four centuries, counted one by one. */
static void every_day_follows_the_one_before(void **state)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30,
				      31, 31, 30, 31, 30, 31 };
	struct instant t = { 0 };
	char want[INSTANT_TEXT_MAX], got[INSTANT_TEXT_MAX];

	(void)state;
	for (int y = 1970; y < 2401; y++) {
		bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);

		for (int m = 1; m <= 12; m++) {
			int days = length[m - 1] + (m == 2 && leap);

			for (int d = 1; d <= days; d++) {
				struct instant back;

				snprintf(want, sizeof(want),
					 "%04d-%02d-%02dT00:00:00Z", y, m, d);
				instant_format(got, t);
				if (strcmp(got, want) != 0)
					fail_msg("%s, not %s", got, want);
				assert_true(instant_parse(&back, want,
							  strlen(want)));
				assert_true(back.ms == t.ms);
				t = instant_add(t, span_s(DAY_S));
			}
		}
	}
}

static const struct { const char *text; int64_t ms; const char *canonical; }
spans[] = {
	{ "500ms", 500, "500ms" }, { "60s", 60000, "1m" },
	{ "90s", 90000, "90s" }, { "15m", 900000, "15m" },
	{ "90m", 5400000, "90m" }, { "168h", 604800000, "7d" },
	{ "7d", 604800000, "7d" }, { "0s", 0, "0s" }, { "1ms", 1, "1ms" },
	{ "25h", 90000000, "25h" }, { "106751991167d", 9223372036828800000,
				      "106751991167d" },
};

static void spans_need_their_unit(void **state)
{
	static const char *const no[] = { "", "4", "h", "-4h", "+4h", "4 h",
					  "4H", "4hh", "1.5h", "4w", "4m ",
					  "106751991168d",
					  "9223372036854775808ms",
					  "99999999999999999999s" };
	char got[SPAN_TEXT_MAX];
	struct span d;

	(void)state;
	for (size_t i = 0; i < N(spans); i++) {
		assert_true(span_parse(&d, spans[i].text,
				       strlen(spans[i].text)));
		assert_true(d.ms == spans[i].ms);
		span_format(got, d);
		assert_string_equal(got, spans[i].canonical);
	}
	for (size_t i = 0; i < N(no); i++)
		if (span_parse(&d, no[i], strlen(no[i])))
			fail_msg("accepted: \"%s\"", no[i]);
}

static void spans_for_people(void **state)
{
	static const struct { int64_t s; const char *want; } cases[] = {
		{ 0, "0s" }, { 12, "12s" }, { 59, "59s" }, { 60, "0h01m" },
		{ 720, "0h12m" }, { 15120, "4h12m" }, { 86399, "23h59m" },
		{ 86400, "1d 0h" }, { 270000, "3d 3h" }, { -720, "-0h12m" },
		{ -5, "-5s" }, { -90000, "-1d 1h" },
	};
	char got[SPAN_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		span_format_human(got, span_s(cases[i].s));
		assert_string_equal(got, cases[i].want);
	}
}

static void the_grid_lies_strictly_ahead(void **state)
{
	static const struct { const char *t; int32_t every, anchor;
			      const char *want; } cases[] = {
		{ "2026-11-20T15:50:00Z", 28800, 0, "2026-11-20T16:00:00Z" },
		{ "2026-11-20T16:00:00Z", 28800, 0, "2026-11-21T00:00:00Z" },
		{ "2026-11-20T15:59:59.999Z", 3600, 0, "2026-11-20T16:00:00Z" },
		{ "2026-11-20T00:10:00Z", 28800, 7200, "2026-11-20T02:00:00Z" },
		{ "2026-11-20T02:00:00Z", 28800, 7200, "2026-11-20T10:00:00Z" },
		{ "1970-01-01T00:00:00Z", 28800, 7200, "1970-01-01T02:00:00Z" },
		{ "2026-11-20T23:59:00Z", 86400, 0, "2026-11-21T00:00:00Z" },
	};
	char got[INSTANT_TEXT_MAX];
	struct instant t;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		assert_true(instant_parse(&t, cases[i].t, strlen(cases[i].t)));
		instant_format(got, instant_next_on_grid(t, cases[i].every,
							 cases[i].anchor));
		assert_string_equal(got, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_prints),
		cmocka_unit_test(refuses_and_leaves_alone),
		cmocka_unit_test(unknown_prints_as_a_dash),
		cmocka_unit_test(every_day_follows_the_one_before),
		cmocka_unit_test(spans_need_their_unit),
		cmocka_unit_test(spans_for_people),
		cmocka_unit_test(the_grid_lies_strictly_ahead),
	};

	return cmocka_run_group_tests_name("instant", tests, NULL, NULL);
}
