/* SPDX-License-Identifier: MIT */
/* Which backups stay: all of a day, one a day of a week, one a week of five. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "backup.h"
#include "given.h"

#define HOUR	(INT64_C(3600) * 1000)
#define DAY	(24 * HOUR)

static void a_quarter_of_a_year_thins_out(void **state)
{
	struct instant now = given_time("2026-11-26T08:00:00Z");
	struct backups b = { .n = 0 };
	bool keep[BACKUP_NAMES_MAX];
	int day = 0, week = 0, rest = 0;

	(void)state;
	for (int64_t age = 90 * DAY; age >= 0; age -= 6 * HOUR)
		b.at[b.n++] = (struct instant){ now.ms - age };
	backup_thin(keep, &b, now);
	for (size_t i = 0; i < b.n; i++) {
		int64_t age = now.ms - b.at[i].ms;

		if (!keep[i])
			continue;
		if (age < DAY)
			day++;
		else if (age < 8 * DAY)
			week++;
		else
			rest++;
		assert_true(age < 36 * DAY);
	}
	assert_int_equal(day, 4);
	assert_in_range(week, 7, 8);
	assert_in_range(rest, 4, 5);
	assert_true(keep[b.n - 1]);
}

/* Thinning what was thinned changes nothing; the newest stays for ever. */
static void thinning_is_steady(void **state)
{
	struct instant now = given_time("2026-11-26T08:00:00Z");
	struct backups b = { .n = 0 };
	bool keep[BACKUP_NAMES_MAX];

	(void)state;
	for (int step = 0; step < 400; step++) {
		size_t n = 0;

		now.ms += 6 * HOUR;
		b.at[b.n++] = now;
		backup_thin(keep, &b, now);
		for (size_t i = 0; i < b.n; i++)
			if (keep[i])
				b.at[n++] = b.at[i];
		b.n = n;
		assert_in_range(b.n, 1, 20);
	}
	assert_true(b.n >= 12);
	b.n = 1;
	now.ms += 365 * DAY;
	backup_thin(keep, &b, now);
	assert_true(keep[0]);
}

static void touch(const char *dir, struct instant at)
{
	char path[200];
	FILE *f;

	backup_path(path, sizeof(path), dir, "main.db", at);
	f = fopen(path, "w");
	assert_non_null(f);
	fclose(f);
}

/* One of a clock that was years ahead makes none superfluous. */
static void a_name_from_the_future_counts_for_nothing(void **state)
{
	char dir[] = "/tmp/carrywatch-backup-XXXXXX", path[200];
	struct instant at[] = { given_time("2026-09-26T07:30:05Z"),
				given_time("2030-11-26T07:30:05Z") };
	struct instant now = given_time("2026-11-26T07:30:05Z");
	bool keep[BACKUP_NAMES_MAX];
	struct backups b;

	(void)state;
	assert_non_null(mkdtemp(dir));
	touch(dir, at[0]);
	touch(dir, at[1]);
	assert_true(backup_due(dir, "main.db", span_s(3600), now));
	backup_list(&b, dir, "main.db");
	assert_int_equal(b.n, 2);
	assert_int_equal(backup_known(&b, now), 1);
	backup_thin(keep, &b, now);
	assert_true(keep[0]);			/* the newest there is */
	assert_true(keep[1]);			/* not ours to judge */
	now = instant_add(at[1], span_s(-3600));	/* clocks differ */
	assert_int_equal(backup_known(&b, now), 2);
	assert_false(backup_due(dir, "main.db", span_s(3600), now));
	for (int i = 0; i < 2; i++) {
		backup_path(path, sizeof(path), dir, "main.db", at[i]);
		assert_int_equal(unlink(path), 0);
	}
	rmdir(dir);
}

static void names_are_times(void **state)
{
	static const char *const files[] = {
		"main.db.20261126T073005Z.db", "other.db.20261126T073005Z.db",
		"main.db.x.db", "main.db.20261326T073005Z.db",
		"main.dbx20261126T073005Z.db", "main.db.20261126T073005Z.xx",
		"main.db.20261126T073005Z.db.part" };
	enum { N = sizeof(files) / sizeof(files[0]) };
	char dir[] = "/tmp/carrywatch-backup-XXXXXX", path[200];
	struct instant at = given_time("2026-11-26T07:30:05Z");
	struct backups b;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	backup_path(path, sizeof(path), dir, "main.db", at);
	assert_string_equal(path + strlen(dir),
			    "/main.db.20261126T073005Z.db");
	for (int i = 0; i < N; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		f = fopen(path, "w");
		assert_non_null(f);
		fclose(f);
	}
	backup_list(&b, dir, "main.db");
	assert_int_equal(b.n, 1);
	assert_int_equal(b.at[0].ms, at.ms);
	assert_false(backup_due(dir, "main.db", span_s(3600),
				instant_add(at, span_s(3599))));
	assert_true(backup_due(dir, "main.db", span_s(3600),
			       instant_add(at, span_s(3600))));
	assert_false(backup_due(dir, "main.db", span_s(0), at));
	assert_true(backup_due("/nonexistent", "main.db", span_s(1), at));
	backup_list(&b, "/nonexistent", "main.db");
	assert_int_equal(b.n, 0);
	for (int i = 0; i < N; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		assert_int_equal(unlink(path), 0);
	}
	rmdir(dir);
}

/* Half copies of another day go with the next whole one. */
static void what_was_interrupted_goes(void **state)
{
	static const struct { const char *name; bool stays; } parts[] = {
		{ "main.db.20261120T073005Z.db.part", false },
		{ "main.db.20261202T073005Z.db.part", false },
		{ "main.db.20261126T063005Z.db.part", true },
		{ "main.db.20261120T073005Z.db.pare", true },
		{ "other.db.20261120T073005Z.db.part", true },
		{ ".part", true },
	};
	char dir[] = "/tmp/carrywatch-backup-XXXXXX", sub[100], path[400];
	struct instant now = given_time("2026-11-26T07:30:05Z");
	struct store *s;
	struct err err;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(sub, sizeof(sub), "%s/sub", dir);
	assert_true(store_open(&s, ":memory:", "main", false, STORE_RUN,
			       &err));
	assert_int_equal(mkdir(sub, 0700), 0);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", sub, parts[i].name);
		fclose(fopen(path, "w"));
	}
	if (!backup_make(s, sub, "main.db", now, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", sub, parts[i].name);
		if ((unlink(path) == 0) != parts[i].stays)
			fail_msg("%s", parts[i].name);
	}
	backup_path(path, sizeof(path), sub, "main.db", now);
	assert_int_equal(unlink(path), 0);
	rmdir(sub);
	snprintf(path, sizeof(path), "%s/sub/sub", dir);
	assert_false(backup_make(s, path, "main.db", now, &err));
	assert_non_null(strstr(err.text, "cannot make the directory"));
	assert_non_null(strstr(err.text, "for backups: No such file"));
	store_close(s);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quarter_of_a_year_thins_out),
		cmocka_unit_test(thinning_is_steady),
		cmocka_unit_test(names_are_times),
		cmocka_unit_test(what_was_interrupted_goes),
		cmocka_unit_test(a_name_from_the_future_counts_for_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
