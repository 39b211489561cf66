/* SPDX-License-Identifier: MIT */
/*
 * What no monitor ever wrote, under a checksum that is right: each table
 * begins with bytes that are taken, then says what of them is made wrong. And
 * what is out of range is not written.
 */
#include "evidence_parts.h"
#include "given.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES_MAX	200

/* "03 00 | ff": pairs of digits; what else stands there is for the eye. */
static size_t bytes_of(unsigned char *out, const char *text)
{
	size_t n = 0;

	for (; *text; text++) {
		char pair[3] = { text[0], text[1], '\0' };

		if (*text == ' ' || *text == '|')
			continue;
		assert_true(n < BYTES_MAX);
		out[n++] = (unsigned char)strtoul(pair, NULL, 16);
		text++;
	}
	return n;
}

/* The same with a checksum behind it. */
static size_t blob_of(unsigned char *out, const char *text)
{
	size_t n = bytes_of(out, text) + EVIDENCE_CRC_SIZE;

	given_checksum(out, n);
	return n;
}

static bool decode(struct evidence_view *v, const struct evidence_view *before,
		   const char *text, struct arena *a, struct err *err)
{
	unsigned char blob[BYTES_MAX + EVIDENCE_CRC_SIZE];
	size_t n = blob_of(blob, text);

	*err = (struct err){ ERR_NONE, "" };
	return evidence_decode(v, before, blob, n, a, err);
}

/* ---- key blobs ---- */

struct wrong {
	const char *what, *bytes;
};

#define VIEW		"03 00 01 01 | "
#define NO_VENUES	"00 | "
#define NO_QUOTES	"00 00 | "
#define NO_ROWS		"00"
#define LARGEST		"ff ff ff ff ff ff ff ff 7f "	/* 63 bits */

static const struct wrong keys[] = {
	{ NULL, VIEW NO_VENUES NO_QUOTES NO_ROWS },
	{ "version", "05 00 01 01 | " NO_VENUES NO_QUOTES NO_ROWS },
	{ "a flag", "03 80 01 01 | " NO_VENUES NO_QUOTES NO_ROWS },
	{ "as before", "03 02 01 01 | " NO_VENUES NO_QUOTES NO_ROWS },
	{ "poll 0", "03 00 00 01 | " NO_VENUES NO_QUOTES NO_ROWS },
	{ "64 bits", "03 00 ff ff ff ff ff ff ff ff ff 01 01 | "
	  NO_VENUES NO_QUOTES NO_ROWS },
	{ "65 bits", "03 00 ff ff ff ff ff ff ff ff ff 02 01 | "
	  NO_VENUES NO_QUOTES NO_ROWS },
	{ "no time", "03 00 01 00 | " NO_VENUES NO_QUOTES NO_ROWS },
	{ "a byte more", VIEW NO_VENUES NO_QUOTES NO_ROWS "00" },
	{ "257 venues", VIEW "81 02" NO_QUOTES NO_ROWS },
};

/* One venue, "a": its standing, rows and malformed rows. */
#define VENUE(state)	VIEW "01 01 61 | " state " | " NO_QUOTES NO_ROWS

static const struct wrong venues[] = {
	{ NULL, VENUE("43 ff ff ff ff 0f 00") },
	{ "a bit of its standing", VENUE("83") },
	{ "answer 3 of rates", VENUE("0c") },
	{ "answer 3 of symbols", VENUE("30") },
	{ "33 bits of rows", VENUE("43 ff ff ff ff 1f 00") },
	{ "33 bits malformed", VENUE("43 00 ff ff ff ff 1f") },
	{ "a name", VIEW "01 01 41 | 00 | " NO_QUOTES NO_ROWS },
	{ "no name", VIEW "01 00 | 00 | " NO_QUOTES NO_ROWS },
	{ "twice", VIEW "02 01 61 01 61 | 00 00 | " NO_QUOTES NO_ROWS },
};

/* Position 1 and what is said of it: its first byte, and what that asks for. */
#define ROWS(rows)	VIEW NO_VENUES NO_QUOTES rows
#define ROW(said)	ROWS("01 01 | " said)

