/* SPDX-License-Identifier: MIT */
/*
 * The tables. Decimals are canonical text and checked as such, since STRICT
 * alone would silently take a double; instants are milliseconds since 1970;
 * a fact that is not known is NULL or '?' and why.
 */
#include "migrate.h"

#include <stddef.h>

/* What dec_format writes, and nothing else. */
#define IS_DEC(c) \
	"(" c " NOT GLOB '*[^-0-9.]*' AND " c " GLOB '*[0-9]'" \
	" AND (" c " GLOB '[0-9]*' OR " c " GLOB '-[0-9]*')" \
	" AND " c " NOT GLOB '?*-*' AND " c " NOT GLOB '*.*.*'" \
	" AND " c " NOT GLOB '*.*0' AND " c " <> '-0'" \
	" AND " c " NOT GLOB '0[0-9]*' AND " c " NOT GLOB '-0[0-9]*')"

#define DEC(c)		c " TEXT NOT NULL CHECK (" IS_DEC(c) ")"
#define FACT(c)		c " TEXT CHECK (" c " GLOB '[?][a-z]*' OR " IS_DEC(c) ")"
#define NAME(c)		c " TEXT NOT NULL CHECK (length(" c ") BETWEEN 1 AND 23)"
#define BOOL(c)		c " INTEGER NOT NULL CHECK (" c " IN (0, 1))"
#define LABEL(c)	c " TEXT NOT NULL CHECK (length(" c ") <= 31)"
#define WORD(c)		c " TEXT NOT NULL CHECK (length(" c ") <= 23)"
#define STATUS(c)	c " TEXT NOT NULL CHECK (" c " IN" \
			" ('open', 'pending_close', 'closed'))"
#define ACTION(c)	c " TEXT NOT NULL CHECK (" c " IN" \
			" ('hold', 'alert', 'close'))"
#define POSITION	"position INTEGER NOT NULL REFERENCES positions(id)"

#define LEG(side) \
	NAME(side "_venue") ", " FACT(side "_quantity") ", " \
	FACT(side "_price") ", " FACT(side "_rate_8h")

