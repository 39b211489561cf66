/* SPDX-License-Identifier: MIT */
/*
 * Files of settlements: what they give in which order, and that each kind
 * of bad row is refused at its place or counted.
 */
#include "settlement_csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define HOUR "1767225600000"	/* 2026-01-01T00:00:00Z */
#define GOOD HOUR ",aster,BTCUSDT,28800,0.0001,,\n"
#define HEAD SETTLEMENT_HEADER "\n"

struct scene {
	char path[3][64];
	const char *paths[3];
	size_t n;
	struct settlement_csv *csv;
	struct err err;
};

static void add_bytes(struct scene *s, const char *text, size_t n)
{
	char *path = s->path[s->n];
	FILE *f;
	int fd;

	snprintf(path, sizeof(s->path[0]), "/tmp/settlements-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	f = fdopen(fd, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
	s->paths[s->n++] = path;
}

static void add_file(struct scene *s, const char *text)
{
	add_bytes(s, text, strlen(text));
}

static bool start(struct scene *s, bool skip_bad)
{
	return settlement_csv_open(&s->csv, s->paths, s->n, skip_bad, &s->err);
}

static void end(struct scene *s)
{
	settlement_csv_free(s->csv);
	for (size_t i = 0; i < s->n; i++)
		unlink(s->path[i]);
	*s = (struct scene){ .n = 0 };
}

static struct settled must_give(struct scene *s)
{
	struct settled row;

	if (settlement_csv_next(s->csv, &row, &s->err) != PULLED_ROW)
		fail_msg("no row: %s", s->err.text);
	return row;
}

static void must_end(struct scene *s)
{
	struct settled row;

	assert_int_equal(settlement_csv_next(s->csv, &row, &s->err),
			 PULLED_END);
}

static void reads_every_cell(void **state)
{
	struct scene s = { .n = 0 };
	struct settled row;

	(void)state;
	add_file(&s, HEAD HOUR ",Binance,XBTUSDT,14400,-0.5e-4,97000.5,12\r\n"
		 HOUR ",hyperliquid,BTC,3600,0,,");
	assert_true(start(&s, false));
	row = must_give(&s);
	assert_string_equal(row.venue.s, "binance");
	assert_string_equal(row.symbol.s, "BTC");
	assert_string_equal(row.contract, "XBTUSDT");
	assert_true(row.preferred);
	assert_int_equal(row.at.ms, INT64_C(1767225600000));
	assert_int_equal(row.rate.interval_s, 14400);
	assert_int_equal(dec_cmp(row.rate.fraction, dec_lit("-0.00005")), 0);
	assert_int_equal(dec_cmp(row.mark_price.v, dec_lit("97000.5")), 0);
	assert_int_equal(dec_cmp(row.oi_usd.v, dec_lit("12")), 0);
	row = must_give(&s);
	assert_false(row.mark_price.known);
	assert_false(row.oi_usd.known);
	assert_int_equal(row.series, 1);
	must_end(&s);
	assert_int_equal(settlement_csv_counts(s.csv)->rows, 2);
	end(&s);
}

static void a_minute_late_is_on_time(void **state)
{
	struct scene s = { .n = 0 };

	(void)state;
	add_file(&s, HEAD "1767225660000,a,A,3600,0,,\n"
		 "1767225660001,a,B,3600,0,,\n");
	assert_true(start(&s, false));
	assert_int_equal(must_give(&s).at.ms, INT64_C(1767225600000));
	assert_int_equal(must_give(&s).at.ms, INT64_C(1767225660001));
	must_end(&s);
	end(&s);
}

static void rounds_half_even_and_counts(void **state)
{
	struct scene s = { .n = 0 };

	(void)state;
	add_file(&s, HEAD
		 HOUR ",a,A,3600,0.0000000000000000005,,\n"
		 HOUR ",a,B,3600,0.0000000000000000015,1,1\n"
		 HOUR ",a,C,3600,0.0000000000000000010,,\n");
	assert_true(start(&s, false));
	assert_int_equal(dec_sign(must_give(&s).rate.fraction), 0);
	assert_int_equal(dec_cmp(must_give(&s).rate.fraction,
				 dec_lit("0.000000000000000002")), 0);
	must_give(&s);
	must_end(&s);
	assert_int_equal(settlement_csv_counts(s.csv)->rounded, 2);
	end(&s);
}

/* The grid moves C's row before B's, which stood before it. */
static const char first_file[] = HEAD
	"1767225600000,a,A,3600,0,,\n"
	"1767229220000,a,B,28800,0,,\n"
	"1767229230000,a,C,3600,0,,\n"
	"1767232800000,a,A,3600,0,,\n";
static const char second_file[] = HEAD
	"1767225600000,Z,A,3600,0,,\n"
	"1767225600010,a,D,3600,0,,\n"
	"1767229200000,a,A,3600,0,,\n";

static void check_order(const char *one, const char *two)
{
	static const char *const want[] = { "A", "D", "A", "A", "C", "B",
					    "A" };
	struct scene s = { .n = 0 };
	struct instant last = { 0 };

	add_file(&s, one);
	add_file(&s, two);
	assert_true(start(&s, false));
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct settled row = must_give(&s);

		assert_string_equal(row.contract, want[i]);
		assert_true(row.at.ms >= last.ms);
		last = row.at;
	}
	must_end(&s);
	end(&s);
}

