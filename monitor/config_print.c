/* SPDX-License-Identifier: MIT */
/*
 * The effective configuration as YAML that loads to the same values: every
 * key of the table in its order, unset ones left out. Secrets are references
 * already; where a literal could stand nothing is printed at all.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "config_load.h"

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	      "0123456789._/~%-"

/* A text that grows in the arena. */
struct print {
	struct arena *arena;
	char *text;
	size_t n, cap;
	bool failed;
};

static bool grow(struct print *p, size_t more)
{
	size_t cap = p->cap ? p->cap : 4096;
	char *text;

	while (cap < p->n + more + 1)
		cap *= 2;
	if (cap == p->cap)
		return true;
	text = arena_grow(p->arena, p->text, p->n, cap, 1);
	if (!text)
		return false;
	p->text = text;
	p->cap = cap;
	return true;
}

static void PRINTF(2, 3) print_add(struct print *p, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (p->failed || n < 0 || !grow(p, (size_t)n)) {
		p->failed = true;
		return;
	}
	va_start(args, fmt);
	vsnprintf(p->text + p->n, p->cap - p->n, fmt, args);
	va_end(args);
	p->n += (size_t)n;
}

/* Would YAML read the plain text back as it is, everywhere? */
static bool plain(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || strspn(s, PLAIN) != n)
		return false;
	return *s != '%' && (*s != '-' || (s[1] >= '0' && s[1] <= '9'));
}

static void add_text(struct print *p, const char *s)
{
	if (plain(s)) {
		print_add(p, "%s", s);
		return;
	}
	print_add(p, "\"");
	for (; *s; s++)
		print_add(p, "%s%c", *s == '"' || *s == '\\' ? "\\" : "", *s);
	print_add(p, "\"");
}

static void add_venues(struct print *p, const struct venue *v, size_t n)
{
	print_add(p, "[");
	for (size_t i = 0; i < n; i++) {
		print_add(p, "%s", i ? ", " : "");
		add_text(p, v[i].s);
	}
	print_add(p, "]\n");
}

static void add_aliases(struct print *p, const struct alias *a, size_t n)
{
	print_add(p, "{");
	for (size_t i = 0; i < n; i++) {
		print_add(p, "%s", i ? ", " : "");
		add_text(p, a[i].from.s);
		print_add(p, ": ");
		add_text(p, a[i].to.s);
	}
	print_add(p, "}\n");
}

static void add_secret(struct print *p, const struct secret_ref *ref)
{
	print_add(p, "{%s: ", secret_from_word(ref->from));
	add_text(p, ref->name);
	print_add(p, "}\n");
}

static void add_labels(struct print *p, const struct label *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		print_add(p, "%s%s", i ? ", " : "[", list[i].s);
	print_add(p, "]\n");
}

static void add_sinks(struct print *p, const struct sink *const *list,
		      size_t n)
{
	for (size_t i = 0; i < n; i++)
		print_add(p, "%s%s", i ? ", " : "[", list[i]->name);
	print_add(p, "]\n");
}

static void add_networks(struct print *p, const struct network *list, size_t n)
{
	char text[NETWORK_TEXT_MAX];

	for (size_t i = 0; i < n; i++) {
		network_format(text, list[i]);
		print_add(p, "%s\"%s\"", i ? ", " : "[", text);
	}
	print_add(p, "]\n");
}

/* What is no single text: written here, true; n: how many there are. */
static bool add_list(struct print *p, const void *at, size_t n,
		     enum config_kind kind)
{
	if (kind == KIND_ALIASES)
		add_aliases(p, *(const struct alias *const *)at, n);
	else if (kind == KIND_VENUE_SET || kind == KIND_VENUE_ORDER)
		add_venues(p, *(const struct venue *const *)at, n);
	else if (kind == KIND_SECRET)
		add_secret(p, at);
	else if (kind == KIND_LABELS)
		add_labels(p, *(const struct label *const *)at, n);
	else if (kind == KIND_NETWORKS)
		add_networks(p, at, n);
	else if (kind == KIND_SINKS)
		add_sinks(p, *(const struct sink *const *const *)at, n);
	else
		return false;
	return true;
}

