/* SPDX-License-Identifier: MIT */
/* Import files: what is accepted. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "given.h"
#include "given_import.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static void same(struct dec v, const char *text)
{
	char shown[DEC_TEXT_MAX];

	dec_format(shown, v);
	assert_string_equal(shown, text);
}

static struct position one(const char *path, const char *text)
{
	struct import_result r = given_import(path, text);

	if (r.err.kind != ERR_NONE)
		fail_msg("%s", r.err.text);
	assert_int_equal(r.n, 1);
	return r.p[0];
}

/* ---- what is accepted ---- */

static void check_full(const struct position *p)
{
	assert_string_equal(p->symbol.s, "BTC");
	assert_string_equal(p->leg[LEG_LONG].venue.s, "lighter");
	assert_string_equal(p->leg[LEG_SHORT].venue.s, "grvt");
	same(p->size_usd, "20000");
	assert_int_equal(p->opened_at.ms,
			 given_time("2026-11-17T16:41:12Z").ms);
	assert_int_equal(p->confirmed_at.ms, given_time(GIVEN_NOW).ms);
	same(p->leg[LEG_LONG].entry_rate_8h.v, "-0.00003");
	same(p->leg[LEG_SHORT].entry_rate_8h.v, "0.000255");
	same(p->entry_divergence.v, "0.000855");
	assert_true(p->entry_manual);
	same(p->leg[LEG_LONG].quantity.v, "0.2191");
	same(p->leg[LEG_SHORT].quantity.v, "0.219");
	same(p->leg[LEG_LONG].entry_price.v, "91250.1");
	same(p->leg[LEG_SHORT].entry_price.v, "91262");
	same(p->fees_usd, "16.5");
	assert_string_equal(p->external_id, "bot-1");
	assert_int_equal(p->status, STATUS_OPEN);
	assert_false(p->entry_oi_ratio.known);
}

static void every_key_json(void **state)
{
	const struct position p = one("a.jsonl",
		"{" PAIR "," REST ",\"entry_long_rate_8h\":\"-3e-05\","
		"\"entry_short_rate_8h\":0.000255,"
		"\"entry_divergence_8h\":\"0.000285\","
		"\"long_qty\":0.2191,\"short_qty\":\"0.219\","
		"\"long_price\":91250.10,\"short_price\":91262,"
		"\"fees_usd\":16.5,\"external_id\":\"bot-1\"}\n");

	(void)state;
	check_full(&p);
}

static void every_key_csv(void **state)
{
	const struct position p = one("a.csv",
		"symbol,long_venue,short_venue,size_usd,opened_at,"
		"entry_long_rate_8h,entry_short_rate_8h,entry_divergence_8h,"
		"long_qty,short_qty,long_price,short_price,fees_usd,"
		"external_id,note\n"
		"btc, Lighter ,GRVT,20000,2026-11-17T16:41:12Z,-3e-05,"
		"0.000255,0.000285,0.2191,0.219,91250.10,91262,16.5,bot-1,\n");

	(void)state;
	check_full(&p);
}

static void least_keys(void **state)
{
	const struct position p = one("a.jsonl", GOOD);

	(void)state;
	same(p.entry_divergence.v, "0.000855");
	assert_false(p.leg[LEG_LONG].entry_rate_8h.known);
	assert_false(p.leg[LEG_SHORT].quantity.known);
	same(p.fees_usd, "0");
	assert_string_equal(p.external_id, "");
}

