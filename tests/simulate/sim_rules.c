/* SPDX-License-Identifier: MIT */
/* Profiles of a simulated account: drawn from a catalogue the model knows. */
#include "sim_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define HOOK_KEY "{env: SIM_HOOK}"

static const char *const venues[SIM_VENUES] = { "va", "vb", "vc", "vd", "ve",
						"vf" };
static const char *const symbols[SIM_SYMBOLS] = { "AAA", "BBB", "CCC", "DDD",
						  "EEE" };
static const int32_t hours[SIM_VENUES] = { 1, 1, 4, 8, 8, 1 };

const char *sim_venue(int v)
{
	return venues[v];
}

const char *sim_symbol(int k)
{
	return symbols[k];
}

int32_t sim_pays_every(int v)
{
	return hours[v] * 3600;
}

/* ---- the catalogue ---- */

static void add(struct sim *s, int i, const char *label, enum sim_rule rule,
		int64_t arg, int32_t polls, int64_t minutes)
{
	struct sim_line *l = &s->line[i];
	char call[40], when[40] = "";

	*l = (struct sim_line){ label, rule, arg, polls, minutes * MINUTE_MS,
				i >= SIM_LINES - 2, "" };
	switch (rule) {
	case RULE_FLIP:
		snprintf(call, sizeof(call), "flip(%lldbps)",
			 (long long)(arg / 100000));
		break;
	case RULE_EROSION:
		snprintf(call, sizeof(call), "erosion(0.%lld)",
			 (long long)arg);
		break;
	case RULE_AGE:
		snprintf(call, sizeof(call), "age(%lldh)",
			 (long long)(arg / HOUR_MS));
		break;
	case RULE_LEG:
		snprintf(call, sizeof(call), "leg_missing");
	}
	if (polls > 0)
		snprintf(when, sizeof(when), " for %d polls", polls);
	if (minutes > 0)
		snprintf(when, sizeof(when), " for %lldm", (long long)minutes);
	snprintf(l->text, sizeof(l->text), "%s%s", call, when);
}

static void draw_catalogue(struct sim *s)
{
	int64_t every = s->interval / MINUTE_MS;

	add(s, 0, "LEG_GONE", RULE_LEG, 0, 0, 0);
	add(s, 1, "FLIP_NOW", RULE_FLIP, -200000 - 100000 * sim_below(s, 3), 0,
	    0);
	add(s, 2, "FLIPPED", RULE_FLIP, 0, 2 + (int32_t)sim_below(s, 5), 0);
	add(s, 3, "ERODED", RULE_EROSION, 2 + sim_below(s, 2), 0,
	    every * (2 + sim_below(s, 8)));
	add(s, 4, "HALF", RULE_EROSION, 4 + sim_below(s, 2),
	    3 + (int32_t)sim_below(s, 6), 0);
	add(s, 5, "OLD", RULE_AGE, HOUR_MS * (24 + sim_below(s, 100)), 0, 0);
	add(s, 6, "SLOW_FLIP", RULE_FLIP, 100000, 0,
	    every * (5 + sim_below(s, 20)));
	add(s, 7, "OLDER", RULE_AGE, HOUR_MS * (30 + sim_below(s, 300)), 0, 0);
	add(s, 8, "LOW", RULE_EROSION, 8, 2, 0);
	add(s, 9, "NEAR_FLIP", RULE_FLIP, 100000 * (1 + sim_below(s, 2)), 0, 0);
}

static void swap_lines(int *a, int *b)
{
	int x = *a;

	*a = *b;
	*b = x;
}

