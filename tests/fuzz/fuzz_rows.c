/* SPDX-License-Identifier: MIT */
/*
 * Rows out of the database, distrusted. A database with a row of each kind
 * loses its constraints, as one that was written by somebody else; a line of
 * the input, `TABLE.COLUMN TYPE VALUE`, sets a column (type i, r, t, b or n:
 * integer, real, text, blob, NULL). Each reader then refuses, and names the
 * column, or gives rows that are what their headers say.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert.h"
#include "migrate.h"
#include "store_alerts.h"
#include "store_handoffs.h"
#include "store_held.h"
#include "store_sql.h"

#define LINES	64

/* ---- what holds of what is taken ---- */

static void check_fact(struct fact f)
{
	char text[DEC_TEXT_MAX];

	CHECK(f.why >= 0 && f.why < WHY_COUNT && f.known == (f.why == WHY_KNOWN));
	CHECK(!f.known || dec_format(text, f.v) < sizeof(text));
}

static void check_contract(struct symbol s, struct venue v)
{
	struct symbol symbol;
	struct venue venue;

	CHECK(memchr(s.s, '\0', sizeof(s.s)) && memchr(v.s, '\0', sizeof(v.s)));
	CHECK(symbol_parse(&symbol, s.s, strlen(s.s)));
	CHECK(venue_parse(&venue, v.s, strlen(v.s)));
}

static void check_text(const char *s, size_t max)
{
	CHECK(s && strlen(s) < max);
}

static void check_position(const struct position *p)
{
	CHECK(p->status >= STATUS_OPEN && p->status <= STATUS_CLOSED);
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		check_contract(p->symbol, p->leg[s].venue);
		check_fact(p->leg[s].quantity);
		check_fact(p->leg[s].entry_price);
		check_fact(p->leg[s].exit_price);
	}
	check_fact(p->entry_divergence);
	check_fact(p->entry_oi_ratio);
	CHECK(memchr(p->external_id, '\0', sizeof(p->external_id)));
	fuzz_check_label(p->reason);
	fuzz_check_label(p->muted);
	CHECK(venue_cmp(p->leg[LEG_LONG].venue, p->leg[LEG_SHORT].venue) != 0);
	CHECK(dec_sign(p->size_usd) > 0 && instant_known(p->opened_at));
	CHECK(p->status != STATUS_CLOSED || instant_known(p->closed_at));
}

static void check_settlement(const struct settlement *r)
{
	CHECK(r->side == LEG_LONG || r->side == LEG_SHORT);
	CHECK(r->base == BASE_ENTRY_NOTIONAL || r->base == BASE_MARK_PRICE);
	check_fact(r->rate_8h);
	check_fact(r->amount_usd);
	check_fact(r->reported_usd);
}

static void check_handoff(const struct handoff_row *r)
{
	CHECK(r->state >= HANDOFF_QUEUED && r->state <= HANDOFF_UNKNOWN);
	CHECK(r->order == ORDER_LIMIT || r->order == ORDER_MARKET);
	fuzz_check_label(r->reason);
	check_text(r->key, sizeof(r->key));
	check_text(r->held, sizeof(r->held));
	check_text(r->detail, sizeof(r->detail));
}

static void check_alert(const struct alert_row *r)
{
	CHECK(r->severity >= SEVERITY_INFO && r->severity <= SEVERITY_CRITICAL);
	fuzz_check_label(r->label);
	check_text(r->fingerprint, sizeof(r->fingerprint));
	check_text(r->title, SIZE_MAX);
	check_text(r->text, SIZE_MAX);
}

static void check_decision(const struct decision_row *r)
{
	CHECK(r->action >= ACTION_HOLD && r->action <= ACTION_CLOSE);
	CHECK(r->before >= ACTION_HOLD && r->before <= ACTION_CLOSE);
	fuzz_check_label(r->label);
	check_text(r->text, SIZE_MAX);
}

/* ---- the readers ---- */

typedef bool reader(struct store *s, struct arena *a, struct err *err);