static void entry_divergence_may_be_anything(void **state)
{
	static const char *const rows[][2] = {
		{ "0", "0" }, { "-0.0001", "-0.0003" },
		{ "\"9.6e-05\"", "0.000288" }, { "9.6E-5", "0.000288" },
		{ "0.05", "0.15" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char text[400];
		struct position p;

		snprintf(text, sizeof(text), "{" PAIR "," REST
			 ",\"entry_divergence_8h\":%s}", rows[i][0]);
		p = one("a.jsonl", text);
		same(p.entry_divergence.v, rows[i][1]);
	}
}

static void more_than_18_decimals_are_rounded_and_counted(void **state)
{
	struct import_result r = given_import("a.jsonl", "{" PAIR "," REST ","
		"\"entry_long_rate_8h\":0.000035,"
		"\"entry_short_rate_8h\":0.000255,"
		"\"entry_divergence_8h\":0.00021999999999999998}");

	(void)state;
	assert_int_equal(r.err.kind, ERR_NONE);
	assert_int_equal(r.rounded, 1);
	same(r.p[0].entry_divergence.v, "0.00066");
}

/* CRLF, blank lines, a byte order mark, a last line without its end. */
static void lines_in_any_shape(void **state)
{
	static const struct {
		const char *path, *text;
		size_t n;
		int last;
	} rows[] = {
		{ "a.jsonl", "", 0, 0 },
		{ "a.jsonl", "\n \n\t\r\n", 0, 0 },
		{ "a.jsonl", "\xef\xbb\xbf" GOOD, 1, 1 },
		{ "a.jsonl", "\r\n" GOOD "\r\n\r\n  " GOOD " \r\n", 2, 4 },
		{ "data", " \n" GOOD "\n", 1, 2 },
		{ "data", HEAD "\n" LINE "\n", 1, 2 },
		{ "a.csv", "", 0, 0 },
		{ "a.csv", HEAD, 0, 0 },
		{ "a.csv", "\xef\xbb\xbf" HEAD "\r\n" LINE "\r\n\r\n" LINE, 2,
		  4 },
		{ "a.csv", "\n" HEAD "\n\n" LINE "\n", 1, 4 },
		{ "a.csv", "\tcomment\t," HEAD "\n\tx, " LINE " \n", 1, 2 },
		{ "a.ndjson", "\n" GOOD, 1, 2 },
		{ "a.json", GOOD "\n", 1, 1 },
		{ "data", "\t\r\n" GOOD "\n", 1, 2 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct import_result r = given_import(rows[i].path, rows[i].text);

		if (r.err.kind != ERR_NONE || r.n != rows[i].n)
			fail_msg("row %zu: %zu rows, %s", i, r.n, r.err.text);
		if (r.n)
			assert_int_equal(r.line[r.n - 1], rows[i].last);
	}
}

static void csv_quotes(void **state)
{
	struct import_result r = given_import("a.csv",
		"note,\"symbol\"," "long_venue,short_venue,size_usd,opened_at,"
		"entry_divergence_8h,external_id\n"
		"\"half, \"\"thin\"\"\r\nbook\",\"BTC\" ,lighter,grvt,20000,"
		"2026-11-17T16:41:12Z,0.000285,\"\"\n"
		"\"\"\"\"" ",ETH,lighter,grvt,1,2026-11-17,0,x\n");

	(void)state;
	assert_string_equal(r.err.text, "");
	assert_int_equal(r.n, 2);
	assert_string_equal(r.note[0], "half, \"thin\"\r\nbook");
	assert_string_equal(r.p[0].external_id, "");
	assert_string_equal(r.note[1], "\"");
	assert_int_equal(r.line[1], 4);
}

static void json_texts(void **state)
{
	struct import_result r = given_import("a.jsonl", "{" PAIR "," REST ","
		"\"entry_divergence_8h\":0,\"fees_usd\":null,\"id\":[7,{}],"
		"\"external_id_of_a_program_that_has_many_names_for_it\":7,"
		"\"external_id\":\"123456789012345678901234567890"
		"123456789012345678901234567890123\","
		"\"note\":\"caf\\u00e9 \\\"half\\\"\\nbecause the book was "
		"too thin for all of it\"}");

	(void)state;
	assert_string_equal(r.err.text, "");
	assert_string_equal(r.note[0], "caf\xc3\xa9 \"half\"\nbecause the "
			    "book was too thin for all of it");
	assert_int_equal(strlen(r.p[0].external_id), 63);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_json),
		cmocka_unit_test(every_key_csv),
		cmocka_unit_test(least_keys),
		cmocka_unit_test(entry_divergence_may_be_anything),
		cmocka_unit_test(
			more_than_18_decimals_are_rounded_and_counted),
		cmocka_unit_test(lines_in_any_shape),
		cmocka_unit_test(csv_quotes),
		cmocka_unit_test(json_texts),
	};

	return cmocka_run_group_tests(tests, given_import_setup,
				      given_import_teardown);
}
