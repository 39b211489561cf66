/* SPDX-License-Identifier: MIT */
/* Small builders for tests: positions, quotes, markets, profiles, times. */
#ifndef CARRYWATCH_TESTS_GIVEN_H
#define CARRYWATCH_TESTS_GIVEN_H

#include "facts.h"
#include "profile.h"

#define GIVEN_NOW "2026-11-20T21:00:00Z"

struct instant given_time(const char *text);
struct venue given_venue(const char *name);
struct symbol given_symbol(const char *name);
/* entry_8h NULL: unknown. Opened 75 h before GIVEN_NOW. */
struct position given_position(const char *symbol, const char *l,
			       const char *s, const char *size,
			       const char *entry_8h);

/* One quote of a market; rate NULL: why says why there is none. */
struct given_quote {
	const char *symbol, *venue, *rate_8h;
	enum why why;
	const char *oi, *volume;	/* NULL unknown */
	const char *next;		/* NULL unknown */
};

/*
 * A sealed market at `now`: every venue named is listed, active and
 * answered; rows end with symbol NULL; a row observed 5 s before now.
 */
struct market given_market(struct arena *a, const char *now,
			   const struct given_quote *rows);
/* The same of quotes as they are. */
struct market given_market_of(struct arena *a, struct instant now,
			      const struct quote *quotes, size_t n);
/* The view of one venue, for changing. */
struct venue_view *given_view(struct market *m, const char *venue);
/* lighter 1h, hyper 1h, grvt 8h, aster 8h; round trip 8 bps. */
void given_terms(struct terms *out);
/* Lines "LABEL: expression"; NULL ends each list. Asserts that they parse. */
struct profile *given_profile(struct arena *a, const char *const *close,
			      const char *const *alert);
/* The checksum at the end of a record of evidence, made right again. */
void given_checksum(unsigned char *blob, size_t n);

#endif
