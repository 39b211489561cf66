/* SPDX-License-Identifier: MIT */
/*
 * Import of positions: two readers (JSON lines, CSV) turn a file into rows of
 * cells that know their place; one builder turns cells into a position.
 */
#ifndef CARRYWATCH_CMD_IMPORT_H
#define CARRYWATCH_CMD_IMPORT_H

#include "change.h"

/* id, key in the file, kind of value */
#define IMPORT_TABLE(X) \
	X(SYMBOL,	"symbol",		SYMBOL) \
	X(LONG,		"long_venue",		VENUE) \
	X(SHORT,	"short_venue",		VENUE) \
	X(SIZE,		"size_usd",		POSITIVE) \
	X(OPENED_AT,	"opened_at",		TIME) \
	X(LONG_RATE,	"entry_long_rate_8h",	RATE) \
	X(SHORT_RATE,	"entry_short_rate_8h",	RATE) \
	X(DIVERGENCE,	"entry_divergence_8h",	RATE) \
	X(LONG_QTY,	"long_qty",		POSITIVE) \
	X(SHORT_QTY,	"short_qty",		POSITIVE) \
	X(LONG_PRICE,	"long_price",		POSITIVE) \
	X(SHORT_PRICE,	"short_price",		POSITIVE) \
	X(FEES,		"fees_usd",		NUMBER) \
	X(EXTERNAL_ID,	"external_id",		TEXT) \
	X(NOTE,		"note",			TEXT)

enum import_key {
#define X(id, name, kind) IMPORT_##id,
	IMPORT_TABLE(X)
#undef X
	IMPORT_COUNT
};

extern const char *const import_names[IMPORT_COUNT];

/* A place in the file: lines and characters, from 1. */
struct import_place {
	int line, column;
};

struct import_cell {
	const char *s;			/* NULL: not given */
	size_t n;
	bool number;			/* stood without quotes */
	struct import_place at;
};

struct import_row {
	struct import_place at;
	struct import_cell cell[IMPORT_COUNT];
};

/* A file being read; everything it hands out lives as long as `text`. */
struct import {
	const char *path;		/* NULL: the command line */
	const char *const *names;	/* of the keys, as written there */
	const char *text;
	size_t n, pos;
	int line;			/* number of the line at pos */
	struct arena *arena;
	struct dec max_abs_rate_8h;	/* more is a percentage by mistake */
	struct instant now;
	int64_t rounded;		/* numbers with over 18 decimals */
	bool entry_optional;		/* looked up when not given */
	/* CSV: meaning of each column, IMPORT_COUNT: none */
	enum import_key *column;
	size_t n_columns;
};

/* The first byte that is no blank decides unless the name does. */
bool import_is_json(const struct import *im);
/* Read im->path ("-": standard input). */
MUST_USE bool import_load(struct import *im, struct err *err);
/* Pass a byte order mark. */
void import_start(struct import *im);
/*
 * The next row, false with err->kind ERR_NONE at the end of the file. A
 * refusal is complete: "FILE:line:column: error: ..." (ERR_DATA).
 */
MUST_USE bool import_json_row(struct import *im, struct import_row *row,
			      struct err *err);
MUST_USE bool import_csv_header(struct import *im, struct err *err);
MUST_USE bool import_csv_row(struct import *im, struct import_row *row,
			     struct err *err);
/* *note is "" when none. */
MUST_USE bool import_position(struct import *im, struct position *p,
			      const char **note,
			      const struct import_row *row, struct err *err);

bool import_fail(const struct import *im, struct import_place at,
		 struct err *err, const char *fmt, ...) PRINTF(4, 5);
/* The column of byte `to` of a line that starts at `from`. */
int import_column(const char *from, const char *to);
/* Which key is meant; IMPORT_COUNT none. */
enum import_key import_find(const char *s, size_t n);
/* A foreign key is passed over, a misspelt one refused. */
MUST_USE bool import_foreign(const struct import *im, struct import_place at,
			     const char *s, size_t n, struct err *err);

#endif
