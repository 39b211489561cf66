/* SPDX-License-Identifier: MIT */
/* Import files: where exactly they are wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cmd_funding.h"
#include "given.h"
#include "given_import.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

struct refusal {
	const char *text, *says;
};

static void check_refusals(const char *path, const struct refusal *rows,
			   size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct import_result r = given_import(path, rows[i].text);

		if (r.err.kind != ERR_DATA ||
		    strncmp(r.err.text, rows[i].says, strlen(rows[i].says)))
			fail_msg("row %zu: \"%s\"\nnot \"%s\"", i, r.err.text,
				 rows[i].says);
	}
}

#define ENTRY ",\"entry_divergence_8h\":0"

static const struct refusal json_refusals[] = {
	{ "{" PAIR "," REST "}",
	  "f.jsonl:1:1: error: the entry is missing: give entry_long_rate_8h "
	  "and entry_short_rate_8h, or entry_divergence_8h" },
	{ GOOD "\n{" REST "," PAIR ",\"entry_divergence_8h\":0",
	  "f.jsonl:2:136: error: $" },
	{ GOOD "\n\n  [1]",
	  "f.jsonl:3:3: error: $: an object is wanted here, not an array" },
	{ GOOD " x", "f.jsonl:1:145: error: $: data after the value" },
	{ "{\"symbol\":\"B C\"," REST ENTRY "}",
	  "f.jsonl:1:11: error: symbol \"B C\": write a base asset" },
	{ "{\"symbol\":\"BTC\",\"long_venue\":\"\"," REST ENTRY "}",
	  "f.jsonl:1:30: error: long_venue \"\": write the name" },
	{ "{\"symbol\":\"BTC\"," REST ENTRY "}",
	  "f.jsonl:1:1: error: long_venue is missing" },
	{ "{\"note\":\"\xc3\xa9\xc3\xa9\",\"symbol\":true}",
	  "f.jsonl:1:23: error: a text or a number is wanted here" },
	{ "{\"symbol\":\"BTC\",\"symbol\":\"ETH\"}",
	  "f.jsonl:1:17: error: symbol stands here twice" },
	{ "{\"symbol\":null , \"symbol\":\"ETH\"}",
	  "f.jsonl:1:18: error: symbol stands here twice" },
	{ "{\"simbol\":\"BTC\"}",
	  "f.jsonl:1:2: error: \"simbol\": did you mean \"symbol\"?" },
	{ "{" PAIR ",\"size_usd\":\"2O000\"}",
	  "f.jsonl:1:72: error: size_usd \"2O000\": write a decimal number "
	  "like 20000" },
	{ "{" PAIR ",\"size_usd\":0}",
	  "f.jsonl:1:72: error: size_usd \"0\": must be above zero" },
	{ "{" PAIR ",\"size_usd\":-5}", "f.jsonl:1:72: error: size_usd" },
	{ "{" PAIR ",\"size_usd\":{\"amount\":1}}",
	  "f.jsonl:1:72: error: a text or a number" },
	{ "{" PAIR ",\"size_usd\":1,\"opened_at\":1763397672}",
	  "f.jsonl:1:86: error: opened_at \"1763397672\": write a time like "
	  "2026-11-17T16:41:12Z" },
	{ "{" PAIR ",\"size_usd\":1,\"opened_at\":\"2026-11-20T21:02:00.001Z\""
	  ENTRY "}",
	  "f.jsonl:1:86: error: opened_at: 2026-11-20T21:02:00.001Z is in "
	  "the future" },
	{ "{" PAIR "," REST ",\"entry_divergence_8h\":2.85}",
	  "f.jsonl:1:135: error: entry_divergence_8h \"2.85\": beyond" },
	{ "{" PAIR "," REST ",\"entry_long_rate_8h\":0}",
	  "f.jsonl:1:134: error: entry_long_rate_8h: the entry rate of the "
	  "short leg is missing" },
	{ "{" PAIR "," REST ",\"entry_long_rate_8h\":0,"
	  "\"entry_short_rate_8h\":0.0001,\"entry_divergence_8h\":0.0002}",
	  "f.jsonl:1:187: error: entry_divergence_8h: the entry divergence "
	  "0.0002 is not short rate - long rate = 0.0001" },
	{ "{\"symbol\":\"BTC\",\"long_venue\":\"grvt\",\"short_venue\":"
	  "\"Grvt\"," REST ENTRY "}",
	  "f.jsonl:1:51: error: short_venue: both legs are on grvt" },
	{ "{" PAIR "," REST ENTRY ",\"short_price\":0}",
	  "f.jsonl:1:151: error: short_price \"0\": must be above zero" },
	{ "{" PAIR "," REST ENTRY ",\"external_id\":\"a\\u0000b\"}",
	  "f.jsonl:1:151: error: external_id" },
	{ "{" PAIR "," REST ENTRY ",\"external_id\":\"a\\nb\"}",
	  "f.jsonl:1:151: error: external_id" },
	{ "{" PAIR "," REST ENTRY ",\"external_id\":\""
	  "1234567890123456789012345678901234567890123456789012345678901234"
	  "\"}", "f.jsonl:1:151: error: external_id \"1234567890123456789012"
	  "345678901234567890\"...: longer than 63 bytes" },
	{ "{" PAIR "," REST ENTRY ",\"note\":\"\\u001b[2J\"}",
	  "f.jsonl:1:144: error: note" },
	{ "{" PAIR "," REST ENTRY ",\"fees_usd\":[1]}",
	  "f.jsonl:1:148: error: a text or a number is wanted here" },
	{ "{" PAIR ",\"comment\":tru}", "f.jsonl:1:71: error: " },
	{ "\x1b[2J", "f.jsonl:1:1: error: $: a value is missing" },
};

static void json_refused_with_its_place(void **state)
{
	static const struct refusal list = {
		"[1]", "data:1:1: error: $: an object is wanted here" };

	(void)state;
	check_refusals("f.jsonl", json_refusals, N(json_refusals));
	check_refusals("data", &list, 1);	/* by its first byte */
}

