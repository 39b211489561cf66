/* SPDX-License-Identifier: MIT */
/*
 * Values that are no number: words, paths, profile and venue names, lists of
 * venues and networks, names of symbols. Called through config_value_read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_load.h"
#include "suggest.h"

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define LIST_MAX 256

_Static_assert(REACH_PATH_MAX == CONFIG_TEXT_MAX, "KIND_PATH fits both");

bool config_name_ok(const char *s, size_t room)
{
	size_t n = strlen(s);

	return n > 0 && n < room && strspn(s, ALNUM "-_") == n &&
	       strspn(s, "-_") == 0;
}

static bool read_bool(struct load *l, bool *out, const struct yaml *y,
		      const char *key)
{
	bool yes = !strcmp(y->text, "true");

	if (!yes && strcmp(y->text, "false"))
		return config_refuse(l, y, key, "is neither true nor false");
	*out = yes;
	return true;
}

static bool read_choice(struct load *l, void *base,
			const struct config_option *o, const struct yaml *y,
			const char *key)
{
	const char *near, *const *words = o->choices;
	char why[160] = "is not known: write ";
	unsigned int n = 0;

	for (; words[n]; n++) {
		size_t used = strlen(why);

		if (!strcmp(words[n], y->text)) {
			*(unsigned int *)((char *)base + o->at) = n;
			return true;
		}
		snprintf(why + used, sizeof(why) - used, "%s%s",
			 n ? " or " : "", words[n]);
	}
	near = suggest(y->text, words, n);
	if (near)
		snprintf(why, sizeof(why), "is not known, did you mean \"%s\"?",
			 near);
	return config_refuse(l, y, key, why);
}

/* ---- paths, names ---- */

static bool read_path(struct load *l, char *out, const struct yaml *y,
		      const char *key)
{
	const char *s = y->text, *home = "";
	int n;

	if (*s == '\0')
		return config_refuse(l, y, key, "is empty");
	if (*s == '~' && s[1] != '/' && s[1] != '\0')
		return config_refuse(l, y, key, "names another user's "
				     "directory: write the whole path");
	if (*s == '~') {
		home = getenv("HOME");
		if (!home || *home != '/')
			return config_refuse(l, y, key, "needs $HOME, which is "
					     "not set: write the whole path");
		s++;
	}
	n = snprintf(out, CONFIG_TEXT_MAX, "%s%s", home, s);
	return n < CONFIG_TEXT_MAX - 64 ||
	       config_refuse(l, y, key, "is too long");
}

static bool read_profile(struct load *l, const struct profile **out,
			 const struct yaml *y, const char *key)
{
	const char *words[64], *near;
	size_t n = 0;

	*out = config_profile(l->c, y->text);
	if (*out)
		return true;
	for (; n < l->c->n_profiles && n < 64; n++)
		words[n] = l->c->profiles[n].name;
	near = suggest(y->text, words, n);
	complain(l->list, false, y->row, y->column,
		 "%s: no profile \"%s\"%s%s%s", key, y->text,
		 near ? ", did you mean \"" : "", near ? near : "",
		 near ? "\"?" : ": give it under profiles:");
	return false;
}

/* A profile, or one of two words. */
static bool read_shadow(struct load *l, char *out, const struct yaml *y,
			const char *key)
{
	const struct profile *p;

	if (strcmp(y->text, "auto") != 0 && strcmp(y->text, "off") != 0 &&
	    !read_profile(l, &p, y, key))
		return false;
	snprintf(out, NAME_TEXT_MAX, "%s", y->text);
	return true;
}

static bool read_version(struct load *l, const struct yaml *y)
{
	return !strcmp(y->text, "1") ||
	       config_refuse(l, y, "version", "is not known: write 1");
}

/* ---- lists ---- */

static bool read_venue(struct load *l, struct venue *out,
		       const struct yaml *y, const char *key)
{
	return config_shape(l, y, YAML_TEXT, key) &&
	       (venue_parse(out, y->text, strlen(y->text)) ||
		config_refuse(l, y, key, "is not a venue's name"));
}

static int by_name(const void *a, const void *b)
{
	return venue_cmp(*(const struct venue *)a, *(const struct venue *)b);
}

static bool read_venues(struct load *l, void *base,
			const struct config_option *o, const struct yaml *y,
			const char *key)
{
	struct venue *list = arena_array(l->arena, LIST_MAX, sizeof(*list));
	size_t n = 0;

	if (!list)
		return complaints_no_memory(l->list);
	if (!config_shape(l, y, YAML_LIST, key))
		return false;
	for (const struct yaml *e = y->child; e; e = e->next) {
		if (n == LIST_MAX)
			return config_refuse(l, e, key, "is one too many");
		if (!read_venue(l, &list[n], e, key))
			return false;
		for (size_t i = 0; i < n; i++)
			if (!venue_cmp(list[i], list[n]))
				return config_refuse(l, e, key, "is given twice");
		n++;
	}
	if (o->kind == KIND_VENUE_SET)
		qsort(list, n, sizeof(*list), by_name);
	*(const struct venue **)((char *)base + o->at) = list;
	*(size_t *)((char *)base + o->count_at) = n;
	return true;
}

