/* SPDX-License-Identifier: MIT */
/*
 * Reads a file of settlements. Strict, because a silently skipped line
 * would be a hole in the market: anything odd is refused with its line.
 */
#include "market_csv.h"

#include "contract_name.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER "ts_utc_ms,venue,symbol,interval_s,funding_rate,mark_price," \
	"open_interest_usd"
#define SNAP_MS 60000

enum column { C_TIME, C_VENUE, C_SYMBOL, C_INTERVAL, C_RATE, C_MARK, C_OI,
	      C_COUNT };

static bool split(char *cells[static C_COUNT], char *line)
{
	int n = 0;

	line[strcspn(line, "\r\n")] = '\0';
	for (char *p = line; p; n++) {
		char *comma = strchr(p, ',');

		if (comma)
			*comma++ = '\0';
		if (n < C_COUNT)
			cells[n] = p;
		p = comma;
	}
	return n == C_COUNT;
}

static bool whole_number(int64_t *out, const char *s, int64_t min,
			 int64_t max)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno || end == s || *end || v < min || v > max)
		return false;
	*out = v;
	return true;
}

/* Venues report a payment some moments late: put it back on its grid. */
static struct instant snapped(int64_t ms, int32_t interval_s)
{
	int64_t late = ms % ((int64_t)interval_s * 1000);

	return (struct instant){ late < SNAP_MS ? ms - late : ms };
}

static bool settlement_parse(struct settlement *out, char *const *cells,
			     struct err *err)
{
	int64_t ms, interval;
	bool rounded;

	if (!whole_number(&ms, cells[C_TIME], 0, INT64_C(253402300799000)))
		return err_set(err, ERR_DATA, "\"%s\" is no time in ms",
			       cells[C_TIME]);
	if (!whole_number(&interval, cells[C_INTERVAL], 1, DAY_S) ||
	    DAY_S % interval)
		return err_set(err, ERR_DATA,
			       "interval \"%s\" does not divide a day",
			       cells[C_INTERVAL]);
	*out = (struct settlement){ .interval_s = (int32_t)interval };
	out->at = snapped(ms, out->interval_s);
	if (!dec_parse_rounded(&out->rate, &rounded, cells[C_RATE],
			       strlen(cells[C_RATE])))
		return err_set(err, ERR_DATA, "\"%s\" is no rate",
			       cells[C_RATE]);
	if (*cells[C_OI] && !dec_parse_rounded(&out->oi, &rounded,
					       cells[C_OI],
					       strlen(cells[C_OI])))
		return err_set(err, ERR_DATA, "\"%s\" is no open interest",
			       cells[C_OI]);
	return true;
}

static bool series_add(struct csv_market *m, char *const *cells,
		       struct err *err)
{
	struct series *s;

	if (m->n_series == m->cap) {
		size_t cap = m->cap ? m->cap * 2 : 64;

		s = realloc(m->series, cap * sizeof(*s));
		if (!s)
			return err_set(err, ERR_MEMORY, "out of memory");
		m->series = s;
		m->cap = cap;
	}
	s = &m->series[m->n_series];
	*s = (struct series){ 0 };
	if (!venue_parse(&s->name, cells[C_VENUE], strlen(cells[C_VENUE])))
		return err_set(err, ERR_DATA, "\"%s\" is no venue",
			       cells[C_VENUE]);
	if (strlen(cells[C_SYMBOL]) >= CONTRACT_TEXT_MAX ||
	    !contract_base(&s->symbol, &s->preferred, cells[C_SYMBOL],
			   strlen(cells[C_SYMBOL])))
		return err_set(err, ERR_DATA, "\"%s\" is no symbol",
			       cells[C_SYMBOL]);
	snprintf(s->contract, sizeof(s->contract), "%s", cells[C_SYMBOL]);
	m->n_series++;
	return true;
}

/* The series of a line; the search starts behind the last line's one. */
static struct series *series_of(struct csv_market *m, size_t *last,
				char *const *cells, struct err *err)
{
	struct venue name;

	if (!venue_parse(&name, cells[C_VENUE], strlen(cells[C_VENUE]))) {
		err_set(err, ERR_DATA, "\"%s\" is no venue", cells[C_VENUE]);
		return NULL;
	}
	for (size_t i = 1; i <= m->n_series; i++) {
		struct series *s = &m->series[(*last + i) % m->n_series];

		if (!strcmp(s->contract, cells[C_SYMBOL]) &&
		    !venue_cmp(s->name, name)) {
			*last = (*last + i) % m->n_series;
			return s;
		}
	}
	if (!series_add(m, cells, err))
		return NULL;
	*last = m->n_series - 1;
	return &m->series[*last];
}

static bool series_push(struct series *s, struct settlement row,
			struct err *err)
{
	if (s->n && row.at.ms < s->rows[s->n - 1].at.ms)
		return err_set(err, ERR_DATA,
			       "%s %s goes back in time: sort the file",
			       s->name.s, s->contract);
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 32;
		struct settlement *rows;

		rows = realloc(s->rows, cap * sizeof(*rows));
		if (!rows)
			return err_set(err, ERR_MEMORY, "out of memory");
		s->rows = rows;
		s->cap = cap;
	}
	s->rows[s->n++] = row;
	return true;
}

static bool line_read(struct csv_market *m, size_t *last, char *line,
		      struct err *err)
{
	char *cells[C_COUNT];
	struct settlement row;
	struct series *s;

	if (!split(cells, line))
		return err_set(err, ERR_DATA, "not 7 columns");
	if (!settlement_parse(&row, cells, err))
		return false;
	s = series_of(m, last, cells, err);
	return s && series_push(s, row, err);
}

static bool header_read(FILE *f, char *line, size_t size, struct err *err)
{
	if (!fgets(line, (int)size, f))
		return err_set(err, ERR_DATA, "the file is empty");
	line[strcspn(line, "\r\n")] = '\0';
	if (strcmp(line, HEADER))
		return err_set(err, ERR_DATA, "the first line must be %s",
			       HEADER);
	return true;
}

bool csv_read(struct csv_market *m, const char *path, struct err *err)
{
	FILE *f = fopen(path, "r");
	size_t number = 1, last = 0;
	char line[512];
	bool ok;

	if (!f)
		return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
	ok = header_read(f, line, sizeof(line), err);
	while (ok && fgets(line, sizeof(line), f)) {
		number++;
		ok = line_read(m, &last, line, err);
	}
	if (ok && ferror(f))
		ok = err_set(err, ERR_IO, "%s", strerror(errno));
	fclose(f);
	return ok || err_prefix(err, "%s:%zu", path, number);
}
