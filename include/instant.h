/* SPDX-License-Identifier: MIT */
/*
 * Time: UTC milliseconds since 1970. Inside there is no zone; text is
 * RFC 3339 with Z. A span is a difference. An instant may be unknown.
 */
#ifndef CARRYWATCH_INSTANT_H
#define CARRYWATCH_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct instant {
	int64_t ms;
};

struct span {
	int64_t ms;
};

#define INSTANT_UNKNOWN ((struct instant){ INT64_MIN })
#define DAY_S 86400
#define INSTANT_TEXT_MAX 40
#define SPAN_TEXT_MAX 32

static inline bool instant_known(struct instant t)
{
	return t.ms != INT64_MIN;
}

static inline struct span span_s(int64_t s)
{
	return (struct span){ s * 1000 };
}

static inline struct instant instant_add(struct instant t, struct span d)
{
	return (struct instant){ t.ms + d.ms };
}

static inline struct span instant_diff(struct instant later,
				       struct instant earlier)
{
	return (struct span){ later.ms - earlier.ms };
}

/*
 * YYYY-MM-DDTHH:MM:SS[.fraction][Z|+HH:MM|-HH:MM]; a blank may stand for T,
 * a bare date means midnight; without a zone the time is UTC (the service
 * sends none). Fractions beyond milliseconds are cut. Years 1970..9999;
 * second 60 is refused. False leaves *out untouched.
 */
MUST_USE bool instant_parse(struct instant *out, const char *s, size_t n);
/* "2026-11-20T21:00:00Z", with .mmm only when not zero; unknown gives "-". */
size_t instant_format(char buf[static INSTANT_TEXT_MAX], struct instant t);

/* A number with its unit: 500ms 60s 15m 168h 7d; a sign is refused. */
MUST_USE bool span_parse(struct span *out, const char *s, size_t n);
/* The shortest exact form in one unit: "90m", "7d", "61s". */
size_t span_format(char buf[static SPAN_TEXT_MAX], struct span d);
/* For people, two units: "3d 3h", "4h12m", "12s". */
size_t span_format_human(char buf[static SPAN_TEXT_MAX], struct span d);

/*
 * The first instant of the grid anchor + k * every that lies strictly after
 * t. every_s must be positive; anchor_s is seconds after 00:00Z.
 */
struct instant instant_next_on_grid(struct instant t, int32_t every_s,
				    int32_t anchor_s);

#endif
