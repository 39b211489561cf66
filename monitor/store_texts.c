/* SPDX-License-Identifier: MIT */
/* Every SQL text of the store, in the order of enum sql_id. */
#include "store_sql.h"

#define POSITION_COLUMNS \
	"id, version, status, symbol, long_venue, long_quantity, long_price, " \
	"long_rate_8h, short_venue, short_quantity, short_price, " \
	"short_rate_8h, size_usd, opened_at, confirmed_at, " \
	"entry_divergence, entry_manual, entry_oi_ratio, fees_usd, " \
	"external_id, reason, decided_at, closed_at, muted, muted_until, " \
	"slippage_usd, long_exit_price, short_exit_price, " \
	"close_fees_usd, close_slippage_usd"

/* Of the index deliveries_open: without its words SQLite does not use it. */
#define OPEN_DELIVERY "state IN ('queued', 'sent')"

#define SETTLEMENT_COLUMNS \
	"position, side, at, rate_8h, pays_every_s, base, quantity, price, " \
	"amount_usd, reported_usd, reported_at, late, hypothetical"

#define LEDGER_COLUMNS \
	"s.position, s.side, s.at, s.rate_8h, s.pays_every_s, s.base, " \
	"s.quantity, s.price, s.amount_usd, s.reported_usd, s.reported_at, " \
	"s.late, s.hypothetical"

#define QUOTE_COLUMNS \
	"symbol, venue, rate_8h, observed_at, polled_at, next_funding, " \
	"mark_price, pays_every_s"

#define POLL_COLUMNS \
	"seq, at, took_ms, result, positions, requests, missed_ticks, bytes, " \
	"config, version, error"

#define WATCH_COLUMNS \
	"counted_long, counted_short, action, label, divergence, " \
	"divergence_at, blind_told, blind_notices, gone_polls, " \
	"unclosed_told, severer"

#define ALERT_COLUMNS(position) \
	"fingerprint, kind, " position ", label, severity, since, seen_at, " \
	"told_at, tellings, over_at, acked_at, snoozed_until, acked_by, " \
	"muted_by, title, text"
#define HANDOFF_REST \
	"target, order_type, state, held, tries, next_at, sent_at, answered_at, " \
	"confirmed_at, polls, confirm_wide, detail"
#define HANDOFF_COLUMNS \
	"id, key, position, poll, reason, created_at, " HANDOFF_REST
#define HELD_COLUMNS \
	"seen_at, absent, long_missing, long_missing_since, short_missing, " \
	"short_missing_since, long_quantity, long_mark, long_liquidation, " \
	"long_funding, short_quantity, short_mark, short_liquidation, " \
	"short_funding"
#define MESSAGE_COLUMNS \
	"o.id, o.at, o.priority, coalesce(o.position, 0), o.kind, o.text, " \
	"coalesce(o.fingerprint, ''), o.title, o.label, o.since, " \
	"o.resolved, o.silent"

/*
 * What is told may outlive its position, which somebody deleted by hand: that
 * must not fail the polls of all the others.
 */
#define IF_THERE(id) "(SELECT id FROM positions WHERE id = " id ")"

