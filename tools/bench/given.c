/* SPDX-License-Identifier: MIT */
/* The configuration the cases run with, read as a user's file would be. */
#include "bench.h"

#include <stdio.h>
#include <string.h>

static const char head[] =
	"version: 1\n"
	"service:\n"
	"  url: http://127.0.0.1:1/api/v1\n"
	"storage:\n"
	"  directory: %s\n"
	"profiles:\n"
	"  both:\n"
	"    close:\n"
	"      - FLIPPED_A: flip\n"
	"      - SEVERE_A: erosion(0.2)\n"
	"      - EROSION_A: erosion(0.7)\n"
	"      - BETTER_A: better_opportunity(0.0005)\n"
	"      - TIME_A: age(48h)\n"
	"      - FLIPPED_C: flip\n"
	"      - SEVERE_C: erosion(0.2)\n"
	"      - EROSION_C: erosion(0.5)\n"
	"      - BETTER_C: better_opportunity(0.002)\n"
	"      - TIME_C: age(168h)\n"
	"    alert:\n"
	"      - OI_A: oi_imbalance(basis=entry)\n"
	"      - STALE_A: stale_data(3m)\n"
	"      - OI_C: oi_imbalance(basis=entry)\n"
	"      - STALE_C: stale_data(3m)\n"
	"accounts:\n"
	"  main: {profile: %s, mode: live, on_close: none, venues: [";

void bench_config(struct config *out, struct arena *a, const char *profile,
		  size_t n_venues, const char *dir)
{
	struct complaints list = { .n_errors = 0 };
	struct err err = { ERR_NONE, "" };
	char text[4096];
	size_t n = (size_t)snprintf(text, sizeof(text), head, dir, profile);

	for (size_t v = 0; v < n_venues; v++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s",
				      v ? ", " : "", world_venue(v).s);
	n += (size_t)snprintf(text + n, sizeof(text) - n, "]}\n");
	bench_check(config_load_text(out, "bench.yaml", text, n, a, &list,
				     &err), "configuration", &err);
}