static const struct refusal csv_refusals[] = {
	{ "BTC,lighter,grvt\n",
	  "f.csv:1:1: error: a header line is wanted" },
	{ "symbol,symbol\n", "f.csv:1:8: error: symbol stands here twice" },
	{ "symbol, size_us\n",
	  "f.csv:1:9: error: \"size_us\": did you mean \"size_usd\"?" },
	{ HEAD "\n" LINE ",1\n",
	  "f.csv:2:54: error: more fields than the header's 6" },
	{ HEAD "\n" LINE "\nBTC,lighter\n",
	  "f.csv:3:1: error: 2 fields, not the header's 6" },
	{ HEAD "\n\"BTC\"x,lighter\n",
	  "f.csv:2:6: error: a comma is missing behind the quote" },
	{ HEAD "\nB\"TC\",lighter\n",
	  "f.csv:2:2: error: a quote inside an unquoted field" },
	{ HEAD "\nBTC,\"lighter\n" LINE "\n",
	  "f.csv:2:5: error: this quote is never closed" },
	{ HEAD "\n" LINE "\nBTC,lighter,grvt,2O000,2026-11-17,0\n",
	  "f.csv:3:18: error: size_usd \"2O000\": write a decimal number" },
	{ HEAD "\n\"B\nT\",lighter,grvt,1,2026-11-17,0\n",
	  "f.csv:2:1: error: symbol \"B\nT\": write" },
	{ HEAD "\nBTC,\"lighter\",\"gr\nvt\",1,2026-11-17,0\n",
	  "f.csv:2:15: error: short_venue" },
	{ HEAD ",note\nBTC,lighter,grvt,1,2026-11-17,x,\"1\n2\"\n",
	  "f.csv:2:31: error: entry_divergence_8h \"x\"" },
	{ HEAD "\nBTC\rETH,lighter,grvt,1,2026-11-17,0\n",
	  "f.csv:2:1: error: symbol \"BTC\rETH\": write a base asset" },
	{ "symbol,\"size_usd\"x\n",
	  "f.csv:1:18: error: a comma is missing behind the quote" },
	{ HEAD "\nBTC,,grvt,1,2026-11-17,0\n",
	  "f.csv:2:1: error: long_venue is missing" },
};

static void csv_refused_with_its_place(void **state)
{
	(void)state;
	check_refusals("f.csv", csv_refusals, N(csv_refusals));
}