static void files_merge_whatever_their_order(void **state)
{
	(void)state;
	check_order(first_file, second_file);
	check_order(second_file, first_file);
}

static void no_row_waits_for_ever(void **state)
{
	struct scene s = { .n = 0 };

	(void)state;
	add_file(&s, HEAD HOUR ",a,A,3600,0,,\n1767225660000,a,B,60,0,,\n"
		 "1767225660001,a,C,60,0,,\nbroken\n");
	assert_true(start(&s, false));
	assert_string_equal(must_give(&s).contract, "A");
	assert_int_equal(settlement_csv_next(s.csv, &(struct settled){ 0 },
					     &s.err), PULLED_FAILED);
	assert_non_null(strstr(s.err.text, ":5:1: 1 column(s)"));
	end(&s);
}

/* At one time the names decide, also for the one that came a minute late. */
static void names_order_one_time(void **state)
{
	struct scene s = { .n = 0 };

	(void)state;
	add_file(&s, HEAD HOUR ",b,A,3600,0,,\n"
		 "1767225660000,a,B,3600,0,,\n"
		 "1767225660000,a,A,3600,0,,\n");
	assert_true(start(&s, false));
	assert_string_equal(must_give(&s).contract, "A");
	assert_string_equal(must_give(&s).contract, "B");
	assert_string_equal(must_give(&s).venue.s, "b");
	must_end(&s);
	end(&s);
}

/* Of one settlement told often, the first line of the first file stays. */
static void the_first_of_duplicates_stays(void **state)
{
	struct scene s = { .n = 0 };

	(void)state;
	add_file(&s, HEAD HOUR ",a,A,3600,1,,\n" HOUR ",a,A,3600,2,,\n"
		 HOUR ",a,A,3600,3,,\n" HOUR ",a,A,3600,4,,\n");
	add_file(&s, HEAD HOUR ",a,A,3600,5,,\n" HOUR ",a,A,3600,6,,\n");
	assert_true(start(&s, true));
	assert_int_equal(dec_cmp(must_give(&s).rate.fraction, dec_int(1)), 0);
	must_end(&s);
	assert_int_equal(settlement_csv_counts(s.csv)->bad[CSV_BAD_DUPLICATE],
			 5);
	end(&s);
}

struct bad {
	const char *line;
	enum csv_bad kind;
	int column;
	const char *text;
};

