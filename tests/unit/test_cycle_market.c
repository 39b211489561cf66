/* SPDX-License-Identifier: MIT */
/*
 * Polls of a market of many coins: feeds that turn to zero or stand still, what
 * is suggested, and what a simulated venue fills.
 */
#include "cycle_desk.h"
#include "given.h"
#include "store_sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COINS	12

static struct world {
	struct desk d;
	const char *rate;		/* of COIN00 and so on, on lighter */
	int coins;
	bool stale, silent, gone;	/* lighter: its quotes, answers, it */
	uint32_t rows;
	bool offered;			/* ETH, long hyperliquid, short grvt */
	bool elsewhere;			/* BTC is on aster and lighter too */
	bool fills;
	char told[20][300];
	int n_told;
} world;

static struct quote quote_of(const char *symbol, const char *venue,
			     const char *rate)
{
	const struct fact none = fact_unknown(WHY_NOT_ASKED);

	return (struct quote){
		.symbol = given_symbol(symbol), .venue = given_venue(venue),
		.rate = { dec_lit(rate), RATE_8H_S },
		.observed_at = world.d.now, .next_funding = INSTANT_UNKNOWN,
		.oi_usd = none, .volume_usd = none, .mark_price = none,
	};
}

static void add_venue(struct market *m, const char *venue)
{
	m->venues[m->n_venues++] = (struct venue_view){
		.venue = given_venue(venue), .listed = true, .active = true,
		.rates = ANSWER_OK, .symbols = ANSWER_OK, .rows = COINS };
}

static void add_coins(struct market *m)
{
	add_venue(m, "lighter");
	m->venues[m->n_venues - 1].rows = world.rows;
	if (world.silent)
		m->venues[m->n_venues - 1].rates = ANSWER_FAILED;
	for (int i = 0; i < world.coins && !world.silent; i++) {
		struct quote *q = &m->quotes[m->n_quotes++];
		char name[NAME_TEXT_MAX];

		snprintf(name, sizeof(name), "COIN%02d", i);
		*q = quote_of(name, "lighter", world.rate);
		if (world.stale)
			q->observed_at.ms -= 3600000;
	}
}

static bool fetch(void *ctx, struct market *m, const struct fetch_plan *plan,
		  struct arena *arena, struct err *err)
{
	(void)ctx;
	(void)plan;
	(void)err;
	m->dexes_known = m->opportunities_known = true;
	m->venues = arena_array(arena, 4, sizeof(*m->venues));
	m->quotes = arena_array(arena, COINS + 6, sizeof(*m->quotes));
	m->opportunities = arena_array(arena, 1, sizeof(*m->opportunities));
	add_venue(m, "grvt");
	add_venue(m, "hyperliquid");
	m->quotes[m->n_quotes++] = quote_of("BTC", "grvt", "0.0009");
	m->quotes[m->n_quotes++] = quote_of("BTC", "hyperliquid", "0.0001");
	m->quotes[m->n_quotes++] = quote_of("ETH", "grvt", "0.0009");
	m->quotes[m->n_quotes++] = quote_of("ETH", "hyperliquid", "0.0001");
	if (world.elsewhere) {
		add_venue(m, "aster");
		m->quotes[m->n_quotes++] = quote_of("BTC", "aster", "0");
		m->quotes[m->n_quotes++] = quote_of("BTC", "lighter", "0");
	}
	if (!world.gone)
		add_coins(m);
	if (!world.offered)
		return true;
	m->opportunities[m->n_opportunities++] = (struct opportunity){
		.symbol = given_symbol("ETH"),
		.long_venue = given_venue("hyperliquid"),
		.short_venue = given_venue("grvt") };
	return true;
}

static bool tell(void *ctx, const struct message *m)
{
	(void)ctx;
	assert_true(world.n_told < 20);
	snprintf(world.told[world.n_told++], sizeof(world.told[0]), "%s: %s",
		 m->kind, m->text);
	return true;
}

