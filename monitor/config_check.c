/* SPDX-License-Identifier: MIT */
/* What involves several keys: addresses, accounts and their entry policy. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_load.h"
#include "suggest.h"

#define WORDS_MAX 128

static const struct yaml *at(const struct yaml *map, const char *key)
{
	return map && map->shape == YAML_MAP ? yaml_get(map, key) : NULL;
}

static void check_url(struct load *l)
{
	const struct yaml *y = at(at(l->own, "service"), "url");
	const struct config *c = l->c;

	if (!y)
		return;
	if (!strncmp(c->service_url, "https:", 6) ||
	    config_url_loopback(c->service_url))
		return;
	if (c->allow_insecure_http)
		complain(l->list, true, y->row, y->column,
			 "service.url: plain http to another host: anybody "
			 "on the way can change the rates");
	else
		complain(l->list, false, y->row, y->column,
			 "service.url: plain http to another host: use https, "
			 "or set service.allow_insecure_http: true");
}

/* Whoever may write it may answer in the name of every service. */
static const char *ca_problem(const char *path)
{
	struct stat st;

	if (access(path, R_OK) != 0 || stat(path, &st) != 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "is not a file";
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return "belongs to another user: make it yours, or root's";
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return "can be written by others: chmod go-w";
	return NULL;
}

static void check_ca_file(struct load *l)
{
	const struct yaml *y = at(at(l->own, "network"), "ca_file");
	const char *why = y ? ca_problem(l->c->reach.ca_file) : NULL;

	if (why)
		complain(l->list, false, y->row, y->column,
			 "network.ca_file: %s: %s", l->c->reach.ca_file, why);
}

static void warn_venue(struct load *l, const struct account *a,
		       const struct venue *v, const struct yaml *y)
{
	const struct market_limits *m = &l->c->limits;
	const char *words[WORDS_MAX], *near;
	size_t n = 0;

	if (terms_find(m->terms, m->n_terms, *v))
		return;
	for (; n < m->n_terms && n < WORDS_MAX; n++)
		words[n] = m->terms[n].venue.s;
	near = suggest(v->s, words, n);
	complain(l->list, true, y->row, y->column,
		 "accounts.%s: nothing is known of venue \"%s\"%s%s%s", a->name,
		 v->s, near ? ", did you mean \"" : "", near ? near : "",
		 near ? "\"?" : ": add it under venues:");
}

static void check_venues(struct load *l, const struct account *a,
			 const struct yaml *node)
{
	const struct yaml *list = yaml_get(node, "venues");

	if (!list || a->n_venues == 0) {
		if (a->mode == MODE_LIVE)
			complain(l->list, true, node->key_row,
				 node->key_column,
				 "accounts.%s: no venues: alternatives on "
				 "every venue of the service count", a->name);
		return;
	}
	for (const struct yaml *y = list->child; y; y = y->next) {
		struct venue v;

		if (venue_parse(&v, y->text, strlen(y->text)))
			warn_venue(l, a, &v, y);
	}
	if (a->n_venues == 1)
		complain(l->list, false, list->row, list->column,
			 "accounts.%s.venues: a pair needs two venues",
			 a->name);
}

static void check_entry(struct load *l, const struct account *a,
			const struct yaml *node)
{
	const struct entry_policy *e = &a->entry;
	const struct yaml *y = yaml_get(node, "entry");
	const char *why = NULL;

	if (!e->enabled)
		return;
	if (!yaml_get(y, "min_profit"))
		why = "needs min_profit, such as min_profit: 0.001";
	else if (e->size_usd.known && (e->size_pct.known ||
				       e->capital_usd.known))
		why = "has size_usd and size_pct or capital_usd: keep one";
	else if (!e->size_usd.known && !(e->size_pct.known &&
					 e->capital_usd.known))
		why = "needs size_usd, or size_pct and capital_usd";
	if (why)
		complain(l->list, false, y->key_row, y->key_column,
			 "accounts.%s.entry: %s", a->name, why);
	else if (a->mode == MODE_LIVE)
		complain(l->list, true, y->key_row, y->key_column,
			 "accounts.%s.entry: a live account opens nothing by "
			 "itself", a->name);
}

static void check_offset(struct load *l, const struct account *a,
			 const struct yaml *node)
{
	const struct yaml *y = yaml_get(node, "tick_offset");

	if (y && a->tick_offset.ms >= a->profile->poll_interval.ms)
		complain(l->list, false, y->row, y->column,
			 "accounts.%s.tick_offset: must be below the "
			 "profile's poll_interval", a->name);
}

void config_check(struct load *l)
{
	const struct yaml *node = at(l->own, "accounts");

	check_url(l);
	check_ca_file(l);
	config_check_act(l);
	node = node ? node->child : NULL;
	for (size_t i = 0; i < l->c->n_accounts; i++, node = node->next) {
		const struct account *a = &l->c->accounts[i];
		const struct yaml *place = yaml_get(node, "profile");

		check_venues(l, a, node);
		check_entry(l, a, node);
		check_offset(l, a, node);
		profile_check_account(l, a, place ? place : node);
	}
}
