/* SPDX-License-Identifier: MIT */
/* Rows for other programs: the same cells as CSV and as JSON lines. */
#include "export_out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const columns[] = { "text", "int", "count", "bool", "dec",
				       "fact", "why", "at", NULL };

struct given {
	const char *text;
	int64_t n;
	bool b;
	struct fact fact;
	struct instant at;
};

static void put(struct export_out *o, const struct given *g)
{
	export_row(o);
	export_text(o, g->text);
	export_int(o, g->n);
	export_count(o, g->n);
	export_bool(o, g->b);
	export_dec(o, g->fact.v);
	export_fact(o, g->fact);
	export_why(o, g->fact);
	export_instant(o, g->at);
	export_end(o);
}

static char *written(bool csv, const struct given *rows, size_t n)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	struct export_out o;

	assert_non_null(f);
	o = export_to(f, csv, columns);
	for (size_t i = 0; i < n; i++)
		put(&o, &rows[i]);
	fclose(f);
	return text;
}

static struct given row(const char *text, int64_t n, const char *fact)
{
	return (struct given){
		.text = text, .n = n, .b = n > 0,
		.fact = fact ? fact_known(dec_lit(fact)) :
			       fact_unknown(WHY_STALE),
		.at = { n ? n * 1000 : INSTANT_UNKNOWN.ms },
	};
}

static void writes(const struct given *rows, size_t n, bool csv,
		   const char *want)
{
	char *text = written(csv, rows, n);

	assert_string_equal(text, want);
	free(text);
}

#define HEADER "text,int,count,bool,dec,fact,why,at\r\n"

static void unknown_is_empty_and_in_json_null(void **state)
{
	const struct given rows[] = {
		row("a", 7, "-0.000000000000000001"), row("", 0, NULL) };

	(void)state;
	writes(rows, 2, true, HEADER
	       "a,7,7,true,-0.000000000000000001,-0.000000000000000001,,"
	       "1970-01-01T00:00:07Z\r\n"
	       ",0,,false,0,,stale,\r\n");
	writes(rows, 2, false,
	       "{\"text\":\"a\",\"int\":7,\"count\":7,\"bool\":true,"
	       "\"dec\":\"-0.000000000000000001\","
	       "\"fact\":\"-0.000000000000000001\",\"why\":null,"
	       "\"at\":\"1970-01-01T00:00:07Z\"}\n"
	       "{\"text\":null,\"int\":0,\"count\":null,"
	       "\"bool\":false,\"dec\":\"0\",\"fact\":null,"
	       "\"why\":\"stale\",\"at\":null}\n");
	writes(rows, 0, true, HEADER);
	writes(rows, 0, false, "");
}

static const struct { const char *text, *csv; } cells[] = {
	{ "plain text", "plain text" },
	{ "=1+1", "=1+1" },		/* exact, also for a spreadsheet */
	{ "a,b", "\"a,b\"" },
	{ "\"", "\"\"\"\"" },
	{ "say \"no\"", "\"say \"\"no\"\"\"" },
	{ "two\nlines", "\"two\nlines\"" },
	{ "\r", "\"\r\"" },
	{ "'; DROP", "'; DROP" },
	{ " at an end", "\" at an end\"" },	/* not to be taken off */
	{ "at an end\t", "\"at an end\t\"" },
};

static void a_cell_is_quoted_when_it_must_be(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		const struct given g = row(cells[i].text, 1, "2");
		char want[300];

		snprintf(want, sizeof(want), HEADER "%s,1,1,true,2,2,,"
			 "1970-01-01T00:00:01Z\r\n", cells[i].csv);
		writes(&g, 1, true, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_is_empty_and_in_json_null),
		cmocka_unit_test(a_cell_is_quoted_when_it_must_be),
	};

	return cmocka_run_group_tests_name("export_out", tests, NULL, NULL);
}
