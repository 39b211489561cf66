/* SPDX-License-Identifier: MIT */
/*
 * Real answers of the service, recorded in ../shared/service/captures: each
 * parses or is refused as its route demands, whole and cut anywhere.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service_parse.h"

#define FOLDER "../shared/service/captures/"

struct capture {
	char *text;
	int status;
	struct json_text body;
};

enum parser { DEXES, RATES, SYMBOLS, OPPORTUNITIES, PARSERS };

static char *slurp(const char *path, size_t *n)
{
	enum { CAP = 1 << 20 };
	FILE *f = fopen(path, "r");
	char *s;

	if (!f)
		return NULL;
	s = malloc(CAP);
	assert_non_null(s);
	*n = fread(s, 1, CAP - 1, f);
	s[*n] = '\0';
	fclose(f);
	return s;
}

static char *head_end(char *s)
{
	char *crlf = strstr(s, "\r\n\r\n"), *lf = strstr(s, "\n\n");

	if (crlf)
		return crlf + 4;
	return lf ? lf + 2 : NULL;
}

static bool load(struct capture *c, const char *name)
{
	char path[256], *body;
	size_t n;

	snprintf(path, sizeof(path), FOLDER "%s.http", name);
	c->text = slurp(path, &n);
	if (!c->text)
		return false;
	body = head_end(c->text);
	assert_non_null(body);
	assert_int_equal(sscanf(c->text, "HTTP/1.1 %d", &c->status), 1);
	c->body = (struct json_text){ body, n - (size_t)(body - c->text) };
	return true;
}

/* Skips the test where the recordings are not at hand. */
static struct capture need(const char *name)
{
	struct capture c;

	if (load(&c, name))
		return c;
	print_message("# SKIP " FOLDER " is absent\n");
	skip();
	return (struct capture){ 0 };
}

static bool parse(struct service_rows *out, enum parser p,
		  struct json_text body, struct arena *arena, struct err *err)
{
	struct venue venue = { "lighter" };

	switch (p) {
	case DEXES:
		return service_parse_dexes(out, body, arena, err);
	case RATES:
		return service_parse_rates(out, venue, body, arena, err);
	case SYMBOLS:
		return service_parse_symbols(out, body, arena, err);
	case OPPORTUNITIES:
		return service_parse_opportunities(out, body, arena, err);
	case PARSERS:
		break;
	}
	return false;
}

/* Whose answer a recorded path is; PARSERS when we never ask it. */
static enum parser parser_of(const char *path)
{
	static const char api[] = "/api/v1";
	size_t n = strcspn(path, "?");
	const char *tail;

	if (strncmp(path, api, sizeof(api) - 1) != 0)
		return PARSERS;
	tail = path + sizeof(api) - 1;
	n -= sizeof(api) - 1;
	if (n == 6 && strncmp(tail, "/dexes", n) == 0)
		return DEXES;
	if (n == 14 && strncmp(tail, "/opportunities", n) == 0)
		return OPPORTUNITIES;
	if (n > 8 && strncmp(tail + n - 8, "/symbols", 8) == 0)
		return SYMBOLS;
	if (strncmp(tail, "/funding-rates/", 15) == 0 && n > 15 &&
	    !memchr(tail + 15, '/', n - 15) &&
	    strncmp(tail + 15, "compare", 7) != 0)
		return RATES;
	return PARSERS;
}

static unsigned check_one(const char *name, const char *path,
			  struct arena *arena)
{
	enum parser own = parser_of(path);
	struct service_rows rows;
	struct err err = { 0 };
	struct capture c;
	bool ok;

	if (!load(&c, name))
		fail_msg("%s is in the index, not in the folder", name);
	for (enum parser p = DEXES; p < PARSERS; p++) {
		ok = parse(&rows, p, c.body, arena, &err);
		if (p == own && ok != (c.status == 200))
			fail_msg("%s: status %d, %s", name, c.status,
				 ok ? "taken" : err.text);
		if (p == own && ok)
			assert_int_equal(rows.malformed, 0);
	}
	free(c.text);
	arena_reset(arena);
	return own != PARSERS;
}

