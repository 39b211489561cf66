/* SPDX-License-Identifier: MIT */
/*
 * Reads a file line by line. A line ends with \n or \r\n, the last one also
 * with the file. What does not fit or holds a NUL is named, never cut.
 */
#include "csv_lines.h"

#include <string.h>

/* Leave the rest of a line that cannot be given. */
static void skip_rest(FILE *f)
{
	int c;

	do
		c = getc_unlocked(f);
	while (c != EOF && c != '\n');
}

enum csv_line csv_lines_next(struct csv_lines *l)
{
	int c;

	l->n = 0;
	l->column = 1;
	while ((c = getc_unlocked(l->f)) != EOF && c != '\n') {
		if (c == '\0' || l->n > CSV_LINE_MAX) {
			l->number++;
			l->column = c ? CSV_LINE_MAX + 1 : l->n + 1;
			skip_rest(l->f);
			return c == '\0' ? CSV_LINE_NUL : CSV_LINE_TOO_LONG;
		}
		l->text[l->n++] = (char)c;
	}
	if (ferror(l->f))
		return CSV_LINE_FAILED;
	if (c == EOF && l->n == 0)
		return CSV_LINE_END;
	l->number++;
	if (l->n > 0 && l->text[l->n - 1] == '\r')
		l->n--;
	l->text[l->n] = '\0';
	if (l->n <= CSV_LINE_MAX)
		return CSV_LINE;
	l->column = CSV_LINE_MAX + 1;
	return CSV_LINE_TOO_LONG;
}