/* Each row of a list that store_##ask gives. */
#define LIST(name, type, check, ...) \
	static bool read_##name(struct store *s, struct arena *a, \
				struct err *err) \
	{ \
		struct type *list; \
		size_t n; \
		\
		if (!store_##name(s, &list, &n, __VA_ARGS__)) \
			return false; \
		for (size_t i = 0; i < n; i++) \
			check(&list[i]); \
		return true; \
	}

#define ANY	INSTANT_UNKNOWN

static void check_event(const struct event *e)
{
	fuzz_check_label(e->reason);
	check_text(e->kind, sizeof(e->kind));
	check_text(e->note, SIZE_MAX);
}

static void check_quote(const struct last_quote *q)
{
	check_contract(q->symbol, q->venue);
	check_fact(q->mark_price);
}

static void check_poll(const struct poll *p)
{
	check_text(p->result, sizeof(p->result));
	check_text(p->config, sizeof(p->config));
	check_text(p->error, SIZE_MAX);
}

static void check_message(const struct message *m)
{
	check_text(m->kind, SIZE_MAX);
	check_text(m->text, SIZE_MAX);
}

static void check_delivery(const struct delivery_row *r)
{
	check_text(r->sink, sizeof(r->sink));
	check_text(r->state, sizeof(r->state));
	check_text(r->error, SIZE_MAX);
	check_text(r->title, SIZE_MAX);
}

LIST(positions, position, check_position, STORE_ALL, ANY, a, err)
LIST(events, event, check_event, 1, a, err)
LIST(decisions, decision_row, check_decision, 0, ANY, ANY, 0, a, err)
LIST(settlements, settlement, check_settlement, 1, a, err)
LIST(unsent, message, check_message, a, err)
LIST(last_quotes, last_quote, check_quote, a, err)
LIST(alerts, alert_row, check_alert, a, err)
LIST(deliveries, delivery_row, check_delivery, 0, 100, a, err)
LIST(open_handoffs, handoff_row, check_handoff, a, err)
LIST(handoffs, handoff_row, check_handoff, 0, a, err)

static bool read_position(struct store *s, struct arena *a, struct err *err)
{
	struct position p;

	(void)a;
	if (!store_position(s, &p, 1, err))
		return err->kind == ERR_NOT_FOUND;	/* its id was set */
	check_position(&p);
	return true;
}

static bool read_last_poll(struct store *s, struct arena *a, struct err *err)
{
	struct poll p;
	bool found;

	(void)a;
	if (!store_last_poll(s, &p, &found, err))
		return false;
	if (found)
		check_poll(&p);
	return true;
}

static bool read_head(struct store *s, struct arena *a, struct err *err)
{
	struct delivery d;
	bool found;

	if (!store_delivery_head(s, &d, &found, "phone", a, err))
		return false;
	if (found)
		check_message(&d.message);
	return true;
}

static bool read_held(struct store *s, struct arena *a, struct err *err)
{
	struct held_memory m;

	(void)a;
	if (!store_held(s, &m, 1, err))
		return false;
	for (int i = LEG_LONG; i <= LEG_SHORT; i++) {
		check_fact(m.leg[i].quantity);
		check_fact(m.leg[i].mark_price);
		check_fact(m.leg[i].liquidation_price);
	}
	return true;
}

static bool read_brakes(struct store *s, struct arena *a, struct err *err)
{
	struct brakes b;

	(void)a;
	if (!store_brakes(s, &b, err))
		return false;
	check_text(b.paused_by, sizeof(b.paused_by));
	return true;
}

static bool read_funding(struct store *s, struct arena *a, struct err *err)
{
	struct funding f;

	(void)a;
	if (!store_funding(s, &f, 1, err))
		return false;
	check_fact(f.sum_usd);
	return true;
}

static bool read_memory(struct store *s, struct arena *a, struct err *err)
{
	static struct profile none;
	struct streak slots[SLOTS_MAX];
	struct watch w;

	(void)a;
	if (!store_load_memory(s, slots, &w, 1, &none, err))
		return false;
	CHECK(w.action >= ACTION_HOLD && w.action <= ACTION_CLOSE);
	fuzz_check_label(w.label);
	return true;
}

static reader *const readers[] = {
	read_positions, read_position, read_events, read_decisions, read_settlements,
	read_unsent, read_last_quotes, read_alerts, read_deliveries,
	read_open_handoffs, read_handoffs, read_last_poll, read_head,
	read_held, read_brakes, read_funding, read_memory
};
#define READERS	(sizeof(readers) / sizeof(*readers))

/* ---- the database ---- */

/* While its constraints hold: each row is one of ours. */
static const char seeds[] =
	"INSERT INTO configs VALUES ('aa', 'version: 1');"
	"INSERT INTO polls (seq, at, took_ms, result, positions, requests,"
	" missed_ticks, bytes, config, version, error) VALUES (1, 1795000000000,"
	" 12, 'ok', 1, 3, 0, 4000, 'aa', '0.4.0', '');"
	"INSERT INTO positions (id, version, status, symbol, long_venue,"
	" short_venue, size_usd, opened_at, entry_divergence, entry_manual,"
	" entry_oi_ratio, fees_usd, external_id, reason, decided_at, muted)"
	" VALUES (1, 3, 'pending_close', 'BTC', 'lighter', 'grvt', '20000',"
	" 1794000000000, '0.0009', 0, NULL, '16', 'u-1', 'FLIPPED',"
	" 1795000000000, '');"
	"INSERT INTO events VALUES (1, 1, 1795000000000, 'decide', 'open',"
	" 'pending_close', 'FLIPPED', 'monitor', 'it flipped');"
	"INSERT INTO watches (position, action, label, divergence,"
	" blind_notices, gone_polls, severer) VALUES (1, 'close', 'FLIPPED',"
	" '-0.0003', 0, 0, '');"
	"INSERT INTO decisions VALUES (1, 1, 1, 1795000000000, 'close', 'hold',"
	" 'FLIPPED', 'now -18 USD/8h');"
	"INSERT INTO settlements (position, side, at, rate_8h, pays_every_s,"
	" base, quantity, price, amount_usd, reported_usd, late, hypothetical)"
	" VALUES (1, 'long', 1794996000000, '0.0001', 3600, 'mark price',"
	" '0.2', '100000', '-0.25', NULL, 0, 0);"
	"INSERT INTO funding VALUES (1, '-0.25', 1, 0);"
	"INSERT INTO last_quotes (symbol, venue, rate_8h, observed_at,"
	" polled_at, next_funding, mark_price, pays_every_s) VALUES ('BTC',"
	" 'grvt', '0.0004', 1795000000000, 1795000000000, 1795003200000,"
	" '100000', 3600);"
	"INSERT INTO outbox (id, at, priority, position, kind, text,"
	" fingerprint, label, title, since) VALUES (1, 1795000000000, 2, 1,"
	" 'close', 'now -18 USD/8h', 'main/1/close', 'FLIPPED', 'CLOSE main/1',"
	" 1795000000000);"
	"INSERT INTO alerts (fingerprint, kind, position, label, severity,"
	" since, seen_at, told_at, tellings, acked_by, muted_by, title, text)"
	" VALUES ('main/1/close', 'close', 1, 'FLIPPED', 3, 1795000000000,"
	" 1795000000000, 1795000000000, 1, '', '', 'CLOSE main/1', 'now');"
	"INSERT INTO deliveries VALUES (1, 1, 'phone', 'queued', 0,"
	" 1795000000000, NULL, '');"
	"INSERT INTO handoffs VALUES (1, 'main-1-1', 1, 1, 'control_api',"
	" 'market', 'FLIPPED', 'unknown', '', 1795000000000, 1, 1795000000000,"
	" 1795000000000, NULL, NULL, 1, 0, 'no answer');"
	"INSERT INTO brakes VALUES (1, NULL, '', 1795000000000, 1);"
	"INSERT INTO held VALUES (1, 1795000000000, 0, 0, NULL, 0, NULL, '0.2',"
	" '0.2', '100000', '100010', NULL, '150000', '0.25', '-0.5')";

/* Every value of every type is taken from here on. */
static const char relaxed[] =
	"DROP TRIGGER closed_never_changes;"
	"PRAGMA foreign_keys = OFF; PRAGMA writable_schema = ON;"
	"UPDATE sqlite_schema SET sql = replace(replace(replace(replace("
	"replace(replace(replace(sql, 'INTEGER PRIMARY KEY', '##'), 'INTEGER',"
	" 'BLOB'), 'TEXT', 'BLOB'), 'BLOB NOT NULL', 'BLOB'), '##', 'INTEGER"
	" PRIMARY KEY'), ') STRICT, ', ') '), ') STRICT', ')')"
	" WHERE type = 'table';"
	"PRAGMA writable_schema = RESET; PRAGMA ignore_check_constraints = ON";

static void run(sqlite3 *db, const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fuzz_broken(__FILE__, __LINE__, why ? why : sql);
}

static struct store *database(void)
{
	static char name[] = "rows.db";
	static struct store s = { .path = name, .evidence = -1 };

	if (s.db)
		return &s;
	CHECK(sqlite3_open(":memory:", &s.db) == SQLITE_OK);
	for (int i = 0; i < migrate_count; i++)
		for (const char *const *sql = migrate_steps[i].sql; *sql; sql++)
			run(s.db, *sql);
	run(s.db, seeds);
	run(s.db, relaxed);
	return &s;
}

/* ---- a line of the input ---- */

static bool is_name(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz_0123456789", s[i]) ||
		    !s[i])
			return false;
	return n > 0 && n < 32;
}

