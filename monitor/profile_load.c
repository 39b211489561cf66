/* SPDX-License-Identifier: MIT */
/*
 * Profiles of the file over the shipped ones: follow `extends`, read the
 * keys and the lines, seal. A profile with errors stays in the list, so
 * that its accounts do not complain as well.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_load.h"
#include "suggest.h"

enum state { STATE_NEW, STATE_LOADING, STATE_LOADED };

/* All profiles while they are being loaded, by index in order of name. */
struct set {
	struct load *l;
	const struct yaml **node;
	struct profile *profile;
	enum state *state;
	size_t n;
};

static bool shipped(const struct load *l, const struct yaml *node)
{
	const struct yaml *all = yaml_get(l->shipped, "profiles");

	return all && yaml_get(all, node->key) == node;
}

/* ---- lines ---- */

static int text_column(const struct yaml *y, int column)
{
	return y->text_column ? y->text_column + column - 1 : y->column;
}

static bool read_line(struct load *l, struct line *out, const struct yaml *y,
		      bool own, const char *key)
{
	struct err err = { 0 };
	struct label label;
	int column = 1;

	if (!config_shape(l, y, YAML_TEXT, key))
		return false;
	if (!label_parse(&label, y->key, strlen(y->key))) {
		complain(l->list, false, y->key_row, y->key_column,
			 "%s: \"%s\" is not a label: write capitals, digits "
			 "and _, such as TIME_LIMIT", key, y->key);
		return false;
	}
	if (!expr_parse(out, y->text, &column, &err)) {
		complain(l->list, false, y->row, text_column(y, column),
			 "%s: %s", y->key, err.text);
		return false;
	}
	out->label = label;
	out->row = own ? y->key_row : 0;
	out->column = own ? y->key_column : 0;
	return true;
}

static bool label_taken(struct load *l, const struct line *line, int n,
			const struct yaml *y, const char *key)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(line[i].label.s, y->key)) {
			complain(l->list, false, y->key_row, y->key_column,
				 "%s: duplicate label \"%s\"", key, y->key);
			return true;
		}
	return false;
}

/* The lines of one list; -1 after a complaint. */
static int read_lines(struct load *l, struct line *line, bool own,
		      const struct yaml *list, const char *key)
{
	int n = 0;
	bool ok = true;

	for (const struct yaml *e = list->child; e; e = e->next) {
		const struct yaml *y = e->shape == YAML_MAP ? e->child : NULL;

		if (!y || y->next || n == LINES_MAX) {
			complain(l->list, false, e->row, e->column, "%s: %s",
				 key, n == LINES_MAX ? "too many lines" :
				 "write one \"- LABEL: expression\" a line");
			return -1;
		}
		if (label_taken(l, line, n, y, key) ||
		    !read_line(l, &line[n], y, own, key))
			ok = false;
		else
			n++;
	}
	return ok ? n : -1;
}

/* Put n lines in the place of all close lines, or of all alert lines. */
static bool replace(struct profile *p, const struct line *line, int n,
		    bool close)
{
	int alerts = p->n_lines - p->n_close;
	int total = n + (close ? alerts : p->n_close);

	if (total > LINES_MAX)
		return false;
	if (close) {
		memmove(p->line + n, p->line + p->n_close,
			(size_t)alerts * sizeof(*line));
		memcpy(p->line, line, (size_t)n * sizeof(*line));
		p->n_close = n;
	} else {
		memcpy(p->line + p->n_close, line, (size_t)n * sizeof(*line));
	}
	p->n_lines = total;
	return true;
}

static bool load_lines(struct load *l, struct profile *p,
		       const struct yaml *node, bool close)
{
	const struct yaml *y = yaml_get(node, close ? "close" : "alert");
	char key[CONFIG_KEY_MAX];
	struct line *line;
	int n;

	if (!y || y->shape != YAML_LIST)
		return true;
	line = calloc(LINES_MAX, sizeof(*line));
	if (!line)
		return complaints_no_memory(l->list);
	snprintf(key, sizeof(key), "profiles.%s.%s", p->name,
		 close ? "close" : "alert");
	n = read_lines(l, line, !shipped(l, node), y, key);
	if (n >= 0 && !replace(p, line, n, close))
		complain(l->list, false, y->row, y->column,
			 "%s: more than %d lines in all", key, LINES_MAX);
	free(line);		/* of the arena it would be kept for good */
	return true;
}

/* ---- one profile ---- */

static bool load_one(struct set *s, size_t i);

static size_t find(const struct set *s, const char *name)
{
	size_t i = 0;

	while (i < s->n && strcmp(s->node[i]->key, name))
		i++;
	return i;
}

static void unknown_parent(struct set *s, const struct yaml *y)
{
	const char *words[64], *near;
	size_t n = 0;

	for (; n < s->n && n < 64; n++)
		words[n] = s->node[n]->key;
	near = suggest(y->text, words, n);
	complain(s->l->list, false, y->row, y->column,
		 "extends: no profile \"%s\"%s%s%s", y->text,
		 near ? ", did you mean \"" : "", near ? near : "",
		 near ? "\"?" : "");
}