static const struct wrong rows[] = {
	{ NULL, ROW("00") },
	{ NULL, ROWS("01 " LARGEST "00") },
	{ "no id", ROWS("01 00 00") },
	{ "64 bits of id", ROWS("01 ff ff ff ff ff ff ff ff ff 01 00") },
	{ "64 bits of ids", ROWS("02 " LARGEST "01 | 00 00") },
	{ "more than its bytes", ROWS("7f 01 00") },
	{ "action 3", ROW("03") },
	{ "line 32", ROW("08 42") },
	{ "33 lines", ROW("10 21 00 00 00 00 00 00 00 00 00") },
	{ "verdict 3", ROW("10 01 03") },
	{ "a spare bit", ROW("10 01 04") },
	{ "a fact", ROW("30 01 02 ff 01") },
	{ "a reason", ROW("30 01 02 00 ff") },
	{ "97 streaks", ROW("80 61") },
	{ "no streak on", ROW("c0 01 | 03 | 03 01 01 00") },
	{ "33 bits counted", ROW("c0 01 | 03 | 00 01 01 fe ff ff ff 1f") },
	{ "33 bits below 0", ROW("c0 01 | 03 | 00 01 01 ff ff ff ff 1f") },
};

/* What position 1 brought: flags, fees, two instants, funding; and so on. */
#define MEMORY_VIEW	"03 20 01 01 | " NO_VENUES NO_QUOTES "01 01 00 | "
#define MEMORY(flags, watch, slots) MEMORY_VIEW "01 | " flags " | 00 00 00 01 | " \
			watch " | " slots " | 00"
#define WATCH		"00 01 00"
#define NO_SLOTS	"00"

static const struct wrong memories[] = {
	{ NULL, MEMORY("00", WATCH, NO_SLOTS) },
	{ NULL, MEMORY("01 02", WATCH, NO_SLOTS) },
	{ NULL, MEMORY("40", WATCH " 00 fe ff ff ff 0f", NO_SLOTS) },
	{ NULL, MEMORY("40", WATCH " 00 ff ff ff ff 0f", NO_SLOTS) },
	{ "a flag", MEMORY("80 08", WATCH, NO_SLOTS) },
	{ "a status", MEMORY("01 03", WATCH, NO_SLOTS) },
	{ "action 3", MEMORY("00", "03 01 00", NO_SLOTS) },
	{ "a reason", MEMORY("00", "00 ff 00", NO_SLOTS) },
	{ "too many notices", MEMORY("40", WATCH " 00 80 80 80 80 10",
				     NO_SLOTS) },
	{ "too few notices", MEMORY("40", WATCH " 00 81 80 80 80 10",
				    NO_SLOTS) },
	{ "97 streaks", MEMORY("00", WATCH, "61") },
	{ "a streak", MEMORY("00", WATCH, "02 05 | 03 01 01 00 | "
			     "00 01 01 00") },
	{ "position 2 of 1", MEMORY_VIEW "02 | 00 | 00 00 00 01 | " WATCH
	  " | 00 | 00" },
};

static void check_all(const struct wrong *w, size_t n)
{
	struct arena *a = arena_new();
	struct evidence_view v;
	struct err err;

	for (size_t i = 0; i < n; i++) {
		bool ok = decode(&v, NULL, w[i].bytes, a, &err);

		if (ok != !w[i].what)
			fail_msg("%s: %s: %s", w[i].what ? w[i].what : "whole",
				 ok ? "taken" : err.text, w[i].bytes);
		if (ok)
			continue;
		assert_int_equal(err.kind, ERR_STORE);
		assert_non_null(strstr(err.text, "evidence is damaged"));
	}
	arena_free(a);
}

#define CHECK_ALL(t)	check_all(t, sizeof(t) / sizeof((t)[0]))

static void a_key_blob_is_looked_through(void **state)
{
	(void)state;
	CHECK_ALL(keys);
	CHECK_ALL(venues);
	CHECK_ALL(rows);
	CHECK_ALL(memories);
}

/* ---- blobs on top of one ---- */

/* One position of one streak, true since the beginning, counted to the end. */
#define BASE	ROW("c0 01 | 03 | 00 01 01 fe ff ff ff 0f")

static const struct wrong deltas[] = {
	{ NULL, "02 0e 02 01 01 | 00" },		/* no news */
	{ NULL, "02 0e 02 01 01 | 40 01" },		/* looked at again */
	{ NULL, "02 0e 02 01 01 | 40 02" },		/* it ended */
	{ NULL, "02 4e 02 01 01 | 00 | 01 00" },	/* a client is new */
	{ "one more than can be counted", "02 0e 02 01 01 | 44 01" },
	{ "no step", "02 0e 01 00 01 | 00" },
	{ "more steps than polls", "02 0e 02 03 01 | 00" },
	{ "another poll before", "02 0e 03 01 01 | 00" },
	{ "no row left", "02 0e 02 01 01 |" },
	{ "a time out of range", "02 0e 02 01 ff ff ff ff ff ff ff ff ff 01 | "
	  "00" },
};

