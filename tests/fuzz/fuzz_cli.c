/* SPDX-License-Identifier: MIT */
/*
 * Command lines, one word a line, the program's name first: what is taken is
 * within the tables of options and commands, points into the words given,
 * and stays the same behind "--" or in one word with "=".
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define WORDS_MAX 80

struct words {
	char *v[WORDS_MAX + 1];
	int n;
};

static bool take(struct words *w, const char *s, size_t n,
		 struct arena *arena)
{
	w->n = 0;
	while (n > 0) {
		const char *line;
		size_t len = fuzz_line(&line, &s, &n);
		char *text = fuzz_string(line, len, arena);

		if (!text || w->n == WORDS_MAX)
			return false;
		w->v[w->n++] = text;
	}
	w->v[w->n] = NULL;
	return w->n > 0;
}

/* A value is one of the words, or the end of one. */
static bool is_of(const struct words *w, const char *value)
{
	for (int i = 1; i < w->n; i++)
		if (value >= w->v[i] && value <= w->v[i] + strlen(w->v[i]))
			return true;
	return false;
}

static void check_options(const struct cli *c, const struct words *w)
{
	uint64_t mask = OPTS_ALWAYS | OPT(VERSION) |
			(c->command ? c->command->options : 0);

	for (int i = 0; i < OPT_COUNT; i++) {
		if (!c->opt[i])
			continue;
		CHECK(mask >> i & 1 || cli_has(c, OPT_HELP) ||
		      cli_has(c, OPT_VERSION));
		CHECK(option_specs[i].arg ? is_of(w, c->opt[i]) :
					    c->opt[i][0] == '\0');
	}
	CHECK(c->n_accounts <= CLI_ACCOUNTS_MAX && c->n_given <= CLI_GIVEN_MAX);
	CHECK((c->n_accounts > 0) == cli_has(c, OPT_ACCOUNT));
	for (int i = 0; i < c->n_accounts; i++)
		CHECK(is_of(w, c->account[i]));
	for (int i = 0; i < c->n_given; i++)
		CHECK(is_of(w, c->given[i].value) &&
		      OPTS_REPEATED >> c->given[i].option & 1);
}

static void check_taken(const struct cli *c, const struct words *w)
{
	const struct command *cmd = c->command;
	bool asks = cli_has(c, OPT_HELP) || cli_has(c, OPT_VERSION);

	check_options(c, w);
	CHECK(c->n_args >= 0 && c->n_args <= CLI_ARGS_MAX);
	for (int i = 0; i < c->n_args; i++)
		CHECK(is_of(w, c->arg[i]));
	if (!cmd || asks)
		return;
	CHECK(command_find(cmd->name) == cmd);
	CHECK(c->n_args >= cmd->min_args && c->n_args <= cmd->max_args);
	CHECK(!cli_has(c, OPT_LIMIT) || c->limit > 0);
	CHECK(instant_known(c->since) == cli_has(c, OPT_SINCE));
	CHECK(instant_known(c->until) == cli_has(c, OPT_UNTIL));
	CHECK(instant_known(c->at) == cli_has(c, OPT_AT));
	CHECK(!cli_has(c, OPT_JSON) || c->format == FORMAT_JSON);
}

static struct cli blank(struct arena *arena)
{
	return (struct cli){ .arena = arena,
			     .now = { INT64_C(1795262400000) } };
}

static void check_same(const struct cli *a, const struct cli *b)
{
	CHECK(a->command == b->command && a->n_args == b->n_args);
	CHECK(a->n_accounts == b->n_accounts && a->n_given == b->n_given);
	for (int i = 0; i < OPT_COUNT; i++)
		CHECK(!a->opt[i] == !b->opt[i] &&
		      (!a->opt[i] || strcmp(a->opt[i], b->opt[i]) == 0));
	for (int i = 0; i < a->n_args; i++)
		CHECK(strcmp(a->arg[i], b->arg[i]) == 0);
}

static void add(struct words *w, const char *text, struct arena *arena)
{
	CHECK(w->n < WORDS_MAX);
	w->v[w->n++] = arena_text(arena, text, strlen(text));
}

/* Written out: options with "=" first, then all words behind "--". */
static void check_written_out(const struct cli *c, struct arena *arena)
{
	struct fuzz_out text = { NULL, 0, 0 };
	struct cli again = blank(arena);
	struct err err = { ERR_NONE, "" };
	struct words out = { .n = 0 };

	if (c->n_given || c->n_accounts > 1 || !c->command ||
	    cli_has(c, OPT_VERSION) || c->topic)
		return;
	add(&out, "carrywatch", arena);
	for (int i = 0; i < OPT_COUNT; i++) {
		if (!c->opt[i])
			continue;
		text.n = 0;
		fuzz_puts(&text, "--");
		fuzz_puts(&text, option_specs[i].name);
		fuzz_puts(&text, option_specs[i].arg ? "=" : "");
		fuzz_puts(&text, c->opt[i]);
		add(&out, text.s, arena);
	}
	add(&out, "--", arena);
	text.n = 0;
	fuzz_puts(&text, c->command->name);
	for (char *word = strtok(text.s, " "); word; word = strtok(NULL, " "))
		add(&out, word, arena);
	for (int i = 0; i < c->n_args; i++)
		add(&out, c->arg[i], arena);
	if (!cli_parse(&again, out.n, out.v, &err))
		fuzz_broken(__FILE__, __LINE__, err.text);
	check_same(c, &again);
	free(text.s);
}

FUZZ_TARGET(cli)
{
	struct arena *arena = fuzz_arena();
	struct cli c = blank(arena);
	struct err err = { ERR_NONE, "" };
	struct words w;

	if (!take(&w, s, n, arena))
		return false;
	if (!cli_parse(&c, w.n, w.v, &err)) {
		fuzz_check_refusal(&err, ERR_USAGE);
		return false;
	}
	check_taken(&c, &w);
	check_written_out(&c, arena);
	return true;
}
