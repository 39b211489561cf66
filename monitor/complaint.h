/* SPDX-License-Identifier: MIT */
/* What is wrong with a configuration, place by place. */
#ifndef CARRYWATCH_COMPLAINT_H
#define CARRYWATCH_COMPLAINT_H

#include <stdbool.h>
#include <stddef.h>

/* One complaint; warnings do not stop a start. */
struct complaint {
	bool warning;
	int row, column;		/* 1-based, 0 unknown */
	char text[320];
};

struct complaints {
	struct complaint list[32];	/* the rest is only counted */
	int n_errors, n_warnings;
	char path[512];			/* of the file; "": it has no name */
	bool no_memory;			/* whatever else: nothing is known */
};

/* False, for a caller that gives up: no setting is lost in silence. */
static inline bool complaints_no_memory(struct complaints *list)
{
	list->no_memory = true;
	return false;
}

/* "FILE:line:col: error: text" of one complaint. */
void complaint_format(char *buf, size_t n, const char *path,
		      const struct complaint *c);

#endif