static const struct bad bad_rows[] = {
	{ "", CSV_BAD_COLUMNS, 1, "1 column(s), not 7" },
	{ HOUR ",a,A,3600,0,", CSV_BAD_COLUMNS, 1, "6 column(s)" },
	{ HOUR ",a,A,3600,0,,,", CSV_BAD_COLUMNS, 28, "more than 7" },
	{ "1767225600000.5,a,A,3600,0,,", CSV_BAD_TIME, 1, "no time in ms" },
	{ "2026-01-01,a,A,3600,0,,", CSV_BAD_TIME, 1, "no time in ms" },
	{ "-1,a,A,3600,0,,", CSV_BAD_TIME, 1, "no time in ms" },
	{ ",a,A,3600,0,,", CSV_BAD_TIME, 1, "no time in ms" },
	{ "253402300799001,a,A,3600,0,,", CSV_BAD_TIME, 1, "no time" },
	{ HOUR ",a b,A,3600,0,,", CSV_BAD_VENUE, 15, "no venue" },
	{ HOUR ",,A,3600,0,,", CSV_BAD_VENUE, 15, "no venue" },
	{ HOUR ",a,,3600,0,,", CSV_BAD_SYMBOL, 17, "no symbol" },
	{ HOUR ",a,B=C,3600,0,,", CSV_BAD_SYMBOL, 17, "no symbol" },
	{ HOUR ",a,AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDDDDDDDDD,3600,0,,",
	  CSV_BAD_SYMBOL, 17, "no symbol" },
	{ HOUR ",a,A,0,0,,", CSV_BAD_INTERVAL, 19, "divide a day" },
	{ HOUR ",a,A,5000,0,,", CSV_BAD_INTERVAL, 19, "divide a day" },
	{ HOUR ",a,A,172800,0,,", CSV_BAD_INTERVAL, 19, "divide a day" },
	{ HOUR ",a,A,1h,0,,", CSV_BAD_INTERVAL, 19, "divide a day" },
	{ HOUR ",a,A,3600,,,", CSV_BAD_RATE, 24, "no rate" },
	{ HOUR ",a,A,3600,nan,,", CSV_BAD_RATE, 24, "no rate" },
	{ HOUR ",a,A,3600,0.1%,,", CSV_BAD_RATE, 24, "no rate" },
	{ HOUR ",a,A,3600,1e99,,", CSV_BAD_RATE, 24, "no rate" },
	{ HOUR ",a,A,3600,0,x,", CSV_BAD_MARK_PRICE, 26, "no mark price" },
	{ HOUR ",a,A,3600,0,0,", CSV_BAD_MARK_PRICE, 26, "at zero" },
	{ HOUR ",a,A,3600,0,,x", CSV_BAD_OPEN_INTEREST, 27,
	  "no open interest" },
	{ HOUR ",a,A,3600,0,,-1", CSV_BAD_OPEN_INTEREST, 27, "below zero" },
	{ HOUR ",\"a\",A,3600,0,,", CSV_BAD_QUOTED, 15, "without quotes" },
	{ "1767225599999,a,A,3600,0,,", CSV_BAD_BACKWARDS, 1,
	  "back in time" },
	{ GOOD, CSV_BAD_DUPLICATE, 1, "second settlement of aster BTCUSDT" },
};

static void check_bad(const char *text, size_t n, const struct bad *bad)
{
	char place[128];
	struct scene s = { .n = 0 };
	struct settled row;

	add_bytes(&s, text, n);
	assert_true(start(&s, false));
	while (settlement_csv_next(s.csv, &row, &s.err) == PULLED_ROW)
		;
	snprintf(place, sizeof(place), "%s:3:%d: ", s.path[0], bad->column);
	assert_int_equal(s.err.kind, ERR_DATA);
	if (!strstr(s.err.text, place) || !strstr(s.err.text, bad->text))
		fail_msg("%s\nnot %s ... %s", s.err.text, place, bad->text);
	settlement_csv_free(s.csv);

	assert_true(start(&s, true));
	for (int i = 0; i < 2; i++)
		must_give(&s);
	must_end(&s);
	for (int k = 0; k < CSV_BAD_COUNT; k++)
		assert_int_equal(settlement_csv_counts(s.csv)->bad[k],
				 k == (int)bad->kind);
	end(&s);
}

static void bad_rows_are_refused_or_counted(void **state)
{
	char text[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(bad_rows) / sizeof(bad_rows[0]); i++) {
		int n = snprintf(text, sizeof(text), HEAD GOOD "%s\n"
				 "1767225600001,a,LAST,3600,0,,\n",
				 bad_rows[i].line);

		/* GOOD ends its own line: the blank one would count too. */
		if (bad_rows[i].kind == CSV_BAD_DUPLICATE)
			n = snprintf(text, sizeof(text), HEAD GOOD GOOD
				     "1767225600001,a,LAST,3600,0,,\n");
		check_bad(text, (size_t)n, &bad_rows[i]);
	}
}

static void a_nul_is_no_text(void **state)
{
	static const struct bad bad = { NULL, CSV_BAD_NUL_BYTE, 16, "NUL" };
	static const char text[] = HEAD GOOD
		"1767225600000,a\0,A,3600,0,,\n1767225600001,a,LAST,3600,0,,\n";

	(void)state;
	check_bad(text, sizeof(text) - 1, &bad);
}

