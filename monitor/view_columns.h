/* SPDX-License-Identifier: MIT */
/* The columns of positions list, and a view's row as their cells. */
#ifndef CARRYWATCH_VIEW_COLUMNS_H
#define CARRYWATCH_VIEW_COLUMNS_H

#include "table.h"
#include "view.h"

enum view_column {
	COL_ID, COL_ACCOUNT, COL_SYMBOL, COL_LONG, COL_SHORT, COL_SIZE,
	COL_DIVERGENCE, COL_KEPT, COL_NEAREST, COL_NEXT, COL_CARRY, COL_AGE,
	COL_ACTION, COL_REASON, COL_STATUS, COL_LONG_RATE, COL_SHORT_RATE,
	COL_LONG_OI, COL_SHORT_OI, COL_FUNDING, COL_FEES, COL_PRICE, COL_NET,
	COL_CHECKED, COL_EXTERNAL, COL_SLIPPAGE, COL_ACCRUED,
	COL_REALISED, COL_OPEN, COL_ON_NOTIONAL, COL_ON_CAPITAL, COL_APR,
	COL_DAY, COL_ALL_IN, COL_EXIT_ONLY, COL_PAYS, COL_OPENED,
	COL_PROFILE, COL_COUNT
};

/* COL_COUNT columns, titled for the unit asked for; NULL without memory. */
const struct column *view_columns(const struct cli *c, bool accounts);
void view_fill_cells(struct cell *cell, struct table *t, const struct cli *c,
		     const struct view *v, const struct view_row *r);

#endif
