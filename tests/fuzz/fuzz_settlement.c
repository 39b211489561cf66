/* SPDX-License-Identifier: MIT */
/*
 * Files of recorded settlements: every line is given out, counted as bad or
 * the reason to stop; rows come by time and none of a contract twice; what
 * is strict and what leaves bad rows out agree.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "settlement_csv.h"

#define ROWS_MAX 512
#define INPUT_MAX 65536

/* The input under a name: of a file that is gone as soon as it is open. */
static const char *as_file(const char *s, size_t n)
{
	static char path[32];
	static int fd = -1;

	if (fd < 0) {
		char name[] = "/tmp/carrywatch-fuzz-XXXXXX";

		fd = mkstemp(name);
		CHECK(fd >= 0 && unlink(name) == 0);
		snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	}
	CHECK(ftruncate(fd, 0) == 0);
	CHECK(pwrite(fd, s, n, 0) == (ssize_t)n && lseek(fd, 0, SEEK_SET) == 0);
	return path;
}

static size_t count_lines(const char *s, size_t n)
{
	const char *line;
	size_t lines = 0;

	while (n > 0) {
		fuzz_line(&line, &s, &n);
		lines++;
	}
	return lines;
}

static void check_row(const struct settled *r, const struct settled *before)
{
	CHECK(r->venue.s[0] && r->symbol.s[0] && r->contract[0]);
	CHECK(memchr(r->contract, '\0', CONTRACT_TEXT_MAX));
	CHECK(fuzz_clean(r->contract) && r->at.ms >= 0);
	CHECK(r->rate.interval_s > 0 && DAY_S % r->rate.interval_s == 0);
	CHECK(!r->mark_price.known || dec_sign(r->mark_price.v) > 0);
	CHECK(!r->oi_usd.known || dec_sign(r->oi_usd.v) >= 0);
	if (!before)
		return;
	CHECK(before->at.ms <= r->at.ms);
	CHECK(before->at.ms < r->at.ms || !venue_same(&before->venue, &r->venue) ||
	      strcmp(before->contract, r->contract) != 0);
}

/* Rows given out until it ends; err->kind says how. */
static size_t read_all(struct settled *row, struct csv_counts *counts,
		       const char *path, bool skip_bad, struct err *err)
{
	struct settlement_csv *csv;
	size_t n = 0;

	*err = (struct err){ ERR_NONE, "" };
	*counts = (struct csv_counts){ .rows = 0 };
	if (!settlement_csv_open(&csv, &path, 1, skip_bad, err))
		return 0;
	for (;;) {
		struct settled r;
		enum pulled got = settlement_csv_next(csv, &r, err);

		CHECK((got == PULLED_FAILED) == (err->kind != ERR_NONE));
		if (got != PULLED_ROW)
			break;
		check_row(&r, n > 0 ? &row[(n - 1) % ROWS_MAX] : NULL);
		row[n++ % ROWS_MAX] = r;
	}
	*counts = *settlement_csv_counts(csv);
	CHECK((size_t)counts->rows == n);
	settlement_csv_free(csv);
	return n;
}

static void check_refusal(const struct err *err, const char *path,
			  size_t lines)
{
	size_t row = 0, column = 0, len = strlen(path);

	fuzz_check_refusal(err, ERR_DATA);
	CHECK(strncmp(err->text, path, len) == 0);
	CHECK(sscanf(err->text + len, ":%zu:%zu: ", &row, &column) == 2);
	CHECK(row >= 1 && row <= lines + (lines == 0) && column >= 1 &&
	      column <= 600);
}

static int64_t sum_bad(const struct csv_counts *c)
{
	int64_t n = 0;

	for (int i = 0; i < CSV_BAD_COUNT; i++)
		n += c->bad[i];
	return n;
}

FUZZ_TARGET(settlement)
{
	static struct settled strict[ROWS_MAX], lax[ROWS_MAX];
	struct csv_counts counts, some;
	size_t lines = count_lines(s, n), all, good;
	struct err err, lax_err;
	const char *path;

	if (n > INPUT_MAX)
		return false;
	path = as_file(s, n);
	all = read_all(lax, &some, path, true, &lax_err);
	lseek(atoi(path + 8), 0, SEEK_SET);
	good = read_all(strict, &counts, path, false, &err);
	if (lax_err.kind == ERR_NONE)	/* no line is lost */
		CHECK(all + (size_t)sum_bad(&some) + 1 == lines);
	else
		check_refusal(&lax_err, path, lines);
	CHECK(sum_bad(&counts) == 0 && good <= all);
	if (err.kind != ERR_NONE) {
		check_refusal(&err, path, lines);
		CHECK(lax_err.kind != ERR_NONE || sum_bad(&some) > 0);
		return false;
	}
	CHECK(sum_bad(&some) == 0 && all == good &&
	      counts.rounded == some.rounded);
	for (size_t i = 0; i < all && all <= ROWS_MAX; i++)
		CHECK(fuzz_same(strict[i].rate.fraction, lax[i].rate.fraction));
	return true;
}
