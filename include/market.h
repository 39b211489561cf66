/* SPDX-License-Identifier: MIT */
/*
 * What one poll saw: venues, quotes and ranked opportunities. A source fills
 * a struct market; market_seal() sorts and checks it; from then on it is
 * const. All memory belongs to the arena of the poll.
 */
#ifndef CARRYWATCH_MARKET_H
#define CARRYWATCH_MARKET_H

#include "arena.h"
#include "fact.h"
#include "instant.h"
#include "name.h"
#include "rate.h"

/*
 * One venue's rate for one symbol. `rate` is valid only when why is
 * WHY_KNOWN, WHY_STALE or WHY_FUTURE; only WHY_KNOWN is usable for deciding.
 */
struct quote {
	struct symbol symbol;
	struct venue venue;
	enum why why;
	struct rate rate;		/* from the service: per 8 h */
	struct instant observed_at;	/* the service's own timestamp */
	struct instant next_funding;	/* unknown when null */
	struct fact oi_usd, volume_usd;	/* 24 h volume; 0 means unknown */
	struct fact mark_price;		/* quote per coin, where a source has it */
	int32_t pays_every_s;		/* seen of this symbol; 0: the venue's */
};

/* How one request of the poll ended. */
enum answer {
	ANSWER_NOT_ASKED,
	ANSWER_OK,
	ANSWER_FAILED
};

struct venue_view {
	struct venue venue;
	bool listed, active;		/* per /dexes, or the last known list */
	enum answer rates, symbols;
	uint32_t rows, malformed;	/* of the rates answer */
	char error[120];		/* of the first failure, else "" */
};

struct opportunity {			/* as ranked by the service */
	struct symbol symbol;
	struct venue long_venue, short_venue;
	struct dec long_rate_8h, short_rate_8h;
	struct fact net_8h;		/* its net_profit_percent, a fraction */
	struct fact min_oi_usd, max_oi_usd, min_volume_usd;
};

struct market {
	struct instant taken_at;	/* the poll's one reading of the clock */
	struct venue_view *venues;	/* sealed: sorted by name, unique */
	size_t n_venues;
	struct quote *quotes;		/* sealed: by symbol, venue; unique */
	size_t n_quotes;
	struct opportunity *opportunities; /* in the service's order */
	size_t n_opportunities;
	bool opportunities_known;	/* false: failed, or [] beside failures */
	bool dexes_known;		/* false: the list is the last known one */
	uint32_t requests, retries;
	uint64_t bytes;
	char error[200];		/* first failure of the poll, else "" */
};

/* What the configuration says about one venue (design.md 4.7). */
struct alias { struct symbol from, to; };

struct venue_terms {
	struct venue venue;
	int32_t pays_every_s;		/* 0: unknown; divides 24 h */
	int32_t anchor_s;		/* after 00:00Z */
	struct fact maker_fee, taker_fee, slippage;	/* of notional, a fill */
	struct dec rate_scale;		/* 1 unless a collector is corrected */
	const struct alias *aliases;
	size_t n_aliases;
};

/* Limits of design.md 3.2; spans in market time. */
struct market_limits {
	struct span max_data_age;	/* older: stale */
	struct span max_future;		/* further ahead: future (2 min) */
	struct dec max_abs_rate_8h;	/* beyond: absurd */
	const struct venue_terms *terms;	/* sorted by venue */
	size_t n_terms;
};

/*
 * Apply aliases and rate_scale, sort, refuse duplicate (symbol, venue) rows
 * (all of them become malformed), mark stale, future and absurd quotes, and
 * make an empty ranked list next to failed rates unknown. Cannot fail.
 */
void market_seal(struct market *m, const struct market_limits *limits);

/* NULL when there is none. */
const struct quote *market_quote(const struct market *m, struct symbol s,
				 struct venue v);
const struct venue_view *market_venue(const struct market *m, struct venue v);
/* The run of quotes of one symbol: first one and how many. */
const struct quote *market_symbol(const struct market *m, struct symbol s,
				  size_t *n);
/* Why a symbol without a quote on this venue is unknown. */
enum why market_why_absent(const struct market *m, struct venue v);
/* True when any venue's rates gave at least one fresh quote (exit code 5). */
bool market_usable(const struct market *m);
/* Same venues, standing and answers, same quotes in place: but for numbers. */
bool market_same_keys(const struct market *a, const struct market *b);

/* Seconds between settlements: as seen, else as configured; 0: unknown. */
int32_t market_pays_every(const struct quote *q, const struct venue_terms *t);

/* NULL when the configuration says nothing of the venue. */
const struct venue_terms *terms_find(const struct venue_terms *terms,
				     size_t n, struct venue v);

#endif