static void a_line_has_an_end(void **state)
{
	static const struct bad bad = { NULL, CSV_BAD_TOO_LONG, 512,
					"longer than 511" };
	char text[4096], zeros[600];

	(void)state;
	memset(zeros, '0', sizeof(zeros));
	for (int more = 0; more <= 80; more++) {
		int n = snprintf(text, sizeof(text), HEAD GOOD HOUR
				 ",a,A,3600,0.%.*s,,\n"
				 "1767225600001,a,LAST,3600,0,,\n",
				 484 + more, zeros);

		if (more > 0)
			check_bad(text, (size_t)n, &bad);
		else
			assert_int_equal(strcspn(text + strlen(HEAD GOOD),
						 "\n"), 511);
	}
}

static void the_longest_line_is_read(void **state)
{
	struct scene s = { .n = 0 };
	char text[1024], zeros[600];

	(void)state;
	memset(zeros, '0', sizeof(zeros));
	snprintf(text, sizeof(text), HEAD HOUR ",a,A,3600,0.%.*s,,\r\n", 484,
		 zeros);
	add_file(&s, text);
	assert_true(start(&s, false));
	must_give(&s);
	must_end(&s);
	end(&s);
}

static void a_file_must_say_what_it_is(void **state)
{
	static const struct { const char *text, *why; } cases[] = {
		{ "", ":1:1: the file is empty" },
		{ "time,rate\n", ":1:1: the first line must be ts_utc_ms" },
		{ &(HEAD)[1], ":1:1: the first line must be ts_utc_ms" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene s = { .n = 0 };

		add_file(&s, cases[i].text);
		assert_false(start(&s, true));
		assert_int_equal(s.err.kind, ERR_DATA);
		assert_non_null(strstr(s.err.text, cases[i].why));
		end(&s);
	}
}

/* Neither a header nor a last line that never ends is waited for. */
static void a_file_may_end_in_a_long_line(void **state)
{
	struct scene s = { .n = 0 };
	char text[1200];
	size_t n = sizeof(HEAD) - 1;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	add_file(&s, text);
	assert_false(start(&s, true));
	assert_non_null(strstr(s.err.text, ":1:1: the first line must be"));
	end(&s);
	memcpy(text, HEAD, n);
	add_file(&s, text);
	assert_true(start(&s, true));
	must_end(&s);
	assert_int_equal(settlement_csv_counts(s.csv)->bad[CSV_BAD_TOO_LONG],
			 1);
	end(&s);
}

static void absent_files_are_told(void **state)
{
	struct scene s = { .paths = { "/nonexistent.csv" }, .n = 1 };

	(void)state;
	assert_false(start(&s, false));
	assert_int_equal(s.err.kind, ERR_IO);
	assert_non_null(strstr(s.err.text, "/nonexistent.csv: No such"));
	s.paths[0] = "/tmp";
	assert_false(start(&s, false));
	assert_int_equal(s.err.kind, ERR_IO);
	assert_string_equal(s.err.text, "/tmp: Is a directory");
}

/* A series keeps its number, and its last time, among many. */
static void many_contracts(void **state)
{
	static char text[400000];
	struct scene s = { .n = 0 };
	size_t n = (size_t)snprintf(text, sizeof(text), HEAD);

	(void)state;
	for (int hour = 0; hour < 3; hour++)
		for (int i = 0; i < 1000; i++)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
				"%lld,v%d,S%d,3600,0.%03d,,\n",
				1767225600000LL + hour * 3600000LL, i % 7, i,
				i);
	add_bytes(&s, text, n);
	assert_true(start(&s, false));
	for (int i = 0; i < 3000; i++) {
		static size_t number[1000];
		struct settled row = must_give(&s);
		int which = atoi(row.contract + 1);

		if (i < 1000)
			number[which] = row.series;
		assert_int_equal(row.series, number[which]);
		assert_true(row.series < 1000);
	}
	must_end(&s);
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_cell),
		cmocka_unit_test(a_minute_late_is_on_time),
		cmocka_unit_test(rounds_half_even_and_counts),
		cmocka_unit_test(files_merge_whatever_their_order),
		cmocka_unit_test(names_order_one_time),
		cmocka_unit_test(the_first_of_duplicates_stays),
		cmocka_unit_test(no_row_waits_for_ever),
		cmocka_unit_test(bad_rows_are_refused_or_counted),
		cmocka_unit_test(a_nul_is_no_text),
		cmocka_unit_test(a_line_has_an_end),
		cmocka_unit_test(the_longest_line_is_read),
		cmocka_unit_test(a_file_must_say_what_it_is),
		cmocka_unit_test(a_file_may_end_in_a_long_line),
		cmocka_unit_test(absent_files_are_told),
		cmocka_unit_test(many_contracts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
