/* SPDX-License-Identifier: MIT */
/*
 * argv -> struct cli. Options and words may stand in any order; the words
 * name the command, the rest are its arguments. cli_check.c judges values.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "cli_parse.h"

#define WORDS_MAX (CLI_ARGS_MAX + 2)

const struct option_spec option_specs[OPT_COUNT] = {
#define X(id, name, letter, arg, help) [OPT_##id] = \
	{ name, letter, arg, help },
	OPTION_TABLE(X)
#undef X
};

struct scan {
	struct cli *c;
	char **argv;
	int argc, at;			/* at: the next one to look at */
	const char *word[WORDS_MAX];
	int n_words;
};

static bool add_word(struct scan *s, const char *word, struct err *err)
{
	if (s->n_words == WORDS_MAX)
		return err_set(err, ERR_USAGE, "too many arguments from "
			       "\"%.80s\" on; quote a text with blanks", word);
	s->word[s->n_words++] = word;
	return true;
}

static bool set_option(struct cli *c, int id, const char *value,
		       struct err *err)
{
	c->opt[id] = value;
	if (OPTS_REPEATED >> id & 1U) {
		if (c->n_given == CLI_GIVEN_MAX)
			return err_set(err, ERR_USAGE, "--%s: more than %d of "
				       "its kind", option_specs[id].name,
				       CLI_GIVEN_MAX);
		c->given[c->n_given++] = (struct cli_given){
			(enum option)id, value };
	}
	if (id != OPT_ACCOUNT)
		return true;
	if (c->n_accounts == CLI_ACCOUNTS_MAX)
		return err_set(err, ERR_USAGE, "more than %d accounts; write "
			       "-a all", CLI_ACCOUNTS_MAX);
	c->account[c->n_accounts++] = value;
	return true;
}

/* The value of an option: what stands in the same word, else the next one. */
static bool take_value(struct scan *s, int id, const char *here,
		       struct err *err)
{
	const struct option_spec *o = &option_specs[id];

	if (!here && s->at == s->argc)
		return err_set(err, ERR_USAGE, "--%s needs a value: --%s %s",
			       o->name, o->name, o->arg);
	return set_option(s->c, id, here ? here : s->argv[s->at++], err);
}

static bool unknown_long(const char *name, size_t n, struct err *err)
{
	const char *names[OPT_COUNT], *near;
	char word[40];

	for (int i = 0; i < OPT_COUNT; i++)
		names[i] = option_specs[i].name;
	snprintf(word, sizeof(word), "%.*s", (int)(n < 39 ? n : 39), name);
	near = suggest(word, names, OPT_COUNT);
	if (!near)
		return err_set(err, ERR_USAGE, "unknown option --%s", word);
	return err_set(err, ERR_USAGE,
		       "unknown option --%s, did you mean --%s?", word, near);
}

static bool long_option(struct scan *s, const char *text, struct err *err)
{
	const char *equals = strchr(text, '=');
	size_t n = equals ? (size_t)(equals - text) : strlen(text);

	for (int i = 0; i < OPT_COUNT; i++) {
		const struct option_spec *o = &option_specs[i];

		if (strlen(o->name) != n || strncmp(o->name, text, n) != 0)
			continue;
		if (o->arg)
			return take_value(s, i, equals ? equals + 1 : NULL,
					  err);
		if (equals)
			return err_set(err, ERR_USAGE, "--%s takes no value",
				       o->name);
		return set_option(s->c, i, "", err);
	}
	return unknown_long(text, n, err);
}

/* Of a letter that was typed, so never of the 0 of an option without one. */
static int letter_option(char letter)
{
	for (int i = 0; i < OPT_COUNT; i++) {
		if (option_specs[i].letter == letter)
			return i;
	}
	return -1;
}

/* "-qv", "-aNAME", "-a NAME", "-qaNAME". */
static bool short_options(struct scan *s, const char *letters,
			  struct err *err)
{
	for (; *letters; letters++) {
		int id = letter_option(*letters);

		if (id < 0)
			return err_set(err, ERR_USAGE, "unknown option -%c; "
				       "put -- in front of an argument that "
				       "starts with -", *letters);
		if (option_specs[id].arg)
			return take_value(s, id,
					  letters[1] ? letters + 1 : NULL,
					  err);
		if (!set_option(s->c, id, "", err))
			return false;
	}
	return true;
}

static bool scan_all(struct scan *s, struct err *err)
{
	bool only_words = false;

	while (s->at < s->argc) {
		const char *text = s->argv[s->at++];
		bool ok;

		if (!only_words && strcmp(text, "--") == 0) {
			only_words = true;
			continue;
		}
		if (only_words || text[0] != '-' || !text[1])
			ok = add_word(s, text, err);
		else if (text[1] == '-')
			ok = long_option(s, text + 2, err);
		else
			ok = short_options(s, text + 1, err);
		if (!ok)
			return false;
	}
	return true;
}

static bool called_positions(const char *program)
{
	const char *slash = strrchr(program, '/');

	return strcmp(slash ? slash + 1 : program, "positions") == 0;
}

static bool take_args(struct cli *c, const struct scan *s, int first,
		      struct err *err)
{
	for (int i = first; i < s->n_words; i++) {
		if (c->n_args == CLI_ARGS_MAX)
			return err_set(err, ERR_USAGE, "too many arguments");
		c->arg[c->n_args++] = s->word[i];
	}
	return true;
}

bool cli_parse(struct cli *c, int argc, char **argv, struct err *err)
{
	struct scan s = { .c = c, .argv = argv, .argc = argc, .at = 1 };
	int used = 0;

	if (argc > 0 && called_positions(argv[0]))
		s.word[s.n_words++] = "positions";
	if (!scan_all(&s, err))
		return false;
	if (cli_has(c, OPT_VERSION))
		c->command = command_find("version");
	if (c->command || s.n_words == 0)
		return cli_check(c, err);
	if (!command_resolve(c, s.word, s.n_words, &used, err))
		return false;
	if (!take_args(c, &s, used, err))
		return false;
	return cli_check(c, err);
}
