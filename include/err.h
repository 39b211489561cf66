/* SPDX-License-Identifier: MIT */
/*
 * One error value for the whole program. It is filled where the cause is
 * known, passed up untouched and reported once, at the top.
 */
#ifndef CARRYWATCH_ERR_H
#define CARRYWATCH_ERR_H

#include <stdbool.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* What went wrong decides retry, back-off and exit code (err_exit_code). */
enum err_kind {
	ERR_NONE,
	ERR_USAGE,	/* the command line is wrong */
	ERR_CONFIG,	/* the configuration is wrong */
	ERR_NOT_FOUND,	/* no such position, account, rule, ... */
	ERR_LOCKED,	/* another process holds the account */
	ERR_SERVICE,	/* the funding-rate service cannot be used */
	ERR_DATA,	/* an answer or an input file is malformed */
	ERR_BUSY,	/* the database is locked; nothing was written */
	ERR_STORE,	/* the database cannot be used; nothing was written */
	ERR_OUTCOME,	/* a commit failed and may still have happened */
	ERR_MEMORY,
	ERR_IO
};

struct err {
	enum err_kind kind;
	char text[512];
};

/*
 * Fill *err and return false, so that a refusal is one line:
 *	return err_set(err, ERR_DATA, "line %d: ...", n);
 * err may be NULL when the caller does not care.
 */
bool err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
	PRINTF(3, 4);

/* Put "prefix: " before the text of an error that is being passed up. */
bool err_prefix(struct err *err, const char *fmt, ...) PRINTF(2, 3);

/* The process exit code of design.md 5 for a kind; 0 for ERR_NONE. */
int err_exit_code(enum err_kind kind);

#endif
