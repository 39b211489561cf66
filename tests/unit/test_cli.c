/* SPDX-License-Identifier: MIT */
/* The command line taken apart: words, options, values, refusals, help. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "text_safe.h"
#include "help.h"
#include "log.h"

#define NOW "2026-11-20T21:00:00Z"
#define LINE_MAX_TEXT 400

struct typed {
	char line[LINE_MAX_TEXT];
	char *argv[40];
	int argc;
	struct cli c;
	struct err err;
	bool ok;
};

static struct arena *arena;	/* of the command that is typed */

/* Type a line; blanks separate its words. */
static void type(struct typed *t, const char *line, bool tty)
{
	char *save = NULL;

	arena_reset(arena);
	*t = (struct typed){ .c = { .tty = tty, .arena = arena } };
	assert_true(instant_parse(&t->c.now, NOW, strlen(NOW)));
	snprintf(t->line, sizeof(t->line), "%s", line);
	for (char *w = strtok_r(t->line, " ", &save); w;
	     w = strtok_r(NULL, " ", &save))
		t->argv[t->argc++] = w;
	t->ok = cli_parse(&t->c, t->argc, t->argv, &t->err);
}

static void takes(struct typed *t, const char *line, const char *command)
{
	type(t, line, false);
	if (!t->ok)
		fail_msg("%s: %s", line, t->err.text);
	assert_non_null(t->c.command);
	assert_string_equal(t->c.command->name, command);
}

static void refuses(const char *line, const char *part)
{
	struct typed t;

	type(&t, line, false);
	if (t.ok)
		fail_msg("%s was taken", line);
	assert_int_equal(t.err.kind, ERR_USAGE);
	if (!strstr(t.err.text, part))
		fail_msg("%s: no \"%s\" in: %s", line, part, t.err.text);
}

static void the_table_is_sorted_and_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < command_count; i++) {
		const struct command *c = &command_table[i];

		if (i > 0)
			assert_true(strcmp(command_table[i - 1].name,
					   c->name) < 0);
		assert_non_null(c->run);
		assert_true(c->min_args <= c->max_args);
		assert_true((c->max_args > 0) == (*c->args != '\0'));
		assert_non_null(help_section(c));
		assert_ptr_equal(command_find(c->name), c);
	}
}

static void letters_and_names_are_unique(void **state)
{
	(void)state;
	for (int i = 0; i < OPT_COUNT; i++) {
		for (int k = 0; k < i; k++) {
			const struct option_spec *a = &option_specs[i];
			const struct option_spec *b = &option_specs[k];

			assert_string_not_equal(a->name, b->name);
			assert_true(!a->letter || a->letter != b->letter);
		}
	}
}

static void words_name_the_command(void **state)
{
	struct typed t;

	(void)state;
	takes(&t, "carrywatch run", "run");
	takes(&t, "carrywatch positions list", "positions list");
	takes(&t, "carrywatch positions", "positions list");
	takes(&t, "/usr/bin/positions", "positions list");
	takes(&t, "./positions show 7", "positions show");
	assert_string_equal(t.c.arg[0], "7");
	takes(&t, "positions -a main", "positions list");
	takes(&t, "carrywatch explain 7", "explain");
	assert_int_equal(t.c.n_args, 1);
	takes(&t, "carrywatch --version", "version");
	takes(&t, "carrywatch run -V", "version");
}

static void options_stand_anywhere(void **state)
{
	static const char *const lines[] = {
		"carrywatch -a main -c f positions list --limit 5",
		"carrywatch positions -amain --limit=5 -cf list",
		"carrywatch positions list --account main --config=f --limit 5",
		"carrywatch --limit 5 positions list -qcf --account=main",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct typed t;

		takes(&t, lines[i], "positions list");
		assert_int_equal(t.c.n_args, 0);
		assert_int_equal(t.c.n_accounts, 1);
		assert_string_equal(t.c.account[0], "main");
		assert_string_equal(t.c.opt[OPT_CONFIG], "f");
		assert_int_equal(t.c.limit, 5);
	}
}

