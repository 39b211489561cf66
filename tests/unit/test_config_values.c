/* SPDX-License-Identifier: MIT */
/* Odd values of a configuration, kind by kind: taken, or refused and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_case.h"

#define HEAD "version: 1\n"
#define NO_SHARE "is not a share: write 8bps, 0.2% or 0.002"
#define NO_SIZE "is not a size: write 512MB or 2GB"
#define NO_CLOCK "is not a time of day in UTC: write 04:00Z"
#define NO_SPAN "is not a span of the day in UTC: write 22:00Z-06:30Z, or off"
#define NO_COUNT "is not a count: write a whole number such as 5"
#define NO_DAILY "is not a time of day in UTC: write 07:00Z, or off"
#define NO_DAY "does not divide 24h: write 1h, 2h, 4h, 8h or another that does"

/* One value under a key, and what is said of it; NULL: taken. */
struct odd {
	const char *value, *said;
};

static void judge(const char *before, const char *after, const char *key,
		  const struct odd *odd, size_t n)
{
	char text[3000], got[600], want[1400];

	for (size_t i = 0; i < n; i++) {
		const char *v = odd[i].value;

		snprintf(text, sizeof(text), HEAD "%s%s%s", before, v, after);
		first_complaint(got, text);
		if (odd[i].said)
			snprintf(want, sizeof(want), "f:2:%zu: error: %s: %s",
				 strlen(before) + 1, key, odd[i].said);
		else
			want[0] = '\0';
		if (strcmp(got, want) != 0)
			fail_msg("%s\nsaid: %s\nnot:  %s", text, got, want);
	}
}

#define JUDGE(before, after, key, list) \
	judge(before, after, key, list, sizeof(list) / sizeof((list)[0]))

/* ---- numbers ---- */

static void shares(void **state)
{
	static const struct odd odd[] = {
		{ "\"0.1 \"", "\"0.1 \" " NO_SHARE },
		{ "\" bps\"", "\" bps\" " NO_SHARE },
		{ "\"\"", "\"\" " NO_SHARE },
		{ "bps", "\"bps\" " NO_SHARE },
		{ "0.0099%", "\"0.0099%\" is too small: at least 0.01%" },
		{ "-1", "\"-1\" is too small: at least 0.01%" },
		{ "0.01%", NULL }, { "100 %", NULL }, { "1.0", NULL },
	};

	(void)state;
	JUDGE("service: {max_abs_rate: ", "}", "service.max_abs_rate", odd);
}

static void sizes(void **state)
{
	static const struct odd odd[] = {
		{ "2000kB", NULL }, { "1MB", NULL }, { "1000 GB", NULL },
		{ "999.999kB", "\"999.999kB\" is too small: at least 1MB" },
		{ "1000.001GB", "\"1000.001GB\" is too large: at most "
				"1000GB" },
		{ "2000.0005kB", "\"2000.0005kB\" " NO_SIZE },
		{ "\"\"", "\"\" " NO_SIZE }, { "2TB", "\"2TB\" " NO_SIZE },
		/* beyond 64 bits, and beyond any decimal */
		{ "10000000000GB", "\"10000000000GB\" " NO_SIZE },
		{ "1000000000000000GB", "\"1000000000000000GB\" " NO_SIZE },
	};

	(void)state;
	JUDGE("storage: {evidence_cap: ", "}", "storage.evidence_cap", odd);
}

static void payments(void **state)
{
	static const struct odd odd[] = {
		{ "0s", "\"0s\" " NO_DAY }, { "90500ms", "\"90500ms\" " NO_DAY },
		{ "7h", "\"7h\" " NO_DAY },
		{ "often", "\"often\" is not a time: write 1h, 4h or 8h" },
		{ "30s", "\"30s\" is too small: at least 1m" },
		{ "\"\"", "\"\" is not a time: write 1h, 4h or 8h" },
		{ "24h", NULL }, { "1m", NULL },
	};

	(void)state;
	JUDGE("venues: {grvt: {pays_every: ", "}}", "venues.grvt.pays_every",
	      odd);
}

