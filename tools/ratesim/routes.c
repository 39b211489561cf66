/* SPDX-License-Identifier: MIT */
/*
 * The table of routes and how a path finds its route, with the refusals of
 * the web framework: 404, 405 and the redirect of a trailing slash.
 */
#include "routes.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *pattern;	/* * stands for one path segment */
	void (*answer)(struct reply *out, const struct call *c);
} routes[] = {
	{ "/", route_root },
	{ "/ping", route_ping },
	{ "/api/v1/health", route_health },
	{ "/api/v1/health/simple", route_health_simple },
	{ "/api/v1/opportunities", route_opportunities },
	{ "/api/v1/funding-rates", route_rates },
	{ "/api/v1/funding-rates/compare", route_compare },
	{ "/api/v1/funding-rates/*", route_rates_dex },
	{ "/api/v1/funding-rates/*/*", route_rate },
	{ "/api/v1/dexes", route_dexes },
	{ "/api/v1/dexes/*", route_dex },
	{ "/api/v1/dexes/*/symbols", route_dex_symbols },
};

#define N_ROUTES (sizeof(routes) / sizeof(*routes))

static bool matches(struct call *c, const char *pattern, const char *path)
{
	size_t n = 0;

	while (*pattern) {
		size_t len = strcspn(path, "/");

		if (*pattern != '*') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		if (!len || len >= NAME_ARG_MAX)
			return false;
		memcpy(c->name[n], path, len);
		c->name[n++][len] = '\0';
		path += len;
		pattern++;
	}
	return !*path;
}

static size_t route_find(struct call *c, const char *path)
{
	size_t i = 0;

	while (i < N_ROUTES && !matches(c, routes[i].pattern, path))
		i++;
	return i;
}

/* Only the slash is wrong: an absolute location without it. */
static bool redirected(struct reply *out, const struct request *r)
{
	char path[TARGET_TEXT_MAX];
	size_t n = strcspn(r->target, "?");
	struct call c = { 0 };

	if (n < 2 || r->target[n - 1] != '/' ||
	    strlen(r->target) + strlen(r->host) + 32 > sizeof(out->extra))
		return false;
	snprintf(path, sizeof(path), "%s", r->path);
	path[strlen(path) - 1] = '\0';
	if (route_find(&c, path) == N_ROUTES)
		return false;
	reply_status(out, 307);
	out->type = NULL;
	snprintf(out->extra, sizeof(out->extra),
		 "location: http://%s%.*s%s\r\n", r->host, (int)n - 1,
		 r->target, r->target + n);
	return true;
}

void routes_answer(struct reply *out, const struct request *r,
		   const struct snapshot *market)
{
	struct call c = { .request = r, .market = market };
	size_t i = route_find(&c, r->path);

	if (i == N_ROUTES) {
		if (!redirected(out, r))
			reply_detail(out, 404, "Not Found");
		return;
	}
	if (strcmp(r->method, "GET")) {
		reply_detail(out, 405, "Method Not Allowed");
		snprintf(out->extra, sizeof(out->extra), "allow: GET\r\n");
		return;
	}
	reply_status(out, 200);
	routes[i].answer(out, &c);
}

void route_root(struct reply *out, const struct call *c)
{
	(void)c;
	body_add(&out->body, "{\"service\":\"Funding Rate Service\","
		 "\"version\":\"1.0.0\",\"status\":\"running\","
		 "\"docs\":\"/api/v1/docs\"}");
}

void route_ping(struct reply *out, const struct call *c)
{
	(void)c;
	body_add(&out->body, "{\"status\":\"ok\"}");
}

void route_key_rate(struct body *b, const char *key,
		    const struct sim_row *row, struct dec v)
{
	if (row->kind == ROW_NULL)
		body_key_word(b, key, "null");
	else if (row->kind == ROW_NAN)
		body_key_word(b, key, "NaN");
	else
		body_key_number(b, key, v);
}

struct instant route_updated(const struct snapshot *s, size_t venue)
{
	struct instant newest = INSTANT_UNKNOWN;

	for (size_t i = 0; i < s->n_rows; i++) {
		const struct sim_row *r = &s->rows[i];

		if (r->kind != ROW_GONE && r->stamped.ms > newest.ms &&
		    (venue == SNAPSHOT_NONE || r->venue == venue))
			newest = r->stamped;
	}
	return newest;
}
