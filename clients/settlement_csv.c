/* SPDX-License-Identifier: MIT */
/*
 * Merges files by the time written in them, then puts rows right that their
 * grid moved back: a row waits until nothing earlier can come any more,
 * which is one minute. Knows files and order; cells are settlement_row.c's.
 */
#include "settlement_csv.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "csv_lines.h"
#include "settlement_wait.h"

struct file {
	const char *path;
	struct csv_lines lines;
	bool ended, ahead;	/* ahead: `next` holds a row */
	struct waiting next;
	int64_t newest_ms;	/* the time written last */
};

struct settlement_csv {
	struct file *file;
	size_t n_files;
	bool skip_bad;
	int64_t newest_ms;	/* of all files: nothing older comes */
	struct wait_list *wait;
	struct csv_counts counts;
};

const char *csv_bad_word(enum csv_bad kind)
{
	static const char *const words[CSV_BAD_COUNT] = {
#define X(id, word) [CSV_BAD_##id] = word,
		CSV_BAD_TABLE(X)
#undef X
	};

	assert(kind < CSV_BAD_COUNT);
	return words[kind];
}

const struct csv_counts *settlement_csv_counts(const struct settlement_csv *r)
{
	return &r->counts;
}

/* True: the row is left out and counted. */
static bool skip(struct settlement_csv *r, const struct row_refusal *why,
		 const struct file *f, size_t line, struct err *err)
{
	if (!r->skip_bad)
		return err_set(err, ERR_DATA, "%s:%zu:%zu: %s", f->path, line,
			       why->column, why->text);
	r->counts.bad[why->kind]++;
	return true;
}

/* ---- one file ---- */

static bool check_header(struct file *f, struct err *err)
{
	enum csv_line got = csv_lines_next(&f->lines);

	if (got == CSV_LINE_FAILED)
		return err_set(err, ERR_IO, "%s: %s", f->path,
			       strerror(errno));
	if (got == CSV_LINE_END)
		return err_set(err, ERR_DATA, "%s:1:1: the file is empty; the "
			       "first line must be " SETTLEMENT_HEADER,
			       f->path);
	if (got != CSV_LINE || strcmp(f->lines.text, SETTLEMENT_HEADER) != 0)
		return err_set(err, ERR_DATA, "%s:1:1: the first line must be "
			       SETTLEMENT_HEADER, f->path);
	return true;
}

static bool open_file(struct file *f, const char *path, struct err *err)
{
	f->path = path;
	f->lines.f = fopen(path, "r");
	if (!f->lines.f)
		return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
	return check_header(f, err);
}

static bool bad_line(enum csv_line got, const struct csv_lines *l,
		     struct row_refusal *why)
{
	why->column = l->column;
	if (got == CSV_LINE_NUL) {
		why->kind = CSV_BAD_NUL_BYTE;
		snprintf(why->text, sizeof(why->text), "a NUL byte: this is "
			 "no text; write the file anew");
		return true;
	}
	why->kind = CSV_BAD_TOO_LONG;
	snprintf(why->text, sizeof(why->text), "longer than %d bytes: write "
		 "one settlement a line", CSV_LINE_MAX);
	return got == CSV_LINE_TOO_LONG;
}

static bool in_order(const struct file *f, struct row_refusal *why)
{
	if (f->next.read.written_ms >= f->newest_ms)
		return true;
	why->kind = CSV_BAD_BACKWARDS;
	why->column = 1;
	snprintf(why->text, sizeof(why->text), "%lld goes back in time behind "
		 "%lld: sort the file by time",
		 (long long)f->next.read.written_ms, (long long)f->newest_ms);
	return false;
}

/* Have the next good row of a file at hand, or its end. */
static bool read_ahead(struct settlement_csv *r, struct file *f,
		       struct err *err)
{
	while (!f->ahead && !f->ended) {
		enum csv_line got = csv_lines_next(&f->lines);
		struct row_refusal why;

		if (got == CSV_LINE_FAILED)
			return err_set(err, ERR_IO, "%s: %s", f->path,
				       strerror(errno));
		f->ended = got == CSV_LINE_END;
		if (f->ended)
			break;
		f->next.line = f->lines.number;
		f->ahead = got == CSV_LINE ?
			settlement_row_read(&f->next.read, f->lines.text,
					    &why) && in_order(f, &why) :
			!bad_line(got, &f->lines, &why);
		if (!f->ahead && !skip(r, &why, f, f->lines.number, err))
			return false;
	}
	if (f->ahead)
		f->newest_ms = f->next.read.written_ms;
	return true;
}

