/* SPDX-License-Identifier: MIT */
/*
 * The log: logfmt lines on stderr. Under journald a <N> priority stands in
 * front and the time is left out. The sink is one of the two globals.
 */
#ifndef CARRYWATCH_LOG_H
#define CARRYWATCH_LOG_H

#include "err.h"
#include "instant.h"

/* syslog's numbers */
enum log_level {
	LOG_LEVEL_ERR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7
};

/* Find out where stderr goes; `least` is the last level still written. */
void log_open(enum log_level least, const char *account, bool simulated);

/*
 * One line: msg, then `fields` as "key=value key=value". Values that may hold
 * blanks go through log_quote.
 */
void log_write(enum log_level level, const char *msg, const char *fields, ...)
	PRINTF(3, 4);

#define LOG_QUOTE_MAX 600
struct log_text { char s[LOG_QUOTE_MAX]; };
/* "text" with quotes, backslashes and control characters escaped. */
struct log_text log_quote(const char *text);

#endif
