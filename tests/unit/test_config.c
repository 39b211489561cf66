/* SPDX-License-Identifier: MIT */
/* Values of a configuration: defaults, units, merging, printing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_case.h"
#include "config_load.h"

/* ---- every key and its default ---- */

struct key {
	const char *pattern, *value;	/* "": unset */
};

static const struct key keys[] = {
	{ "version", "1" },
	{ "service.url", "http://127.0.0.1:8000/api/v1" },
	{ "service.timeout", "10s" },
	{ "service.max_data_age", "5m" },
	{ "service.max_abs_rate", "0.05" },
	{ "service.gzip", "false" },
	{ "service.allow_insecure_http", "false" },
	{ "service.proxy", "false" },
	{ "network.allow_private", "" },
	{ "network.ca_file", "" },
	{ "storage.directory", "/home/x/.local/share/carrywatch" },
	{ "storage.retention", "30d" },
	{ "storage.evidence_cap", "512MB" },
	{ "storage.backup_every", "6h" },
	{ "process.confine", "true" },
	{ "costs.model", "round_trip" },
	{ "costs.round_trip", "0.0008" },
	{ "venues.*.pays_every", "" },
	{ "venues.*.anchor", "00:00Z" },
	{ "venues.*.maker_fee", "" },
	{ "venues.*.taker_fee", "" },
	{ "venues.*.slippage", "" },
	{ "venues.*.rate_scale", "1" },
	{ "venues.*.symbols", "" },
	{ "profiles.*.extends", "" },
	{ "profiles.*.poll_interval", "1m" },
	{ "profiles.*.blind_after", "10m" },
	{ "profiles.*.close", "" },
	{ "profiles.*.alert", "" },
	{ "accounts.*.profile", "steady" },
	{ "accounts.*.shadow", "auto" },
	{ "accounts.*.mode", "dry-run" },
	{ "accounts.*.on_close", "none" },
	{ "accounts.*.venues", "" },
	{ "accounts.*.min_volume", "" },
	{ "accounts.*.capital_share", "2" },
	{ "accounts.*.tick_offset", "0s" },
	{ "accounts.*.alerts.sinks", "" },
	{ "accounts.*.alerts.repeat", "1h" },
	{ "accounts.*.alerts.quiet", "off" },
	{ "accounts.*.alerts.near", "0" },
	{ "accounts.*.alerts.summary", "off" },
	{ "accounts.*.close.limit", "" },
	{ "accounts.*.close.escalate_after", "5" },
	{ "accounts.*.close.settle", "10m" },
	{ "accounts.*.close.max_at_once", "3" },
	{ "accounts.*.close.max_share", "0.5" },
	{ "accounts.*.close.url", "" },
	{ "accounts.*.close.secret", "" },
	{ "accounts.*.close.old_secret", "" },
	{ "accounts.*.close.program", "" },
	{ "accounts.*.positions.control_api.url", "" },
	{ "accounts.*.positions.control_api.account", "" },
	{ "accounts.*.positions.control_api.key", "" },
	{ "accounts.*.entry.min_profit", "0" },
	{ "accounts.*.entry.size_usd", "" },
	{ "accounts.*.entry.size_pct", "" },
	{ "accounts.*.entry.capital_usd", "" },
	{ "accounts.*.entry.max_positions", "5" },
	{ "accounts.*.entry.max_positions_per_venue", "0" },
	{ "accounts.*.entry.max_exposure_per_venue_usd", "" },
	{ "accounts.*.entry.max_oi_usd", "" },
	{ "accounts.*.entry.min_oi", "" },
	{ "accounts.*.entry.min_volume", "" },
	{ "accounts.*.entry.prioritize_venues", "" },
	{ "accounts.*.entry.cooldown", "1d" },
	{ "accounts.*.entry.max_break_even", "3d" },
};

static const void *base_of(const struct loaded *l, const char *pattern)
{
	struct venue zz;

	assert_true(venue_parse(&zz, "zz", 2));
	if (!strncmp(pattern, "venues.", 7))
		return terms_find(l->c.limits.terms, l->c.limits.n_terms, zz);
	if (!strncmp(pattern, "profiles.", 9))
		return config_profile(&l->c, "p");
	if (!strncmp(pattern, "accounts.", 9))
		return config_account(&l->c, "a");
	return &l->c;
}