static const char *const v1[] = {
	"CREATE TABLE meta ("
	" id INTEGER PRIMARY KEY CHECK (id = 1),"
	" account TEXT NOT NULL CHECK (account <> ''),"
	" mode TEXT NOT NULL CHECK (mode IN ('live', 'dry-run'))"
	") STRICT",

	"CREATE TABLE positions ("
	" id INTEGER PRIMARY KEY CHECK (id > 0),"
	" version INTEGER NOT NULL CHECK (version > 0), "
	STATUS("status") ", " NAME("symbol") ", "
	LEG("long") ", " LEG("short") ", "
	DEC("size_usd") ","
	" opened_at INTEGER NOT NULL,"
	" confirmed_at INTEGER, "
	FACT("entry_divergence") ", " BOOL("entry_manual") ", "
	FACT("entry_oi_ratio") ", " DEC("fees_usd") ","
	" external_id TEXT UNIQUE CHECK (length(external_id)"
	" BETWEEN 1 AND 63), "
	LABEL("reason") ","
	" decided_at INTEGER,"
	" closed_at INTEGER, "
	LABEL("muted") ","
	" muted_until INTEGER,"
	" CHECK (long_venue <> short_venue),"
	" CHECK (size_usd NOT GLOB '-*' AND size_usd <> '0'),"
	" CHECK (status <> 'closed' OR closed_at IS NOT NULL)"
	") STRICT",
	"CREATE TRIGGER closed_never_changes BEFORE UPDATE ON positions"
	" WHEN old.status = 'closed' AND new.status = 'closed'"
	" BEGIN SELECT RAISE(ABORT, 'a closed position never changes'); END",

	"CREATE TABLE events ("
	" id INTEGER PRIMARY KEY,"
	" position INTEGER REFERENCES positions(id),"
	" at INTEGER NOT NULL, "
	WORD("kind") ", " WORD("before") ", " WORD("after") ", "
	LABEL("reason") ", " WORD("who") ","
	" note TEXT NOT NULL"
	") STRICT",
	"CREATE INDEX events_of ON events(position)",

	"CREATE TABLE streaks ("
	POSITION ","
	" line TEXT NOT NULL CHECK (line <> ''),"
	" node INTEGER NOT NULL CHECK (node >= 0),"
	" since INTEGER,"
	" last_known INTEGER,"
	" count INTEGER NOT NULL,"
	" stored INTEGER NOT NULL CHECK (stored BETWEEN 0 AND 2),"
	" PRIMARY KEY (position, line, node)"
	") STRICT, WITHOUT ROWID",

	"CREATE TABLE watches ("
	" position INTEGER PRIMARY KEY REFERENCES positions(id),"
	" counted_long INTEGER,"
	" counted_short INTEGER, "
	ACTION("action") ", " LABEL("label") ", " FACT("divergence") ","
	" divergence_at INTEGER,"
	" blind_told INTEGER,"
	" blind_notices INTEGER NOT NULL,"
	" gone_polls INTEGER NOT NULL,"
	" unclosed_told INTEGER, "
	LABEL("severer")
	") STRICT",

	"CREATE TABLE configs ("
	" hash TEXT PRIMARY KEY CHECK (length(hash) BETWEEN 1 AND 16),"
	" text TEXT NOT NULL"
	") STRICT, WITHOUT ROWID",

	"CREATE TABLE polls ("
	" seq INTEGER PRIMARY KEY CHECK (seq > 0),"
	" at INTEGER NOT NULL,"
	" took_ms INTEGER NOT NULL, "
	WORD("result") ","
	" positions INTEGER NOT NULL,"
	" requests INTEGER NOT NULL,"
	" missed_ticks INTEGER NOT NULL,"
	" bytes INTEGER NOT NULL,"
	" config TEXT NOT NULL REFERENCES configs(hash), "
	WORD("version") ","
	" error TEXT NOT NULL"
	") STRICT",
	"CREATE INDEX polls_at ON polls(at)",

	"CREATE TABLE evidence ("
	" poll INTEGER PRIMARY KEY REFERENCES polls(seq), "
	BOOL("key") ","
	" data BLOB NOT NULL"
	") STRICT",

	"CREATE TABLE decisions ("
	" id INTEGER PRIMARY KEY,"
	" poll INTEGER NOT NULL, "
	POSITION ","
	" at INTEGER NOT NULL, "
	ACTION("action") ", " ACTION("before") ", " LABEL("label") ","
	" text TEXT NOT NULL,"
	" UNIQUE (poll, position)"
	") STRICT",
	"CREATE INDEX decisions_of ON decisions(position)",

	"CREATE TABLE settlements ("
	POSITION ","
	" side TEXT NOT NULL CHECK (side IN ('long', 'short')),"
	" at INTEGER NOT NULL, "
	FACT("rate_8h") ","
	" pays_every_s INTEGER NOT NULL CHECK (pays_every_s > 0), "
	FACT("amount_usd") ", " BOOL("late") ", " BOOL("hypothetical") ","
	" PRIMARY KEY (position, side, at)"
	") STRICT, WITHOUT ROWID",

	"CREATE TABLE outbox ("
	" id INTEGER PRIMARY KEY,"
	" at INTEGER NOT NULL,"
	" priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 7),"
	" position INTEGER REFERENCES positions(id), "
	WORD("kind") ","
	" text TEXT NOT NULL,"
	" sent_at INTEGER"
	") STRICT",
	"CREATE INDEX outbox_unsent ON outbox(id) WHERE sent_at IS NULL",

	"CREATE TABLE last_quotes ("
	NAME("symbol") ", " NAME("venue") ", " DEC("rate_8h") ","
	" observed_at INTEGER,"
	" polled_at INTEGER NOT NULL,"
	" next_funding INTEGER,"
	" PRIMARY KEY (symbol, venue)"
	") STRICT, WITHOUT ROWID",
	NULL
};

