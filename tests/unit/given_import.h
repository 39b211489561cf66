/* SPDX-License-Identifier: MIT */
/* Import files given as texts, and what reading them gives. */
#ifndef CARRYWATCH_TESTS_GIVEN_IMPORT_H
#define CARRYWATCH_TESTS_GIVEN_IMPORT_H

#include "cmd_import.h"

#define ROWS_MAX 8

#define PAIR "\"symbol\":\"BTC\",\"long_venue\":\"lighter\"," \
	     "\"short_venue\":\"grvt\""
#define REST "\"size_usd\":20000,\"opened_at\":\"2026-11-17T16:41:12Z\""
#define GOOD "{" PAIR "," REST ",\"entry_divergence_8h\":0.000285}"
#define HEAD "symbol,long_venue,short_venue,size_usd,opened_at," \
	     "entry_divergence_8h"
#define LINE "BTC,lighter,grvt,20000,2026-11-17T16:41:12Z,0.000285"

struct import_result {
	size_t n;
	struct position p[ROWS_MAX];
	const char *note[ROWS_MAX];
	int line[ROWS_MAX];
	int64_t rounded;
	struct err err;			/* ERR_NONE: read to the end */
};

/* Group fixtures: the arena everything read lives in. */
int given_import_setup(void **state);
int given_import_teardown(void **state);
struct import_result given_import_bytes(const char *path, const char *text,
					size_t n);
/* The same from an exact copy, so that reading beyond its end is seen. */
struct import_result given_import(const char *path, const char *text);

#endif