static void test_defaults(void **state)
{
	struct loaded l = load("version: 1\nvenues: {zz: {}}\n"
			       "profiles: {p: {close: []}}\n"
			       "accounts: {a: {}}\n");
	char text[CONFIG_TEXT_MAX];

	(void)state;
	assert_int_equal(sizeof(keys) / sizeof(keys[0]), config_option_count);
	for (size_t i = 0; i < config_option_count; i++) {
		const struct config_option *o = &config_option_table[i];
		const char *base = base_of(&l, o->pattern);

		assert_string_equal(o->pattern, keys[i].pattern);
		assert_non_null(base);
		text[0] = '\0';
		if (o->count_at)
			assert_int_equal(*(const size_t *)(base + o->count_at),
					 0);
		else if (o->kind != KIND_LINES && o->kind != KIND_SECRET)
			config_value_format(text, sizeof(text), base, o);
		assert_string_equal(text, keys[i].value);
	}
	assert_false(config_account(&l.c, "a")->entry.enabled);
	assert_int_equal(l.c.limits.max_future.ms, 120000);
	arena_free(l.arena);
}

/* Rows of one section stand together and say what they are for. */
static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < config_option_count; i++) {
		const struct config_option *o = &config_option_table[i];

		assert_non_null(o->help);
		assert_ptr_equal(config_option_find(o->pattern), o);
		assert_non_null(config_kind_word(o->kind));
		assert_true((o->kind == KIND_CHOICE) == (o->choices != NULL));
	}
	assert_true(config_option_section("accounts.*.entry"));
	assert_false(config_option_section("accounts.*.entr"));
}

/* ---- units and merging ---- */

static const char full[] =
	"version: 1\n"
	"network: {allow_private: [10.0.0.0/8, \"fd12::/16\"]}\n"
	"service:\n"
	"  url: https://rates.example:8443/api/v1//\n"
	"  timeout: 1500ms\n"
	"  max_data_age: 90s\n"
	"  max_abs_rate: 250 bps\n"
	"  gzip: true\n"
	"  proxy: true\n"
	"storage: {directory: ~/cw, retention: 7d, evidence_cap: 1.5GB}\n"
	"costs: {model: fees, round_trip: 0.12%}\n"
	"venues:\n"
	"  Lighter: {rate_scale: 0.125, symbols: {1000pepe: pepe, Z: 2Z},\n"
	"            slippage: 1bps}\n"
	"  newone: {pays_every: 2h, anchor: 01:30Z, maker_fee: -0.01%,\n"
	"           taker_fee: 5 bps}\n"
	"profiles:\n"
	"  quick:\n"
	"    extends: aggressive\n"
	"    poll_interval: 30s\n"
	"    alert: [STALE: stale_data(2m)]\n"
	"accounts:\n"
	"  main: {mode: live, venues: [newone, lighter], profile: quick,\n"
	"         min_volume: 250000 USD, tick_offset: 3s,\n"
	"         capital_share: 150%}\n"
	"  paper:\n"
	"    entry: {min_profit: 10bps, size_pct: 10%, capital_usd: 20000,\n"
	"            max_positions: 7, prioritize_venues: [newone, grvt],\n"
	"            max_exposure_per_venue_usd: 5000 USD, max_oi_usd: 2e6}\n";

static void equals(struct dec v, const char *text)
{
	char got[DEC_TEXT_MAX];

	dec_format(got, v);
	assert_string_equal(got, text);
}

static void test_values(void **state)
{
	struct loaded l = load(full);

	(void)state;
	assert_string_equal(l.c.service_url, "https://rates.example:8443/api/v1");
	assert_int_equal(l.c.service_timeout.ms, 1500);
	assert_int_equal(l.c.limits.max_data_age.ms, 90000);
	equals(l.c.limits.max_abs_rate_8h, "0.025");
	assert_true(l.c.gzip && l.c.use_proxy && !l.c.allow_insecure_http);
	assert_string_equal(l.c.directory, "/home/x/cw");
	assert_int_equal(l.c.retention.ms, INT64_C(7) * 86400000);
	assert_int_equal(l.c.evidence_cap_bytes, 1500000000);
	assert_int_equal(l.c.costs, COSTS_FEES);
	equals(l.c.round_trip, "0.0012");
	arena_free(l.arena);
}

static void test_networks(void **state)
{
	struct loaded l = load("version: 1\nnetwork:\n  allow_private: "
			       "[10.0.0.0/8, \"fd12::/16\", 169.254.1.1]\n"
			       "service: {url: \"https://169.254.1.1/x\"}\n");
	char text[NETWORK_TEXT_MAX];

	(void)state;
	assert_int_equal(l.c.reach.n_allow, 3);
	network_format(text, l.c.reach.allow[1]);
	assert_string_equal(text, "fd12::/16");
	arena_free(l.arena);
}