static bool bind(sqlite3_stmt *st, char type, const char *s, size_t n)
{
	char text[64];
	size_t few = n < sizeof(text) - 1 ? n : sizeof(text) - 1;

	if (few)
		memcpy(text, s, few);
	text[few] = '\0';
	switch (type) {
	case 'i':
		return !sqlite3_bind_int64(st, 1, strtoll(text, NULL, 10));
	case 'r':
	case 't':
		return !sqlite3_bind_text(st, 1, s, (int)n, SQLITE_TRANSIENT);
	case 'b':
		return !sqlite3_bind_blob(st, 1, n ? s : "", (int)n,
					  SQLITE_TRANSIENT);
	case 'n':
		return true;
	default:
		return false;
	}
}

/* False: it is none, or no such column. */
static bool set_column(sqlite3 *db, const char *s, size_t n)
{
	const char *dot = n ? memchr(s, '.', n) : NULL;
	const char *gap = dot ? memchr(dot, ' ', n - (size_t)(dot - s)) : NULL;
	size_t rest = gap ? n - (size_t)(gap - s) : 0;
	sqlite3_stmt *st = NULL;
	char sql[120];
	bool ok;

	if (rest < 2 || !is_name(s, (size_t)(dot - s)) ||
	    !is_name(dot + 1, (size_t)(gap - dot - 1)))
		return false;
	snprintf(sql, sizeof(sql), "UPDATE %.*s SET %.*s = %s", (int)(dot - s),
		 s, (int)(gap - dot - 1), dot + 1,
		 gap[1] == 'r' ? "CAST(?1 AS REAL)" : "?1");
	ok = sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK &&
	     bind(st, gap[1], gap + (rest > 2 ? 3 : 2), rest > 2 ? rest - 3 : 0) &&
	     sqlite3_step(st) == SQLITE_DONE;
	sqlite3_finalize(st);
	return ok;
}

FUZZ_TARGET(rows)
{
	struct store *store = database();
	struct err err = { ERR_NONE, "" };
	size_t lines = 0, set = 0, taken = 0;
	const char *line;

	CHECK(store_begin(store, &err));
	while (n > 0 && lines++ < LINES) {
		size_t len = fuzz_line(&line, &s, &n);

		set += set_column(store->db, line, len);
	}
	for (size_t i = 0; i < READERS; i++) {
		err = (struct err){ ERR_NONE, "" };
		if (readers[i](store, fuzz_arena(), &err))
			taken++;
		else
			fuzz_check_refusal(&err, ERR_STORE);
	}
	CHECK(set > 0 || taken == READERS);
	store_rollback(store);
	return set > 0 && taken == READERS;
}
