/* SPDX-License-Identifier: MIT */
/*
 * One line of a file of settlements (columns as in SETTLEMENT_HEADER) to
 * values, or what is wrong with it, where, and what to write.
 */
#ifndef CARRYWATCH_SETTLEMENT_ROW_H
#define CARRYWATCH_SETTLEMENT_ROW_H

#include "settled.h"

#define SETTLEMENT_HEADER "ts_utc_ms,venue,symbol,interval_s,funding_rate," \
	"mark_price,open_interest_usd"
/* Venues report a payment some moments late: so late it is on its grid. */
#define SETTLEMENT_LATE_MS 60000

/* Kinds of bad rows, each with its name in counts. */
#define CSV_BAD_TABLE(X) \
	X(COLUMNS,	"columns") \
	X(TIME,		"time") \
	X(VENUE,	"venue") \
	X(SYMBOL,	"symbol") \
	X(INTERVAL,	"interval") \
	X(RATE,		"rate") \
	X(MARK_PRICE,	"mark_price") \
	X(OPEN_INTEREST, "open_interest") \
	X(QUOTED,	"quoted") \
	X(TOO_LONG,	"too_long") \
	X(NUL_BYTE,	"nul_byte") \
	X(BACKWARDS,	"backwards") \
	X(DUPLICATE,	"duplicate")

enum csv_bad {
#define X(id, word) CSV_BAD_##id,
	CSV_BAD_TABLE(X)
#undef X
	CSV_BAD_COUNT
};

struct row_refusal {
	enum csv_bad kind;
	size_t column;		/* 1-based, in bytes */
	char text[200];
};

struct row_read {
	struct settled row;	/* without its series */
	int64_t written_ms;	/* the time as it stands in the file */
	bool rounded;		/* some number had more than 18 decimals */
};

/* `line` is cut at its commas. False: *why is filled. */
MUST_USE bool settlement_row_read(struct row_read *out, char *line,
				  struct row_refusal *why);

#endif
