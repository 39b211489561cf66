/* SPDX-License-Identifier: MIT */
/* The strict JSON reader: what it takes, what it refuses, and where. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

/* A copy without room behind it, so that a sanitizer sees any overrun. */
static bool takes(const char *s, size_t n, struct err *err)
{
	char *copy = malloc(n ? n : 1);
	struct json j;
	bool ok;

	assert_non_null(copy);
	memcpy(copy, s, n);
	json_init(&j, copy, n, err);
	ok = json_skip(&j) && json_finish(&j);
	free(copy);
	return ok;
}

static const char *const good[] = {
	"0", "-0", "0.5", "-1.25e-07", "1E+2", "123456789012345678901234567890",
	"true", " false ", "null", "\"\"", "[]", "{}", " [ ] ", "[1,2]",
	"{\"\":0}", "{\"a\":{\"a\":[{}]},\"a\":1}", "\t\r\n 1 \n",
	"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u00e9\\uD83d\\uDe00\"",
	"\"\xc3\xa9\"", "\"\xe2\x82\xac\"", "\"\xed\x9f\xbf\"",
	"\"\xf0\x9f\x98\x80\"", "\"\xf4\x8f\xbf\xbf\"", "\"\x7f\"",
	"\"0123456789abcdefghij\xc3\xa9klmnopqrstuvwxyz\"",
};

static const char *const bad[] = {
	"", " ", "NaN", "Infinity", "-Infinity", "nul", "nulll", "True",
	"01", "-01", "+1", "-", ".5", "1.", "1.e5", "1e", "1e+", "0x10",
	"1 2", "1,", "[1,]", "[,1]", "[1 2]", "[", "]", "[1", "{", "}",
	"{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}", "{1:1}",
	"{\"a\":1]", "[1}", "{\"a\" 1}", "{'a':1}", "[1]/**/", "\xef\xbb\xbf" "1",
	"\"", "\"a", "\"\n\"", "\"\t\"", "\"\x01\"", "\"\\x41\"", "\"\\",
	"\"\\u12\"", "\"\\u12G4\"", "\"\\ud800\"", "\"\\udc00\"",
	"\"\\ud800\\ud800\"", "\"\\ud800x\"", "\"\\ud800\\u0041\"",
	"\"\x80\"", "\"\xc3\"", "\"\xc0\xaf\"", "\"\xe0\x80\xaf\"",
	"\"\xed\xa0\x80\"", "\"\xf0\x80\x80\x80\"", "\"\xf4\x90\x80\x80\"",
	"\"\xf5\x80\x80\x80\"", "\"\xff\"", "\"\xe2\x82\"", "\xc2\xa0" "1",
	"\v1", "\f1",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void test_accepts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct err err = { 0 };

		if (!takes(good[i], strlen(good[i]), &err))
			fail_msg("%s: %s", good[i], err.text);
	}
}

static void test_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct err err = { 0 };

		if (takes(bad[i], strlen(bad[i]), &err))
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(err.kind, ERR_DATA);
		assert_int_equal(err.text[0], '$');
	}
	assert_false(takes("1\0", 2, NULL));
	assert_false(takes("\"a\0b\"", 5, NULL));
}

static const char document[] =
	"{\"dex\":\"l\\u00e9 \\ud83d\\ude00 \xe2\x82\xac\",\"n\":[-1.5e-05,"
	"0,null,true,false],\"r\":{\"BTC\":{\"x\":\"0123456789abcdef\"}}}";

static void test_truncated(void **state)
{
	size_t n = sizeof(document) - 1;

	(void)state;
	assert_true(takes(document, n, NULL));
	for (size_t i = 0; i < n; i++)
		assert_false(takes(document, i, NULL));
}

/* Any changed byte is either refused or taken, but never read beyond. */
static void test_changed_bytes(void **state)
{
	char text[sizeof(document)];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(document); i++) {
		for (int b = 0; b < 256; b++) {
			bool ok;

			memcpy(text, document, sizeof(text));
			text[i] = (char)b;
			ok = takes(text, sizeof(text) - 1, NULL);
			(void)ok;
		}
	}
}

static bool nested(int depth)
{
	char text[256];
	size_t n = 0;

	for (int i = 0; i < depth; i++)
		text[n++] = '[';
	for (int i = 0; i < depth; i++)
		text[n++] = ']';
	return takes(text, n, NULL);
}

static bool enter_all(int depth)
{
	static const char text[] = "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[";
	struct json j;

	json_init(&j, text, sizeof(text) - 1, NULL);
	for (int i = 0; i < depth; i++)
		if (!json_array(&j) || !json_element(&j))
			return false;
	return true;
}

