/* SPDX-License-Identifier: MIT */
/* One table in every format: alignment, order, cuts, guards and escapes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text_safe.h"
#include "table.h"

enum { NAME, SIZE, NOTE, COLUMNS };

static const struct column columns[COLUMNS] = {
	[NAME] = { .key = "name", .title = "NAME" },
	[SIZE] = { .key = "size", .title = "SIZE" },
	[NOTE] = { .key = "note", .title = "NOTE", .wide = true },
};

struct given {
	struct cli c;
	struct table *t;
	struct err err;
};

static void add(struct given *g, const char *name, const char *size,
		const char *note)
{
	struct cell *cell = table_row(g->t);

	cell[NAME] = cell_text(g->t, name);
	if (size)
		cell[SIZE] = cell_dec(g->t, dec_lit(size), NULL);
	cell[NOTE] = cell_text(g->t, note);
}

static struct given given_table(enum format format)
{
	struct given g = { .c = { .format = format, .arena = arena_new() } };

	assert_non_null(g.c.arena);
	g.t = table_new(columns, COLUMNS, g.c.arena);
	assert_non_null(g.t);
	return g;
}

static struct given given_three(enum format format)
{
	struct given g = given_table(format);

	add(&g, "btc", "20000", "first");
	add(&g, "wif", "9.5", NULL);
	add(&g, "eth", NULL, "third");
	return g;
}

static char *printed(struct given *g)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	if (!table_print(f, g->t, &g->c, &g->err))
		fail_msg("%s", g->err.text);
	fclose(f);
	return text;
}

static void prints(struct given g, const char *expected)
{
	char *text = printed(&g);

	assert_string_equal(text, expected);
	free(text);
	arena_free(g.c.arena);
}

static void refuses(struct given g, const char *part)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	assert_false(table_print(f, g.t, &g.c, &g.err));
	assert_int_equal(g.err.kind, ERR_USAGE);
	if (!strstr(g.err.text, part))
		fail_msg("no \"%s\" in: %s", part, g.err.text);
	assert_int_equal(ftell(f), 0);
	fclose(f);
	arena_free(g.c.arena);
}

static void people_see_aligned_columns(void **state)
{
	(void)state;
	prints(given_three(FORMAT_TABLE),
	       "NAME   SIZE\nbtc   20000\nwif     9.5\neth       -\n");
	prints(given_three(FORMAT_WIDE),
	       "NAME   SIZE  NOTE\nbtc   20000  first\nwif     9.5  -\n"
	       "eth       -  third\n");
}

static void numbers_stand_left_where_the_column_says_so(void **state)
{
	static const struct column left[] = {
		{ .key = "id", .title = "ID", .left = true },
		{ .key = "name", .title = "NAME" },
	};
	struct given g = given_table(FORMAT_TABLE);
	struct cell *cell;

	(void)state;
	g.t = table_new(left, 2, g.c.arena);
	for (int i = 5; i < 500; i *= 10) {
		cell = table_row(g.t);
		cell[0] = cell_count(g.t, i);
		cell[1] = cell_text(g.t, "x");
	}
	prints(g, "ID  NAME\n5   x\n50  x\n");
}

static void tsv_has_a_header_and_every_column(void **state)
{
	(void)state;
	prints(given_three(FORMAT_TSV),
	       "name\tsize\tnote\nbtc\t20000\tfirst\nwif\t9.5\t\n"
	       "eth\t\tthird\n");
}

static void json_is_flat_with_null(void **state)
{
	struct given g = given_table(FORMAT_JSON);

	(void)state;
	add(&g, "btc", "0.000285", NULL);
	prints(g, "[\n  {\n    \"name\": \"btc\",\n    \"size\": "
	       "\"0.000285\",\n    \"note\": null\n  }\n]\n");
	prints(given_table(FORMAT_JSON), "[]\n");
	g = given_table(FORMAT_JSONL);
	add(&g, "a", NULL, NULL);
	add(&g, "b", NULL, NULL);
	prints(g, "{\"name\":\"a\",\"size\":null,\"note\":null}\n"
	       "{\"name\":\"b\",\"size\":null,\"note\":null}\n");
}

static void csv_quotes_and_guards_text_only(void **state)
{
	struct given g = given_table(FORMAT_CSV);

	(void)state;
	add(&g, "=1+1", "-5", "a,\"b\"");
	add(&g, "+x", "1", "-y");
	add(&g, "@z", "2", "x=y");
	prints(g, "name,size,note\r\n\"'=1+1\",-5,\"a,\"\"b\"\"\"\r\n"
	       "\"'+x\",1,\"'-y\"\r\n\"'@z\",2,x=y\r\n");
	g = given_table(FORMAT_CSV);
	add(&g, "", "-5", "two\nlines");
	prints(g, "name,size,note\r\n,-5,two\\nlines\r\n");
}

static void controls_never_reach_a_screen(void **state)
{
	const enum format formats[] = { FORMAT_TABLE, FORMAT_TSV, FORMAT_CSV,
					FORMAT_JSON };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct given g = given_table(formats[i]);
		char *text;

		add(&g, "a\x1b[2J\tb\nc\xff\rd", "1", NULL);
		text = printed(&g);
		assert_non_null(strstr(text, "\\rd"));
		assert_null(strchr(text, '\x1b'));
		assert_null(strstr(text, "\tb"));
		assert_null(strstr(text, "\nc"));
		assert_null(strchr(text, '\xff'));
		free(text);
		arena_free(g.c.arena);
	}
}

static void columns_are_chosen_and_ordered(void **state)
{
	struct given g = given_three(FORMAT_TABLE);

	(void)state;
	g.c.opt[OPT_COLUMNS] = "note,name";
	prints(g, "NOTE   NAME\nfirst  btc\n-      wif\nthird  eth\n");
	g = given_three(FORMAT_TABLE);
	g.c.opt[OPT_COLUMNS] = "name,siez";
	refuses(g, "did you mean \"size\"?");
	g = given_three(FORMAT_TABLE);
	g.c.opt[OPT_COLUMNS] = "";
	refuses(g, "there is name,size,note");
	g = given_three(FORMAT_TABLE);
	g.c.opt[OPT_COLUMNS] = "name,a-column-of-forty-one-letters-xxxxxxxxxxxxx";
	refuses(g, "no column \"a-column-of-forty-one-letters-xxxxxxxxx\"; ");
}

/* As often as one likes, but not more often than there is room for. */
static void a_column_may_be_chosen_more_than_once(void **state)
{
	struct given g = given_table(FORMAT_TSV);
	char list[65 * 5] = "";

	(void)state;
	add(&g, "btc", "5", NULL);
	g.c.opt[OPT_COLUMNS] = "size,name,size";
	prints(g, "size\tname\tsize\n5\tbtc\t5\n");
	g = given_three(FORMAT_TSV);
	for (int i = 0; i < 65; i++)
		strcat(list, i ? ",size" : "size");
	g.c.opt[OPT_COLUMNS] = list;
	refuses(g, "--columns: too many");
}

