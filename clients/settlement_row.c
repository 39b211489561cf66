/* SPDX-License-Identifier: MIT */
/*
 * The cells of one settlement, strictly: a number that cannot be read would
 * be a hole or a lie in the market that is played from it.
 */
#include "settlement_row.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "contract_name.h"

#define TIME_MS_MAX INT64_C(253402300799000)	/* 9999-12-31 */

enum column { C_TIME, C_VENUE, C_SYMBOL, C_INTERVAL, C_RATE, C_MARK, C_OI,
	      C_COUNT };

struct cells {
	const char *line, *text[C_COUNT];
	size_t n[C_COUNT];
	struct row_refusal *why;
};

static bool refuse(const struct cells *c, enum csv_bad kind, const char *at,
		   const char *fmt, ...) PRINTF(4, 5);

static bool refuse(const struct cells *c, enum csv_bad kind, const char *at,
		   const char *fmt, ...)
{
	va_list ap;

	c->why->kind = kind;
	c->why->column = (size_t)(at - c->line) + 1;
	va_start(ap, fmt);
	vsnprintf(c->why->text, sizeof(c->why->text), fmt, ap);
	va_end(ap);
	return false;
}

/* Nothing in such a row needs a quote. */
static bool split(struct cells *c, char *line)
{
	char *quote = strchr(line, '"');
	int n = 0;

	c->line = line;
	if (quote)
		return refuse(c, CSV_BAD_QUOTED, quote, "quoted cells are not "
			      "read: write the value without quotes");
	for (char *p = line; p; n++) {
		char *comma = strchr(p, ',');

		if (n == C_COUNT)
			return refuse(c, CSV_BAD_COLUMNS, p, "more than %d "
				      "columns: write " SETTLEMENT_HEADER,
				      C_COUNT);
		c->text[n] = p;
		c->n[n] = comma ? (size_t)(comma - p) : strlen(p);
		if (comma)
			*comma++ = '\0';
		p = comma;
	}
	if (n < C_COUNT)
		return refuse(c, CSV_BAD_COLUMNS, line, "%d column(s), not "
			      "%d: write " SETTLEMENT_HEADER, n, C_COUNT);
	return true;
}

/* Digits alone; false beyond max. */
static bool whole_number(int64_t *out, const char *s, int64_t max)
{
	int64_t v = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		v = v * 10 + (*s - '0');
		if (v > max)
			return false;
	}
	*out = v;
	return true;
}

static bool read_names(struct settled *out, const struct cells *c)
{
	if (!venue_parse(&out->venue, c->text[C_VENUE], c->n[C_VENUE]))
		return refuse(c, CSV_BAD_VENUE, c->text[C_VENUE],
			      "\"%.40s\" is no venue: write a name such as "
			      "binance", c->text[C_VENUE]);
	if (c->n[C_SYMBOL] >= CONTRACT_TEXT_MAX ||
	    !contract_base(&out->symbol, &out->preferred, c->text[C_SYMBOL],
			   c->n[C_SYMBOL]))
		return refuse(c, CSV_BAD_SYMBOL, c->text[C_SYMBOL],
			      "\"%.40s\" is no symbol: write the venue's own "
			      "name, such as BTCUSDT", c->text[C_SYMBOL]);
	memcpy(out->contract, c->text[C_SYMBOL], c->n[C_SYMBOL]);
	return true;
}

static struct instant on_grid(int64_t ms, int32_t interval_s)
{
	int64_t late = ms % ((int64_t)interval_s * 1000);

	return (struct instant){ late <= SETTLEMENT_LATE_MS ? ms - late : ms };
}

static bool read_times(struct row_read *out, const struct cells *c)
{
	int64_t interval;

	if (!whole_number(&out->written_ms, c->text[C_TIME], TIME_MS_MAX))
		return refuse(c, CSV_BAD_TIME, c->text[C_TIME],
			      "\"%.40s\" is no time in ms: write milliseconds "
			      "since 1970, such as 1755752400000",
			      c->text[C_TIME]);
	if (!whole_number(&interval, c->text[C_INTERVAL], DAY_S) ||
	    interval == 0 || DAY_S % interval)
		return refuse(c, CSV_BAD_INTERVAL, c->text[C_INTERVAL],
			      "interval \"%.40s\" does not divide a day: write "
			      "seconds, such as 3600 or 28800",
			      c->text[C_INTERVAL]);
	out->row.rate.interval_s = (int32_t)interval;
	out->row.at = on_grid(out->written_ms, out->row.rate.interval_s);
	return true;
}

static bool read_number(struct dec *out, struct row_read *row,
			const struct cells *c, enum column i,
			enum csv_bad kind, const char *what)
{
	bool rounded = false;

	if (!dec_parse_rounded(out, &rounded, c->text[i], c->n[i]))
		return refuse(c, kind, c->text[i], "\"%.40s\" is no %s",
			      c->text[i], what);
	row->rounded |= rounded;
	return true;
}

/* Empty is unknown. */
static bool read_amount(struct fact *out, struct row_read *row,
			const struct cells *c, enum column i,
			enum csv_bad kind, const char *what, int least_sign)
{
	*out = fact_unknown(WHY_NOT_SET);
	if (c->n[i] == 0)
		return true;
	if (!read_number(&out->v, row, c, i, kind, what))
		return false;
	if (dec_sign(out->v) < least_sign)
		return refuse(c, kind, c->text[i], "%s %.40s is below %s: "
			      "leave the cell empty where it is unknown", what,
			      c->text[i], least_sign ? "or at zero" : "zero");
	*out = fact_known(out->v);
	return true;
}

bool settlement_row_read(struct row_read *out, char *line,
			 struct row_refusal *why)
{
	struct cells c = { .why = why };

	*out = (struct row_read){ .rounded = false };
	return split(&c, line) && read_times(out, &c) &&
	       read_names(&out->row, &c) &&
	       read_number(&out->row.rate.fraction, out, &c, C_RATE,
			   CSV_BAD_RATE, "rate: write a fraction per "
			   "interval, such as 0.0001") &&
	       read_amount(&out->row.mark_price, out, &c, C_MARK,
			   CSV_BAD_MARK_PRICE, "mark price", 1) &&
	       read_amount(&out->row.oi_usd, out, &c, C_OI,
			   CSV_BAD_OPEN_INTEREST, "open interest", 0);
}