/* A bad byte anywhere in a long string, past the eight-byte steps too. */
static void test_bad_byte_in_a_long_string(void **state)
{
	char text[] = "\"0123456789abcdefghijklmnopqrstuvwxyzABCD\"";
	size_t n = sizeof(text) - 1;

	(void)state;
	assert_true(takes(text, n, NULL));
	for (size_t i = 1; i + 1 < n; i++) {
		char kept = text[i];

		for (int b = 0; b < 256; b++) {
			bool plain = b >= 0x20 && b < 0x80 && b != '"' &&
				     b != '\\';

			text[i] = (char)b;
			if (b != '\\' && takes(text, n, NULL) != plain)
				fail_msg("byte %d at %zu", b, i);
		}
		text[i] = kept;
	}
}

static void test_depth(void **state)
{
	struct json j;
	const char *s = "[[[]]]";

	(void)state;
	assert_true(nested(JSON_DEPTH_MAX));
	assert_false(nested(JSON_DEPTH_MAX + 1));
	assert_true(enter_all(JSON_DEPTH_MAX));
	assert_false(enter_all(JSON_DEPTH_MAX + 1));
	json_init(&j, s, strlen(s), NULL);
	assert_true(json_array(&j) && json_element(&j) && json_array(&j));
	assert_true(json_element(&j) && json_skip(&j));
	assert_false(json_element(&j));
	assert_false(json_element(&j));
	assert_true(json_finish(&j));
}

static void test_numbers_are_text(void **state)
{
	const char *s = "[1e-10, 123456789012345678901234567890.5e400]";
	struct json_text t;
	struct json j;

	(void)state;
	json_init(&j, s, strlen(s), NULL);
	assert_true(json_array(&j) && json_element(&j));
	assert_true(json_number(&j, &t));
	assert_int_equal(t.n, 5);
	assert_memory_equal(t.s, "1e-10", 5);
	assert_true(json_element(&j) && json_number(&j, &t));
	assert_int_equal(t.n, 36);
	assert_false(json_element(&j));
	assert_true(json_finish(&j));
}

static void expect_text(const char *text, const char *want, size_t n)
{
	struct json_key k;
	struct json j;

	json_init(&j, text, strlen(text), NULL);
	assert_true(json_string(&j, &k));
	assert_int_equal(k.n, n);
	assert_memory_equal(k.s, want, n < JSON_KEY_MAX ? n : JSON_KEY_MAX);
}