/* Of very many columns the complaint names those that it has room for. */
static void a_wrong_column_of_very_many_is_refused_too(void **state)
{
	struct column many[40];
	char keys[40][24];
	struct given g = given_table(FORMAT_TSV);

	(void)state;
	for (int i = 0; i < 40; i++) {
		snprintf(keys[i], sizeof(keys[i]), "column-no-%02d", i);
		many[i] = (struct column){ .key = keys[i], .title = "T" };
	}
	g.t = table_new(many, 40, g.c.arena);
	g.c.opt[OPT_SORT] = "elsewhere";
	refuses(g, "--sort: no column \"elsewhere\"; there is "
		"column-no-00,column-no-01,");
}

static void sorting_knows_numbers_and_keeps_unknown_last(void **state)
{
	struct given g = given_three(FORMAT_TSV);

	(void)state;
	g.c.opt[OPT_COLUMNS] = "name";
	g.c.opt[OPT_SORT] = "size";
	prints(g, "name\nwif\nbtc\neth\n");
	g = given_three(FORMAT_TSV);
	g.c.opt[OPT_COLUMNS] = "name";
	g.c.opt[OPT_SORT] = "-size";
	prints(g, "name\nbtc\nwif\neth\n");
	g = given_three(FORMAT_TSV);
	g.c.opt[OPT_SORT] = "-name";
	g.c.opt[OPT_COLUMNS] = "name";
	g.c.limit = 2;
	prints(g, "name\nwif\neth\n");
	g = given_three(FORMAT_TSV);
	g.c.opt[OPT_SORT] = "-sice";
	refuses(g, "did you mean \"size\"?");
}