#define COST(c)	c " TEXT NOT NULL DEFAULT '0' CHECK (" IS_DEC(c) ")"
#define ADD(table, column) "ALTER TABLE " table " ADD COLUMN " column

/*
 * Money over time. `funding` holds the sum of a position's ledger, so that a
 * poll need not read all of it; without a row the ledger itself is summed.
 */
static const char *const v2[] = {
	ADD("positions", COST("slippage_usd")),
	ADD("positions", COST("close_fees_usd")),
	ADD("positions", COST("close_slippage_usd")),
	ADD("positions", FACT("long_exit_price")),
	ADD("positions", FACT("short_exit_price")),
	/* An interval nobody knows is 0: such a row was refused before. */
	"CREATE TABLE ledger ("
	POSITION ","
	" side TEXT NOT NULL CHECK (side IN ('long', 'short')),"
	" at INTEGER NOT NULL, "
	FACT("rate_8h") ","
	" pays_every_s INTEGER NOT NULL CHECK (pays_every_s >= 0),"
	" base TEXT NOT NULL CHECK"
	" (base IN ('entry notional', 'mark price')), "
	FACT("quantity") ", " FACT("price") ", " FACT("amount_usd") ", "
	FACT("reported_usd") ","
	" reported_at INTEGER, "
	BOOL("late") ", " BOOL("hypothetical") ","
	" PRIMARY KEY (position, side, at)"
	") STRICT, WITHOUT ROWID",
	"INSERT INTO ledger SELECT position, side, at, rate_8h, pays_every_s,"
	" 'entry notional', NULL, NULL, amount_usd, NULL, NULL, late,"
	" hypothetical FROM settlements",
	"DROP TABLE settlements",
	"ALTER TABLE ledger RENAME TO settlements",
	ADD("last_quotes", FACT("mark_price")),
	ADD("last_quotes", "pays_every_s INTEGER CHECK (pays_every_s > 0)"),
	"CREATE TABLE funding ("
	" position INTEGER PRIMARY KEY REFERENCES positions(id), "
	DEC("settled_usd") ","
	" settlements INTEGER NOT NULL,"
	" unknown INTEGER NOT NULL"
	") STRICT",
	"CREATE TABLE shadow ("
	" id INTEGER PRIMARY KEY CHECK (id = 1), "
	WORD("profile") ","
	" hash TEXT NOT NULL,"
	" poll INTEGER NOT NULL,"
	" data BLOB NOT NULL"
	") STRICT",
	NULL
};

/*
 * Act and tell. `alerts` has a row for each condition that lasts, or that was
 * put off by a person; `deliveries` one for each message and sink; `handoffs`
 * one for each decided close of an account that hands it over. `held` is what
 * is remembered of a pair at the trading client between two polls.
 */
#define HANDOFF_STATES	"('queued', 'sent', 'acknowledged', 'confirmed'," \
			" 'failed', 'unknown')"