static bool is_list(enum config_kind kind)
{
	return kind == KIND_ALIASES || kind == KIND_VENUE_SET ||
	       kind == KIND_VENUE_ORDER || kind == KIND_LABELS ||
	       kind == KIND_SINKS || kind == KIND_NETWORKS;
}

/* 0: unset, or not written here. */
static size_t option_length(char *text, size_t room, const void *base,
			    const struct config_option *o)
{
	const char *b = base;
	const struct secret_ref *ref;

	if (o->kind == KIND_LINES)
		return 0;
	if (is_list(o->kind))
		return *(const size_t *)(const void *)(b + o->count_at);
	if (o->kind != KIND_SECRET)
		return config_value_format(text, room, base, o);
	ref = (const void *)(b + o->at);
	return ref->from != SECRET_NONE;
}

/* "key: value"; nothing when unset, and lines are not written here. */
static void add_option(struct print *p, const void *base,
		       const struct config_option *o, int indent)
{
	const char *key = strrchr(o->pattern, '.');
	char text[CONFIG_TEXT_MAX] = "";
	size_t n = option_length(text, sizeof(text), base, o);

	key = key ? key + 1 : o->pattern;
	if (n == 0)
		return;
	print_add(p, "%*s%s: ", indent, "", key);
	if (o->at != CONFIG_AT_NONE &&
	    add_list(p, (const char *)base + o->at, n, o->kind))
		return;
	if (o->kind == KIND_USD || o->kind == KIND_URL ||
	    o->kind == KIND_CLOCK_TIME || o->kind == KIND_HOURS ||
	    o->kind == KIND_DAILY) {
		/* A blank or a colon inside is plain enough here. */
		print_add(p, "%s\n", text);
	} else {
		add_text(p, text);
		print_add(p, "\n");
	}
}

/* The keys directly below a pattern. */
static void add_keys(struct print *p, const void *base, const char *pattern,
		     int indent)
{
	size_t n = strlen(pattern);

	for (size_t i = 0; i < config_option_count; i++) {
		const struct config_option *o = &config_option_table[i];

		if (!strncmp(o->pattern, pattern, n) && o->pattern[n] == '.' &&
		    !strchr(o->pattern + n + 1, '.'))
			add_option(p, base, o, indent);
	}
}

static void add_name(struct print *p, const char *name)
{
	print_add(p, "  ");
	add_text(p, name);
	print_add(p, ":\n");
}

static void add_lines(struct print *p, const char *key,
		      const struct line *line, int n)
{
	print_add(p, "    %s:%s\n", key, n ? "" : " []");
	for (int i = 0; i < n; i++)
		print_add(p, "      - %s: %s\n", line[i].label.s,
			  line[i].text);
}

static void add_profile(struct print *p, const struct profile *x)
{
	add_name(p, x->name);
	add_keys(p, x, "profiles.*", 4);
	add_lines(p, "close", x->line, x->n_close);
	add_lines(p, "alert", x->line + x->n_close, x->n_lines - x->n_close);
}

static const struct profile *base_of(const struct config *c,
				     const struct profile *x)
{
	return x->extends[0] ? config_profile(c, x->extends) : NULL;
}

static bool in_chain(const struct config *c, const struct profile *x,
		     const struct profile *of)
{
	for (; of; of = base_of(c, of))
		if (!strcmp(of->name, x->name))
			return true;
	return false;
}

/* All of them; or the account's, which may be a changed copy, its shadow,
 * and those they extend. */
static void add_profiles(struct print *p, const struct config *c,
			 const struct account *a)
{
	print_add(p, "profiles:\n");
	for (size_t i = 0; !a && i < c->n_profiles; i++)
		add_profile(p, &c->profiles[i]);
	if (!a)
		return;
	for (const struct profile *x = a->profile; x; x = base_of(c, x))
		add_profile(p, x);
	for (const struct profile *x = config_shadow(c, a);
	     x && !in_chain(c, x, a->profile); x = base_of(c, x))
		add_profile(p, x);
}