static void accounts_repeat_and_flags_bundle(void **state)
{
	struct typed t;

	(void)state;
	takes(&t, "carrywatch positions list -a x -a y -qvw", "positions list");
	assert_int_equal(t.c.n_accounts, 2);
	assert_string_equal(t.c.account[1], "y");
	assert_true(cli_has(&t.c, OPT_QUIET));
	assert_true(cli_has(&t.c, OPT_VERBOSE));
	assert_true(cli_has(&t.c, OPT_WATCH));
	assert_false(cli_has(&t.c, OPT_ALL));
}

/* Where each time counts, all are kept in order, and files may follow. */
static void repeated_options_are_all_kept(void **state)
{
	struct typed t;

	(void)state;
	takes(&t, "carrywatch backtest --csv a b --set x=1 --csv=c --jobs 2 "
	      "--set y=2 d", "backtest");
	assert_int_equal(t.c.n_given, 4);
	assert_int_equal(t.c.given[1].option, OPT_SET);
	assert_string_equal(t.c.given[1].value, "x=1");
	assert_int_equal(t.c.given[2].option, OPT_CSV);
	assert_string_equal(t.c.given[2].value, "c");
	assert_string_equal(t.c.given[3].value, "y=2");
	assert_int_equal(t.c.n_args, 2);
	assert_string_equal(t.c.arg[1], "d");
}

static void two_dashes_end_the_options(void **state)
{
	struct typed t;

	(void)state;
	takes(&t, "carrywatch positions note 7 -- --json", "positions note");
	assert_string_equal(t.c.arg[1], "--json");
	takes(&t, "carrywatch positions import -", "positions import");
	assert_string_equal(t.c.arg[0], "-");
	takes(&t, "carrywatch positions open --entry-long-rate -0.0001",
	      "positions open");
	assert_string_equal(t.c.opt[OPT_LONG_RATE], "-0.0001");
}

static void wrong_words_are_told_the_right_ones(void **state)
{
	(void)state;
	refuses("carrywatch postions list", "did you mean \"positions\"");
	refuses("carrywatch positions lst", "did you mean \"positions list\"");
	refuses("carrywatch positions frobnicate", "unknown command");
	refuses("carrywatch close 7", "did you mean \"positions close\"");
	refuses("carrywatch positions list --jsno", "did you mean --json");
	refuses("carrywatch --frobnicate", "unknown option --frobnicate");
	refuses("carrywatch run -Z", "unknown option -Z");
	refuses("carrywatch run --once=1", "--once takes no value");
	refuses("carrywatch run --every", "--every needs a value");
	refuses("carrywatch run -a", "--account needs a value");
	refuses("carrywatch run --limit 5", "\"run\" does not take --limit");
	refuses("carrywatch run now", "unexpected argument \"now\"");
	refuses("carrywatch explain", "write: carrywatch explain ID");
	refuses("carrywatch completion", "needs another word");
	refuses("carrywatch --json", "without a command");
	refuses("carrywatch run 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18",
		"too many arguments from \"18\" on; quote a text");
	refuses("carrywatch run 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17",
		"too many arguments");
	refuses("carrywatch --an-option-of-more-letters-than-a-terminal-has=1",
		"unknown option --an-option-of-more-letters-than-a-termin");
	refuses("carrywatch run -a 1 -a 2 -a 3 -a 4 -a 5 -a 6 -a 7 -a 8 -a 9 "
		"-a 10 -a 11 -a 12 -a 13 -a 14 -a 15 -a 16 -a 17",
		"more than 16 accounts; write -a all");
	refuses("carrywatch positions funding", "\"positions funding\" needs "
		"another word: see carrywatch help positions funding");
	refuses("carrywatch positions funding imprt", "did you mean "
		"\"positions funding import\"");
}

static void formats_follow_the_terminal(void **state)
{
	struct typed t;

	(void)state;
	type(&t, "carrywatch positions list", true);
	assert_int_equal(t.c.format, FORMAT_TABLE);
	takes(&t, "carrywatch positions list", "positions list");
	assert_int_equal(t.c.format, FORMAT_TSV);
	type(&t, "carrywatch positions list --json", true);
	assert_int_equal(t.c.format, FORMAT_JSON);
	takes(&t, "carrywatch positions list -ocsv", "positions list");
	assert_int_equal(t.c.format, FORMAT_CSV);
	takes(&t, "carrywatch positions list -o json --json",
	      "positions list");
	refuses("carrywatch positions list -o csv --json", "exclude");
	refuses("carrywatch positions list -o jsom", "did you mean \"json\"");
	refuses("carrywatch positions list -o frobnicate", "table, wide");
}