static const char *const v3[] = {
	ADD("outbox", "fingerprint TEXT"),
	ADD("outbox", "label TEXT NOT NULL DEFAULT ''"),
	ADD("outbox", "title TEXT NOT NULL DEFAULT ''"),
	ADD("outbox", "since INTEGER"),
	ADD("outbox", "resolved INTEGER NOT NULL DEFAULT 0 CHECK"
	    " (resolved IN (0, 1))"),
	ADD("outbox", "silent INTEGER NOT NULL DEFAULT 0 CHECK"
	    " (silent IN (0, 1))"),

	"CREATE TABLE alerts ("
	" fingerprint TEXT PRIMARY KEY CHECK (length(fingerprint)"
	" BETWEEN 1 AND 127), "
	WORD("kind") ","
	" position INTEGER REFERENCES positions(id), "
	LABEL("label") ","
	" severity INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 3),"
	" since INTEGER NOT NULL,"
	" seen_at INTEGER NOT NULL,"
	" told_at INTEGER,"
	" tellings INTEGER NOT NULL CHECK (tellings >= 0),"
	" over_at INTEGER,"
	" acked_at INTEGER,"
	" snoozed_until INTEGER, "
	WORD("acked_by") ","
	" muted_by TEXT NOT NULL,"
	" title TEXT NOT NULL,"
	" text TEXT NOT NULL"
	") STRICT, WITHOUT ROWID",

	"CREATE TABLE deliveries ("
	" id INTEGER PRIMARY KEY,"
	" message INTEGER NOT NULL REFERENCES outbox(id) ON DELETE CASCADE,"
	" sink TEXT NOT NULL CHECK (length(sink) BETWEEN 1 AND 31),"
	" state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'delivered',"
	" 'dead', 'dropped')),"
	" tries INTEGER NOT NULL CHECK (tries >= 0),"
	" next_at INTEGER NOT NULL,"
	" done_at INTEGER,"
	" error TEXT NOT NULL,"
	" UNIQUE (message, sink)"
	") STRICT",
	"CREATE INDEX deliveries_open ON deliveries(sink, id)"
	" WHERE state IN ('queued', 'sent')",

	"CREATE TABLE handoffs ("
	" id INTEGER PRIMARY KEY,"
	" key TEXT NOT NULL UNIQUE CHECK (length(key) BETWEEN 1 AND 95), "
	POSITION ","
	" poll INTEGER NOT NULL, "
	WORD("target") ","
	" order_type TEXT NOT NULL CHECK (order_type IN ('market', 'limit')), "
	LABEL("reason") ","
	" state TEXT NOT NULL CHECK (state IN " HANDOFF_STATES "), "
	WORD("held") ","
	" created_at INTEGER NOT NULL,"
	" tries INTEGER NOT NULL CHECK (tries >= 0),"
	" next_at INTEGER NOT NULL,"
	" sent_at INTEGER,"
	" answered_at INTEGER,"
	" confirmed_at INTEGER,"
	" polls INTEGER NOT NULL,"
	" confirm_wide INTEGER NOT NULL CHECK (confirm_wide IN (0, 1)),"
	" detail TEXT NOT NULL,"
	" UNIQUE (position, poll)"
	") STRICT",
	"CREATE INDEX handoffs_open ON handoffs(id)"
	" WHERE state NOT IN ('confirmed', 'failed')",

	"CREATE TABLE brakes ("
	" id INTEGER PRIMARY KEY CHECK (id = 1),"
	" paused_at INTEGER, "
	WORD("paused_by") ","
	" tripped_at INTEGER,"
	" tripped_poll INTEGER"
	") STRICT",

	"CREATE TABLE held ("
	" position INTEGER PRIMARY KEY REFERENCES positions(id),"
	" seen_at INTEGER,"
	" absent INTEGER NOT NULL CHECK (absent >= 0),"
	" long_missing INTEGER NOT NULL CHECK (long_missing >= 0),"
	" long_missing_since INTEGER,"
	" short_missing INTEGER NOT NULL CHECK (short_missing >= 0),"
	" short_missing_since INTEGER, "
	FACT("long_quantity") ", " FACT("short_quantity") ", "
	FACT("long_mark") ", " FACT("short_mark") ", "
	FACT("long_liquidation") ", " FACT("short_liquidation") ", "
	FACT("long_funding") ", " FACT("short_funding") ","
	" CHECK (seen_at IS NOT NULL OR absent = 0)"
	") STRICT",
	NULL
};

const struct migration migrate_steps[] = {
	{ v1 }, { v2 }, { v3 },
};

const int migrate_count = sizeof(migrate_steps) / sizeof(*migrate_steps);
const char migrate_hash[] = "3f51fbba4913968c";
