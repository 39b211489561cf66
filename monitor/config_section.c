/* SPDX-License-Identifier: MIT */
/*
 * A map of the file against the rows of the table: every key is known, of
 * the right shape, or a complaint at its place.
 */
#include <stdio.h>
#include <string.h>

#include "config_load.h"
#include "suggest.h"

#define KEYS_MAX 24
#define SHOWN_MAX 100	/* bytes of a value in a complaint */

static const char *const shape_words[] = {
	[YAML_TEXT] = "a value", [YAML_MAP] = "keys", [YAML_LIST] = "a list"
};

bool config_shape(struct load *l, const struct yaml *y, enum yaml_shape shape,
		  const char *key)
{
	const char *hint = "";

	if (y->shape == shape && (shape != YAML_TEXT || *y->text || y->quoted))
		return true;
	if (shape == YAML_LIST)
		hint = ": write [a, b] or one \"- ...\" a line";
	if (y->shape == YAML_TEXT && !*y->text)
		complain(l->list, false, y->row, y->column,
			 "%s: is empty, expected %s%s", key,
			 shape_words[shape], hint);
	else
		complain(l->list, false, y->row, y->column,
			 "%s: expected %s, not %s%s", key, shape_words[shape],
			 shape_words[y->shape], hint);
	return false;
}

bool config_refuse(struct load *l, const struct yaml *y, const char *key,
		   const char *why)
{
	const char *s = y->shape == YAML_TEXT ? y->text : "";
	size_t n = strlen(s);

	if (n > SHOWN_MAX) {
		n = SHOWN_MAX;
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;	/* no part of a character */
	}
	complain(l->list, false, y->row, y->column, "%s: \"%.*s%s\" %s", key,
		 (int)n, s, s[n] ? "..." : "", why);
	return false;
}

/* What may stand at this level: "url", "entry", ... */
struct keys {
	char text[KEYS_MAX][32];
	const char *word[KEYS_MAX];
	size_t n;
};

static void add_key(struct keys *k, const char *s, size_t n)
{
	if (k->n > 0 && strlen(k->text[k->n - 1]) == n &&
	    !strncmp(k->text[k->n - 1], s, n))
		return;		/* rows of one section stand together */
	if (k->n == KEYS_MAX || n >= sizeof(k->text[0]))
		return;
	memcpy(k->text[k->n], s, n);
	k->text[k->n][n] = '\0';
	k->word[k->n] = k->text[k->n];
	k->n++;
}

static void keys_of(struct keys *k, const char *pattern)
{
	size_t n = strlen(pattern);

	k->n = 0;
	for (size_t i = 0; i < config_option_count; i++) {
		const char *p = config_option_table[i].pattern;

		if (strncmp(p, pattern, n) || (n && p[n] != '.'))
			continue;
		p += n ? n + 1 : 0;
		add_key(k, p, strcspn(p, "."));
	}
}

static void unknown_key(struct load *l, const char *pattern, const char *key,
			const struct yaml *y)
{
	struct keys k;
	const char *near;
	char all[240] = "";

	keys_of(&k, pattern);
	near = suggest(y->key, k.word, k.n);
	for (size_t i = 0; i < k.n && !near; i++) {
		size_t used = strlen(all);

		snprintf(all + used, sizeof(all) - used, "%s%s",
			 i ? ", " : "; known are ", k.word[i]);
	}
	complain(l->list, false, y->key_row, y->key_column,
		 "unknown key \"%s\"%s%s%s%s%s%s", y->key,
		 *key ? " in " : "", key, near ? ", did you mean \"" : "",
		 near ? near : "", near ? "\"?" : "", all);
}

/* "a" and "b" to "a.b"; the empty a is the root. */
static void join(char out[static CONFIG_KEY_MAX], const char *a,
		 const char *b)
{
	snprintf(out, CONFIG_KEY_MAX, "%s%s%s", a, *a ? "." : "", b);
}

static bool read_key(struct load *l, void *base, const char *pattern,
		     const char *key, const struct yaml *y)
{
	char sub[CONFIG_KEY_MAX], name[CONFIG_KEY_MAX];
	const struct config_option *o;

	join(sub, pattern, y->key);
	join(name, key, y->key);
	o = strchr(y->key, '.') ? NULL : config_option_find(sub);
	if (o)
		return config_value_read(l, base, o, y, name);
	if (!strpbrk(y->key, ".*") && config_option_section(sub))
		return config_section_read(l, base, sub, name, y);
	unknown_key(l, pattern, key, y);
	return false;
}

bool config_section_read(struct load *l, void *base, const char *pattern,
			 const char *key, const struct yaml *map)
{
	bool ok = true;

	if (!config_shape(l, map, YAML_MAP, key))
		return false;
	for (const struct yaml *y = map->child; y; y = y->next)
		ok &= read_key(l, base, pattern, key, y);
	return ok;
}

void config_section_defaults(struct load *l, void *base, const char *pattern)
{
	size_t n = strlen(pattern);

	for (size_t i = 0; i < config_option_count; i++) {
		const struct config_option *o = &config_option_table[i];

		if (!strncmp(o->pattern, pattern, n) && o->pattern[n] == '.')
			config_value_default(l, base, o);
	}
}
