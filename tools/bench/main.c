/* SPDX-License-Identifier: MIT */
/*
 * bench DIR [CASE]: measure, leaving files for reference.py in DIR.
 * bench bodies DIR: only write the answers of a moment ago, about 1 MB.
 */
#include "bench.h"

#include <stdio.h>
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

static void polls(const char *dir)
{
	case_poll(dir, 1, 31);
	case_poll(dir, 100, 31);
	case_poll(dir, 10000, 9);
}

static const struct {
	const char *name;
	void (*run)(const char *dir);
} cases[] = {
	{ "rules", case_rules }, { "evaluate", case_evaluate },
	{ "json", case_json }, { "polls", polls },
	{ "evidence", case_evidence }, { "replay", case_replay },
};

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "bodies") == 0)
		return write_bodies(argv[2]);
	if (argc != 2 && argc != 3) {
		fprintf(stderr, "usage: bench DIR [CASE] | bench bodies DIR\n");
		return 2;
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (argc == 2 || strcmp(argv[2], cases[i].name) == 0)
			cases[i].run(argv[1]);
	return 0;
}
