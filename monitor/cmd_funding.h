/* SPDX-License-Identifier: MIT */
/*
 * Import of what venues paid: the keys of a row and what its cells say
 * (cmd_funding_row.c), the command (cmd_funding_import.c), and the one
 * transaction that matches all rows and writes them (cmd_funding_write.c).
 */
#ifndef CARRYWATCH_CMD_FUNDING_H
#define CARRYWATCH_CMD_FUNDING_H

#include "cli.h"
#include "cmd_import_file.h"
#include "reported.h"

enum funding_key { FUNDING_POSITION, FUNDING_EXTERNAL, FUNDING_SIDE,
		   FUNDING_VENUE, FUNDING_AT, FUNDING_AMOUNT, FUNDING_KEYS };

extern const struct import_form import_funding;

struct funding_row {
	struct import_row row;		/* for places */
	int64_t position;		/* 0: by external id */
	const char *external_id;	/* NULL: by id */
	bool has_side, has_venue;
	enum side side;
	struct venue venue;
	struct instant at;
	struct dec amount_usd;
};

MUST_USE bool funding_read(struct import *im, struct funding_row *out,
			   const struct import_row *row, struct err *err);
/* The place of a cell, or of the row where it was not given. */
struct import_place funding_place(const struct import_row *row,
				  enum funding_key k);

/* A row and the settlement it was found to mean. */
struct payment {
	struct funding_row in;
	size_t position;		/* place in the books */
	struct settlement row;
	enum reported_kind kind;
	bool twin;			/* of an earlier row: counts once */
};

struct funding_book;			/* a position and its ledger */

struct funding_sums {
	int64_t n[REPORTED_ADDED + 1];	/* by kind */
	int64_t n_both, n_alone;	/* with and without an expectation */
	struct fact expected, reported;	/* of those with one */
	struct fact alone;		/* reported, of the others */
	struct fact largest;		/* difference, by its size */
	const struct payment *worst;
};

struct funding_job {
	struct cli *c;
	const struct account *account;
	struct import im;
	struct payment *list;
	size_t n, cap;
	/* Of one try; the database may have to be asked again: */
	struct arena *arena;
	struct store *store;
	struct funding_book *books;
	size_t n_books;
	struct last_quote *quotes;
	size_t n_quotes;
	struct terms terms;
	struct instant polled_at;
	struct funding_sums sums;
};

/* Work of positions_write: ctx is a struct funding_job. */
MUST_USE bool funding_write(struct store *s, void *ctx, struct err *err);
/* Canonical text, "-" when unknown. */
const char *funding_text(char buf[static DEC_TEXT_MAX], struct fact f);

#endif
