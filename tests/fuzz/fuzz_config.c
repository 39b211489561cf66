/* SPDX-License-Identifier: MIT */
/*
 * Configurations: what loads has no key twice, is printed as a text that
 * loads to the same, and is the same a second time; a refusal names file
 * and line. libyaml is asked beside the loader which keys there are.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "config.h"

#define KEYS_MAX 4096
#define DEPTH_MAX 64

/* ---- keys by libyaml's own events ---- */

struct keys {
	yaml_parser_t parser;
	char *key[KEYS_MAX];		/* of all open maps */
	int n;
	int first[DEPTH_MAX];		/* of each open container */
	bool map[DEPTH_MAX], at_key[DEPTH_MAX];
	int depth;
	bool twice;
};

static void open_container(struct keys *k, bool map)
{
	CHECK(k->depth < DEPTH_MAX);
	k->first[k->depth] = k->n;
	k->map[k->depth] = map;
	k->at_key[k->depth++] = map;
}

static void close_container(struct keys *k)
{
	k->depth--;
	while (k->n > k->first[k->depth])
		free(k->key[--k->n]);
}

static void take_key(struct keys *k, const yaml_event_t *e)
{
	const char *text = (const char *)e->data.scalar.value;

	for (int i = k->first[k->depth - 1]; i < k->n; i++)
		k->twice |= strcmp(k->key[i], text) == 0;
	CHECK(k->n < KEYS_MAX);
	k->key[k->n] = strdup(text);
	CHECK(k->key[k->n++] != NULL);
}

/* False at the end of the stream. */
static bool take_event(struct keys *k, const yaml_event_t *e)
{
	int top = k->depth - 1;
	bool key = top >= 0 && k->map[top] && k->at_key[top];

	CHECK(e->type != YAML_ALIAS_EVENT);
	if (e->type == YAML_MAPPING_END_EVENT ||
	    e->type == YAML_SEQUENCE_END_EVENT) {
		close_container(k);
		return true;
	}
	if (top >= 0 && k->map[top])
		k->at_key[top] = !key;
	if (key)
		CHECK(e->type == YAML_SCALAR_EVENT);
	if (key)
		take_key(k, e);
	else if (e->type == YAML_MAPPING_START_EVENT ||
		 e->type == YAML_SEQUENCE_START_EVENT)
		open_container(k, e->type == YAML_MAPPING_START_EVENT);
	return e->type != YAML_STREAM_END_EVENT;
}

static void check_keys(const char *s, size_t n)
{
	static struct keys k;
	bool more = true;

	k.n = k.depth = 0;
	k.twice = false;
	CHECK(yaml_parser_initialize(&k.parser));
	yaml_parser_set_input_string(&k.parser, (const unsigned char *)s, n);
	while (more) {
		yaml_event_t e;

		CHECK(yaml_parser_parse(&k.parser, &e));
		more = take_event(&k, &e);
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&k.parser);
	CHECK(!k.twice);
}

/* ---- promises ---- */

static void check_complaints(const struct complaints *list, bool loaded)
{
	int n = list->n_errors + list->n_warnings;
	int room = (int)(sizeof(list->list) / sizeof(list->list[0]));

	CHECK(loaded == (list->n_errors == 0));
	for (int i = 0; i < n && i < room; i++) {
		const struct complaint *c = &list->list[i];

		CHECK(c->row >= 0 && c->column >= 0 && strlen(c->text) > 3);
		CHECK(c->column == 0 || c->row > 0);
	}
}

static void check_refusal(const struct err *err)
{
	const char *s = err->text;
	int row = 0, column = 0;

	fuzz_check_refusal(err, ERR_CONFIG);
	CHECK(strncmp(s, "f.yaml:", 7) == 0 || strncmp(s, "f.yaml ", 7) == 0);
	if (s[6] == ':' && s[7] >= '0' && s[7] <= '9') {
		CHECK(sscanf(s + 7, "%d:%d: error: ", &row, &column) >= 1);
		CHECK(row >= 1);
	}
	CHECK(strstr(s, "error: ") != NULL);
}

static void check_values(const struct config *c)
{
	CHECK(c->service_url[0] && fuzz_clean(c->service_url));
	CHECK(c->service_timeout.ms > 0 && c->retention.ms > 0);
	CHECK(dec_sign(c->round_trip) >= 0);
	for (size_t i = 0; i < c->n_profiles; i++) {
		const struct profile *p = &c->profiles[i];

		CHECK(i == 0 || strcmp(c->profiles[i - 1].name, p->name) < 0);
		CHECK(p->n_close >= 0 && p->n_close <= p->n_lines &&
		      p->n_lines <= LINES_MAX);
		CHECK(profile_slots(p) <= SLOTS_MAX && p->poll_interval.ms > 0);
	}
	for (size_t i = 0; i < c->n_accounts; i++) {
		const struct account *a = &c->accounts[i];

		CHECK(a->name[0] && fuzz_clean(a->name) && a->profile);
		CHECK(config_account(c, a->name) == a);	/* no name twice */
	}
}

/* Of all accounts (NULL) or one: what is printed loads, to the same text. */
static void check_printed(const struct config *c, const struct account *a,
			  struct arena *arena)
{
	struct complaints list = { .n_errors = 0 };
	struct err err = { ERR_NONE, "" };
	char *once = config_print(c, a, arena), *twice;
	struct config again;

	CHECK(once != NULL);
	CHECK(!strstr(once, "hunter2"));	/* secrets of our seeds */
	if (!config_load_text(&again, "again", once, strlen(once), arena,
			      &list, &err))
		fuzz_broken(__FILE__, __LINE__, err.text);
	twice = config_print(&again, a ? &again.accounts[0] : NULL, arena);
	CHECK(twice && strcmp(once, twice) == 0);
}

FUZZ_TARGET(config)
{
	struct complaints list = { .n_errors = 0 };
	struct arena *arena = fuzz_arena();
	struct err err = { ERR_NONE, "" };
	struct config c;
	bool ok;

	setenv("HOME", "/home/x", 1);
	ok = config_load_text(&c, "f.yaml", s, n, arena, &list, &err);
	check_complaints(&list, ok);
	if (!ok) {
		check_refusal(&err);
		return false;
	}
	check_keys(s, n);
	check_values(&c);
	check_printed(&c, NULL, arena);
	for (size_t i = 0; i < c.n_accounts; i++)
		check_printed(&c, &c.accounts[i], arena);
	return true;
}