static void nul_bytes_are_refused(void **state)
{
	static const char json[] = "{\"symbol\":\"B\0C\"}";
	static const char between[] = "{\"symbol\":\"BTC\",\0\"size_usd\":1}";
	static const char csv[] = HEAD "\nB\0C,lighter,grvt,1,2026-11-17,0\n";
	static const char last[] = HEAD "\nBC\0,lighter,grvt,1,2026-11-17,0\n";
	struct import_result r = given_import_bytes("a.jsonl", json, sizeof(json) - 1);

	(void)state;
	assert_int_equal(r.err.kind, ERR_DATA);
	r = given_import_bytes("a.jsonl", between, sizeof(between) - 1);
	assert_int_equal(r.err.kind, ERR_DATA);
	r = given_import_bytes("a.csv", csv, sizeof(csv) - 1);
	assert_int_equal(r.err.kind, ERR_DATA);
	assert_int_equal(r.n, 0);
	r = given_import_bytes("a.csv", last, sizeof(last) - 1);
	assert_int_equal(r.err.kind, ERR_DATA);
	assert_int_equal(r.n, 0);
}

static void a_note_has_an_end(void **state)
{
	char text[2400], note[2002];
	struct import_result r;

	(void)state;
	memset(note, 'n', sizeof(note));
	note[2000] = '\0';
	snprintf(text, sizeof(text), "{" PAIR "," REST ENTRY ",\"note\":\"%s\"}",
		 note);
	r = given_import("f.jsonl", text);
	assert_int_equal(r.n, 1);
	assert_string_equal(r.note[0], note);
	note[2000] = 'n';
	note[2001] = '\0';
	snprintf(text, sizeof(text), "{" PAIR "," REST ENTRY ",\"note\":\"%s\"}",
		 note);
	r = given_import("f.jsonl", text);
	assert_int_equal(r.err.kind, ERR_DATA);
	assert_non_null(strstr(r.err.text, "\"...: longer than 2000 bytes"));
}

static void a_header_of_too_many_columns(void **state)
{
	char text[2 * 65 + 200] = HEAD;
	struct import_result r;

	(void)state;
	for (int i = 6; i < 65; i++)
		strcat(text, ",z");
	r = given_import("f.csv", text);
	assert_int_equal(r.err.kind, ERR_DATA);
	assert_string_equal(r.err.text, "f.csv:1:186: error: more than 64 "
			    "columns");
}

/* Whatever prefix of a good file is read: no crash, no row too many. */
static void any_prefix(void **state)
{
	static const char *const texts[] = {
		GOOD "\n" GOOD "\n", HEAD ",note\n" LINE ",\"a\"\"b\nc\"\n"
	};

	(void)state;
	for (size_t i = 0; i < N(texts); i++) {
		for (size_t n = 0; n <= strlen(texts[i]); n++) {
			char *copy = test_malloc(n + 1);
			struct import_result r;

			memcpy(copy, texts[i], n);
			copy[n] = '\0';
			r = given_import("", copy);
			assert_true(r.n <= 2);
			test_free(copy);
		}
	}
}

/* "bot-1" and something behind a NUL is not the pair bot-1. */
static void an_id_with_a_nul_names_nobody(void **state)
{
	static const char text[] =
		"{\"external_id\":\"bot-1\\u0000x\",\"side\":\"long\","
		"\"at\":\"2026-11-17T16:00:00Z\",\"amount_usd\":1}\n";
	struct import im = {
		.path = "f", .form = &import_funding,
		.names = import_funding.keys, .text = text,
		.n = sizeof(text) - 1, .arena = arena_new(),
		.now = given_time(GIVEN_NOW) };
	struct err err = { ERR_NONE, "" };
	struct funding_row out;
	struct import_row row;

	(void)state;
	assert_true(import_begin(&im, &err) && import_next(&im, &row, &err));
	assert_false(funding_read(&im, &out, &row, &err));
	assert_int_equal(err.kind, ERR_DATA);
	assert_int_equal(strncmp(err.text, "f:1:16: error: external_id ", 27),
			 0);
	arena_free(im.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_refused_with_its_place),
		cmocka_unit_test(csv_refused_with_its_place),
		cmocka_unit_test(nul_bytes_are_refused),
		cmocka_unit_test(a_note_has_an_end),
		cmocka_unit_test(a_header_of_too_many_columns),
		cmocka_unit_test(any_prefix),
		cmocka_unit_test(an_id_with_a_nul_names_nobody),
	};

	return cmocka_run_group_tests(tests, given_import_setup,
				      given_import_teardown);
}
