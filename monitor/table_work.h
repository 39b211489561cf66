/* SPDX-License-Identifier: MIT */
/*
 * Inside of a table, shared by table.c (rows), table_view.c (which of them,
 * in which order), table_text.c (for people) and table_print.c (programs).
 */
#ifndef CARRYWATCH_TABLE_WORK_H
#define CARRYWATCH_TABLE_WORK_H

#include "table.h"

#define TABLE_COLUMNS_MAX 64

struct table {
	const struct column *columns;
	int n_columns;
	struct arena *arena;
	struct cell **rows;
	size_t n_rows, cap_rows;
	struct cell *total;		/* NULL: none */
	struct cell *scratch;		/* given out without memory */
	bool no_memory;
};

/* What is to be printed: columns by index, rows sorted and cut. */
struct table_view {
	const struct table *table;
	int col[TABLE_COLUMNS_MAX];
	int n_cols;
	bool chosen;			/* by --columns: none is dropped */
	const struct cell **rows;
	size_t n_rows;
};

MUST_USE bool table_view_make(struct table_view *out, const struct table *t,
			      const struct cli *c, struct err *err);
/* Aligned text for people. */
MUST_USE bool table_print_text(FILE *f, struct table_view *v,
			       const struct cli *c, struct err *err);

#endif
