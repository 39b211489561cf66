/* SPDX-License-Identifier: MIT */
/*
 * /dexes, /dexes/{dex}, its symbols, and /health: what the service says of
 * venues. Its "percent" fees are fractions; it never notices old rates.
 */
#include "routes.h"

#include <stdlib.h>
#include <string.h>

static int rates_of(const struct snapshot *s, size_t venue)
{
	int n = 0;

	for (size_t i = 0; i < s->n_rows; i++)
		n += s->rows[i].kind != ROW_GONE &&
		     (venue == SNAPSHOT_NONE || s->rows[i].venue == venue);
	return n;
}

static size_t venues_listed(const struct snapshot *s)
{
	return s->emptied ? 0 : s->n_venues;
}

static void fees_write(struct body *b, struct venue_facts f)
{
	body_key(b, "fee_structure");
	body_add(b, "{");
	body_key_number(b, "maker_fee_percent", dec_lit(f.maker));
	body_key_number(b, "taker_fee_percent", dec_lit(f.taker));
	body_key_word(b, "has_fee_tiers", "false");
	body_add(b, "}");
}

static void fetches_write(struct body *b, const struct snapshot *s,
			  size_t venue)
{
	body_key_time(b, "last_successful_fetch", route_updated(s, venue));
	body_key_word(b, "last_error", "null");
	body_key_int(b, "consecutive_errors", 0);
	body_key_word(b, "is_healthy", "true");
}

void route_dexes(struct reply *out, const struct call *c)
{
	const struct snapshot *s = c->market;
	struct body *b = &out->body;

	body_add(b, "{\"dexes\":[");
	for (size_t i = 0; i < venues_listed(s); i++) {
		struct venue_facts f = venue_facts_of(&s->venues[i]);

		body_comma(b);
		body_add(b, "{");
		body_key_string(b, "name", s->venues[i].s);
		body_key_string(b, "display_name", f.display);
		body_key_word(b, "is_active", "true");
		fees_write(b, f);
		body_key_int(b, "supported_symbols_count", rates_of(s, i));
		fetches_write(b, s, i);
		body_add(b, "}");
	}
	body_add(b, "]");
	body_key_int(b, "count", (int64_t)venues_listed(s));
	body_add(b, "}");
}

static bool venue_asked(size_t *venue, struct reply *out,
			const struct call *c)
{
	*venue = snapshot_venue(c->market, c->name[0]);
	if (*venue != SNAPSHOT_NONE)
		return true;
	reply_detail(out, 404, "DEX '%s' not found", c->name[0]);
	return false;
}

void route_dex(struct reply *out, const struct call *c)
{
	static const struct instant born = { INT64_C(1735689600000) };
	const struct snapshot *s = c->market;
	struct body *b = &out->body;
	struct venue_facts f;
	size_t venue;

	if (!venue_asked(&venue, out, c))
		return;
	f = venue_facts_of(&s->venues[venue]);
	body_add(b, "{");
	body_key_string(b, "name", s->venues[venue].s);
	body_key_string(b, "display_name", f.display);
	body_key_string(b, "api_base_url", f.api);
	body_key_word(b, "is_active", "true");
	body_key_word(b, "supports_websocket", "true");
	fees_write(b, f);
	body_key_int(b, "collection_interval_seconds", 60);
	body_key_int(b, "rate_limit_per_minute", 60);
	body_key_int(b, "supported_symbols_count", rates_of(s, venue));
	body_key(b, "health");
	body_add(b, "{");
	fetches_write(b, s, venue);
	body_add(b, "}");
	body_key_time(b, "created_at", born);
	body_key_time(b, "updated_at", born);
	body_add(b, "}");
}

/* By volume, largest first, unknown last; then by name. */
static int depth_order(const void *va, const void *vb)
{
	const struct sim_row *a = *(const struct sim_row *const *)va;
	const struct sim_row *b = *(const struct sim_row *const *)vb;
	int c = dec_cmp(b->volume, a->volume);

	return c ? c : symbol_cmp(a->symbol, b->symbol);
}