static void test_strings_are_decoded(void **state)
{
	(void)state;
	expect_text(" \"BTC\"", "BTC", 3);
	expect_text("\"\\u0042T\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
		      "BT\"\\/\b\f\n\r\t", 10);
	expect_text("\"\\u0000\"", "\0", 1);
	expect_text("\"\\u00E9\\u20aC\\ud83D\\ude00\"",
		      "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9);
	expect_text("\"\xe2\x82\xac\"", "\xe2\x82\xac", 3);
	expect_text("\"\\ue000\\uffff\"", "\xee\x80\x80\xef\xbf\xbf", 6);
	/* Cut in the middle of what one escape stands for. */
	expect_text("\"01234567890123456789012345678901234567890123456\\u20ac\"",
		    "01234567890123456789012345678901234567890123456\xe2", 50);
	expect_text("\"0123456789012345678901234567890123456789"
		      "01234567890123456789\"",
		      "012345678901234567890123456789012345678901234567", 60);
}

static const char *const names[] = { "rate", "when" };

static bool fields(const char *s, uint32_t *seen, struct err *err)
{
	struct json j;
	size_t which;

	*seen = 0;
	json_init(&j, s, strlen(s), err);
	if (!json_object(&j))
		return false;
	while (json_field(&j, names, 2, seen, &which))
		if (!json_skip(&j))
			return false;
	return json_finish(&j);
}

static void test_fields(void **state)
{
	struct err err = { 0 };
	uint32_t seen;

	(void)state;
	assert_true(fields("{\"x\":1,\"when\":2,\"x\":3}", &seen, &err));
	assert_int_equal(seen, 2);
	assert_true(fields("{\"r\\u0061te\":{\"rate\":1,\"rate\":2}}", &seen,
			   &err));
	assert_int_equal(seen, 1);
	assert_false(fields("{\"rate\":1,\"when\":1,\"rate\":2}", &seen,
			    &err));
	assert_string_equal(err.text,
			    "$.rate: this key stands here twice (byte 26)");
	assert_false(fields("{\"rate\":1,\"r\\u0061te\":2}", &seen, &err));
	assert_false(fields("{\"rate\":1", &seen, &err));
	assert_false(fields("{\"rate\":1}{}", &seen, &err));
}

/* The type that is wanted for $.rates.BTC[1] is a number. */
static void refused_at(const char *value, const char *text)
{
	struct err err = { 0 };
	struct json_key k;
	struct json_text t;
	struct json j;
	char doc[128];

	snprintf(doc, sizeof(doc), "{\"rates\":{\"BTC\":[null,%s]}}", value);
	json_init(&j, doc, strlen(doc), &err);
	assert_true(json_object(&j) && json_member(&j, &k));
	assert_true(json_object(&j) && json_member(&j, &k));
	assert_true(json_array(&j) && json_element(&j) && json_null(&j));
	assert_true(json_element(&j));
	assert_false(json_number(&j, &t));
	assert_string_equal(err.text, text);
	assert_false(json_element(&j));
	assert_false(json_finish(&j));
}

static void test_errors_name_the_place(void **state)
{
	(void)state;
	refused_at("\"1\"", "$.rates.BTC[1]: a number is wanted here, not "
			      "a string (byte 22)");
	refused_at("-", "$.rates.BTC[1]: a digit is missing (byte 23)");
	refused_at("+1", "$.rates.BTC[1]: a value is missing (byte 22)");
}

static void test_path_is_safe_on_a_screen(void **state)
{
	const char *raw = "{\"a\x1b\":1}";
	const char *s = "{\"a\xc3\xa9\\u001b[2J\":x}";
	struct err err = { 0 };
	struct json_key k;
	struct json j;

	(void)state;
	json_init(&j, s, strlen(s), &err);
	assert_true(json_object(&j) && json_member(&j, &k));
	assert_false(json_skip(&j));
	assert_string_equal(err.text,
			    "$.a???u001b[2J: a value is missing (byte 16)");
	assert_false(takes(raw, strlen(raw), &err));
	json_init(&j, "{\"a\x7f\":x}", 8, &err);
	assert_true(json_object(&j) && json_member(&j, &k));
	assert_false(json_skip(&j));
	assert_string_equal(err.text, "$.a?: a value is missing (byte 6)");
}

static void test_a_long_path_is_cut(void **state)
{
	char text[JSON_DEPTH_MAX * 40] = "", want[400] = "$";
	struct err err = { 0 };
	struct json_key k;
	struct json j;

	(void)state;
	for (int i = 0; i < 12; i++) {
		strcat(text, "{\"abcdefghijklmnopqrstuvwx\":");
		strcat(want, ".abcdefghijklmnopqrstuvwx");
	}
	json_init(&j, text, strlen(text), &err);
	for (int i = 0; i < 12; i++)
		assert_true(json_object(&j) && json_member(&j, &k));
	assert_false(json_fail(&j, "no"));
	assert_memory_equal(err.text, want, 199);
	assert_true(err.text[199] != want[199]);
}

/* After a refusal nothing is read, and the first complaint stays. */
static void test_nothing_is_read_after_a_refusal(void **state)
{
	const char *s = "[[{\"a\":1}]]";
	struct err err = { 0 };
	struct json_key k;
	struct json j;

	(void)state;
	json_init(&j, s, strlen(s), &err);
	assert_true(json_array(&j) && json_element(&j) && json_array(&j));
	assert_false(json_fail(&j, "no"));
	assert_string_equal(err.text, "$[0][0]: no (byte 2)");
	assert_false(json_skip(&j));
	assert_false(json_member(&j, &k));
	assert_false(json_element(&j));
	assert_false(json_null(&j));
	assert_false(json_finish(&j));
	assert_string_equal(err.text, "$[0][0]: no (byte 2)");
	json_init(&j, "nulx", 4, &err);
	assert_false(json_null(&j));
}

static void test_fork_is_a_bookmark(void **state)
{
	const char *s = "[{\"a\":\"x\"},2]";
	struct err outer = { 0 }, inner = { 0 };
	struct json j, fork;
	struct json_key k;
	bool b;

	(void)state;
	json_init(&j, s, strlen(s), &outer);
	assert_true(json_array(&j) && json_element(&j));
	fork = json_fork(&j, &inner);
	assert_true(json_skip(&j));
	assert_true(json_object(&fork) && json_member(&fork, &k));
	assert_false(json_bool(&fork, &b));
	assert_string_equal(inner.text, "$[0].a: true or false is wanted "
			    "here, not a string (byte 6)");
	assert_int_equal(outer.kind, ERR_NONE);
	assert_true(json_element(&j) && json_skip(&j));
	assert_false(json_element(&j));
	assert_true(json_finish(&j));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepts),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_changed_bytes),
		cmocka_unit_test(test_bad_byte_in_a_long_string),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_numbers_are_text),
		cmocka_unit_test(test_strings_are_decoded),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_errors_name_the_place),
		cmocka_unit_test(test_path_is_safe_on_a_screen),
		cmocka_unit_test(test_a_long_path_is_cut),
		cmocka_unit_test(test_nothing_is_read_after_a_refusal),
		cmocka_unit_test(test_fork_is_a_bookmark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
