/* SPDX-License-Identifier: MIT */
/* Lines of a file through one fixed buffer; knows no columns. */
#ifndef CARRYWATCH_CSV_LINES_H
#define CARRYWATCH_CSV_LINES_H

#include <stddef.h>
#include <stdio.h>

#define CSV_LINE_MAX 511	/* bytes of a line without its end */

enum csv_line {
	CSV_LINE,		/* without its end; a NUL behind */
	CSV_LINE_TOO_LONG,	/* skipped up to its end */
	CSV_LINE_NUL,		/* the same; column is where the NUL stands */
	CSV_LINE_END,		/* of the file */
	CSV_LINE_FAILED		/* errno says why */
};

struct csv_lines {
	FILE *f;
	size_t number;		/* of the line last given, 1-based */
	size_t column;		/* of what is wrong with it */
	size_t n;		/* bytes of it */
	char text[CSV_LINE_MAX + 3];
};

enum csv_line csv_lines_next(struct csv_lines *l);

#endif