static void clocks(void **state)
{
	static const struct odd odd[] = {
		{ "04-00Z", "\"04-00Z\" " NO_CLOCK },
		{ "4:000Z", "\"4:000Z\" " NO_CLOCK },
		{ "04:0aZ", "\"04:0aZ\" " NO_CLOCK },
		{ "04:000", "\"04:000\" " NO_CLOCK },
		{ "04:00X", "\"04:00X\" " NO_CLOCK },
		{ "24:00Z", "\"24:00Z\" " NO_CLOCK },
		{ "23:60Z", "\"23:60Z\" " NO_CLOCK },
		{ "23:59Z", NULL },
	};

	(void)state;
	JUDGE("venues: {grvt: {anchor: ", "}}", "venues.grvt.anchor", odd);
}

static void counts_and_factors(void **state)
{
	static const struct odd counts[] = {
		{ "1234567890", "\"1234567890\" " NO_COUNT },
		{ "\"\"", "\"\" " NO_COUNT }, { "5x", "\"5x\" " NO_COUNT },
		{ "-1", "\"-1\" " NO_COUNT },
		{ "999999999", "\"999999999\" is too large: at most 10000" },
		{ "010", "\"010\" " NO_COUNT }, { "0", NULL },
	};
	static const struct odd factors[] = {
		{ "x", "\"x\" is not a number: write 0.5 or 2" },
		{ "1001", "\"1001\" is too large: at most 1000" },
		{ "0.001", NULL },
	};

	(void)state;
	JUDGE("accounts: {a: {close: {escalate_after: ", "}}}",
	      "accounts.a.close.escalate_after", counts);
	JUDGE("venues: {grvt: {rate_scale: ", "}}", "venues.grvt.rate_scale",
	      factors);
}

static void hours(void **state)
{
	static const struct odd quiet[] = {
		{ "22:00Z_06:00Z", "\"22:00Z_06:00Z\" " NO_SPAN },
		{ "22:00Z-24:00Z", "\"22:00Z-24:00Z\" " NO_SPAN },
		{ "22:60Z-06:00Z", "\"22:60Z-06:00Z\" " NO_SPAN },
		{ "22.00Z-06:00Z", "\"22.00Z-06:00Z\" " NO_SPAN },
		{ "22:0xZ-06:00Z", "\"22:0xZ-06:00Z\" " NO_SPAN },
		{ "22:000-06:00Z", "\"22:000-06:00Z\" " NO_SPAN },
		{ "22:00z-06:00Z", "\"22:00z-06:00Z\" " NO_SPAN },
		{ "2x:00Z-06:00Z", "\"2x:00Z-06:00Z\" " NO_SPAN },
		{ "off", NULL }, { "23:59Z-00:00Z", NULL },
	};
	static const struct odd daily[] = {
		{ "24:00Z", "\"24:00Z\" " NO_DAILY },
		{ "07:00Y", "\"07:00Y\" " NO_DAILY },
		{ "07:00ZZ", "\"07:00ZZ\" " NO_DAILY },
		{ "00:00Z", NULL }, { "off", NULL },
	};

	(void)state;
	JUDGE("accounts: {a: {alerts: {quiet: ", "}}}",
	      "accounts.a.alerts.quiet", quiet);
	JUDGE("accounts: {a: {alerts: {summary: ", "}}}",
	      "accounts.a.alerts.summary", daily);
}

/* ---- addresses ---- */

#define NO_HOST "names no host: write http://HOST:PORT/api/v1"
#define BAD_PORT "has a bad port: write http://HOST:8000/api/v1"

static void addresses(void **state)
{
	static const struct odd odd[] = {
		{ "'http://localhost/'", NULL }, { "'http://[::1]:1'", NULL },
		{ "'http://127.9.9.9:65535/a//'", NULL },
		{ "'https://h:1'", NULL }, { "'https://[fd12::7]/x'", NULL },
		{ "'https://h:/'", "\"https://h:/\" " BAD_PORT },
		{ "'https://h:0/'", "\"https://h:0/\" " BAD_PORT },
		{ "'https://h:000080'", "\"https://h:000080\" " BAD_PORT },
		{ "'https://h:65536'", "\"https://h:65536\" " BAD_PORT },
		{ "'https://h:80x'", "\"https://h:80x\" " BAD_PORT },
		{ "'https://[::1]x'", "\"https://[::1]x\" " BAD_PORT },
		{ "'https://[::1'", "\"https://[::1\" " NO_HOST },
		{ "'https://[]/'", "\"https://[]/\" " NO_HOST },
		{ "'https://[::g]/'", "\"https://[::g]/\" " NO_HOST },
		{ "'https://a_b/'", "\"https://a_b/\" " NO_HOST },
		{ "'https://h/a b'", "\"https://h/a b\" has characters that "
				     "do not belong in a path" },
		{ "'http://[fd12::7]/'", "plain http to another host: use "
		  "https, or set service.allow_insecure_http: true" },
	};

	(void)state;
	JUDGE("service: {url: ", "}", "service.url", odd);
}