static void values_are_checked(void **state)
{
	struct typed t;

	(void)state;
	takes(&t, "carrywatch positions list --unit apr", "positions list");
	assert_int_equal(t.c.unit, UNIT_APR);
	takes(&t, "carrywatch positions list", "positions list");
	assert_int_equal(t.c.unit, UNIT_8H);
	assert_int_equal(t.c.limit, 0);
	refuses("carrywatch positions list --unit weekly", "8h, 1h, day");
	refuses("carrywatch positions list --limit 0", "from 1 on");
	refuses("carrywatch positions list --limit -3", "from 1 on");
	refuses("carrywatch positions list --limit 1e3", "from 1 on");
	refuses("carrywatch positions list --limit 99999999999", "from 1 on");
	refuses("carrywatch positions list --limit=", "from 1 on");
}

static void times_are_instants_or_ago(void **state)
{
	struct instant day;
	struct typed t;

	(void)state;
	assert_true(instant_parse(&day, "2026-11-19T21:00:00Z", 20));
	takes(&t, "carrywatch decisions list --since 24h --until 2026-11-20",
	      "decisions list");
	assert_int_equal(t.c.since.ms, day.ms);
	assert_int_equal(t.c.until.ms, day.ms + 3 * 3600 * 1000);
	assert_false(instant_known(t.c.at));
	takes(&t, "carrywatch decisions list", "decisions list");
	assert_false(instant_known(t.c.since));
	refuses("carrywatch decisions list --since 24", "24h for 24 hours");
	refuses("carrywatch decisions list --until soon", "--until: \"soon\"");
	refuses("carrywatch positions list --at soon", "--at: \"soon\" is no "
		"time; write 2026-11-20T21:00:00Z");
	refuses("carrywatch decisions list --since 30000d", "no time");
}

static void ids_are_small_numbers(void **state)
{
	static const char *const bad[] = { "", "0", "07", "-7", "7x", "1e3",
					   "+7", "12345678901234567890" };
	struct cli c = { .n_args = 1, .arg = { "7" } };
	struct err err;
	int64_t id;

	(void)state;
	assert_true(cli_id(&c, &id, 0, &err));
	assert_int_equal(id, 7);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		c.arg[0] = bad[i];
		assert_false(cli_id(&c, &id, 0, &err));
		assert_int_equal(err.kind, ERR_USAGE);
	}
	assert_false(cli_id(&c, &id, 1, &err));
}

static void help_is_found_for_groups_and_commands(void **state)
{
	struct typed t;

	(void)state;
	type(&t, "carrywatch", true);
	assert_true(t.ok && !t.c.command);
	type(&t, "carrywatch -h", true);
	assert_true(t.ok && !t.c.command);
	type(&t, "carrywatch positions -h", true);
	assert_true(t.ok);
	assert_string_equal(t.c.topic, "positions");
	type(&t, "positions help", true);
	assert_true(t.ok && cli_has(&t.c, OPT_HELP));
	takes(&t, "carrywatch explain --help", "explain");
	assert_null(t.c.topic);
	type(&t, "carrywatch completion help", true);	/* has no list */
	assert_true(t.ok && !t.c.command);
	assert_string_equal(t.c.topic, "completion");
	type(&t, "carrywatch positions funding help", true);
	assert_true(t.ok && !t.c.command && cli_has(&t.c, OPT_HELP));
	assert_string_equal(t.c.topic, "positions funding");
	type(&t, "", true);		/* exec without even a name */
	assert_true(t.ok && !t.c.command);
}

