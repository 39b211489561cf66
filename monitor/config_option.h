/* SPDX-License-Identifier: MIT */
/*
 * Every key of the configuration, once: loading, defaults, checking,
 * printing and the reference page all go through this table.
 */
#ifndef CARRYWATCH_CONFIG_OPTION_H
#define CARRYWATCH_CONFIG_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* id, word for people, how to write one */
#define CONFIG_KIND_TABLE(X) \
	X(VERSION,	"version",	"1") \
	X(SPAN,		"time",		"90s, 15m, 4h or 7d") \
	X(PAYS_EVERY,	"time",		"1h, 4h or 8h; it must divide 24h") \
	X(CLOCK_TIME,	"time of day",	"04:00Z") \
	X(SHARE,	"share",	"8bps, 0.2% or 0.002") \
	X(SHARE_FACT,	"share",	"8bps, 0.2% or 0.002") \
	X(USD,		"amount",	"1000 USD or 1000") \
	X(NUMBER,	"number",	"0.5") \
	X(COUNT,	"count",	"5") \
	X(BYTES,	"size",		"512MB") \
	X(BOOL,		"yes or no",	"true or false") \
	X(CHOICE,	"choice",	"one of the words") \
	X(URL,		"url",		"http://127.0.0.1:8000/api/v1") \
	X(PATH,		"path",		"~/.local/share/carrywatch") \
	X(EXTENDS,	"profile",	"conservative") \
	X(PROFILE,	"profile",	"steady") \
	X(SHADOW,	"profile",	"aggressive, auto or off") \
	X(LINES,	"lines",	"- LABEL: expression") \
	X(VENUE_SET,	"venues",	"[lighter, grvt]") \
	X(VENUE_ORDER,	"venues",	"[lighter, grvt]") \
	X(ALIASES,	"names",	"{FROM: TO}") \
	X(WORD,		"text",		"main") \
	X(HOURS,	"hours of the day", "22:00Z-06:30Z or off") \
	X(DAILY,	"time of day",	"07:00Z or off") \
	X(SECRET,	"secret",	"{env: NAME}, {file: PATH} or {credential: NAME}") \
	X(NETWORKS,	"networks",	"[10.0.0.0/8, fd12::7]") \
	X(LABELS,	"labels",	"[TIME_LIMIT, WEEKLY_REBALANCE]") \
	X(SINKS,	"sinks",	"[phone, desk]")

enum config_kind {
#define X(id, word, example) KIND_##id,
	CONFIG_KIND_TABLE(X)
#undef X
	KIND_END
};

#define CONFIG_AT_NONE SIZE_MAX

struct config_option {
	const char *pattern;		/* "accounts.*.entry.size_usd" */
	enum config_kind kind;
	const char *def;		/* as written; NULL: unset, unknown */
	const char *min, *max;		/* as written, inclusive; NULL: none */
	const char *const *choices;	/* KIND_CHOICE: by index, NULL-ended */
	size_t at;			/* in its section's struct, or none */
	size_t count_at;		/* lists: where the number is */
	const char *help;
};

extern const struct config_option config_option_table[];
extern const size_t config_option_count;

const char *config_kind_word(enum config_kind kind);
const char *config_kind_example(enum config_kind kind);
/* NULL when there is no such key. */
const struct config_option *config_option_find(const char *pattern);
/* True when keys begin with "pattern.". */
bool config_option_section(const char *pattern);

#endif