/* ---- all files ---- */

static bool read_all_ahead(struct settlement_csv *r, struct err *err)
{
	for (size_t i = 0; i < r->n_files; i++)
		if (!read_ahead(r, &r->file[i], err))
			return false;
	return true;
}

/* The file whose next row is the oldest; NULL when all have ended. */
static struct file *oldest(struct settlement_csv *r)
{
	struct file *best = NULL;

	for (size_t i = 0; i < r->n_files; i++) {
		struct file *f = &r->file[i];

		if (f->ahead && (!best || f->next.read.written_ms <
				 best->next.read.written_ms))
			best = f;
	}
	return best;
}

/* Until the first one waiting can be given: no earlier one can come. */
static bool fill(struct settlement_csv *r, struct err *err)
{
	for (;;) {
		const struct waiting *first = wait_list_first(r->wait);
		struct file *f;

		if (first && first->read.row.at.ms <
			     r->newest_ms - SETTLEMENT_LATE_MS)
			return true;
		if (!read_all_ahead(r, err))
			return false;
		f = oldest(r);
		if (!f)
			return true;
		r->newest_ms = f->next.read.written_ms;
		f->next.file = (size_t)(f - r->file);
		if (!wait_list_put(r->wait, &f->next))
			return err_set(err, ERR_MEMORY, "out of memory");
		f->ahead = false;
	}
}

/* Two rows of one contract at one time: at most one of them is true. */
static bool unique(struct settlement_csv *r, const struct waiting *w,
		   bool *given, struct err *err)
{
	struct row_refusal why = { .kind = CSV_BAD_DUPLICATE, .column = 1 };

	*given = w->fresh;
	if (w->fresh)
		return true;
	snprintf(why.text, sizeof(why.text), "a second settlement of %s %s at "
		 "%lld: leave one of them", w->read.row.venue.s,
		 w->read.row.contract, (long long)w->read.row.at.ms);
	return skip(r, &why, &r->file[w->file], w->line, err);
}

enum pulled settlement_csv_next(struct settlement_csv *r, struct settled *out,
				struct err *err)
{
	for (;;) {
		struct waiting w;
		bool given;

		if (!fill(r, err))
			return PULLED_FAILED;
		if (!wait_list_first(r->wait))
			return PULLED_END;
		if (!wait_list_take(r->wait, &w)) {
			err_set(err, ERR_MEMORY, "out of memory");
			return PULLED_FAILED;
		}
		if (!unique(r, &w, &given, err))
			return PULLED_FAILED;
		if (!given)
			continue;
		r->counts.rows++;
		r->counts.rounded += w.read.rounded;
		*out = w.read.row;
		return PULLED_ROW;
	}
}

bool settlement_csv_open(struct settlement_csv **out, const char *const *paths,
			 size_t n, bool skip_bad, struct err *err)
{
	struct settlement_csv *r = calloc(1, sizeof(*r));
	bool ok = r != NULL;

	assert(n > 0 && n <= SETTLEMENT_FILES_MAX);
	if (ok) {
		r->skip_bad = skip_bad;
		r->file = calloc(n, sizeof(*r->file));
		r->wait = wait_list_new();
		ok = r->file && r->wait;
	}
	if (!ok)
		err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < n && ok; i++) {
		r->n_files = i + 1;
		ok = open_file(&r->file[i], paths[i], err);
	}
	*out = ok ? r : NULL;
	if (!ok)
		settlement_csv_free(r);
	return ok;
}

void settlement_csv_free(struct settlement_csv *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n_files; i++)
		if (r->file[i].lines.f)
			fclose(r->file[i].lines.f);
	free(r->file);
	wait_list_free(r->wait);
	free(r);
}