static void equal_rows_keep_their_order(void **state)
{
	struct given g = given_table(FORMAT_TSV);

	(void)state;
	add(&g, "none", NULL, "a");
	add(&g, "five", "5", "b");
	add(&g, "nil", NULL, "c");
	add(&g, "cinq", "5.0", "d");
	add(&g, "one", "1", "e");
	g.c.opt[OPT_COLUMNS] = "name";
	g.c.opt[OPT_SORT] = "size";
	prints(g, "name\none\nfive\ncinq\nnone\nnil\n");
	g = given_table(FORMAT_TSV);
	add(&g, "none", NULL, "a");
	add(&g, "five", "5", "b");
	add(&g, "cinq", "5.0", "c");
	add(&g, "six", "6", "d");
	g.c.opt[OPT_COLUMNS] = "name";
	g.c.opt[OPT_SORT] = "-size";
	prints(g, "name\nsix\nfive\ncinq\nnone\n");
}

/* What is neither a time nor a number stands among them by its letters. */
static void words_among_times_and_numbers_sort_as_words(void **state)
{
	const char *const names[] = {
		"2026-11-20T21:00:00.500Z", "2026-11-20 is no instant", "2026",
		"2026-11-20T21:00:00Z",
	};
	struct given g = given_table(FORMAT_TSV);

	(void)state;
	for (size_t i = 0; i < 4; i++)
		add(&g, names[i], NULL, NULL);
	g.c.opt[OPT_SORT] = "name";
	g.c.opt[OPT_COLUMNS] = "name";
	prints(g, "name\n2026\n2026-11-20 is no instant\n"
	       "2026-11-20T21:00:00Z\n2026-11-20T21:00:00.500Z\n");
	g = given_table(FORMAT_TSV);
	add(&g, "two", "20", NULL);
	add(&g, "word", NULL, NULL);
	table_row(g.t)[SIZE] = cell_text(g.t, "-");
	table_row(g.t)[SIZE] = cell_count(g.t, 3);
	g.c.opt[OPT_SORT] = "size";
	g.c.opt[OPT_COLUMNS] = "size";
	prints(g, "size\n-\n3\n20\n\n");
}

static void times_sort_as_times(void **state)
{
	struct given g = given_table(FORMAT_TSV);

	(void)state;
	add(&g, "2026-11-20T21:00:00.500Z", NULL, "later");
	add(&g, "2026-11-20T21:00:00Z", NULL, "earlier");
	g.c.opt[OPT_SORT] = "name";
	g.c.opt[OPT_COLUMNS] = "note";
	prints(g, "note\nearlier\nlater\n");
}

static void a_narrow_terminal_drops_wide_columns_then_shortens(void **state)
{
	struct given g = given_table(FORMAT_WIDE);

	(void)state;
	add(&g, "a name of some length", "1", "a note");
	g.c.width = 30;
	prints(g, "NAME                   SIZE\na name of some length     1\n");
	g = given_table(FORMAT_WIDE);
	add(&g, "a name of some length", "1", "a note");
	g.c.width = 20;
	prints(g, "NAME            SIZE\na name of so..     1\n");
	/* Not to nothing. */
	g = given_table(FORMAT_TABLE);
	add(&g, "a name of some length", "1", NULL);
	g.c.width = 5;
	prints(g, "NAME      SIZE\na name..     1\n");
	g = given_table(FORMAT_TABLE);
	add(&g, "short", "1", NULL);
	g.c.width = 5;
	prints(g, "NAME   SIZE\nshort     1\n");
}

/* A number cut short is another number; what was asked for is not left out. */
static void neither_numbers_nor_chosen_columns_are_cut_away(void **state)
{
	struct given g = given_table(FORMAT_TABLE);

	(void)state;
	add(&g, "btc", "123456789012", NULL);
	g.c.opt[OPT_COLUMNS] = "size";
	g.c.width = 5;
	prints(g, "        SIZE\n123456789012\n");
	g = given_table(FORMAT_TABLE);
	add(&g, "btc", "5", "a note of some length");
	g.c.opt[OPT_COLUMNS] = "name,note,size";
	g.c.width = 24;
	prints(g, "NAME  NOTE          SIZE\nbtc   a note of ..     5\n");
}

static void widths_count_columns_not_bytes(void **state)
{
	struct given g = given_table(FORMAT_TABLE);

	(void)state;
	add(&g, "\xc3\xa9\xe6\xbc\xa2", "1", NULL);	/* 1 + 2 columns */
	add(&g, "abcde", "1", NULL);
	prints(g, "NAME   SIZE\n\xc3\xa9\xe6\xbc\xa2       1\n"
	       "abcde     1\n");
	assert_int_equal(text_columns("e\xcc\x81"), 1);
	/* A byte that is no UTF-8, and a code beyond the last one. */
	assert_int_equal(text_columns("a\xff" "b"), 3);
	assert_int_equal(text_columns("\xf4\x90\x80\x80"), 4);
}