static bool fill(void *ctx, struct fill *out, const struct order *order,
		 struct err *err)
{
	(void)ctx;
	(void)order;
	if (!world.fills)
		return err_set(err, ERR_DATA, "no cost is known");
	*out = (struct fill){ dec_int(3), dec_int(1) };
	return true;
}

static void begin(const char *account)
{
	world = (struct world){ .rate = "0.0001", .coins = COINS,
				.rows = COINS, .fills = true };
	desk_open(&world.d, "hyperliquid", account);
	world.d.cycle->wiring.source.fetch = fetch;
	world.d.cycle->wiring.notifier = (struct notifier){ NULL, tell };
}

static int begin_feed(void **state)
{
	(void)state;
	begin("profile: steady, alerts: {sinks: [phone]}");
	return 0;
}

static int end(void **state)
{
	(void)state;
	desk_close(&world.d);
	return 0;
}

/* One poll; nothing was told, or just this. */
static void poll_tells(const char *now, const char *want)
{
	world.n_told = 0;
	desk_poll(&world.d, now);
	if (world.n_told != (want != NULL))
		fail_msg("%s: %d told, the first: %s", now, world.n_told,
			 world.told[0]);
	if (want)
		assert_string_equal(world.told[0], want);
}

static int64_t number(const char *sql)
{
	sqlite3_stmt *st;
	int64_t n;

	assert_int_equal(sqlite3_prepare_v2(world.d.store->db, sql, -1, &st,
					    NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

static void sql(const char *text)
{
	assert_int_equal(sqlite3_exec(world.d.store->db, text, NULL, NULL,
				      NULL), SQLITE_OK);
}

/* ---- feeds ---- */

static void many_rates_at_zero_are_no_coincidence(void **state)
{
	(void)state;
	poll_tells("2026-11-20T21:00:00Z", NULL);
	world.coins = 9;		/* so few may be */
	world.rate = "0";
	poll_tells("2026-11-20T21:01:00Z", NULL);
	world.coins = COINS;
	world.rate = "0.0001";
	poll_tells("2026-11-20T21:02:00Z", NULL);
	world.silent = true;		/* what was seen is not forgotten */
	poll_tells("2026-11-20T21:03:00Z", NULL);
	world.silent = false;
	world.rate = "0";
	poll_tells("2026-11-20T21:04:00Z", "feed: lighter: 12 rates turned to "
		   "0 at once; was its collector reset?");
	poll_tells("2026-11-20T21:05:00Z", NULL);
	world.rate = "0.0001";
	poll_tells("2026-11-20T21:05:30Z", NULL);
	world.gone = true;		/* out of the market, and back */
	poll_tells("2026-11-20T21:06:00Z", NULL);
	world.gone = false;
	poll_tells("2026-11-20T21:07:00Z", NULL);
}

/* Told again an hour later, or behind a clock that was ahead. */
static void a_reset_is_an_alert_once_an_hour(void **state)
{
	static const struct { const char *now, *rate; int alerts; } polls[] = {
		{ "2026-11-20T21:00:00Z", "0.0001", 0 },
		{ "2026-11-20T21:01:00Z", "0", 1 },
		{ "2026-11-20T21:02:00Z", "0.0001", 1 },
		{ "2026-11-20T22:00:59Z", "0", 1 },
		{ "2026-11-20T22:01:10Z", "0.0001", 1 },
		{ "2026-11-20T22:02:00Z", "0", 2 },
		{ "2026-11-20T20:31:00Z", "0.0001", 2 },
		{ "2026-11-20T20:32:00Z", "0", 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(polls) / sizeof(polls[0]); i++) {
		world.rate = polls[i].rate;
		desk_poll(&world.d, polls[i].now);
		assert_int_equal(number("SELECT count(*) FROM outbox WHERE "
					"fingerprint LIKE '%reset%'"),
				 polls[i].alerts);
	}
}

static void a_feed_that_stands_still_is_told_twice(void **state)
{
	(void)state;
	poll_tells("2026-11-20T21:00:00Z", NULL);
	world.coins = 0;		/* it says so: there is nothing */
	world.rows = 0;
	poll_tells("2026-11-20T21:01:00Z", NULL);
	world.coins = COINS;
	world.rows = COINS;
	poll_tells("2026-11-20T21:02:00Z", "feed: lighter: rates are fresh "
		   "again");
	world.stale = true;
	poll_tells("2026-11-20T21:03:00Z", "feed: lighter: answers, but none "
		   "of its rates is fresh: the feed stands still");
	poll_tells("2026-11-20T21:04:00Z", NULL);
	world.stale = false;
	poll_tells("2026-11-20T21:05:00Z", "feed: lighter: rates are fresh "
		   "again");
}

/* ---- suggestions and fills ---- */

#define ENTRY "profile: steady, entry: {min_profit: 0.0005, max_positions: 3, " \
	      "size_usd: 1000 USD}"

static int begin_entry(void **state)
{
	(void)state;
	begin(ENTRY);
	world.offered = true;
	return 0;
}

/* As many pairs as are remembered. */
static void suggest_others(void)
{
	struct cycle *c = world.d.cycle;

	memset(c->suggested, 0, sizeof(c->suggested));
	c->n_suggested = CYCLE_SUGGESTED_MAX;
}

static void a_pair_is_suggested_once(void **state)
{
	(void)state;
	desk_poll(&world.d, "2026-11-20T21:00:00Z");
	assert_int_equal(world.n_told, 1);
	assert_non_null(strstr(world.told[0], "suggest: "));
	assert_non_null(strstr(world.told[0], "ETH"));
	poll_tells("2026-11-20T21:01:00Z", NULL);
	assert_int_equal(number("SELECT count(*) FROM positions"), 1);
	suggest_others();		/* then it may be told again */
	world.n_told = 0;
	desk_poll(&world.d, "2026-11-20T21:02:00Z");
	assert_int_equal(world.n_told, 1);
	poll_tells("2026-11-20T21:03:00Z", NULL);
}

static void what_was_not_recorded_is_suggested_again(void **state)
{
	struct cycle_result r;

	(void)state;
	sql("CREATE TEMP TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT "
	    "RAISE(ABORT, 'no room'); END");
	world.d.now = given_time("2026-11-20T21:00:00Z");
	assert_false(cycle_poll(world.d.cycle, &r, &world.d.err));
	assert_false(r.recorded);
	assert_int_equal(world.n_told, 1);
	assert_non_null(strstr(world.told[0], "cannot record: "));
	suggest_others();		/* also where those are forgotten */
	assert_false(cycle_poll(world.d.cycle, &r, &world.d.err));
	sql("DROP TRIGGER full");
	world.n_told = 0;
	desk_poll(&world.d, "2026-11-20T21:01:00Z");
	assert_int_equal(world.n_told, 1);
	assert_non_null(strstr(world.told[0], "suggest: "));
}

static void a_simulated_venue_opens_at_a_known_cost_only(void **state)
{
	(void)state;
	world.d.cycle->wiring.executor = (struct executor){ NULL, fill };
	world.fills = false;
	poll_tells("2026-11-20T21:00:00Z", NULL);
	assert_int_equal(number("SELECT count(*) FROM positions"), 1);
	world.fills = true;
	world.n_told = 0;
	desk_poll(&world.d, "2026-11-20T21:01:00Z");
	assert_int_equal(number("SELECT count(*) FROM positions WHERE symbol "
				"= 'ETH' AND fees_usd = '3' AND slippage_usd "
				"= '1'"), 1);
	assert_non_null(strstr(world.told[0], "open: "));
	poll_tells("2026-11-20T21:02:00Z", NULL);
	assert_int_equal(number("SELECT count(*) FROM positions"), 2);
}

/* hyperliquid pays more than grvt costs: the pair is flipped. */
static void a_close_without_a_known_cost_stays_pending(void **state)
{
	(void)state;
	sql("UPDATE positions SET long_venue = 'grvt', short_venue = "
	    "'hyperliquid'");
	world.d.cycle->wiring.executor = (struct executor){ NULL, fill };
	world.fills = false;
	desk_poll(&world.d, "2026-11-20T21:00:00Z");
	desk_poll(&world.d, "2026-11-20T21:01:00Z");
	assert_int_equal(number("SELECT count(*) FROM positions WHERE status "
				"= 'pending_close'"), 1);
	world.fills = true;
	desk_poll(&world.d, "2026-11-20T21:02:00Z");
	assert_int_equal(number("SELECT count(*) FROM positions WHERE status "
				"= 'closed' AND close_fees_usd = '3'"), 1);
}

/* ---- what is recorded, and reminded of ---- */

/* All of the account's venues, and where else a leg stands. */
static void quotes_of_a_leg_are_recorded_wherever_it_stands(void **state)
{
	static const struct { const char *sql, *now; } polls[] = {
		{ "UPDATE positions SET long_venue = 'lighter'",
		  "2026-11-20T21:00:00Z" },
		{ "UPDATE positions SET long_venue = 'grvt', short_venue = "
		  "'lighter'", "2026-11-20T21:01:00Z" },
	};
	struct evidence_view v;
	struct poll p;
	bool found;

	(void)state;
	world.elsewhere = true;
	for (int i = 0; i < 2; i++) {
		sql(polls[i].sql);
		desk_poll(&world.d, polls[i].now);
		desk_check(&world.d, store_evidence(world.d.store, &v, &p,
						    &found, INSTANT_UNKNOWN,
						    world.d.arena,
						    &world.d.err));
		assert_true(found);
		assert_int_equal(v.n_quotes, 3);
		assert_string_equal(v.quotes[0].venue.s, "grvt");
		assert_string_equal(v.quotes[1].venue.s, "hyperliquid");
		assert_string_equal(v.quotes[2].venue.s, "lighter");
	}
}

/* From its opening on, where nobody ever confirmed it. */
static void who_never_confirmed_is_reminded_each_day(void **state)
{
	(void)state;
	sql("UPDATE positions SET confirmed_at = NULL");
	desk_poll(&world.d, "2026-11-20T17:59:00Z");
	world.n_told = 0;
	desk_poll(&world.d, "2026-11-20T18:01:00Z");
	assert_int_equal(world.n_told, 1);
	assert_non_null(strstr(world.told[0], "unconfirmed: "));
	poll_tells("2026-11-20T18:02:00Z", NULL);
}

/* Nobody trades for it: what is decided on paper goes to no desk. */
static void a_simulated_account_hands_nothing_over(void **state)
{
	(void)state;
	begin("profile: hasty, on_close: webhook, close: {url: "
	      "'http://127.0.0.1:1', secret: {env: NONE}}");
	world.d.cycle->wiring.simulated = true;
	sql("UPDATE positions SET long_venue = 'grvt', short_venue = "
	    "'hyperliquid'");
	desk_poll(&world.d, "2026-11-20T21:00:00Z");
	desk_poll(&world.d, "2026-11-20T21:01:00Z");
	assert_int_equal(number("SELECT count(*) FROM positions WHERE status "
				"= 'pending_close'"), 1);
	assert_int_equal(number("SELECT count(*) FROM handoffs"), 0);
	desk_close(&world.d);
}

static int begin_hasty(void **state)
{
	(void)state;
	begin("profile: hasty");
	return 0;
}

#define FEED(f) cmocka_unit_test_setup_teardown(f, begin_feed, end)
#define ENTRY_TEST(f) cmocka_unit_test_setup_teardown(f, begin_entry, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FEED(many_rates_at_zero_are_no_coincidence),
		FEED(a_reset_is_an_alert_once_an_hour),
		FEED(a_feed_that_stands_still_is_told_twice),
		ENTRY_TEST(a_pair_is_suggested_once),
		ENTRY_TEST(what_was_not_recorded_is_suggested_again),
		ENTRY_TEST(a_simulated_venue_opens_at_a_known_cost_only),
		cmocka_unit_test_setup_teardown(
			a_close_without_a_known_cost_stays_pending,
			begin_hasty, end),
		FEED(quotes_of_a_leg_are_recorded_wherever_it_stands),
		FEED(who_never_confirmed_is_reminded_each_day),
		cmocka_unit_test(a_simulated_account_hands_nothing_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
