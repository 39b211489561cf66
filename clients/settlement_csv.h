/* SPDX-License-Identifier: MIT */
/*
 * Files of recorded settlements as one stream in the order of time. Memory
 * grows with the number of contracts, never with the number of rows.
 */
#ifndef CARRYWATCH_SETTLEMENT_CSV_H
#define CARRYWATCH_SETTLEMENT_CSV_H

#include "settlement_row.h"

#define SETTLEMENT_FILES_MAX 64

struct settlement_csv;

struct csv_counts {
	int64_t rows;			/* given out */
	int64_t rounded;		/* of them: a number beyond 18 decimals */
	int64_t bad[CSV_BAD_COUNT];	/* left out, by kind */
};

/*
 * Every file must begin with SETTLEMENT_HEADER. A bad row ends the stream
 * with "FILE:LINE:COLUMN: ..." (ERR_DATA), or with skip_bad is left out and
 * counted. The paths must outlive the reader.
 */
MUST_USE bool settlement_csv_open(struct settlement_csv **out,
				  const char *const *paths, size_t n,
				  bool skip_bad, struct err *err);
void settlement_csv_free(struct settlement_csv *r);

enum pulled settlement_csv_next(struct settlement_csv *r,
				struct settled *out, struct err *err);

/* So far; whole at the end. */
const struct csv_counts *settlement_csv_counts(const struct settlement_csv *r);
const char *csv_bad_word(enum csv_bad kind);

#endif