static const struct venue_terms *terms_of(const struct loaded *l,
					  const char *name)
{
	struct venue v;

	assert_true(venue_parse(&v, name, strlen(name)));
	return terms_find(l->c.limits.terms, l->c.limits.n_terms, v);
}

static void test_venues(void **state)
{
	struct loaded l = load(full);
	const struct venue_terms *t = terms_of(&l, "lighter");

	(void)state;
	assert_int_equal(t->pays_every_s, 3600);	/* shipped */
	equals(t->rate_scale, "0.125");			/* own */
	assert_true(t->taker_fee.known && t->slippage.known);
	assert_int_equal(t->n_aliases, 2);
	assert_string_equal(t->aliases[0].from.s, "1000PEPE");
	assert_string_equal(t->aliases[0].to.s, "PEPE");
	t = terms_of(&l, "newone");
	assert_int_equal(t->pays_every_s, 7200);
	assert_int_equal(t->anchor_s, 5400);
	equals(t->maker_fee.v, "-0.0001");
	equals(t->taker_fee.v, "0.0005");
	assert_false(t->slippage.known);
	assert_int_equal(t->slippage.why, WHY_NOT_SET);
	assert_int_equal(terms_of(&l, "grvt")->pays_every_s, 28800);
	assert_int_equal(terms_of(&l, "edgex")->pays_every_s, 14400);
	arena_free(l.arena);
}

static void test_accounts(void **state)
{
	struct loaded l = load(full);
	const struct account *a = config_account(&l.c, "main");
	const struct entry_policy *e;
	char path[CONFIG_TEXT_MAX];
	struct terms terms;

	(void)state;
	assert_int_equal(a->mode, MODE_LIVE);
	assert_string_equal(a->venues[0].s, "lighter");	/* sorted */
	assert_string_equal(a->profile->name, "quick");
	equals(a->min_volume_usd.v, "250000");
	assert_int_equal(a->tick_offset.ms, 3000);
	equals(a->capital_share, "1.5");
	config_database(path, sizeof(path), &l.c, a);
	assert_string_equal(path, "/home/x/cw/main.db");
	config_terms(&terms, &l.c, a);
	assert_int_equal(terms.n_allowed, 2);
	assert_true(terms.min_volume_usd.known);
	a = config_account(&l.c, "paper");
	e = &a->entry;
	assert_true(e->enabled);
	equals(e->min_profit, "0.001");
	equals(e->size_pct.v, "0.1");
	assert_false(e->size_usd.known);
	equals(e->max_oi_usd.v, "2000000");
	assert_int_equal(e->max_positions, 7);
	assert_string_equal(e->prioritize[0].s, "newone");	/* in order */
	config_database(path, sizeof(path), &l.c, a);
	assert_string_equal(path, "/home/x/cw/paper.dry-run.db");
	assert_null(config_account(&l.c, "mai"));
	arena_free(l.arena);
}

static void test_backups(void **state)
{
	struct loaded l = load(full);
	char dir[CONFIG_TEXT_MAX];
	const char *name;

	(void)state;
	config_backups(dir, sizeof(dir), &name, &l.c, "/home/x/cw/main.db");
	assert_string_equal(dir, "/home/x/cw/backups");
	assert_string_equal(name, "main.db");
	config_backups(dir, sizeof(dir), &name, &l.c, "main.db");
	assert_string_equal(name, "main.db");
	arena_free(l.arena);
}

/* ---- shadows ---- */

static const char shadows[] =
	"version: 1\n"
	"profiles:\n"
	"  mine: {extends: conservative, blind_after: 30m}\n"
	"  bare: {close: [A: flip]}\n"
	"accounts:\n"
	"  a: {}\n"
	"  b: {profile: mine}\n"
	"  c: {profile: aggressive}\n"
	"  d: {profile: textbook}\n"
	"  e: {profile: bare}\n"
	"  f: {shadow: off}\n"
	"  g: {shadow: mine}\n";

static const struct shadow_case { const char *account, *shadow; }
shadow_cases[] = {
	{ "a", "conservative" },	/* steady's */
	{ "b", "aggressive" },		/* of what it extends */
	{ "c", NULL }, { "d", NULL }, { "e", NULL }, { "f", NULL },
	{ "g", "mine" },
};

