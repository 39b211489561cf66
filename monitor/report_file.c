/* SPDX-License-Identifier: MIT */
/*
 * Where a report goes: a page under its name only when it is whole, and
 * stdout in the form asked for.
 */
#include "report_show.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

static bool no_file(const char *path, struct err *err)
{
	return err_set(err, ERR_IO, "cannot write %s: %s", path,
		       strerror(errno));
}

bool report_write_html(const char *path, const struct report_run *runs,
		       const struct report_summary *sums, size_t n,
		       const struct report_show *how, struct arena *arena,
		       struct err *err)
{
	char part[PATH_MAX];
	int length = snprintf(part, sizeof(part), "%s.part", path);
	FILE *f;
	bool ok;

	if (length < 0 || (size_t)length >= sizeof(part))
		return err_set(err, ERR_USAGE, "--html: name too long");
	f = fopen(part, "w");
	if (!f)
		return no_file(part, err);
	ok = report_print_html(f, runs, sums, n, how, arena, err);
	if (ok && (fflush(f) != 0 || fsync(fileno(f)) != 0))
		ok = no_file(part, err);
	if (fclose(f) != 0 && ok)
		ok = no_file(part, err);
	if (ok && rename(part, path) != 0)
		ok = no_file(path, err);
	if (!ok)
		unlink(part);
	return ok;
}

static bool print_rest(FILE *f, const struct cli *c,
		       const struct report_run *runs,
		       const struct report_summary *sums, size_t n,
		       const struct report_show *how, struct err *err)
{
	struct json_out o = json_out_to(f, false);
	bool asked = cli_has(c, OPT_OUTPUT) || cli_has(c, OPT_JSON);

	switch (asked ? c->format : FORMAT_TABLE) {
	case FORMAT_TABLE:
	case FORMAT_WIDE:
		return report_print_text(f, c, runs, sums, n, how, err);
	case FORMAT_JSON:
		report_print_json(&o, runs, sums, n, how);
		return true;
	case FORMAT_JSONL:
	case FORMAT_CSV:
	case FORMAT_TSV:
		return report_print_rows(f, c, runs, sums, n, err);
	}
	return false;
}

bool report_print(FILE *f, const struct cli *c, const struct report_run *runs,
		  const struct report_summary *sums, size_t n,
		  const struct report_show *how, struct err *err)
{
	const char *path = c->opt[OPT_HTML];

	if (path && !report_write_html(path, runs, sums, n, how, c->arena,
				       err))
		return false;
	if (!print_rest(f, c, runs, sums, n, how, err))
		return false;
	if (cli_has(c, OPT_EXPLAIN_METRICS) &&
	    (!cli_has(c, OPT_JSON) && !cli_has(c, OPT_OUTPUT))) {
		fputc('\n', f);
		report_explain_metrics(f);
	}
	if (path && !cli_has(c, OPT_QUIET))
		fprintf(stderr, "The page is in %s.\n", path);
	if (ferror(f))
		return err_set(err, ERR_IO, "cannot write the report");
	return true;
}