static void a_blob_on_another_is_looked_through(void **state)
{
	struct arena *a = arena_new();
	struct evidence_view base, v;
	struct err err;

	(void)state;
	if (!decode(&base, NULL, BASE, a, &err))
		fail_msg("%s", err.text);
	assert_int_equal(base.rows[0].slot[0].count, INT32_MAX);
	assert_false(evidence_is_key(NULL, 0));
	base.at.ms = 1000;
	for (size_t i = 0; i < sizeof(deltas) / sizeof(deltas[0]); i++) {
		bool ok = decode(&v, &base, deltas[i].bytes, a, &err);

		if (ok != !deltas[i].what)
			fail_msg("%s: %s", deltas[i].bytes, err.text);
		assert_true(ok || err.kind == ERR_STORE);
	}
	arena_free(a);
}

/* ---- numbers ---- */

static struct evidence_in in_of(unsigned char *buf, const char *text)
{
	return (struct evidence_in){ .p = buf, .n = bytes_of(buf, text) };
}

static void an_instant_stays_in_range(void **state)
{
	static const struct { int64_t base; const char *bytes; int64_t ms; }
	cases[] = {
		{ 5, "01", 5 }, { 5, "02", 4 }, { 5, "03", 6 },
		{ INT64_MAX, "02", INT64_MAX - 1 },
		{ INT64_MAX, "03", INT64_MIN },			/* over */
		{ -1, "fe ff ff ff ff ff ff ff ff 01", INT64_MIN },
		{ 0, "fe ff ff ff ff ff ff ff ff 01", -INT64_MAX },
		{ -2, "fe ff ff ff ff ff ff ff ff 01", INT64_MIN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned char buf[BYTES_MAX];
		struct evidence_in in = in_of(buf, cases[i].bytes);
		struct instant t = evidence_get_instant(&in,
				(struct instant){ cases[i].base });

		if (t.ms != cases[i].ms || in.failed != !instant_known(t))
			fail_msg("row %zu: %lld", i, (long long)t.ms);
	}
}

#define MOST	"9223372036854775807"

static void a_decimal_stays_in_range(void **state)
{
	static const struct { const char *base, *bytes, *v; } cases[] = {
		{ MOST, "00", MOST },
		{ MOST, "02", "9223372036854775806" },
		{ MOST, "04", NULL },			/* one more */
		{ "-" MOST, "06", NULL },		/* two less */
		{ "0.5", "2b 06", "0.53" },		/* finer by 2 */
		{ "0.55", "2b 06", NULL },		/* is as fine */
		{ MOST, "29 06", NULL },		/* has no room for it */
		{ "0", "25 02", "0.000000000000000001" },
		{ "0", "4d 03 31 2e 35", "1.5" },	/* text */
		{ "0", "4d 03 31 2c 35", NULL },
		{ "0", "4f 00", NULL },			/* no such way */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned char buf[BYTES_MAX];
		struct evidence_in in = in_of(buf, cases[i].bytes);
		struct dec v = evidence_get_dec(&in, dec_lit(cases[i].base));
		char text[DEC_TEXT_MAX];

		dec_format(text, v);
		if (in.failed != !cases[i].v ||
		    (cases[i].v && strcmp(text, cases[i].v) != 0))
			fail_msg("row %zu: %s", i, text);
	}
}

/* ---- what the shadow remembers ---- */

#define QUIET	"00 | 00 00 00 01 | 00 01 00 | 00"

static const struct wrong kept[] = {
	{ NULL, "01 01 00" },
	{ NULL, "01 01 02 | 01 " QUIET " | 02 " QUIET },
	{ "version", "02 01 00" },
	{ "a byte more", "01 01 00 00" },
	{ "more than its bytes", "01 01 7f | 01 " QUIET },
	{ "the same twice", "01 01 02 | 01 " QUIET " | 00 " QUIET },
	{ "64 bits of ids", "01 01 02 | " LARGEST QUIET " | 01 " QUIET },
	{ "a flag", "01 01 01 | 01 80 08 | 00 00 00 01 | 00 01 00 | 00" },
};

static void what_a_shadow_remembers_is_looked_through(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		unsigned char blob[BYTES_MAX + EVIDENCE_CRC_SIZE];
		size_t n = blob_of(blob, kept[i].bytes), count;
		struct evidence_kept *list;
		struct err err = { ERR_NONE, "" };
		bool ok = evidence_decode_kept(&list, &count, blob, n, a,
					       &err);

		if (ok != !kept[i].what)
			fail_msg("%s: %s", kept[i].bytes, err.text);
		if (ok)
			assert_int_equal(count ? list[count - 1].position : 0,
					 i == 1 ? 3 : 0);
		else
			assert_string_equal(err.text, "what the shadow "
					    "remembers is damaged");
		blob[0] ^= 1;
		assert_false(evidence_decode_kept(&list, &count, blob, n, a,
						  &err));
		assert_non_null(strstr(err.text, "checksum"));
	}
	arena_free(a);
}

