/* SPDX-License-Identifier: MIT */
/*
 * Answers of the funding-rate service, from bytes to rows; no socket, no
 * state. False means that the whole answer is refused: bad syntax, the
 * wrong shape, or more than half of its rows malformed. One malformed row
 * refuses only itself. All memory is the arena's. Callers:
 * funding_service*.c and the tests.
 */
#ifndef CARRYWATCH_SERVICE_PARSE_H
#define CARRYWATCH_SERVICE_PARSE_H

#include "json.h"
#include "market.h"

#define SERVICE_VENUES_MAX 64	/* venues a /dexes answer may list */

struct service_dex {
	struct venue venue;
	bool active;
};

struct service_symbol {
	struct symbol symbol;
	struct fact oi_usd, volume_usd;
};

/*
 * Rows of one answer; which member of the union is set follows from the
 * function. `rows` counts what the answer held, `n` what can be used.
 */
struct service_rows {
	union {
		struct service_dex *dexes;
		struct quote *quotes;
		struct service_symbol *symbols;
		struct opportunity *opportunities;
	};
	size_t n;
	uint32_t rows, malformed;
	struct err first;	/* of the first malformed row */
};

/* GET /dexes; a venue listed twice is refused with the whole answer. */
MUST_USE bool service_parse_dexes(struct service_rows *out,
				  struct json_text body, struct arena *arena,
				  struct err *err);
/*
 * GET /funding-rates/{dex}: quotes in the order of the answer. A row that
 * is malformed but names its symbol gives a quote with WHY_MALFORMED. OI and
 * volume are left WHY_NOT_ASKED.
 */
MUST_USE bool service_parse_rates(struct service_rows *out, struct venue venue,
				  struct json_text body, struct arena *arena,
				  struct err *err);
/*
 * GET /dexes/{dex}/symbols: sorted by symbol, each once; a symbol sent twice
 * is malformed.
 */
MUST_USE bool service_parse_symbols(struct service_rows *out,
				    struct json_text body, struct arena *arena,
				    struct err *err);
/*
 * GET /opportunities, in the service's order. A row with a number of more
 * than 18 decimals is left out without counting as malformed.
 */
MUST_USE bool service_parse_opportunities(struct service_rows *out,
					  struct json_text body,
					  struct arena *arena,
					  struct err *err);

/* Open interest and volume of sorted symbol rows, into the venue's quotes. */
void service_merge_symbols(struct quote *quotes, size_t n,
			   const struct service_rows *symbols);

#endif
