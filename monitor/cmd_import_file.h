/* SPDX-License-Identifier: MIT */
/*
 * A file that is imported: two readers (JSON lines, CSV) turn it into rows of
 * cells that know their place. What the keys are is said by a form, what a
 * row means by who asks: cmd_import.h, cmd_funding.h.
 */
#ifndef CARRYWATCH_CMD_IMPORT_FILE_H
#define CARRYWATCH_CMD_IMPORT_FILE_H

#include "arena.h"
#include "fact.h"
#include "instant.h"

#define IMPORT_CELLS_MAX 16

/* What a file may hold. */
struct import_form {
	const char *const *keys;	/* their places are the cells */
	int n_keys;
	const char *header;		/* of a CSV file, to show */
};

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
	struct import_cell cell[IMPORT_CELLS_MAX];	/* by key */
};

/* A file being read; everything it hands out lives as long as `text`. */
struct import {
	const char *path;		/* NULL: the command line */
	const struct import_form *form;
	const char *const *names;	/* of the keys, as written there */
	const char *text;
	size_t n, pos;
	int line;			/* number of the line at pos */
	struct arena *arena;
	struct dec max_abs_rate_8h;	/* more is a percentage by mistake */
	struct instant now;
	int64_t rounded;		/* numbers with over 18 decimals */
	bool entry_optional;		/* looked up when not given */
	int *column;			/* CSV: key of each, n_keys: none */
	size_t n_columns;
};

/* The first byte that is no blank decides unless the name does. */
bool import_is_json(const struct import *im);
/* Read im->path ("-": standard input). */
MUST_USE bool import_load(struct import *im, struct err *err);
/* Pass a byte order mark. */
void import_start(struct import *im);
/*
 * First the header of a CSV file, then row by row: false with err->kind
 * ERR_NONE at the end of the file. A refusal is complete:
 * "FILE:line:column: error: ..." (ERR_DATA).
 */
MUST_USE bool import_begin(struct import *im, struct err *err);
MUST_USE bool import_next(struct import *im, struct import_row *row,
			  struct err *err);
MUST_USE bool import_json_row(struct import *im, struct import_row *row,
			      struct err *err);
MUST_USE bool import_csv_header(struct import *im, struct err *err);
MUST_USE bool import_csv_row(struct import *im, struct import_row *row,
			     struct err *err);
bool import_fail(const struct import *im, struct import_place at,
		 struct err *err, const char *fmt, ...) PRINTF(4, 5);
/* The column of byte `to` of a line that starts at `from`. */
int import_column(const char *from, const char *to);
/* Refused: an unreadable value, with what to write instead. */
bool import_refuse(const struct import *im, const struct import_row *row,
		   int key, struct err *err, const char *why);
/* Rounded half-even to 18 decimals, and counted. */
MUST_USE bool import_number(struct import *im, struct fact *out,
			    const struct import_row *row, int key,
			    struct err *err);
/* Which key is meant; form->n_keys none. */
int import_find(const struct import *im, const char *s, size_t n);
/*
 * Tell on stderr why nothing was imported, a complaint about a row as a
 * compiler would; the exit code.
 */
struct cli;
int import_failed(const struct import *im, const struct cli *c,
		  const struct err *err, const char *nothing);
/* A foreign key is passed over, a misspelt one refused. */
MUST_USE bool import_foreign(const struct import *im, struct import_place at,
			     const char *s, size_t n, struct err *err);

#endif