/* Start from the parent, if any, else from the defaults. */
static bool inherit(struct set *s, struct profile *p, const struct yaml *node)
{
	const struct yaml *y = node->shape == YAML_MAP
				       ? yaml_get(node, "extends") : NULL;
	size_t j;

	config_section_defaults(s->l, p, "profiles.*");
	if (!y || y->shape != YAML_TEXT)
		return true;
	j = find(s, y->text);
	if (j == s->n) {
		unknown_parent(s, y);
		return true;
	}
	if (s->state[j] == STATE_LOADING) {
		complain(s->l->list, false, y->row, y->column,
			 "profile \"%s\" extends itself by way of \"%s\"",
			 node->key, y->text);
		return true;
	}
	if (!load_one(s, j))
		return false;
	*p = s->profile[j];
	snprintf(p->extends, sizeof(p->extends), "%s", y->text);
	return true;
}

static void check_close(struct load *l, const struct profile *p,
			const struct yaml *node)
{
	if (yaml_get(node, "close") || yaml_get(node, "extends")) {
		if (p->n_close == 0)
			complain(l->list, true, node->key_row,
				 node->key_column,
				 "profiles.%s: never closes anything: it has "
				 "no close line", p->name);
		return;
	}
	complain(l->list, false, node->key_row, node->key_column,
		 "profiles.%s: has no \"close:\": give its lines, or "
		 "\"extends: conservative\"", p->name);
}

static bool read_profile(struct load *l, struct profile *p,
			 const struct yaml *node)
{
	char key[CONFIG_KEY_MAX];
	int errors = l->list->n_errors;

	snprintf(p->name, sizeof(p->name), "%s", node->key);
	snprintf(key, sizeof(key), "profiles.%s", node->key);
	if (!config_name_ok(node->key, sizeof(p->name)))
		complain(l->list, false, node->key_row, node->key_column,
			 "profiles: \"%s\" cannot be a name: up to %d letters, "
			 "digits, - and _", node->key, NAME_TEXT_MAX - 1);
	if (!config_section_read(l, p, "profiles.*", key, node))
		return true;
	if (!load_lines(l, p, node, true) || !load_lines(l, p, node, false))
		return false;
	if (l->list->n_errors == errors)
		check_close(l, p, node);
	if (profile_slots(p) > SLOTS_MAX)
		complain(l->list, false, node->key_row, node->key_column,
			 "%s: %d lines and \"for\" in all, at most %d", key,
			 profile_slots(p), SLOTS_MAX);
	profile_seal(p);
	return true;
}

static bool load_one(struct set *s, size_t i)
{
	struct profile *p = &s->profile[i];

	if (s->state[i] == STATE_LOADED)
		return true;
	s->state[i] = STATE_LOADING;
	if (!inherit(s, p, s->node[i]) ||
	    !read_profile(s->l, p, s->node[i]))
		return false;
	s->state[i] = STATE_LOADED;
	return true;
}

/* ---- all of them ---- */

static int by_key(const void *a, const void *b)
{
	return strcmp((*(const struct yaml *const *)a)->key,
		      (*(const struct yaml *const *)b)->key);
}

/* Own names hide shipped ones. */
static bool collect(struct set *s, const struct yaml *own,
		    const struct yaml *all)
{
	size_t cap = 0;

	for (const struct yaml *y = own ? own->child : NULL; y; y = y->next)
		cap++;
	for (const struct yaml *y = all->child; y; y = y->next)
		cap++;
	s->node = arena_array(s->l->arena, cap, sizeof(*s->node));
	s->state = arena_array(s->l->arena, cap, sizeof(*s->state));
	s->profile = arena_array(s->l->arena, cap, sizeof(*s->profile));
	if (!s->node || !s->state || !s->profile)
		return false;
	for (const struct yaml *y = own ? own->child : NULL; y; y = y->next)
		s->node[s->n++] = y;
	for (const struct yaml *y = all->child; y; y = y->next)
		if (!own || !yaml_get(own, y->key))
			s->node[s->n++] = y;
	qsort(s->node, s->n, sizeof(*s->node), by_key);
	return true;
}

/* An own profile under a shipped name: is it another one? */
static bool differs(struct load *l, const struct profile *p, bool *same_name)
{
	const struct yaml *y = yaml_get(yaml_get(l->shipped, "profiles"),
					p->name);
	struct complaints none = { 0 };
	struct load quiet = *l;
	struct profile *q;

	*same_name = y != NULL;
	if (!y)
		return true;
	quiet.list = &none;
	q = arena_alloc(l->arena, sizeof(*q));
	if (!q)
		return complaints_no_memory(l->list);
	config_section_defaults(&quiet, q, "profiles.*");
	if (!read_profile(&quiet, q, y))
		return complaints_no_memory(l->list);
	return strcmp(p->hash, q->hash) != 0;
}

static void check_own(struct load *l, const struct profile *p,
		      const struct yaml *node)
{
	bool same_name;

	if (!differs(l, p, &same_name))
		return;
	if (same_name)
		complain(l->list, true, node->key_row, node->key_column,
			 "profiles.%s: hides the shipped profile of this name",
			 p->name);
	profile_check(l, p, node);
}

bool profile_load_all(struct load *l)
{
	const struct yaml *own = yaml_get(l->own, "profiles");
	struct set s = { .l = l };

	own = own && own->shape == YAML_MAP ? own : NULL;
	if (!collect(&s, own, yaml_get(l->shipped, "profiles")))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!load_one(&s, i))
			return false;
	l->c->profiles = s.profile;
	l->c->n_profiles = s.n;
	for (size_t i = 0; i < s.n && l->list->n_errors == 0; i++)
		if (!shipped(l, s.node[i]))
			check_own(l, &s.profile[i], s.node[i]);
	return true;
}
