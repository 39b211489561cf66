/* SPDX-License-Identifier: MIT */
/* Why something is not known: a value of its own, in words and in records. */
#ifndef CARRYWATCH_WHY_H
#define CARRYWATCH_WHY_H

/*
 * Why a number is not known: word for logs, JSON and explain. Recorded polls
 * name reasons and facts by their place: new ones go to the end.
 */
#define WHY_TABLE(X) \
	X(KNOWN,	"known") \
	X(NOT_SET,	"never recorded") \
	X(NOT_ASKED,	"not asked for") \
	X(FAILED,	"request failed") \
	X(NOT_LISTED,	"symbol not in the answer") \
	X(NULL_VALUE,	"null in the answer") \
	X(MALFORMED,	"malformed in the answer") \
	X(INEXACT,	"more than 18 decimals") \
	X(ABSURD,	"beyond max_abs_rate") \
	X(STALE,	"stale") \
	X(FUTURE,	"timestamp in the future") \
	X(NOT_POSITIVE,	"not above zero") \
	X(NO_INTERVAL,	"payment interval not configured") \
	X(OVERFLOW,	"out of range") \
	X(MISSED,	"a settlement of unknown amount") \
	X(UNPROVEN,	"not confirmed yet")

enum why {
#define X(id, word) WHY_##id,
	WHY_TABLE(X)
#undef X
	WHY_COUNT
};

const char *why_word(enum why why);

#endif
