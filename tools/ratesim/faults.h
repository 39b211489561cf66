/* SPDX-License-Identifier: MIT */
/*
 * Misbehaviour on request: NAME[@PREFIX][=ARG]. A fault with a prefix
 * strikes only below that path (with or without /api/v1).
 */
#ifndef RATESIM_FAULTS_H
#define RATESIM_FAULTS_H

#include "snapshot.h"

#define FAULT_TABLE(X) \
	X(HTTP500,	"http500",	ARG_NONE,	"") \
	X(EMPTY,	"empty-200",	ARG_NONE,	"") \
	X(HTML,		"html-200",	ARG_NONE,	"") \
	X(STALE,	"stale",	ARG_SECONDS,	"259200") \
	X(FUTURE,	"future",	ARG_SECONDS,	"28800") \
	X(NULL_RATE,	"null-rate",	ARG_SYMBOL,	"") \
	X(NAN,		"nan",		ARG_SYMBOL,	"") \
	X(TRUNCATED,	"truncated",	ARG_NONE,	"") \
	X(SLOW,		"slow",		ARG_MS,		NULL) \
	X(SILENT,	"silent",	ARG_NONE,	"") \
	X(RESET,	"reset",	ARG_NONE,	"") \
	X(HTTP429,	"429",		ARG_SECONDS,	"0") \
	X(GZIP_BOMB,	"gzip-bomb",	ARG_NONE,	"") \
	X(MISSING,	"missing-symbol", ARG_SYMBOL,	NULL)

enum fault_id {
#define X(id, name, arg, def) FAULT_##id,
	FAULT_TABLE(X)
#undef X
	FAULT_COUNT
};

#define FAULTS_MAX 32
#define PREFIX_TEXT_MAX 128

struct fault {
	enum fault_id id;
	char prefix[PREFIX_TEXT_MAX];	/* "" = every path */
	int64_t number;			/* seconds or milliseconds */
	struct symbol symbol;		/* "" = every one */
};

struct fault_list {
	struct fault v[FAULTS_MAX];
	size_t n;
};

MUST_USE bool fault_parse(struct fault *out, const char *text,
			  struct err *err);
MUST_USE bool faults_push(struct fault_list *l, struct fault f,
			  struct err *err);
/* One fault per line, '#' comments; *out is untouched on failure. */
MUST_USE bool faults_read(struct fault_list *out, const char *path,
			  struct err *err);
/* "none" or the names, for the log. */
void faults_format(char *buf, size_t size, const struct fault_list *l);

/* The first fault of this kind that strikes the path, or NULL. */
const struct fault *faults_find(const struct fault_list *l, enum fault_id id,
				const char *path);
/* The faults that are about data: bend the snapshot. */
void faults_bend(const struct fault_list *l, const char *path,
		 struct snapshot *s);

#endif