/* How it acts and tells decides nothing: it is not kept with the polls. */
static void add_acting(struct print *p, const struct account *a)
{
	print_add(p, "    alerts:\n");
	add_keys(p, a, "accounts.*.alerts", 6);
	print_add(p, "    close:\n");
	add_keys(p, a, "accounts.*.close", 6);
}

/* Who says what is held: rules ask for it. */
static void add_source(struct print *p, const struct account *a)
{
	if (!a->control_api.url[0])
		return;
	print_add(p, "    positions:\n      control_api:\n");
	add_keys(p, a, "accounts.*.positions.control_api", 8);
}

static void add_account(struct print *p, const struct account *a, bool acting)
{
	struct account shown = *a;

	if (!acting)
		shown.close.target = ON_CLOSE_NONE;
	add_name(p, a->name);
	add_keys(p, &shown, "accounts.*", 4);
	if (a->entry.enabled) {
		print_add(p, "    entry:\n");
		add_keys(p, a, "accounts.*.entry", 6);
	}
	add_source(p, a);
	if (acting)
		add_acting(p, a);
}

static void add_sink(struct print *p, const struct sink *s)
{
	add_name(p, s->name);
	print_add(p, "    type: %s\n", s->kind->name);
	for (int i = 0; i < SINK_PARAMS_MAX && s->kind->params[i].name; i++) {
		bool secret = s->secret[i].from != SECRET_NONE;

		if (!secret && !s->text[i][0])
			continue;
		print_add(p, "    %s: ", s->kind->params[i].name);
		if (secret) {
			add_secret(p, &s->secret[i]);
			continue;
		}
		add_text(p, s->text[i]);
		print_add(p, "\n");
	}
}

static void add_venue(struct print *p, const struct venue_terms *t)
{
	add_name(p, t->venue.s);
	add_keys(p, t, "venues.*", 4);
}

/* Of an account: which address its trading client may have, and no more. */
static void add_network(struct print *p, const struct config *c,
			const struct account *a)
{
	const struct reach *r = &c->reach;

	if (a ? r->n_allow == 0 || !a->control_api.url[0] :
		r->n_allow == 0 && !r->ca_file[0])
		return;
	print_add(p, "network:\n");
	if (a)
		add_option(p, c, config_option_find("network.allow_private"),
			   2);
	else
		add_keys(p, c, "network", 2);
}

static void add_config(struct print *p, const struct config *c,
		       const struct account *a)
{
	print_add(p, "version: 1\nservice:\n");
	add_keys(p, c, "service", 2);
	add_network(p, c, a);
	if (!a) {	/* where polls are kept decides nothing */
		print_add(p, "storage:\n");
		add_keys(p, c, "storage", 2);
		print_add(p, "process:\n");
		add_keys(p, c, "process", 2);
	}
	print_add(p, "costs:\n");
	add_keys(p, c, "costs", 2);
	print_add(p, "venues:\n");
	for (size_t i = 0; i < c->limits.n_terms; i++)
		add_venue(p, &c->limits.terms[i]);
	add_profiles(p, c, a);
	if (!a && c->n_sinks > 0)
		print_add(p, "sinks:\n");
	for (size_t i = 0; !a && i < c->n_sinks; i++)
		add_sink(p, &c->sinks[i]);
	if (c->n_accounts == 0)
		return;
	print_add(p, "accounts:\n");
	for (size_t i = 0; i < c->n_accounts; i++)
		if (!a || !strcmp(a->name, c->accounts[i].name))
			add_account(p, &c->accounts[i], !a);
}

char *config_print(const struct config *c, const struct account *account,
		   struct arena *arena)
{
	struct print p = { .arena = arena };

	add_config(&p, c, account);
	return p.failed ? NULL : p.text;
}