/* The lengths a host, a bracket and a whole address may have. */
static void long_addresses(void **state)
{
	static const struct {
		const char *before, *after, *said;
		int n;
	} rows[] = {
		{ "https://", "/", NULL, 253 },
		{ "https://", "/", NO_HOST, 254 },
		{ "https://[", "]/", NO_HOST, 65 },
		{ "https://h/", "", NULL, CONFIG_TEXT_MAX - 11 },
		{ "https://h/", "", "is too long", CONFIG_TEXT_MAX - 10 },
		/* no address of this machine however it begins */
		{ "http://127.0.0.1", ".example/", "plain http to another "
		  "host: use https, or set service.allow_insecure_http: true",
		  70 },
	};
	char text[900], got[600];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int n = snprintf(text, sizeof(text), HEAD "service: {url: '%s",
				 rows[i].before);

		memset(text + n, '1', (size_t)rows[i].n);
		snprintf(text + n + rows[i].n, sizeof(text) - 600, "%s'}",
			 rows[i].after);
		first_complaint(got, text);
		if (rows[i].said ? !strstr(got, rows[i].said) : *got != '\0')
			fail_msg("row %zu: %s", i, got);
	}
}

/* ---- paths ---- */

static void paths(void **state)
{
	static const struct odd odd[] = {
		{ "\"\"", "\"\" is empty" },
		{ "[x]", "expected a value, not a list" },
		{ "~", NULL }, { "~/x", NULL }, { "/x", NULL },
	};
	char text[900] = HEAD "storage: {directory: /", got[600];
	struct loaded l = load(HEAD "storage: {directory: \"~\"}\n");
	size_t n = strlen(text);

	(void)state;
	JUDGE("storage: {directory: ", "}", "storage.directory", odd);
	assert_string_equal(l.c.directory, "/home/x");
	arena_free(l.arena);
	memset(text + n, 'd', 447);	/* room for the names of files */
	strcpy(text + n + 447, "}");
	first_complaint(got, text);
	assert_non_null(strstr(got, "ddd...\" is too long"));
	strcpy(text + n + 446, "}");
	first_complaint(got, text);
	assert_string_equal(got, "");
}

/* A long value is cut between two characters, and why it is wrong is told. */
static void long_values(void **state)
{
	char text[400] = HEAD "service: {gzip: a", got[600], want[600];

	(void)state;
	strcpy(want, "f:2:17: error: service.gzip: \"a");
	for (int i = 0; i < 70; i++) {
		strcat(text, "\u00e9");
		strcat(want, i < 49 ? "\u00e9" : "");
	}
	first_complaint(got, strcat(text, "}"));
	assert_string_equal(got, strcat(want, "...\" is neither true nor "
					"false"));
}

/* Without a home the directory has to be written out. */
static void no_home(void **state)
{
	static const char *const homes[] = { NULL, "", "here" };
	char got[600];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		if (homes[i])
			setenv("HOME", homes[i], 1);
		else
			unsetenv("HOME");
		first_complaint(got, HEAD "storage: {directory: ~/x}");
		assert_string_equal(got, "f:2:22: error: storage.directory: "
			"\"~/x\" needs $HOME, which is not set: write the "
			"whole path");
		first_complaint(got, HEAD);
		assert_string_equal(got, "f: error: storage.directory: "
			"\"~/.local/share/carrywatch\" needs $HOME, which is "
			"not set: write the whole path");
		first_complaint(got, HEAD "storage: {directory: /x}");
		assert_string_equal(got, "");
	}
	setenv("HOME", "/home/x", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares),
		cmocka_unit_test(sizes),
		cmocka_unit_test(payments),
		cmocka_unit_test(clocks),
		cmocka_unit_test(counts_and_factors),
		cmocka_unit_test(hours),
		cmocka_unit_test(addresses),
		cmocka_unit_test(long_addresses),
		cmocka_unit_test(paths),
		cmocka_unit_test(long_values),
		cmocka_unit_test(no_home),
	};

	setenv("HOME", "/home/x", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