static void test_shadows(void **state)
{
	struct loaded l = load(shadows), again;

	(void)state;
	for (size_t i = 0; i < sizeof(shadow_cases) / sizeof(*shadow_cases);
	     i++) {
		const struct shadow_case *c = &shadow_cases[i];
		const struct account *a = config_account(&l.c, c->account);
		const struct profile *p = config_shadow(&l.c, a);

		assert_int_equal(p != NULL, c->shadow != NULL);
		if (p)
			assert_string_equal(p->name, c->shadow);
	}
	/* What is recorded beside a poll must load by itself. */
	again = load(config_print(&l.c, config_account(&l.c, "g"), l.arena));
	assert_string_equal(config_shadow(&again.c,
					  config_account(&again.c, "g"))
			    ->name, "mine");
	arena_free(again.arena);
	arena_free(l.arena);
}

/* ---- printing ---- */

static void test_round_trip(void **state)
{
	struct loaded a = load(full), b, c;
	const struct account *paper;
	char *once, *twice;

	(void)state;
	once = config_print(&a.c, NULL, a.arena);
	b = load(once);
	twice = config_print(&b.c, NULL, b.arena);
	assert_string_equal(once, twice);
	assert_non_null(strstr(once, "size_pct: 0.1\n"));
	assert_non_null(strstr(once, "{1000PEPE: PEPE, Z: 2Z}"));
	for (size_t i = 0; i < a.c.n_profiles; i++)
		assert_string_equal(a.c.profiles[i].hash,
				    b.c.profiles[i].hash);
	/* One account: itself, its profile and its ancestors, no more. */
	paper = config_account(&a.c, "main");
	once = config_print(&a.c, paper, a.arena);
	assert_null(strstr(once, "paper"));
	assert_null(strstr(once, "conservative"));
	assert_null(strstr(once, "directory"));
	assert_non_null(strstr(once, "  quick:\n    extends: aggressive\n"));
	c = load(once);
	assert_int_equal(c.c.n_accounts, 1);
	twice = config_print(&c.c, config_account(&c.c, "main"), c.arena);
	assert_string_equal(once, twice);
	arena_free(a.arena);
	arena_free(b.arena);
	arena_free(c.arena);
}

/* A parent of the file's own is printed with its child. */
static void test_ancestors(void **state)
{
	struct loaded a = load("version: 1\nprofiles:\n"
			       "  top: {close: [A: flip], poll_interval: 20s}\n"
			       "  leaf: {extends: top}\n"
			       "accounts: {p: {profile: leaf}}\n");
	char *text = config_print(&a.c, &a.c.accounts[0], a.arena);
	struct loaded b = load(text);

	(void)state;
	assert_non_null(strstr(text, "  top:\n"));
	assert_string_equal(config_profile(&b.c, "leaf")->hash,
			    config_profile(&a.c, "leaf")->hash);
	arena_free(a.arena);
	arena_free(b.arena);
}

/* Names that YAML would misread come back as they were. */
static void test_quoting(void **state)
{
	struct loaded a = load("version: 1\nstorage: {directory: "
			       "\"/tmp/a: b # \\\"c\\\\\"}\n"
			       "venues: {\"x:y\": {pays_every: 1h}}\n"
			       "accounts: {p: {venues: [\"x:y\", grvt]}}\n");
	struct loaded b = load(config_print(&a.c, NULL, a.arena));

	(void)state;
	assert_string_equal(a.c.directory, "/tmp/a: b # \"c\\");
	assert_string_equal(b.c.directory, a.c.directory);
	assert_string_equal(b.c.accounts[0].venues[1].s, "x:y");
	assert_int_equal(terms_of(&b, "x:y")->pays_every_s, 3600);
	arena_free(a.arena);
	arena_free(b.arena);
}

/* The example in the repository loads as it stands, without a warning. */
static void test_example(void **state)
{
	static char text[65536];
	struct loaded l;
	FILE *f = fopen("config/carrywatch.yaml", "re");
	size_t n;

	(void)state;
	if (!f)
		skip();
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	l = load(text);
	assert_int_equal(l.list.n_warnings, 0);
	assert_int_equal(l.c.n_accounts, 2);
	assert_string_equal(config_account(&l.c, "paper")->profile->name,
			    "steady");
	assert_true(config_account(&l.c, "paper")->entry.enabled);
	assert_int_equal(config_account(&l.c, "main")->mode, MODE_LIVE);
	arena_free(l.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_venues),
		cmocka_unit_test(test_accounts),
		cmocka_unit_test(test_backups),
		cmocka_unit_test(test_shadows),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_ancestors),
		cmocka_unit_test(test_quoting),
		cmocka_unit_test(test_example),
	};

	setenv("HOME", "/home/x", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
