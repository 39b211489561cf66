/* SPDX-License-Identifier: MIT */
/*
 * A configuration text to values: root, venues over the shipped ones,
 * profiles, accounts, then the checks. Also the look-ups on the result.
 */
#include "config_load.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const unsigned char shipped_profiles_yaml[], shipped_venues_yaml[];
extern const size_t shipped_profiles_yaml_len, shipped_venues_yaml_len;

#define MAX_FUTURE_S 120

static const char *const named[] = { "venues", "profiles", "sinks",
				      "accounts" };

static bool is_named(const char *key)
{
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (!strcmp(key, named[i]))
			return true;
	return false;
}

static size_t count(const struct yaml *map)
{
	size_t n = 0;

	for (const struct yaml *y = map ? map->child : NULL; y; y = y->next)
		n++;
	return n;
}

/* service, storage, costs and version; unknown keys too. */
static void load_root(struct load *l)
{
	struct yaml rest = *l->own;
	const struct yaml **tail = &rest.child;

	/* The named sections have names below them, not keys. */
	*tail = NULL;
	for (const struct yaml *y = l->own->child; y; y = y->next) {
		struct yaml *copy;

		if (is_named(y->key)) {
			config_shape(l, y, YAML_MAP, y->key);
			continue;
		}
		copy = arena_alloc(l->arena, sizeof(*copy));
		if (!copy) {
			complaints_no_memory(l->list);
			return;
		}
		*copy = *y;
		copy->next = NULL;
		*tail = copy;
		tail = &copy->next;
	}
	config_section_read(l, l->c, "", "", &rest);
	if (!yaml_get(l->own, "version"))
		complain(l->list, false, l->own->row, l->own->column,
			 "no version: add \"version: 1\"");
}

static void load_root_defaults(struct load *l)
{
	config_section_defaults(l, l->c, "service");
	config_section_defaults(l, l->c, "network");
	config_section_defaults(l, l->c, "process");
	config_section_defaults(l, l->c, "costs");
	/* Without $HOME the default directory is only wrong if it is used. */
	for (size_t i = 0; i < config_option_count; i++) {
		const struct config_option *o = &config_option_table[i];
		const struct yaml *s = yaml_get(l->own, "storage");

		if (strncmp(o->pattern, "storage.", 8) == 0 &&
		    (o->kind != KIND_PATH || !s || s->shape != YAML_MAP ||
		     !yaml_get(s, "directory")))
			config_value_default(l, l->c, o);
	}
	l->c->limits.max_future = span_s(MAX_FUTURE_S);
}

/* ---- venues ---- */

static struct venue_terms *terms_slot(struct load *l, struct venue_terms *t,
				      size_t *n, struct venue v)
{
	for (size_t i = 0; i < *n; i++)
		if (!venue_cmp(t[i].venue, v))
			return &t[i];
	t += (*n)++;
	t->venue = v;
	config_section_defaults(l, t, "venues.*");
	return t;
}

/* The one before y, from `first` on, that names the same; NULL: none. */
static const struct yaml *named_before(const struct yaml *first,
				       const struct yaml *y, struct venue v)
{
	struct venue other;

	for (; first != y; first = first->next)
		if (venue_parse(&other, first->key, strlen(first->key)) &&
		    !venue_cmp(other, v))
			return first;
	return NULL;
}

static void load_venue(struct load *l, struct venue_terms *t, size_t *n,
		       const struct yaml *first, const struct yaml *y)
{
	const struct yaml *twin;
	char key[CONFIG_KEY_MAX];
	struct venue v;

	if (!venue_parse(&v, y->key, strlen(y->key))) {
		complain(l->list, false, y->key_row, y->key_column,
			 "venues: \"%s\" is not a venue's name", y->key);
		return;
	}
	twin = named_before(first, y, v);
	if (twin) {
		complain(l->list, false, y->key_row, y->key_column,
			 "venues.%s: the same venue as %s in line %d", y->key,
			 twin->key, twin->key_row);
		return;
	}
	snprintf(key, sizeof(key), "venues.%s", y->key);
	config_section_read(l, terms_slot(l, t, n, v), "venues.*", key, y);
}