static void test_every_capture(void **state)
{
	char name[128], path[256], *line, *rest, *index;
	struct arena *arena = arena_new();
	unsigned files = 0, ours = 0;
	size_t n;

	(void)state;
	index = slurp(FOLDER "INDEX.tsv", &n);
	if (!index) {
		arena_free(arena);
		print_message("# SKIP " FOLDER " is absent\n");
		skip();
	}
	for (line = strtok_r(index, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (sscanf(line, "%127s %*s %255s", name, path) != 2)
			fail_msg("index: %s", line);
		ours += check_one(name, path, arena);
		files++;
	}
	assert_true(files > 100);
	assert_true(ours > 40);
	free(index);
	arena_free(arena);
}

static void assert_dec(struct dec v, const char *want)
{
	char buf[DEC_TEXT_MAX];

	dec_format(buf, v);
	assert_string_equal(buf, want);
}

struct parsed {
	struct capture c;
	struct arena *arena;
	struct service_rows rows;
};

static struct parsed parsed(const char *name, enum parser p)
{
	struct parsed r = { .c = need(name), .arena = arena_new() };
	struct err err = { 0 };

	if (!parse(&r.rows, p, r.c.body, r.arena, &err))
		fail_msg("%s: %s", name, err.text);
	return r;
}

static void done(struct parsed *r)
{
	arena_free(r->arena);
	free(r->c.text);
}

static void test_rates(void **state)
{
	static const char *const want[][2] = {
		{ "BTC", "0.000096" }, { "DOGE", "0.0000999999" },
		{ "ETH", "0.000012" }, { "HYPE", "0.0012" },
		{ "PEPE", "0.0000000001" }, { "SOL", "-0.0004" },
		{ "XRP", "0" },
	};
	struct parsed r = parsed("dex_rates_lighter", RATES);
	char buf[INSTANT_TEXT_MAX];

	(void)state;
	assert_int_equal(r.rows.n, 7);
	for (size_t i = 0; i < r.rows.n; i++) {
		const struct quote *q = &r.rows.quotes[i];

		assert_string_equal(q->symbol.s, want[i][0]);
		assert_int_equal(q->why, WHY_KNOWN);
		assert_dec(q->rate.fraction, want[i][1]);
		instant_format(buf, q->observed_at);
		assert_string_equal(buf, "2026-11-20T19:29:09.145Z");
		instant_format(buf, q->next_funding);
		assert_string_equal(buf, "2026-11-20T21:00:00Z");
	}
	done(&r);
	r = parsed("dex_rates_paradex", RATES);
	assert_int_equal(r.rows.n, 4);
	assert_dec(r.rows.quotes[0].rate.fraction, "0.0002512345");
	assert_false(instant_known(r.rows.quotes[0].next_funding));
	done(&r);
}

static void test_dexes(void **state)
{
	struct parsed r = parsed("dexes", DEXES);
	size_t active = 0;

	(void)state;
	assert_int_equal(r.rows.n, 8);
	for (size_t i = 0; i < r.rows.n; i++)
		active += r.rows.dexes[i].active;
	assert_int_equal(active, 7);
	assert_string_equal(r.rows.dexes[5].venue.s, "hyperliquid");
	assert_false(r.rows.dexes[5].active);
	done(&r);
	r = parsed("empty_dexes", DEXES);
	assert_int_equal(r.rows.n, 0);
	done(&r);
}

static void test_symbols(void **state)
{
	struct parsed r = parsed("dex_symbols", SYMBOLS);

	(void)state;
	assert_int_equal(r.rows.n, 7);
	assert_string_equal(r.rows.symbols[0].symbol.s, "BTC");
	assert_dec(r.rows.symbols[0].volume_usd.v, "812345678.12");
	assert_dec(r.rows.symbols[0].oi_usd.v, "356000000");
	done(&r);
	r = parsed("dex_symbols_nulls", SYMBOLS);
	assert_int_equal(r.rows.n, 3);
	assert_string_equal(r.rows.symbols[2].symbol.s, "SOL");
	assert_int_equal(r.rows.symbols[2].oi_usd.why, WHY_NULL_VALUE);
	assert_int_equal(r.rows.symbols[2].volume_usd.why, WHY_NULL_VALUE);
	done(&r);
}

static void test_opportunities(void **state)
{
	struct parsed r = parsed("opportunities_default", OPPORTUNITIES);
	const struct opportunity *o = r.rows.opportunities;

	(void)state;
	assert_int_equal(r.rows.n, 10);
	assert_string_equal(o->symbol.s, "PEPE");
	assert_string_equal(o->long_venue.s, "lighter");
	assert_string_equal(o->short_venue.s, "aster");
	assert_dec(o->long_rate_8h, "0.0000000001");
	assert_dec(o->short_rate_8h, "0.01");
	assert_dec(o->net_8h.v, "0.0098999999");
	assert_dec(o->min_oi_usd.v, "3000000");
	assert_dec(o->max_oi_usd.v, "4100000");
	assert_dec(o->min_volume_usd.v, "11000000");
	assert_dec(o[1].net_8h.v, "0.0029");
	assert_int_equal(o[1].min_volume_usd.why, WHY_NULL_VALUE);
	done(&r);
}

/* A copy of exactly n bytes: a sanitizer sees the first one too many. */
static bool parse_cut(enum parser p, struct json_text body, size_t n,
		      struct arena *arena)
{
	char *copy = malloc(n ? n : 1);
	struct service_rows rows;
	struct err err;
	bool ok;

	assert_non_null(copy);
	memcpy(copy, body.s, n);
	ok = parse(&rows, p, (struct json_text){ copy, n }, arena, &err);
	free(copy);
	arena_reset(arena);
	return ok;
}

static size_t trimmed(struct json_text body)
{
	size_t n = body.n;

	while (n && strchr(" \r\n", body.s[n - 1]))
		n--;
	return n;
}

static void test_cut_anywhere(void **state)
{
	static const struct {
		const char *name;
		enum parser p;
	} cases[] = {
		{ "dexes", DEXES }, { "dex_rates_lighter", RATES },
		{ "dex_symbols", SYMBOLS },
		{ "opportunities_unknown_param", OPPORTUNITIES },
	};
	struct arena *arena;

	(void)state;
	free(need("dexes").text);
	arena = arena_new();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct capture c = need(cases[i].name);
		size_t n = trimmed(c.body);

		assert_true(parse_cut(cases[i].p, c.body, n, arena));
		for (size_t k = 0; k < n; k++)
			assert_false(parse_cut(cases[i].p, c.body, k, arena));
		free(c.text);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_capture),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_dexes),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_opportunities),
		cmocka_unit_test(test_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
