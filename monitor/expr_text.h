/* SPDX-License-Identifier: MIT */
/* Values and canonical text of profile lines, for expr_parse.c. */
#ifndef CARRYWATCH_EXPR_TEXT_H
#define CARRYWATCH_EXPR_TEXT_H

#include <stdio.h>

#include "expr.h"

/* One argument by its parameter's kind and bounds; err says what to write. */
MUST_USE bool expr_parse_arg(struct dec *out, const struct param *p,
			     const char *s, size_t n, struct err *err);
/*
 * The text that parses to the same nodes: arguments without a default by
 * place, the others by name, parentheses only where needed. False when it
 * does not fit.
 */
MUST_USE bool expr_format(char *buf, size_t cap, const struct line *l);

#endif