static int by_venue(const void *a, const void *b)
{
	return venue_cmp(((const struct venue_terms *)a)->venue,
			 ((const struct venue_terms *)b)->venue);
}

static bool load_venues(struct load *l)
{
	const struct yaml *shipped = yaml_get(l->shipped, "venues");
	const struct yaml *own = yaml_get(l->own, "venues");
	size_t n = 0, cap;
	struct venue_terms *t;

	own = own && own->shape == YAML_MAP ? own : NULL;
	cap = count(shipped) + count(own);
	t = arena_array(l->arena, cap, sizeof(*t));
	if (!t)
		return false;
	for (const struct yaml *y = shipped->child; y; y = y->next)
		load_venue(l, t, &n, shipped->child, y);
	for (const struct yaml *y = own ? own->child : NULL; y; y = y->next)
		load_venue(l, t, &n, own->child, y);
	assert(n <= cap);
	qsort(t, n, sizeof(*t), by_venue);
	l->c->limits.terms = t;
	l->c->limits.n_terms = n;
	return true;
}

/* ---- accounts ---- */

static void load_account(struct load *l, struct account *a,
			 const struct yaml *y)
{
	char key[CONFIG_KEY_MAX];

	/* "all" means every account on the command line. */
	if (!config_name_ok(y->key, sizeof(a->name)) ||
	    !strcmp(y->key, "all")) {
		complain(l->list, false, y->key_row, y->key_column,
			 "accounts: \"%s\" cannot be a name: up to %d letters, "
			 "digits, - and _, and not \"all\"", y->key,
			 ACCOUNT_TEXT_MAX - 1);
		return;
	}
	snprintf(a->name, sizeof(a->name), "%s", y->key);
	snprintf(key, sizeof(key), "accounts.%s", y->key);
	config_section_defaults(l, a, "accounts.*");
	if (config_section_read(l, a, "accounts.*", key, y))
		a->entry.enabled = yaml_get(y, "entry") != NULL;
}

static bool load_accounts(struct load *l)
{
	const struct yaml *own = yaml_get(l->own, "accounts");
	struct account *a;
	size_t n = 0;

	own = own && own->shape == YAML_MAP ? own : NULL;
	a = arena_array(l->arena, count(own), sizeof(*a));
	if (!a)
		return false;
	for (const struct yaml *y = own ? own->child : NULL; y; y = y->next) {
		load_account(l, &a[n], y);
		if (l->list->n_errors == 0 && !profile_protect(l, &a[n], y))
			return false;
		n++;
	}
	l->c->accounts = a;
	l->c->n_accounts = n;
	return true;
}

/* ---- the whole ---- */

static bool load_tree(struct load *l)
{
	struct complaints none = { 0 };
	const struct yaml *profiles =
		yaml_tree((const char *)shipped_profiles_yaml,
			  shipped_profiles_yaml_len, l->arena, &none);
	const struct yaml *venues =
		yaml_tree((const char *)shipped_venues_yaml,
			  shipped_venues_yaml_len, l->arena, &none);

	if (!profiles || !venues)
		return false;
	load_root_defaults(l);
	load_root(l);
	l->shipped = venues;
	if (!load_venues(l))
		return false;
	l->shipped = profiles;
	if (!profile_load_all(l) || !config_sinks_load(l) ||
	    !load_accounts(l))
		return false;
	if (l->list->n_errors == 0)
		config_check(l);
	return true;
}

/* Complaints arrive section by section; people read from the top. */
static int by_place(const void *a, const void *b)
{
	const struct complaint *x = a, *y = b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return x->column < y->column ? -1 : x->column > y->column;
}

