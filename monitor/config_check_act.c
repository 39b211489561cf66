/* SPDX-License-Identifier: MIT */
/* What involves several keys of acting and telling. */
#include <string.h>

#include "config_load.h"

static const struct yaml *at(const struct yaml *map, const char *key)
{
	return map && map->shape == YAML_MAP ? yaml_get(map, key) : NULL;
}

static void wrong(struct load *l, const struct account *a,
		  const struct yaml *y, const char *key, const char *why)
{
	complain(l->list, false, y->row ? y->row : y->key_row,
		 y->row ? y->column : y->key_column, "accounts.%s.%s: %s",
		 a->name, key, why);
}

/* What the chosen hand-off lacks, with the remedy; NULL: nothing. */
static const char *target_lacks(const struct account *a)
{
	switch (a->close.target) {
	case ON_CLOSE_NONE:
		break;
	case ON_CLOSE_CONTROL_API:
		return a->control_api.url[0] ? NULL : "needs the trading "
		       "client under positions.control_api";
	case ON_CLOSE_WEBHOOK:
		return a->close.url[0] &&
		       a->close.secret.from != SECRET_NONE ? NULL :
		       "needs close.url and close.secret";
	case ON_CLOSE_EXEC:
		return a->close.program[0] == '/' ? NULL :
		       "needs close.program, a whole path";
	}
	return NULL;
}

static void check_target(struct load *l, const struct account *a,
			 const struct yaml *node)
{
	const struct yaml *y = yaml_get(node, "on_close");
	const char *why = target_lacks(a);

	if (!y || a->close.target == ON_CLOSE_NONE)
		return;
	if (a->mode == MODE_DRY_RUN)
		why = "a dry-run account hands nothing over: write none, or "
		      "mode: live";
	if (why)
		wrong(l, a, y, "on_close", why);
}

/* NULL: nobody on the way can read it, or that is allowed. */
static const char *plain_http(const struct load *l, const char *url)
{
	return !strncmp(url, "https:", 6) || config_url_loopback(url) ||
	       l->c->allow_insecure_http ? NULL :
	       "plain http to another host: use https, or set "
	       "service.allow_insecure_http: true";
}

static void check_close_url(struct load *l, const struct account *a,
			    const struct yaml *node)
{
	const struct yaml *y = at(at(node, "close"), "url");
	const char *why;

	if (!y || !a->close.url[0])
		return;
	config_url_reach(l, a->close.url, y, "close.url");
	why = plain_http(l, a->close.url);
	if (why)
		wrong(l, a, y, "close.url", why);
}

static bool has_label(const struct profile *p, const struct label *label)
{
	for (int i = 0; i < p->n_close; i++)
		if (!strcmp(p->line[i].label.s, label->s))
			return true;
	return false;
}

static void check_limit(struct load *l, const struct account *a,
			const struct yaml *node)
{
	const struct yaml *y = at(at(node, "close"), "limit");

	for (size_t i = 0; y && i < a->close.n_limit; i++)
		if (!has_label(a->profile, &a->close.limit[i]))
			complain(l->list, false, y->row, y->column,
				 "accounts.%s.close.limit: profile %s has no "
				 "close line %s", a->name, a->profile->name,
				 a->close.limit[i].s);
}

static void check_control(struct load *l, const struct account *a,
			  const struct yaml *node)
{
	const struct yaml *y = at(at(node, "positions"), "control_api");
	const struct control_api_ref *c = &a->control_api;

	if (!y)
		return;
	if (c->url[0])
		config_url_reach(l, c->url, y, "positions.control_api.url");
	if (!c->url[0] || !c->account[0] || c->key.from == SECRET_NONE)
		wrong(l, a, y, "positions.control_api",
		      "needs url, account and key");
	else if (plain_http(l, c->url))
		wrong(l, a, y, "positions.control_api", plain_http(l, c->url));
}

static bool sink_used(const struct config *c, const struct sink *s)
{
	for (size_t i = 0; i < c->n_accounts; i++)
		for (size_t k = 0; k < c->accounts[i].alerts.n_sinks; k++)
			if (c->accounts[i].alerts.sinks[k] == s)
				return true;
	return false;
}

/* Addresses that are no secret; those are judged when they are used. */
static void check_sink_urls(struct load *l)
{
	const struct yaml *sinks = at(l->own, "sinks");

	for (size_t i = 0; sinks && i < l->c->n_sinks; i++) {
		const struct sink *s = &l->c->sinks[i];
		const struct yaml *node = yaml_get(sinks, s->name);

		for (int k = 0; k < SINK_PARAMS_MAX; k++) {
			const struct sink_param *p = &s->kind->params[k];
			const struct yaml *y = p->name && (p->kind == SINK_URL ||
						p->kind == SINK_MAIL) ?
					       at(node, p->name) : NULL;

			if (y)
				config_url_reach(l, s->text[k], y, s->name);
		}
	}
}

static void check_unused(struct load *l)
{
	const struct yaml *sinks = at(l->own, "sinks");

	for (size_t i = 0; sinks && i < l->c->n_sinks; i++) {
		const struct sink *s = &l->c->sinks[i];
		const struct yaml *y = yaml_get(sinks, s->name);

		if (y && !sink_used(l->c, s))
			complain(l->list, true, y->key_row, y->key_column,
				 "sinks.%s: no account names it under "
				 "alerts.sinks", s->name);
	}
}

void config_check_act(struct load *l)
{
	const struct yaml *node = at(l->own, "accounts");

	check_unused(l);
	check_sink_urls(l);
	node = node ? node->child : NULL;
	for (size_t i = 0; i < l->c->n_accounts; i++, node = node->next) {
		check_target(l, &l->c->accounts[i], node);
		check_close_url(l, &l->c->accounts[i], node);
		check_limit(l, &l->c->accounts[i], node);
		check_control(l, &l->c->accounts[i], node);
	}
}