static void totals_are_for_people_only(void **state)
{
	struct given g = given_table(FORMAT_TABLE);

	(void)state;
	add(&g, "btc", "5", NULL);
	table_total(g.t)[SIZE] = cell_dec(g.t, dec_lit("5"), "5.00");
	prints(g, "NAME  SIZE\nbtc      5\n----------\n      5.00\n");
	g = given_table(FORMAT_TSV);
	add(&g, "btc", "5", NULL);
	table_total(g.t)[SIZE] = cell_dec(g.t, dec_lit("5"), "5.00");
	prints(g, "name\tsize\tnote\nbtc\t5\t\n");
}

static void a_full_disk_is_not_a_table(void **state)
{
	struct given g = given_three(FORMAT_TABLE);
	FILE *f = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(f);
	setbuf(f, NULL);
	assert_false(table_print(f, g.t, &g.c, &g.err));
	assert_int_equal(g.err.kind, ERR_IO);
	assert_string_equal(g.err.text, "cannot write the table");
	fclose(f);
	arena_free(g.c.arena);
}

static void every_tone_has_its_colour(void **state)
{
	static const char *const codes[] = {
		[TONE_PLAIN] = "", [TONE_GOOD] = "\033[32m",
		[TONE_BAD] = "\033[31m", [TONE_WARN] = "\033[33m",
		[TONE_DIM] = "\033[2m",
	};

	(void)state;
	for (int tone = TONE_PLAIN; tone <= TONE_DIM; tone++) {
		struct given g = given_table(FORMAT_TABLE);
		char want[80];

		table_row(g.t)[NAME] = (struct cell){ CELL_TEXT, "x", NULL,
						      (enum tone)tone };
		g.c.color = true;
		g.c.opt[OPT_COLUMNS] = "name";
		snprintf(want, sizeof(want), "\033[1mNAME\033[0m\n%sx%s\n",
			 codes[tone], tone ? "\033[0m" : "");
		prints(g, want);
	}
}

static void colour_only_when_asked_for(void **state)
{
	struct given g = given_table(FORMAT_TABLE);

	(void)state;
	add(&g, "btc", "5", NULL);
	table_row(g.t)[NAME] = (struct cell){ CELL_TEXT, "x", NULL, TONE_BAD };
	g.c.color = true;
	prints(g, "\033[1mNAME\033[0m  \033[1mSIZE\033[0m\nbtc      5\n"
	       "\033[31mx\033[0m        -\n");
}

static void many_rows_grow(void **state)
{
	struct given g = given_table(FORMAT_TSV);
	char *text;
	int lines = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		table_row(g.t)[NAME] = cell_count(g.t, 999 - i);
	g.c.opt[OPT_SORT] = "name";
	g.c.opt[OPT_COLUMNS] = "name";
	text = printed(&g);
	assert_memory_equal(text, "name\n0\n1\n2\n", 11);
	for (char *p = text; *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 1001);
	free(text);
	arena_free(g.c.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_see_aligned_columns),
		cmocka_unit_test(numbers_stand_left_where_the_column_says_so),
		cmocka_unit_test(tsv_has_a_header_and_every_column),
		cmocka_unit_test(json_is_flat_with_null),
		cmocka_unit_test(csv_quotes_and_guards_text_only),
		cmocka_unit_test(controls_never_reach_a_screen),
		cmocka_unit_test(columns_are_chosen_and_ordered),
		cmocka_unit_test(a_column_may_be_chosen_more_than_once),
		cmocka_unit_test(a_wrong_column_of_very_many_is_refused_too),
		cmocka_unit_test(sorting_knows_numbers_and_keeps_unknown_last),
		cmocka_unit_test(equal_rows_keep_their_order),
		cmocka_unit_test(words_among_times_and_numbers_sort_as_words),
		cmocka_unit_test(times_sort_as_times),
		cmocka_unit_test(
			a_narrow_terminal_drops_wide_columns_then_shortens),
		cmocka_unit_test(
			neither_numbers_nor_chosen_columns_are_cut_away),
		cmocka_unit_test(widths_count_columns_not_bytes),
		cmocka_unit_test(totals_are_for_people_only),
		cmocka_unit_test(a_full_disk_is_not_a_table),
		cmocka_unit_test(every_tone_has_its_colour),
		cmocka_unit_test(colour_only_when_asked_for),
		cmocka_unit_test(many_rows_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