static void sort_complaints(struct complaints *list)
{
	int room = (int)(sizeof(list->list) / sizeof(list->list[0]));
	int n = list->n_errors + list->n_warnings;

	qsort(list->list, (size_t)(n < room ? n : room),
	      sizeof(list->list[0]), by_place);
}

static bool first_error(const struct complaints *list, const char *path,
			struct err *err)
{
	const struct complaint *c = list->list;
	char text[sizeof(err->text)];

	while (c->warning)
		c++;
	complaint_format(text, sizeof(text), path, c);
	return err_set(err, ERR_CONFIG, "%s", text);
}

bool config_load_text(struct config *out, const char *path, const char *text,
		      size_t n, struct arena *arena, struct complaints *list,
		      struct err *err)
{
	struct config *c = arena_alloc(arena, sizeof(*c));
	struct load l = { .c = c, .arena = arena, .list = list };

	*list = (struct complaints){ 0 };
	snprintf(list->path, sizeof(list->path), "%s", path);
	if (!c)
		return err_set(err, ERR_MEMORY, "out of memory");
	snprintf(c->path, sizeof(c->path), "%s", path);
	l.own = yaml_tree(text, n, arena, list);
	if ((l.own && !load_tree(&l)) || list->no_memory)
		return err_set(err, ERR_MEMORY, "out of memory");
	sort_complaints(list);
	if (list->n_errors)
		return first_error(list, path, err);
	*out = *c;
	return true;
}

void complaint_format(char *buf, size_t n, const char *path,
		      const struct complaint *c)
{
	const char *kind = c->warning ? "warning" : "error";

	if (!*path)
		path = "configuration";
	if (c->row)
		snprintf(buf, n, "%s:%d:%d: %s: %s", path, c->row, c->column,
			 kind, c->text);
	else
		snprintf(buf, n, "%s: %s: %s", path, kind, c->text);
}

const struct account *config_account(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_accounts; i++)
		if (!strcmp(c->accounts[i].name, name))
			return &c->accounts[i];
	return NULL;
}

/* From patient to hasty. */
static const char *const more_cautious[] = { "steady", "conservative",
					      "aggressive" };

static const struct profile *next_sooner(const struct config *c,
					 const struct profile *p)
{
	size_t n = sizeof(more_cautious) / sizeof(more_cautious[0]);

	for (; p; p = p->extends[0] ? config_profile(c, p->extends) : NULL)
		for (size_t i = 0; i + 1 < n; i++)
			if (!strcmp(p->name, more_cautious[i]))
				return config_profile(c, more_cautious[i + 1]);
	return NULL;
}

const struct profile *config_shadow(const struct config *c,
				    const struct account *a)
{
	if (!strcmp(a->shadow, "off"))
		return NULL;
	if (!strcmp(a->shadow, "auto"))
		return next_sooner(c, a->profile);
	return config_profile(c, a->shadow);
}

const struct profile *config_profile(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_profiles; i++)
		if (!strcmp(c->profiles[i].name, name))
			return &c->profiles[i];
	return NULL;
}

void config_database(char *buf, size_t n, const struct config *c,
		     const struct account *a)
{
	snprintf(buf, n, "%s/%s%s.db", c->directory, a->name,
		 a->mode == MODE_DRY_RUN ? ".dry-run" : "");
}

void config_terms(struct terms *out, const struct config *c,
		  const struct account *a)
{
	*out = (struct terms){
		.venue = c->limits.terms, .n_venue = c->limits.n_terms,
		.costs = c->costs, .round_trip = c->round_trip,
		.allowed = a->venues, .n_allowed = a->n_venues,
		.min_volume_usd = a->min_volume_usd
	};
}

void config_backups(char *dir, size_t n, const char **name,
		    const struct config *c, const char *database)
{
	const char *slash = strrchr(database, '/');

	snprintf(dir, n, "%s/backups", c->directory);
	*name = slash ? slash + 1 : database;
}