static void times_for_people_are_of_the_zone_asked_for(void **state)
{
	struct cli c = { .arena = arena };
	struct instant t;

	(void)state;
	assert_true(instant_parse(&t, "2026-11-20T21:00:00.987Z", 24));
	assert_string_equal(cli_shown_time(&c, t), "2026-11-20T21:00:00Z");
	c.opt[OPT_LOCAL] = "";
	setenv("TZ", "NPT-5:45", 1);
	assert_string_equal(cli_shown_time(&c, t),
			    "2026-11-21 02:45:00 +0545");
	assert_string_equal(cli_shown_time(&c, INSTANT_UNKNOWN), "-");
	setenv("TZ", "UTC", 1);
	assert_string_equal(cli_shown_time(&c, t),
			    "2026-11-20 21:00:00 +0000");
}

static char *page_of(void (*print)(FILE *f, const struct command *),
		     const struct command *cmd)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	print(f, cmd);
	fclose(f);
	return text;
}

static void top(FILE *f, const struct command *cmd)
{
	(void)cmd;
	help_top(f);
}

static void help_names_everything_the_tables_hold(void **state)
{
	char *text = page_of(top, NULL);

	(void)state;
	for (size_t i = 0; i < command_count; i++)
		assert_non_null(strstr(text, command_table[i].help));
	for (char *p = text, *end; *p; p = end + 1) {
		end = strchr(p, '\n');
		assert_non_null(end);
		if (end - p > 80)
			fail_msg("too wide: %.*s", (int)(end - p), p);
	}
	free(text);
	text = page_of(help_command, command_find("positions open"));
	assert_non_null(strstr(text, "--entry-divergence RATE"));
	assert_non_null(strstr(text, "-n, --dry-run"));
	assert_non_null(strstr(text, "-c, --config FILE"));
	assert_null(strstr(text, "--watch"));
	free(text);
	text = page_of(help_command, command_find("explain"));
	assert_non_null(strstr(text, "explain [OPTION...] ID"));
	free(text);
}

static void text_from_outside_is_made_visible(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(text_safe("a\x1b]0;x\x07\n\xff\xc3\xa9", a),
			    "a\\x1b]0;x\\x07\\n\\xff\xc3\xa9");
	assert_string_equal(text_safe("\xe2\x80\xae\xc2\x9b", a),
			    "\\u202e\\x9b");
	arena_free(a);
}

static void text_in_the_log_is_one_safe_line(void **state)
{
	char longest[2 * LOG_QUOTE_MAX];

	(void)state;
	assert_string_equal(log_quote("a\x1b[2J\n\"\\%s\xc3\xa9").s,
			    "\"a\\x1b[2J\\x0a\\\"\\\\%s\xc3\xa9\"");
	assert_string_equal(log_quote("\xe2\x80\xae\xc2\x9b\xff\x7f").s,
			    "\"\\xe2\\x80\\xae\\xc2\\x9b\\xff\\x7f\"");
	for (int lead = 0; lead < 8; lead++) {
		memset(longest, 'a', sizeof(longest));
		for (size_t i = (size_t)lead; i + 3 < sizeof(longest); i += 3)
			memcpy(longest + i, "\xe2\x80\xae", 3);
		longest[sizeof(longest) - 1] = '\0';
		assert_in_range(strlen(log_quote(longest).s),
				LOG_QUOTE_MAX - 24, LOG_QUOTE_MAX - 1);
	}
}

static int setup(void **state)
{
	(void)state;
	arena = arena_new();
	return arena ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_in_the_log_is_one_safe_line),
		cmocka_unit_test(the_table_is_sorted_and_whole),
		cmocka_unit_test(letters_and_names_are_unique),
		cmocka_unit_test(words_name_the_command),
		cmocka_unit_test(options_stand_anywhere),
		cmocka_unit_test(accounts_repeat_and_flags_bundle),
		cmocka_unit_test(repeated_options_are_all_kept),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(wrong_words_are_told_the_right_ones),
		cmocka_unit_test(formats_follow_the_terminal),
		cmocka_unit_test(values_are_checked),
		cmocka_unit_test(times_are_instants_or_ago),
		cmocka_unit_test(ids_are_small_numbers),
		cmocka_unit_test(help_is_found_for_groups_and_commands),
		cmocka_unit_test(times_for_people_are_of_the_zone_asked_for),
		cmocka_unit_test(help_names_everything_the_tables_hold),
		cmocka_unit_test(text_from_outside_is_made_visible),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
