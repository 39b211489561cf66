/* SPDX-License-Identifier: MIT */
/* The run of report_scene.h. */
#include "report_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "given.h"

/* NULL: unknown. */
static struct fact fact_of(const char *text)
{
	return text ? fact_known(dec_lit(text)) : fact_unknown(WHY_NOT_SET);
}

static struct instant time_of(const char *text)
{
	return text ? given_time(text) : INSTANT_UNKNOWN;
}

static const struct scene_trade {
	const char *symbol, *size, *opened, *closed, *reason;
	const char *entry, *exit;
	const char *funding, *fees, *slippage, *leaving;
	const char *held_funding, *held_costs, *after;
	int32_t settlements, unknown;
} scene_trades[SCENE_TRADES] = {
	{ "BTC", "2000", "2026-01-01T06:00:00Z", "2026-01-02T06:00:00Z",
	  "PROFIT_EROSION", "0.0009", "0.0003", "5", "0.8", "0.2", "0",
	  "9", "1", "4", 27, 0 },
	{ "ETH", "1000", "2026-01-01T12:00:00Z", "2026-01-04T12:00:00Z",
	  "TIME_LIMIT", "0.0006", NULL, "-1.5", "0.4", "0", "0",
	  "-3", "0.4", NULL, 80, 1 },
	{ "WIF", "500", "2026-01-03T00:00:00Z", "2026-01-03T12:00:00Z",
	  "PROFIT_EROSION", NULL, "0.00015", "0.4", "0.4", "0", "0",
	  "1", "0.4", "-0.25", 13, 0 },
	{ "SOL", "3000", "2026-01-04T00:00:00Z", NULL,
	  "", "0.0012", NULL, "2.5", "0.6", "0", "0.6",
	  "2.5", "1.2", NULL, 40, 0 },
};

static void fill_trade(struct report_trade *t, const struct scene_trade *s,
		       int64_t id)
{
	*t = (struct report_trade){
		.id = id, .symbol = given_symbol(s->symbol),
		.long_venue = given_venue("lighter"),
		.short_venue = given_venue("grvt"),
		.size_usd = dec_lit(s->size),
		.opened_at = time_of(s->opened),
		.closed_at = time_of(s->closed),
		.entry_divergence = fact_of(s->entry),
		.exit_divergence = fact_of(s->exit),
		.funding_usd = fact_of(s->funding),
		.price_usd = fact_of(NULL),
		.fees_usd = dec_lit(s->fees),
		.slippage_usd = dec_lit(s->slippage),
		.exit_usd = dec_lit(s->leaving),
		.settlements = s->settlements, .unknown = s->unknown,
		.held_funding_usd = fact_of(s->held_funding),
		.held_costs_usd = dec_lit(s->held_costs),
		.after_usd = fact_of(s->after),
	};
	assert_true(strlen(s->reason) == 0 ||
		    label_parse(&t->reason, s->reason, strlen(s->reason)));
}

static const struct { const char *at, *own, *held; } scene_days[] = {
	{ "2026-01-01T00:00:00Z", "10000", "10000" },
	{ "2026-01-02T00:00:00Z", "9998", "9997" },
	{ "2026-01-03T00:00:00Z", "10004", "10001" },
	{ "2026-01-04T00:00:00Z", "9999", "10003" },
	{ "2026-01-05T00:00:00Z", "10002.5", "10006" },
};

static const struct { const char *at, *divergence; } scene_points[] = {
	{ "2026-01-01T06:00:00Z", "0.0009" },
	{ "2026-01-01T12:00:00Z", "0.00105" },
	{ "2026-01-01T18:00:00Z", NULL },
	{ "2026-01-01T20:00:00Z", "0.0006" },
	{ "2026-01-02T00:00:00Z", "-0.00015" },
	{ "2026-01-02T06:00:00Z", "0.0003" },
};

void report_scene_make(struct report_scene *s)
{
	*s = (struct report_scene){ .arena = arena_new() };
	assert_non_null(s->arena);
	for (int i = 0; i < SCENE_TRADES; i++)
		fill_trade(&s->trades[i], &scene_trades[i], i + 1);
	for (int i = 0; i < SCENE_DAYS; i++)
		s->days[i] = (struct report_day){
			time_of(scene_days[i].at), dec_lit(scene_days[i].own),
			dec_lit(scene_days[i].held) };
	for (int i = 0; i < SCENE_POINTS; i++)
		s->points[i] = (struct report_point){
			time_of(scene_points[i].at),
			fact_of(scene_points[i].divergence) };
	memcpy(s->trades[2].symbol.s, "W<B>&\"'", 8);
	s->trades[0].points = s->points;
	s->trades[0].n_points = SCENE_POINTS;
	s->run = (struct report_run){
		.name = "steady", .since = time_of("2026-01-01T00:00:00Z"),
		.until = time_of("2026-01-05T12:00:00Z"),
		.capital_usd = dec_lit("10000"),
		.trades = s->trades, .n_trades = SCENE_TRADES,
		.days = s->days, .n_days = SCENE_DAYS,
	};
}

void report_scene_measure(struct report_scene *s)
{
	struct err err;

	if (!report_measure(&s->sum, &s->run, s->arena, &err))
		fail_msg("%s", err.text);
}

void report_scene_free(struct report_scene *s)
{
	arena_free(s->arena);
}
