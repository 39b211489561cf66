/* SPDX-License-Identifier: MIT */
/*
 * Rows for other programs, as CSV (RFC 4180: CRLF, quotes doubled) or JSON
 * lines, cell by cell in the order of the columns. Texts and decimals stand
 * exactly as they are, also a text a spreadsheet would take for a formula.
 * Unknown is empty, in JSON null.
 */
#ifndef CARRYWATCH_EXPORT_OUT_H
#define CARRYWATCH_EXPORT_OUT_H

#include "json_out.h"

struct export_out {
	bool csv;
	const char *const *column;	/* NULL-ended */
	int at;				/* of the row being written */
	struct json_out json;
};

/* Writes the header of a CSV. */
struct export_out export_to(FILE *f, bool csv, const char *const *column);
void export_row(struct export_out *o);		/* begin one */
void export_end(struct export_out *o);		/* end it, all cells given */
void export_text(struct export_out *o, const char *s);	/* "": unknown */
void export_int(struct export_out *o, int64_t n);
void export_count(struct export_out *o, int64_t n);	/* 0: unknown */
void export_bool(struct export_out *o, bool b);
void export_dec(struct export_out *o, struct dec v);
void export_fact(struct export_out *o, struct fact f);
void export_why(struct export_out *o, struct fact f);	/* of an unknown one */
void export_instant(struct export_out *o, struct instant t);

#endif