/* Most of the catalogue in some order; alert lines behind. */
static void draw_profile(struct sim *s, struct sim_rules *r)
{
	*r = (struct sim_rules){ .max_at_once = 1 + (int32_t)sim_below(s, 4),
				 .max_percent = 40 + (int32_t)sim_below(s, 6) *
						10 };
	for (int i = sim_has_book(s) ? 0 : 1; i < SIM_LINES - 2; i++)
		if (!sim_chance(s, 3))
			r->line[r->n_close++] = i;
	if (r->n_close == 0)
		r->line[r->n_close++] = 2;
	for (int i = r->n_close - 1; i > 0; i--)
		swap_lines(&r->line[i], &r->line[sim_below(s, i + 1)]);
	r->n = r->n_close;
	for (int i = SIM_LINES - 2; i < SIM_LINES; i++)
		if (sim_chance(s, 2))
			r->line[r->n++] = i;
}

void sim_draw_rules(struct sim *s)
{
	draw_catalogue(s);
	draw_profile(s, &s->rules[0]);
	draw_profile(s, &s->rules[1]);
}

/* ---- YAML ---- */

struct page {
	char *buf;
	size_t n, size;
};

static void put(struct page *p, const char *format, ...) PRINTF(2, 3);

static void put(struct page *p, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	p->n += (size_t)vsnprintf(p->buf + p->n, p->size - p->n, format, ap);
	va_end(ap);
}

static void put_lines(struct page *p, const struct sim *s, const char *key,
		      const struct sim_rules *r, int from, int to)
{
	put(p, "    %s:\n", key);
	for (int i = from; i < to; i++)
		put(p, "      - %s: %s\n", s->line[r->line[i]].label,
		    s->line[r->line[i]].text);
}

static void put_act(struct page *p, const struct sim *s,
		    const struct sim_rules *r)
{
	static const char *const targets[SIM_KINDS] = {
		"none", "none", "webhook", "webhook", "control_api"
	};

	put(p, "    on_close: %s\n", targets[s->kind]);
	if (sim_has_book(s))
		put(p, "    positions: {control_api: {account: main, key: "
		    "{env: SIM_KEY}, url: 'http://127.0.0.1:1'}}\n");
	if (!sim_hands_over(s))
		return;
	put(p, "    close: {max_at_once: %d, max_share: %d%%",
	    r->max_at_once, r->max_percent);
	if (s->kind != SIM_CONTROL)
		put(p, ", url: 'http://127.0.0.1:2', secret: " HOOK_KEY);
	put(p, "}\n");
}

size_t sim_yaml(char *buf, size_t n, const struct sim *s, int which)
{
	const struct sim_rules *r = &s->rules[which];
	struct page p = { buf, 0, n };

	put(&p, "version: 1\nstorage: {directory: '%s', retention: 3650d, "
	    "evidence_cap: 100GB, backup_every: 0s}\nvenues:\n", s->directory);
	for (int v = 0; v < SIM_VENUES; v++)
		put(&p, "  %s: {pays_every: %dh}\n", venues[v], hours[v]);
	put(&p, "sinks:\n  phone: {type: ntfy, topic: {env: SIM_TOPIC}, "
	    "server: 'http://127.0.0.1:3'}\n  desk: {type: ntfy, topic: {env: "
	    "SIM_TOPIC}, server: 'http://127.0.0.1:4'}\n");
	put(&p, "profiles:\n  rules:\n    poll_interval: %llds\n"
	    "    blind_after: %llds\n", (long long)(s->interval / 1000),
	    (long long)(sim_blind_after(s) / 1000));
	put_lines(&p, s, "close", r, 0, r->n_close);
	if (r->n > r->n_close)
		put_lines(&p, s, "alert", r, r->n_close, r->n);
	put(&p, "accounts:\n  main:\n    profile: rules\n    mode: %s\n"
	    "    shadow: %s\n", s->kind == SIM_PAPER ? "dry-run" : "live",
	    s->seed % 7 == 0 ? "aggressive" : "off");
	put(&p, "    venues: [va, vb, vc, vd, ve, vf]\n"
	    "    alerts: {sinks: [phone, desk]}\n");
	put_act(&p, s, r);
	return p.n;
}
