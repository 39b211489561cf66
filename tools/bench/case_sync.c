/* SPDX-License-Identifier: MIT */
/* One page written and waited for: what durability costs on this disk. */
#include "bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define RUNS	41
#define PAGE	4096

void case_sync(const char *dir)
{
	static const char page[PAGE];
	const int runs = bench_runs(RUNS);
	struct series s = { .n = 0 };
	char path[CONFIG_TEXT_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/sync", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bench_check(fd >= 0, path, NULL);
	for (int i = 0; i < runs; i++) {
		int64_t start = bench_wall_ns();

		bench_check(pwrite(fd, page, PAGE, (off_t)i * PAGE) == PAGE &&
			    fdatasync(fd) == 0, path, NULL);
		series_add(&s, bench_wall_ns() - start);
	}
	close(fd);
	unlink(path);
	series_print("sync.ns", &s);
}
