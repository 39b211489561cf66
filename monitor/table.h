/* SPDX-License-Identifier: MIT */
/*
 * Rows for people and for programs: the same table as aligned text, TSV, CSV
 * (RFC 4180, no formulas) or flat JSON objects.
 */
#ifndef CARRYWATCH_TABLE_H
#define CARRYWATCH_TABLE_H

#include <stdio.h>

#include "cli.h"

enum cell_kind {
	CELL_NULL,	/* "-" for people, null in JSON, empty in CSV */
	CELL_TEXT,
	CELL_NUMBER,	/* a decimal: right-aligned, a string in JSON */
	CELL_COUNT,	/* a small integer: a number in JSON */
	CELL_BOOL
};

enum tone { TONE_PLAIN, TONE_GOOD, TONE_BAD, TONE_WARN, TONE_DIM };

struct cell {
	enum cell_kind kind;
	const char *text;	/* exact, for programs */
	const char *shown;	/* for people; NULL: text */
	enum tone tone;
};

struct column {
	const char *key;	/* JSON and --columns, lower case */
	const char *title;	/* for people, upper case */
	bool wide;		/* only with -o wide and for programs */
	bool left;		/* numbers stand right unless set */
	int drop;		/* too narrow: 1 goes first; 0: never */
};

struct table;

/* NULL without memory. Everything lives in the arena. */
struct table *table_new(const struct column *columns, int n,
			struct arena *arena);
/* n zeroed (CELL_NULL) cells of a new row; valid until the next call. */
struct cell *table_row(struct table *t);
/* A last row set off from the others, for people only (totals). */
struct cell *table_total(struct table *t);
/* Text cells; the text is copied into the arena. */
struct cell cell_text(struct table *t, const char *text);
struct cell cell_dec(struct table *t, struct dec v, const char *shown);
struct cell cell_fact(struct table *t, const struct fact *f,
		      const char *shown);
struct cell cell_count(struct table *t, int64_t n);
struct cell cell_instant(struct table *t, const struct cli *c,
			 struct instant at);

/*
 * Print as c->format says, after --columns, --sort and --limit. FORMAT_JSON
 * gives an array of flat objects. False: an unknown column (ERR_USAGE) or a
 * write error (ERR_IO).
 */
MUST_USE bool table_print(FILE *f, const struct table *t, const struct cli *c,
			  struct err *err);

#endif
