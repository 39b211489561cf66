/* SPDX-License-Identifier: MIT */
/* Words -> command, with "did you mean" for a word that names none. */
#include <stdio.h>
#include <string.h>

#include "cli_parse.h"

#define NAME_MAX_TEXT 48
#define CANDIDATES_MAX 64

static size_t first_word(char *buf, size_t n, const char *name)
{
	size_t len = strcspn(name, " ");

	snprintf(buf, n, "%.*s", (int)len, name);
	return len;
}

static bool is_group(const char *word)
{
	for (size_t i = 0; i < command_count; i++) {
		if (command_in_group(&command_table[i], word))
			return true;
	}
	return false;
}

/* "close" stands for "positions close". */
static const char *second_word_of(const char *word)
{
	for (size_t i = 0; i < command_count; i++) {
		const char *blank = strchr(command_table[i].name, ' ');

		if (blank && strcmp(blank + 1, word) == 0)
			return command_table[i].name;
	}
	return NULL;
}

static bool unknown_word(const char *word, struct err *err)
{
	char first[CANDIDATES_MAX][NAME_MAX_TEXT];
	const char *words[CANDIDATES_MAX] = { NULL }, *near;
	size_t n = 0;

	for (; n < command_count && n < CANDIDATES_MAX; n++) {
		first_word(first[n], NAME_MAX_TEXT, command_table[n].name);
		words[n] = first[n];
	}
	near = suggest(word, words, n);
	if (!near)
		near = second_word_of(word);
	if (!near)
		return err_set(err, ERR_USAGE, "unknown command \"%.80s\"",
			       word);
	return err_set(err, ERR_USAGE, "unknown command \"%.80s\", did you "
		       "mean \"%s\"?", word, near);
}

static bool unknown_in_group(const char *group, const char *word,
			     struct err *err)
{
	const char *words[CANDIDATES_MAX] = { NULL }, *near;
	size_t n = 0, skip = strlen(group) + 1;

	for (size_t i = 0; i < command_count && n < CANDIDATES_MAX; i++) {
		if (command_in_group(&command_table[i], group))
			words[n++] = command_table[i].name + skip;
	}
	near = suggest(word, words, n);
	if (!near)
		return err_set(err, ERR_USAGE, "unknown command \"%s %.80s\"",
			       group, word);
	return err_set(err, ERR_USAGE, "unknown command \"%s %.80s\", did you "
		       "mean \"%s %s\"?", group, word, group, near);
}

static bool group_alone(struct cli *c, const char *group, struct err *err)
{
	char name[NAME_MAX_TEXT];

	c->topic = group;
	snprintf(name, sizeof(name), "%.30s list", group);
	c->command = command_find(name);
	if (c->command || cli_has(c, OPT_HELP))
		return true;
	return err_set(err, ERR_USAGE, "\"%s\" needs another word: see "
		       "carrywatch help %s", group, group);
}

/* "positions funding" is a group within a group. */
static bool third_word(struct cli *c, const char *group, const char *word,
		       int *used, struct err *err)
{
	const char *kept = arena_text(c->arena, group, strlen(group));
	char name[3 * NAME_MAX_TEXT];

	if (!kept)
		return err_set(err, ERR_MEMORY, "no memory");
	if (word && strcmp(word, "help") == 0)
		c->opt[OPT_HELP] = "";
	if (!word || strcmp(word, "help") == 0)
		return group_alone(c, kept, err);
	snprintf(name, sizeof(name), "%s %.40s", group, word);
	*used = 3;
	c->command = command_find(name);
	return c->command || unknown_in_group(kept, word, err);
}

bool command_resolve(struct cli *c, const char *const *word, int n,
		     int *used, struct err *err)
{
	char name[2 * NAME_MAX_TEXT];

	*used = 1;
	c->command = command_find(word[0]);
	if (c->command)
		return true;
	if (!is_group(word[0]))
		return unknown_word(word[0], err);
	if (n > 1 && strcmp(word[1], "help") == 0)
		c->opt[OPT_HELP] = "";	/* "positions help" */
	if (n == 1 || strcmp(word[1], "help") == 0)
		return group_alone(c, word[0], err);
	snprintf(name, sizeof(name), "%.40s %.40s", word[0], word[1]);
	*used = 2;
	c->command = command_find(name);
	if (c->command)
		return true;
	if (is_group(name))
		return third_word(c, name, n > 2 ? word[2] : NULL, used, err);
	return unknown_in_group(word[0], word[1], err);
}
