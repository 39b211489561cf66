/* SPDX-License-Identifier: MIT */
/*
 * bench DIR [CASE [N]]: measure, leaving files for reference.py in DIR; with
 * N one point of a curve: so many positions, or ranked rows.
 * bench bodies DIR: only write the answers of a moment ago, about 1 MB.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int write_bodies(const char *dir)
{
	struct world w;

	world_init(&w, WORLD_VENUES, 290,
		   (struct instant){ (int64_t)time(NULL) * 1000 });
	world_write(&w, dir);
	world_free(&w);
	return 0;
}

static size_t runs_of(size_t n)
{
	return n > 10000 ? 5 : n > 1000 ? 9 : 31;
}

static void polls(const char *dir)
{
	case_poll(dir, 1, runs_of(1));
	case_poll(dir, 100, runs_of(100));
	case_poll(dir, 10000, runs_of(10000));
}

/* What is too long for every run, or a point of a curve. */
static bool special(const char *dir, const char *name, size_t n)
{
	if (strcmp(name, "days") == 0)
		case_days(dir);
	else if (strcmp(name, "poll") == 0)
		case_poll(dir, n, runs_of(n));
	else if (strcmp(name, "ranked") == 0)
		case_ranked(dir, n, runs_of(n));
	else
		return false;
	return true;
}

static const struct {
	const char *name;
	void (*run)(const char *dir);
} cases[] = {
	{ "rules", case_rules }, { "evaluate", case_evaluate },
	{ "json", case_json }, { "sync", case_sync }, { "polls", polls },
	{ "evidence", case_evidence }, { "replay", case_replay },
};

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "bodies") == 0)
		return write_bodies(argv[2]);
	if (argc < 2 || argc > 4) {
		fprintf(stderr, "usage: bench DIR [CASE [N]] | "
			"bench bodies DIR\n");
		return 2;
	}
	if (argc > 2 && special(argv[1], argv[2], argc > 3 ?
				strtoul(argv[3], NULL, 10) : 1))
		return 0;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (argc == 2 || strcmp(argv[2], cases[i].name) == 0)
			cases[i].run(argv[1]);
	return 0;
}
