/* SPDX-License-Identifier: MIT */
/* Import of positions: the keys of a row, and from its cells to a position. */
#ifndef CARRYWATCH_CMD_IMPORT_H
#define CARRYWATCH_CMD_IMPORT_H

#include "change.h"
#include "cmd_import_file.h"

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

_Static_assert(IMPORT_COUNT <= IMPORT_CELLS_MAX, "cells of a row");

extern const struct import_form import_positions;

/* *note is "" when none. */
MUST_USE bool import_position(struct import *im, struct position *p,
			      const char **note,
			      const struct import_row *row, struct err *err);

#endif