const char *const sql_texts[SQL_COUNT] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_BEGIN_READ] = "BEGIN",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",

	/* One text for all, watched and recent: the time says which. */
	[SQL_POSITIONS] = "SELECT " POSITION_COLUMNS " FROM positions "
		"WHERE status <> 'closed' OR closed_at >= ?1 ORDER BY id",
	[SQL_POSITION] = "SELECT " POSITION_COLUMNS " FROM positions "
		"WHERE id = ?1",
	[SQL_POSITION_IDS] = "SELECT id FROM positions "
		"ORDER BY status = 'closed', id LIMIT 21",
	[SQL_POSITION_NEXT] = "SELECT coalesce(max(id), 0) + 1 FROM positions",
	[SQL_POSITION_ADD] = "INSERT INTO positions (" POSITION_COLUMNS ") "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
		"?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, "
		"?25, ?26, ?27, ?28, ?29, ?30)",
	[SQL_POSITION_CHANGE] = "UPDATE positions SET version = ?2, "
		"status = ?3, symbol = ?4, long_venue = ?5, "
		"long_quantity = ?6, long_price = ?7, long_rate_8h = ?8, "
		"short_venue = ?9, short_quantity = ?10, short_price = ?11, "
		"short_rate_8h = ?12, size_usd = ?13, opened_at = ?14, "
		"confirmed_at = ?15, entry_divergence = ?16, "
		"entry_manual = ?17, entry_oi_ratio = ?18, fees_usd = ?19, "
		"external_id = ?20, reason = ?21, decided_at = ?22, "
		"closed_at = ?23, muted = ?24, muted_until = ?25, "
		"slippage_usd = ?26, long_exit_price = ?27, "
		"short_exit_price = ?28, close_fees_usd = ?29, "
		"close_slippage_usd = ?30 "
		"WHERE id = ?1 AND version = ?2 - 1",
	[SQL_POSITION_EXTERNAL] = "SELECT id FROM positions "
		"WHERE external_id = ?1 AND id <> ?2",

	[SQL_EVENT_ADD] = "INSERT INTO events (position, at, kind, before, "
		"after, reason, who, note) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[SQL_EVENTS] = "SELECT id, coalesce(position, 0), at, kind, before, "
		"after, reason, who, note FROM events "
		"WHERE ?1 = 0 OR position = ?1 ORDER BY id",
	[SQL_CLOSE_AT] = "SELECT at FROM events WHERE position = ?1 "
		"AND kind = 'close' ORDER BY id DESC LIMIT 1",
	[SQL_POSITION_RECORDED] = "SELECT at FROM events "
		"WHERE position = ?1 AND NOT EXISTS (SELECT 1 FROM watches "
		"WHERE watches.position = ?1) ORDER BY id LIMIT 1",

	[SQL_STREAKS] = "SELECT line, node, since, last_known, count, stored "
		"FROM streaks WHERE position = ?1",
	[SQL_STREAK_LINES] = "SELECT DISTINCT line FROM streaks "
		"WHERE position = ?1",
	[SQL_STREAK_PUT] = "INSERT INTO streaks (position, line, node, since, "
		"last_known, count, stored) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
		"ON CONFLICT (position, line, node) DO UPDATE SET "
		"since = ?4, last_known = ?5, count = ?6, stored = ?7",
	[SQL_STREAK_DROP] = "DELETE FROM streaks "
		"WHERE position = ?1 AND line = ?2 AND node = ?3",
	[SQL_STREAK_DROP_LINE] = "DELETE FROM streaks "
		"WHERE position = ?1 AND line = ?2",
	[SQL_STREAK_FORGET] = "DELETE FROM streaks WHERE position = ?1",
	[SQL_WATCH] = "SELECT " WATCH_COLUMNS " FROM watches "
		"WHERE position = ?1",
	[SQL_WATCH_PUT] = "INSERT OR REPLACE INTO watches (position, "
		WATCH_COLUMNS ") "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
	[SQL_WATCH_FORGET] = "DELETE FROM watches WHERE position = ?1",

	[SQL_SHADOW] = "SELECT data FROM shadow WHERE hash = ?1",
	[SQL_SHADOW_PUT] = "INSERT INTO shadow (id, profile, hash, poll, data) "
		"VALUES (1, ?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE "
		"SET profile = ?1, hash = ?2, poll = ?3, data = ?4",

	[SQL_POLL_GAP] = "SELECT p.at FROM polls p "
		"JOIN polls b ON b.seq = p.seq - 1 "
		"WHERE p.at > ?1 AND p.at <= ?2 AND p.at - b.at > ?3 "
		"ORDER BY p.at DESC LIMIT 1",
	[SQL_POLL_LAST] = "SELECT " POLL_COLUMNS " FROM polls "
		"ORDER BY seq DESC LIMIT 1",
	[SQL_POLL_NEWEST] = "SELECT max(at) FROM polls",
	[SQL_POLL_PUT] = "INSERT INTO polls (" POLL_COLUMNS ") "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
	[SQL_POLL_AT] = "SELECT " POLL_COLUMNS " FROM polls "
		"WHERE at <= ?1 AND seq IN (SELECT poll FROM evidence) "
		"ORDER BY at DESC, seq DESC LIMIT 1",
	[SQL_POLL_COUNTS] = "SELECT count(*), coalesce(sum(missed_ticks), 0), "
		"coalesce(sum(result = 'unusable'), 0) FROM polls "
		"WHERE at >= ?1",
	/* What a decision was made with is kept as long as the decision. */
	[SQL_POLL_DROP] = "DELETE FROM polls WHERE seq BETWEEN ?1 AND ?2 - 1 "
		"AND seq NOT IN (SELECT poll FROM decisions WHERE poll "
		"BETWEEN ?1 AND ?2 - 1)",
	[SQL_CONFIG_PUT] = "INSERT INTO configs (hash, text) VALUES (?1, ?2) "
		"ON CONFLICT (hash) DO NOTHING",
	[SQL_CONFIG] = "SELECT text FROM configs WHERE hash = ?1",

	[SQL_EVIDENCE_PUT] = "INSERT INTO evidence (poll, key, data) "
		"VALUES (?1, ?2, ?3)",
	[SQL_EVIDENCE_KEY] = "SELECT poll FROM evidence "
		"WHERE poll <= ?1 AND key = 1 ORDER BY poll DESC LIMIT 1",
	[SQL_EVIDENCE_RUN] = "SELECT poll, data FROM evidence "
		"WHERE poll BETWEEN ?1 AND ?2 ORDER BY poll",
	[SQL_EVIDENCE_FIRST] = "SELECT min(poll) FROM evidence",
	[SQL_EVIDENCE_NEXT_KEY] = "SELECT poll FROM evidence "
		"WHERE poll > ?1 AND key = 1 ORDER BY poll LIMIT 1",
	[SQL_EVIDENCE_LAST_AT] = "SELECT max(at) FROM polls WHERE seq < ?1",
	[SQL_EVIDENCE_SIZES] = "SELECT length(data) FROM evidence "
		"WHERE poll < ?1",
	[SQL_EVIDENCE_DROP] = "DELETE FROM evidence WHERE poll < ?1",
	[SQL_EVIDENCE_PAGES] = "SELECT coalesce(sum(pgsize), 0) FROM dbstat "
		"WHERE name = 'evidence' AND aggregate = TRUE",
	[SQL_RECORDED] = "SELECT p.seq, p.at, p.config, p.version, e.key, "
		"e.data FROM evidence e JOIN polls p ON p.seq = e.poll "
		"WHERE e.poll > ?1 ORDER BY e.poll LIMIT ?2",
	[SQL_RECORDED_START] = "SELECT max(poll) FROM evidence WHERE key = 1 "
		"AND poll <= coalesce((SELECT min(seq) FROM polls "
		"WHERE at >= ?1 AND seq IN (SELECT poll FROM evidence)), 0)",
	[SQL_FILE_BYTES] = "SELECT (page_count - freelist_count) * page_size "
		"FROM pragma_page_count, pragma_freelist_count, "
		"pragma_page_size",

	[SQL_DECISION_PUT] = "INSERT INTO decisions (poll, position, at, "
		"action, before, label, text) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[SQL_DECISION] = "SELECT id, poll, position, at, action, before, "
		"label, text FROM decisions WHERE poll = ?1 AND position = ?2",
	[SQL_DECISION_COUNT] = "SELECT count(*) FROM decisions "
		"WHERE poll BETWEEN ?1 AND ?2",
	[SQL_DECISIONS] = "SELECT id, poll, position, at, action, before, "
		"label, text FROM decisions "
		"WHERE (?1 = 0 OR position = ?1) AND at >= ?2 AND at <= ?3 "
		"ORDER BY id DESC LIMIT ?4",

	[SQL_SETTLEMENT_PUT] = "INSERT INTO settlements ("
		SETTLEMENT_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
		"?9, ?10, ?11, ?12, ?13) "
		"ON CONFLICT (position, side, at) DO NOTHING",
	[SQL_SETTLEMENTS] = "SELECT " SETTLEMENT_COLUMNS " "
		"FROM settlements WHERE position BETWEEN ?1 AND ?2 "
		"ORDER BY position, at, side",
	[SQL_SETTLEMENT_REPORT] = "UPDATE settlements SET reported_usd = ?4, "
		"reported_at = ?5 WHERE position = ?1 AND side = ?2 "
		"AND at = ?3",
	[SQL_SETTLEMENTS_CLOSE] = "UPDATE settlements SET hypothetical = 1 "
		"WHERE position = ?1 AND at > ?2 AND hypothetical = 0",
	[SQL_SETTLEMENTS_UNCLOSE] = "UPDATE settlements SET hypothetical = 0 "
		"WHERE position = ?1",
	[SQL_SETTLEMENTS_AHEAD] = "DELETE FROM settlements "
		"WHERE position = ?1 AND at > ?2 AND reported_usd IS NULL",
	[SQL_SETTLEMENTS_PAST] = "DELETE FROM settlements "
		"WHERE position = ?1 AND side = ?2 AND at <= ?3 "
		"AND reported_usd IS NULL",
	[SQL_FUNDING] = "SELECT settled_usd, settlements, unknown "
		"FROM funding WHERE position = ?1",
	[SQL_FUNDING_PUT] = "INSERT INTO funding (position, settled_usd, "
		"settlements, unknown) VALUES (?1, ?2, ?3, ?4) "
		"ON CONFLICT (position) DO UPDATE SET settled_usd = ?2, "
		"settlements = ?3, unknown = ?4",

	[SQL_MESSAGE_PUT] = "INSERT INTO outbox (at, priority, position, "
		"kind, text, fingerprint, label, title, since, resolved, "
		"silent, sent_at) VALUES (?1, ?2, " IF_THERE("?3") ", ?4, ?5, ?6, ?7, ?8, ?9, "
		"?10, ?11, iif(?6 IS NULL, NULL, ?1))",
	[SQL_UNSENT] = "SELECT id, at, priority, coalesce(position, 0), kind, "
		"text FROM outbox WHERE sent_at IS NULL ORDER BY id",
	[SQL_MARK_SENT] = "UPDATE outbox SET sent_at = ?2 WHERE id = ?1 "
		"AND sent_at IS NULL",
	/* But for what a sink has still to be told. */
	[SQL_MESSAGE_DROP] = "DELETE FROM outbox WHERE sent_at < ?1 "
		"AND NOT EXISTS (SELECT 1 FROM deliveries "
		"WHERE message = outbox.id AND " OPEN_DELIVERY ")",

	[SQL_ALERTS] = "SELECT " ALERT_COLUMNS("coalesce(position, 0)") " FROM alerts "
		"ORDER BY fingerprint",
	[SQL_ALERT_PUT] = "INSERT OR REPLACE INTO alerts ("
		ALERT_COLUMNS("position") ") "
		"VALUES (?1, ?2, " IF_THERE("?3") ", ?4, ?5, ?6, ?7, ?8, ?9, "
		"?10, ?11, ?12, ?13, ?14, ?15, ?16)",
	[SQL_ALERT_DROP] = "DELETE FROM alerts WHERE fingerprint = ?1",

	[SQL_DELIVERY_PUT] = "INSERT INTO deliveries (message, sink, state, "
		"tries, next_at, error) VALUES (?1, ?2, 'queued', 0, ?3, '')",
	/* Only the oldest of a sink may go: its order is kept. */
	[SQL_DELIVERY_HEAD] = "SELECT d.id, d.tries, d.next_at, "
		MESSAGE_COLUMNS " FROM deliveries d "
		"JOIN outbox o ON o.id = d.message WHERE d.sink = ?1 "
		"AND d." OPEN_DELIVERY " ORDER BY d.id LIMIT 1",
	[SQL_DELIVERY_MARK] = "UPDATE deliveries SET state = ?2, tries = ?3, "
		"next_at = ?4, done_at = ?5, error = ?6 WHERE id = ?1",
	[SQL_DELIVERY_RESTART] = "UPDATE deliveries SET state = 'queued' "
		"WHERE state = 'sent' AND " OPEN_DELIVERY,
	[SQL_DELIVERY_WAITING] = "SELECT d.id, o.priority, o.resolved "
		"FROM deliveries d JOIN outbox o ON o.id = d.message "
		"WHERE d.sink = ?1 AND d.state = 'queued' AND d." OPEN_DELIVERY
		" AND o.fingerprint = ?2 ORDER BY d.id",
	[SQL_DELIVERY_HEARD] = "SELECT o.resolved FROM deliveries d "
		"JOIN outbox o ON o.id = d.message WHERE d.sink = ?1 "
		"AND d.state IN ('sent', 'delivered') AND o.fingerprint = ?2 "
		"ORDER BY d.id DESC LIMIT 1",
	/* Of too many, the least important, oldest first. */
	[SQL_DELIVERY_DROP] = "UPDATE deliveries SET state = 'dropped', "
		"done_at = ?3, error = 'too many waiting' WHERE id IN "
		"(SELECT d.id FROM deliveries d JOIN outbox o "
		"ON o.id = d.message WHERE d.sink = ?1 "
		"AND d.state = 'queued' AND d." OPEN_DELIVERY " "
		"AND o.priority > 3 "
		"ORDER BY o.priority DESC, d.id LIMIT max(0, (SELECT count(*) "
		"FROM deliveries WHERE sink = ?1 "
		"AND " OPEN_DELIVERY ") - ?2))",
	[SQL_DELIVERY_QUEUE] = "SELECT count(*), coalesce((SELECT error FROM "
		"deliveries WHERE sink = ?1 AND error <> '' "
		"ORDER BY id DESC LIMIT 1), ''), "
		"min((SELECT at FROM outbox WHERE id = message)), "
		"coalesce((SELECT state = 'dead' AND done_at > ?2 "
		"FROM deliveries "
		"WHERE sink = ?1 AND state IN ('delivered', 'dead') "
		"ORDER BY id DESC LIMIT 1), 0) FROM deliveries "
		"WHERE sink = ?1 AND " OPEN_DELIVERY,
	[SQL_DELIVERY_SINKS] = "SELECT DISTINCT sink FROM deliveries WHERE "
		OPEN_DELIVERY " ORDER BY sink",
	[SQL_ALERTS_HEARD] = "SELECT a.fingerprint, sum(d.state = 'delivered'), "
		"sum(d." OPEN_DELIVERY "), sum(d.state = 'dead') "
		"FROM alerts a JOIN outbox o ON o.fingerprint = a.fingerprint "
		"AND o.at >= a.since JOIN deliveries d ON d.message = o.id "
		"GROUP BY a.fingerprint",
	[SQL_DELIVERIES_OF] = "SELECT d.id, d.sink, d.state, d.tries, "
		"d.next_at, d.done_at, d.error, o.at, o.kind, o.title, "
		"o.resolved FROM deliveries d JOIN outbox o "
		"ON o.id = d.message WHERE o.position = ?1 OR ?1 = 0 "
		"ORDER BY d.id DESC LIMIT ?2",

	[SQL_HELD] = "SELECT " HELD_COLUMNS " FROM held WHERE position = ?1",
	[SQL_HELD_PUT] = "INSERT OR REPLACE INTO held (position, "
		HELD_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
		"?10, ?11, ?12, ?13, ?14, ?15)",
	[SQL_HELD_ANEW] = "UPDATE held SET absent = ?2 WHERE position = ?1 "
		"AND absent = 1",

	[SQL_HANDOFF_ADD] = "INSERT INTO handoffs (key, position, poll, "
		"reason, created_at, " HANDOFF_REST ") VALUES (?1, "
		"?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
		"?15, ?16, ?17)",
	[SQL_HANDOFF_SAVE] = "UPDATE handoffs SET (" HANDOFF_REST ") = (?2, "
		"?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) WHERE "
		"id = ?1",
	[SQL_HANDOFF] = "SELECT " HANDOFF_COLUMNS " FROM handoffs "
		"WHERE id = ?1",
	[SQL_HANDOFFS_OPEN] = "SELECT " HANDOFF_COLUMNS " FROM handoffs h "
		"WHERE state NOT IN ('confirmed', 'failed') OR (state = "
		"'failed' AND id = (SELECT max(id) FROM handoffs "
		"WHERE position = h.position) AND (SELECT status FROM "
		"positions WHERE id = h.position) = 'pending_close') "
		"ORDER BY id",
	[SQL_HANDOFFS] = "SELECT " HANDOFF_COLUMNS " FROM handoffs "
		"WHERE position = ?1 OR ?1 = 0 ORDER BY id DESC",
	[SQL_BRAKES] = "SELECT paused_at, paused_by, tripped_at, "
		"coalesce(tripped_poll, 0) FROM brakes",
	[SQL_BRAKES_PUT] = "INSERT OR REPLACE INTO brakes (id, paused_at, "
		"paused_by, tripped_at, tripped_poll) "
		"VALUES (1, ?1, ?2, ?3, ?4)",

	[SQL_QUOTES] = "SELECT " QUOTE_COLUMNS " FROM last_quotes "
		"ORDER BY symbol, venue",
	[SQL_QUOTE_PUT] = "INSERT INTO last_quotes (" QUOTE_COLUMNS ") "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
		"ON CONFLICT (symbol, venue) DO UPDATE SET rate_8h = ?3, "
		"observed_at = ?4, polled_at = ?5, next_funding = ?6, "
		"mark_price = ?7, pays_every_s = ?8",

	/* A page behind a key; the sum of a ledger has a statement of its own. */
	[SQL_PAGE_POSITIONS] = "SELECT " POSITION_COLUMNS " FROM positions "
		"WHERE id > ?1 AND opened_at >= ?2 AND opened_at < ?3 "
		"ORDER BY id LIMIT ?4",
	[SQL_PAGE_DECISIONS] = "SELECT id, poll, position, at, action, before, "
		"label, text FROM decisions "
		"WHERE id > ?1 AND at >= ?2 AND at < ?3 ORDER BY id LIMIT ?4",
	[SQL_PAGE_LEDGER] = "SELECT " LEDGER_COLUMNS ", p.symbol, "
		"iif(s.side = 'long', p.long_venue, p.short_venue), "
		"p.external_id FROM settlements s JOIN positions p "
		"ON p.id = s.position "
		"WHERE (s.position, s.side, s.at) > (?1, ?5, ?6) "
		"AND s.at >= ?2 AND s.at < ?3 "
		"ORDER BY s.position, s.side, s.at LIMIT ?4",
	[SQL_PAGE_POLLS] = "SELECT " POLL_COLUMNS " FROM polls "
		"WHERE seq > ?1 AND at >= ?2 AND at < ?3 "
		"ORDER BY seq LIMIT ?4",
};
