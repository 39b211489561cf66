/* SPDX-License-Identifier: MIT */
/*
 * The one table of options; cli_parse.c, help.c and completion read it, and
 * commands.c says which command takes which.
 */
#ifndef CARRYWATCH_CLI_OPTIONS_H
#define CARRYWATCH_CLI_OPTIONS_H

#include <stdint.h>

/* id, long name, letter (0 none), argument (NULL: a flag), help */
#define OPTION_TABLE(X) \
	X(CONFIG, "config", 'c', "FILE", "configuration file") \
	X(ACCOUNT, "account", 'a', "NAME", "account; may repeat; all") \
	X(OUTPUT, "output", 'o', "FORMAT", \
	  "table, wide, json, jsonl, csv or tsv") \
	X(JSON, "json", 0, NULL, "the same as -o json") \
	X(COLUMNS, "columns", 0, "A,B", "only these columns, in this order") \
	X(SORT, "sort", 0, "COLUMN", "sort by it; -COLUMN: descending") \
	X(LIMIT, "limit", 0, "N", "at most N rows") \
	X(SINCE, "since", 0, "TIME", "from this time, or so long ago (24h)") \
	X(UNTIL, "until", 0, "TIME", "before this time, or so long ago") \
	X(AT, "at", 0, "TIME", "as of the newest poll not after TIME") \
	X(UNIT, "unit", 0, "UNIT", "rates per 8h, 1h, day or as apr") \
	X(WATCH, "watch", 'w', NULL, "draw again every second") \
	X(ALL, "all", 0, NULL, "closed positions too") \
	X(LOCAL, "local", 0, NULL, "times for people in the local zone") \
	X(QUIET, "quiet", 'q', NULL, "errors only") \
	X(VERBOSE, "verbose", 'v', NULL, "say more") \
	X(YES, "yes", 'y', NULL, "do not ask") \
	X(DRY_RUN, "dry-run", 'n', NULL, "say what would be done, do nothing") \
	X(EXIT_CODE, "exit-code", 0, NULL, "10: some alert, 11: must close") \
	X(NO_COLOR, "no-color", 0, NULL, "no colour on a terminal") \
	X(PRINT, "print", 0, NULL, "print the effective configuration") \
	X(PROFILE, "profile", 0, "A,B", "profiles; hold: never closes") \
	X(VERIFY, "verify", 0, NULL, "exit 1 unless all comes out as recorded") \
	X(ONCE, "once", 0, NULL, "exactly one poll, then exit") \
	X(CLOCK, "clock", 0, "ORIGIN,START,SPEED", \
	  "market clock, dry-run accounts only") \
	X(EVERY, "every", 0, "TIME", "poll so often instead of the profile's") \
	X(POLLS, "polls", 0, "N", "stop after N polls") \
	X(RESTORED, "restored", 0, NULL, \
	  "go on with a database that a backup replaced") \
	X(FOR, "for", 0, "TIME", "how long (default 8h)") \
	X(REASON, "reason", 0, "LABEL", "the label meant") \
	X(NOTE, "note", 0, "TEXT", "kept with the event") \
	X(SYMBOL, "symbol", 0, "COIN", "base asset") \
	X(LONG, "long", 0, "VENUE", "venue of the long leg") \
	X(SHORT, "short", 0, "VENUE", "venue of the short leg") \
	X(SIZE, "size", 0, "USD", "notional of one leg") \
	X(OPENED_AT, "opened-at", 0, "TIME", "when it was opened (now)") \
	X(LONG_RATE, "entry-long-rate", 0, "RATE", "per 8 h, at entry") \
	X(SHORT_RATE, "entry-short-rate", 0, "RATE", "per 8 h, at entry") \
	X(ENTRY_DIVERGENCE, "entry-divergence", 0, "RATE", "per 8 h") \
	X(LONG_QTY, "long-qty", 0, "COINS", "quantity of the long leg") \
	X(SHORT_QTY, "short-qty", 0, "COINS", "quantity of the short leg") \
	X(LONG_PRICE, "long-price", 0, "USD", "price of the long leg") \
	X(SHORT_PRICE, "short-price", 0, "USD", "price of the short leg") \
	X(FEES, "fees", 0, "USD", "fees paid so far") \
	X(REPLACE, "replace", 0, NULL, "overwrite amounts reported before") \
	X(EXTERNAL_ID, "external-id", 0, "ID", "its name elsewhere; unique") \
	X(HTML, "html", 0, "FILE", "write one self-contained page too") \
	X(CSV, "csv", 0, "FILE", "recorded settlements; may repeat") \
	X(SET, "set", 0, "RULE.PARAM=V,V", \
	  "in every line, a run each; may repeat") \
	X(ENTRY, "entry", 0, "KEY=V,KEY=V", "entry policy, as in accounts") \
	X(PAIR, "pair", 0, "COIN:LONG:SHORT[:USD]", \
	  "open it at once instead; may repeat") \
	X(COSTS, "costs", 0, "SHARE", "round trip of four fills (8bps)") \
	X(CAPITAL, "capital", 0, "USD", "what returns are relative to") \
	X(FOLDS, "folds", 0, "N", "choose on the past, judge on the next") \
	X(JOBS, "jobs", 0, "N", "threads (one for each core)") \
	X(SKIP_BAD, "skip-bad", 0, NULL, "leave out bad rows, count them") \
	X(EXPLAIN_METRICS, "explain-metrics", 0, NULL, \
	  "formula and source of each metric") \
	X(HELP, "help", 'h', NULL, "help of this command") \
	X(VERSION, "version", 'V', NULL, "version")

enum option {
#define X(id, name, letter, arg, help) OPT_##id,
	OPTION_TABLE(X)
#undef X
	OPT_COUNT
};

#define OPT(id) (UINT64_C(1) << OPT_##id)
/* Every command takes these; what a command takes beyond them: its mask. */
#define OPTS_ALWAYS (OPT(CONFIG) | OPT(QUIET) | OPT(VERBOSE) | OPT(HELP) | \
		     OPT(NO_COLOR) | OPT(LOCAL))
/* Each time they are given counts (cli->given), not only the last. */
#define OPTS_REPEATED (OPT(CSV) | OPT(SET) | OPT(PAIR))
#define OPTS_LISTING (OPT(ACCOUNT) | OPT(OUTPUT) | OPT(JSON) | OPT(COLUMNS) | \
		      OPT(SORT) | OPT(LIMIT))

struct option_spec {
	const char *name;
	char letter;		/* 0: none */
	const char *arg;	/* NULL: a flag */
	const char *help;
};

extern const struct option_spec option_specs[OPT_COUNT];

#endif