static void symbol_write(struct body *b, const struct sim_row *r)
{
	body_comma(b);
	body_add(b, "{");
	body_key_string(b, "symbol", r->symbol.s);
	body_key_string(b, "dex_symbol_format", r->symbol.s);
	body_key_word(b, "is_active", "true");
	body_key_word(b, "min_order_size", "null");
	body_key_or_null(b, "volume_24h", r->volume);
	body_key_or_null(b, "open_interest_usd", r->oi);
	body_key_word(b, "spread_bps", "null");
	body_key_time(b, "last_updated", r->stamped);
	body_add(b, "}");
}

void route_dex_symbols(struct reply *out, const struct call *c)
{
	const struct snapshot *s = c->market;
	const struct sim_row **rows;
	struct body *b = &out->body;
	size_t venue, n = 0;

	if (!venue_asked(&venue, out, c))
		return;
	rows = arena_array(s->arena, s->n_rows, sizeof(*rows));
	if (!rows) {
		b->failed = true;
		return;
	}
	for (size_t i = 0; i < s->n_rows; i++)
		if (s->rows[i].venue == venue && s->rows[i].kind != ROW_GONE)
			rows[n++] = &s->rows[i];
	qsort(rows, n, sizeof(*rows), depth_order);
	body_add(b, "{");
	body_key_string(b, "dex_name", c->name[0]);
	body_key(b, "symbols");
	body_add(b, "[");
	for (size_t i = 0; i < n; i++)
		symbol_write(b, rows[i]);
	body_add(b, "]");
	body_key_int(b, "count", (int64_t)n);
	body_add(b, "}");
}

/* Whole seconds since an instant; null for never and, by accident, for 0. */
static void age_write(struct body *b, const char *key, struct instant since,
		      struct instant now)
{
	int64_t ms = instant_known(since) ? instant_diff(now, since).ms : 0;

	if (ms / 1000 == 0)
		body_key_word(b, key, "null");
	else
		body_key_int(b, key, ms / 1000);
}

static void dex_health_write(struct body *b, const struct snapshot *s,
			     size_t venue)
{
	struct instant fetched = route_updated(s, venue);

	body_comma(b);
	body_add(b, "{");
	body_key_string(b, "dex_name", s->venues[venue].s);
	body_key_word(b, "is_healthy", "true");
	body_key_word(b, "is_active", "true");
	body_key_time(b, "last_successful_fetch", fetched);
	age_write(b, "time_since_fetch_seconds", fetched, s->now);
	body_key_int(b, "consecutive_errors", 0);
	body_key_word(b, "last_error", "null");
	body_key_int(b, "active_symbols", rates_of(s, venue));
	body_add(b, "}");
}

static struct instant oldest_row(const struct snapshot *s)
{
	struct instant oldest = { INT64_MAX };

	for (size_t i = 0; i < s->n_rows; i++)
		if (s->rows[i].kind != ROW_GONE &&
		    s->rows[i].stamped.ms < oldest.ms)
			oldest = s->rows[i].stamped;
	return oldest.ms == INT64_MAX ? INSTANT_UNKNOWN : oldest;
}

void route_health(struct reply *out, const struct call *c)
{
	const struct snapshot *s = c->market;
	int64_t n = (int64_t)venues_listed(s);
	struct body *b = &out->body;

	body_add(b, "{");
	body_key_string(b, "status", n ? "healthy" : "unhealthy");
	body_key_time(b, "timestamp", s->now);
	body_key_word(b, "database", "{\"connected\":true}");
	body_key(b, "dex_health");
	body_add(b, "[");
	for (size_t i = 0; i < venues_listed(s); i++)
		dex_health_write(b, s, i);
	body_add(b, "],\"dex_summary\":{");
	body_key_int(b, "total", n);
	body_key_int(b, "active", n);
	body_key_int(b, "healthy", n);
	body_add(b, "},\"data_freshness\":{");
	age_write(b, "oldest_data_age_seconds", oldest_row(s), s->now);
	body_key_time(b, "latest_update", route_updated(s, SNAPSHOT_NONE));
	body_key_int(b, "total_rates", rates_of(s, SNAPSHOT_NONE));
	body_add(b, "}}");
}

void route_health_simple(struct reply *out, const struct call *c)
{
	body_add(&out->body, "{\"status\":\"ok\"");
	body_key_time(&out->body, "timestamp", c->market->now);
	body_add(&out->body, "}");
}