/* ---- writing ---- */

static void not_written(const struct evidence_view *v, struct arena *a,
			const char *words)
{
	struct err err = { ERR_NONE, "" };
	unsigned char *blob;
	size_t n;

	assert_false(evidence_encode(&blob, &n, v, NULL, a, &err));
	assert_int_equal(err.kind, ERR_STORE);
	if (!strstr(err.text, words))
		fail_msg("\"%s\" is not in: %s", words, err.text);
}

static struct venue nth_venue(size_t i)
{
	char name[NAME_TEXT_MAX];

	snprintf(name, sizeof(name), "v%03zu", i);
	return given_venue(name);
}

/* A byte says which venue a quote is of. */
static void a_view_has_256_venues_at_most(void **state)
{
	enum { MANY = 257 };
	struct arena *a = arena_new();
	struct venue_view *views = arena_array(a, MANY, sizeof(*views));
	struct quote *quotes = arena_array(a, MANY, sizeof(*quotes));
	struct evidence_view v = { .poll = 1, .at = given_time(GIVEN_NOW),
				   .venues = views, .quotes = quotes }, back;
	unsigned char *blob;
	size_t n;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		views[i].venue = quotes[i].venue = nth_venue(i);
		quotes[i].symbol = given_symbol("BTC");
	}
	v.n_venues = v.n_quotes = MANY - 1;
	assert_true(evidence_encode(&blob, &n, &v, NULL, a, NULL));
	assert_true(evidence_decode(&back, NULL, blob, n, a, NULL));
	assert_int_equal(venue_cmp(back.quotes[255].venue, nth_venue(255)), 0);
	v.n_venues = MANY;
	not_written(&v, a, "evidence of a poll cannot be written: a value is "
		    "out of range");
	v.n_venues = 0;
	v.n_quotes = MANY;
	not_written(&v, a, "a value is out of range");
	arena_free(a);
}

static void a_row_out_of_range_is_not_written(void **state)
{
	static const struct evidence_row bad[] = {
		{ .position = 0, .line = -1 },
		{ .position = 1, .line = -2 },
		{ .position = 1, .line = LINES_MAX },
		{ .position = 1, .n_lines = -1 },
		{ .position = 1, .n_lines = LINES_MAX + 1 },
		{ .position = 1, .n_slots = -1 },
		{ .position = 1, .n_slots = SLOTS_MAX + 1 },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct evidence_row row = bad[i];
		struct evidence_view v = { .poll = 1, .rows = &row,
					   .at = given_time(GIVEN_NOW),
					   .n_rows = 1 };

		not_written(&v, a, "a value is out of range");
	}
	arena_free(a);
}

static void times_and_polls_are_in_order(void **state)
{
	struct arena *a = arena_new();
	struct evidence_view v = { .poll = 1, .at = INSTANT_UNKNOWN };
	struct evidence_row row = { .position = 1, .line = -1, .n_slots = 1,
				    .slot = { { .since = { -INT64_MAX } } } };
	struct evidence_kept twice[2] = { { .position = 3 }, { .position = 3 } };
	struct err err = { ERR_NONE, "" };
	unsigned char *blob;
	size_t n;

	(void)state;
	not_written(&v, a, "poll 1 is out of order");
	v.at = given_time(GIVEN_NOW);
	v.poll = 0;
	not_written(&v, a, "poll 0 is out of order");
	v.poll = 1;
	v.rows = &row;
	v.n_rows = 1;
	not_written(&v, a, "a value is out of range");
	assert_false(evidence_encode_kept(&blob, &n, twice, 2, v.at, a, &err));
	assert_string_equal(err.text, "what the shadow remembers cannot be "
			    "written: a value is out of range");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_blob_is_looked_through),
		cmocka_unit_test(a_blob_on_another_is_looked_through),
		cmocka_unit_test(an_instant_stays_in_range),
		cmocka_unit_test(a_decimal_stays_in_range),
		cmocka_unit_test(what_a_shadow_remembers_is_looked_through),
		cmocka_unit_test(a_view_has_256_venues_at_most),
		cmocka_unit_test(a_row_out_of_range_is_not_written),
		cmocka_unit_test(times_and_polls_are_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