static bool read_alias(struct load *l, struct alias *out,
		       const struct yaml *y, const char *key)
{
	if (!config_shape(l, y, YAML_TEXT, key))
		return false;
	if (!symbol_parse(&out->to, y->text, strlen(y->text)))
		return config_refuse(l, y, key, "is not a symbol's name");
	if (symbol_parse(&out->from, y->key, strlen(y->key)))
		return true;
	complain(l->list, false, y->key_row, y->key_column,
		 "%s: \"%s\" is not a symbol's name", key, y->key);
	return false;
}

static bool read_aliases(struct load *l, void *base,
			 const struct config_option *o, const struct yaml *y,
			 const char *key)
{
	struct alias *list = arena_array(l->arena, LIST_MAX, sizeof(*list));
	size_t n = 0;

	if (!list)
		return complaints_no_memory(l->list);
	if (!config_shape(l, y, YAML_MAP, key))
		return false;
	for (const struct yaml *e = y->child; e; e = e->next) {
		if (n == LIST_MAX)
			return config_refuse(l, e, key, "is one too many");
		if (!read_alias(l, &list[n], e, key))
			return false;
		for (size_t i = 0; i < n; i++)
			if (!symbol_cmp(list[i].from, list[n].from))
				return config_refuse(l, e, key, "is a second "
						     "meaning of one symbol");
		n++;
	}
	*(const struct alias **)((char *)base + o->at) = list;
	*(size_t *)((char *)base + o->count_at) = n;
	return true;
}

static bool read_networks(struct load *l, void *base,
			  const struct config_option *o, const struct yaml *y,
			  const char *key)
{
	struct network *list = (void *)((char *)base + o->at);
	size_t n = 0;

	if (!config_shape(l, y, YAML_LIST, key))
		return false;
	for (const struct yaml *e = y->child; e; e = e->next) {
		if (n == REACH_NETWORKS_MAX)
			return config_refuse(l, e, key, "is one too many");
		if (!config_shape(l, e, YAML_TEXT, key))
			return false;
		if (!network_parse(&list[n++], e->text))
			return config_refuse(l, e, key, "is not a network: "
					     "write 10.0.0.5, 10.0.0.0/8 or "
					     "fd12::/16");
	}
	*(size_t *)((char *)base + o->count_at) = n;
	return true;
}

static bool read_name(struct load *l, char *out, const struct yaml *y,
		      const char *key)
{
	if (!*y->text || strlen(y->text) >= CONFIG_WORD_MAX)
		return config_refuse(l, y, key, "is empty or too long");
	snprintf(out, CONFIG_WORD_MAX, "%s", y->text);
	return true;
}

static bool read_parsed(struct load *l, const struct yaml *y, const char *key,
			const char *problem)
{
	return !problem || config_refuse(l, y, key, problem);
}

static bool read_word(struct load *l, void *base,
		      const struct config_option *o, const struct yaml *y,
		      const char *key)
{
	void *at = o->at == CONFIG_AT_NONE ? NULL : (char *)base + o->at;

	if (!config_shape(l, y, YAML_TEXT, key))
		return false;
	if (o->kind == KIND_VERSION)
		return read_version(l, y);
	if (o->kind == KIND_BOOL)
		return read_bool(l, at, y, key);
	if (o->kind == KIND_CHOICE)
		return read_choice(l, base, o, y, key);
	if (o->kind == KIND_URL)
		return config_url_read(l, at, y, key);
	if (o->kind == KIND_PATH)
		return read_path(l, at, y, key);
	if (o->kind == KIND_PROFILE)
		return read_profile(l, at, y, key);
	if (o->kind == KIND_SHADOW)
		return read_shadow(l, at, y, key);
	if (o->kind == KIND_WORD)
		return read_name(l, at, y, key);
	if (o->kind == KIND_HOURS)
		return read_parsed(l, y, key, config_hours_parse(at, y->text));
	if (o->kind == KIND_DAILY)
		return read_parsed(l, y, key, config_daily_parse(at, y->text));
	return true;	/* extends: profile_load.c has followed it */
}

bool config_text_read(struct load *l, void *base,
		      const struct config_option *o, const struct yaml *y,
		      const char *key)
{
	if (o->kind == KIND_LINES)	/* profile_load.c reads them */
		return config_shape(l, y, YAML_LIST, key);
	if (o->kind == KIND_VENUE_SET || o->kind == KIND_VENUE_ORDER)
		return read_venues(l, base, o, y, key);
	if (o->kind == KIND_ALIASES)
		return read_aliases(l, base, o, y, key);
	if (o->kind == KIND_NETWORKS)
		return read_networks(l, base, o, y, key);
	if (o->kind == KIND_SECRET)
		return config_secret_read(l, (void *)((char *)base + o->at), y,
					  key);
	if (o->kind == KIND_LABELS)
		return config_labels_read(l, (void *)((char *)base + o->at),
					  (void *)((char *)base + o->count_at),
					  y, key);
	if (o->kind == KIND_SINKS)
		return config_sink_list_read(l,
			(void *)((char *)base + o->at),
			(void *)((char *)base + o->count_at), y, key);
	return read_word(l, base, o, y, key);
}
