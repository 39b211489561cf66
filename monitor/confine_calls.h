/* SPDX-License-Identifier: MIT */
/* The system calls half of confine.c, and for nobody else. */
#ifndef CARRYWATCH_CONFINE_CALLS_H
#define CARRYWATCH_CONFINE_CALLS_H

/* NULL: the filter is in force; else why not. */
const char *confine_calls(void);

#endif
