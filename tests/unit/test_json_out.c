/* SPDX-License-Identifier: MIT */
/* JSON writer: commas, indentation, escapes, and text that is not UTF-8. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_out.h"

struct page {
	char *text;
	size_t n;
	FILE *f;
};

static void page_open(struct page *p)
{
	*p = (struct page){ .text = NULL };
	p->f = open_memstream(&p->text, &p->n);
	assert_non_null(p->f);
}

static void page_is(struct page *p, const char *expected)
{
	fclose(p->f);
	assert_string_equal(p->text, expected);
	free(p->text);
}

static void objects_are_indented(void **state)
{
	struct json_out o;
	struct page p;

	(void)state;
	page_open(&p);
	o = json_out_to(p.f, false);
	json_out_open(&o, '{');
	json_out_key(&o, "a");
	json_out_int(&o, -5);
	json_out_key(&o, "list");
	json_out_open(&o, '[');
	json_out_bool(&o, true);
	json_out_null(&o);
	json_out_close(&o, ']');
	json_out_key(&o, "none");
	json_out_open(&o, '{');
	json_out_close(&o, '}');
	json_out_close(&o, '}');
	page_is(&p, "{\n  \"a\": -5,\n  \"list\": [\n    true,\n    null\n"
		"  ],\n  \"none\": {}\n}\n");
}

static void compact_is_one_line_each(void **state)
{
	struct json_out o;
	struct page p;

	(void)state;
	page_open(&p);
	o = json_out_to(p.f, true);
	for (int i = 1; i < 3; i++) {
		json_out_open(&o, '{');
		json_out_key(&o, "a");
		json_out_int(&o, i);
		json_out_key(&o, "b");
		json_out_text(&o, "x");
		json_out_close(&o, '}');
	}
	page_is(&p, "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"x\"}\n");
}

static void check_text(const char *text, const char *expected)
{
	struct json_out o;
	struct page p;

	page_open(&p);
	o = json_out_to(p.f, true);
	json_out_text(&o, text);
	page_is(&p, expected);
}

static void text_is_escaped(void **state)
{
	(void)state;
	check_text("a\"b\\c\n\t\x1b[31m", "\"a\\\"b\\\\c\\n\\t\\u001b[31m\"");
	check_text("\x01\x0e\x0b", "\"\\u0001\\u000e\\u000b\"");
	check_text("\x7f\xc2\x9b\xe2\x80\xae", "\"\\u007f\\u009b\\u202e\"");
	check_text("\xc3\xa9\xf0\x9f\x9a\x80", "\"\xc3\xa9\xf0\x9f\x9a\x80\"");
	check_text(NULL, "null");
}

static void broken_utf8_is_replaced(void **state)
{
	(void)state;
	check_text("a\xff" "b", "\"a\xef\xbf\xbd" "b\"");
	check_text("\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\"");
	check_text("\xe0\x80\xaf",
		   "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	check_text("\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\"");
	check_text("\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void decimals_are_strings_and_unknown_is_null(void **state)
{
	struct fact known = fact_known(dec_lit("0.000285"));
	struct fact unknown = fact_unknown(WHY_STALE);
	struct json_out o;
	struct instant t;
	struct page p;

	(void)state;
	page_open(&p);
	o = json_out_to(p.f, true);
	assert_true(instant_parse(&t, "2026-11-20T21:00:00Z", 20));
	json_out_open(&o, '[');
	json_out_dec(&o, dec_lit("-20000"));
	json_out_fact(&o, &known);
	json_out_fact(&o, &unknown);
	json_out_instant(&o, t);
	json_out_instant(&o, INSTANT_UNKNOWN);
	json_out_close(&o, ']');
	page_is(&p, "[\"-20000\",\"0.000285\",null,\"2026-11-20T21:00:00Z\","
		"null]\n");
}

static void a_text_that_is_empty_or_not_there_is_null(void **state)
{
	struct json_out o;
	struct page p;

	(void)state;
	page_open(&p);
	o = json_out_to(p.f, true);
	json_out_open(&o, '{');
	json_put_maybe(&o, "a", NULL);
	json_put_maybe(&o, "b", "");
	json_put_maybe(&o, "c", "x");
	json_out_close(&o, '}');
	page_is(&p, "{\"a\":null,\"b\":null,\"c\":\"x\"}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_are_indented),
		cmocka_unit_test(compact_is_one_line_each),
		cmocka_unit_test(text_is_escaped),
		cmocka_unit_test(broken_utf8_is_replaced),
		cmocka_unit_test(decimals_are_strings_and_unknown_is_null),
		cmocka_unit_test(a_text_that_is_empty_or_not_there_is_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
