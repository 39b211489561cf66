/* SPDX-License-Identifier: MIT */
/*
 * simulate [--seed N] [--seeds N] [--days D] [--jobs J] [-v] | --memory
 * Plays accounts in simulated time, seed by seed, with everything going wrong
 * that can, and says exactly what was played. TAP on stdout.
 */
#include <getopt.h>
#include <inttypes.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "sim_disk.h"
#include "sim_parts.h"

#define JOBS_MAX	16
#define WARM_POLLS	6000
#define COUNTED_POLLS	10000
#define GROWTH_MAX	(64 << 10)

struct ask {
	uint64_t seed;
	int64_t seeds;
	int days, jobs;
	bool verbose, memory;
};

/* What one process has played. */
struct played {
	int64_t seeds, days, failed;
	struct sim_counts count;
};

static void add(struct sim_counts *to, const struct sim_counts *from)
{
	int64_t *a = (int64_t *)to;
	const int64_t *b = (const int64_t *)from;

	for (size_t i = 0; i < sizeof(*to) / sizeof(*a); i++)
		a[i] += b[i];
}

static bool play(struct played *p, uint64_t seed, const struct ask *ask)
{
	static struct sim s;

	s = (struct sim){ .seed = 0 };
	sim_open(&s, seed, ask->days, ask->verbose);
	if (!s.failed)
		sim_run(&s);
	sim_close(&s);
	p->seeds++;
	p->days += ask->days;
	p->failed += s.failed;
	add(&p->count, &s.count);
	return !s.failed;
}

/* ---- several processes ---- */

static void share(const struct ask *ask, int job, int fd)
{
	struct played p = { .seeds = 0 };

	for (int64_t i = job; i < ask->seeds; i += ask->jobs)
		if (!play(&p, ask->seed + (uint64_t)i, ask))
			break;
	if (write(fd, &p, sizeof(p)) != (ssize_t)sizeof(p))
		_exit(1);
	_exit(p.failed > 0);
}

static pid_t begin(const struct ask *ask, int job, int *fd)
{
	int ends[2];
	pid_t pid;

	fflush(stdout);
	if (pipe(ends) != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		share(ask, job, ends[1]);
	}
	close(ends[1]);
	*fd = ends[0];
	return pid;
}

static bool gather(struct played *all, pid_t pid, int fd)
{
	struct played p;
	int status = 1;
	bool whole = read(fd, &p, sizeof(p)) == (ssize_t)sizeof(p);

	close(fd);
	waitpid(pid, &status, 0);
	if (!whole) {
		printf("# FAILED: a process ended without a word\n");
		all->failed++;
		return false;
	}
	all->seeds += p.seeds;
	all->days += p.days;
	all->failed += p.failed;
	add(&all->count, &p.count);
	return true;
}

static void play_all(struct played *all, const struct ask *ask)
{
	pid_t pid[JOBS_MAX];
	int fd[JOBS_MAX];

	for (int i = 0; i < ask->jobs; i++)
		pid[i] = begin(ask, i, &fd[i]);
	for (int i = 0; i < ask->jobs; i++)
		if (pid[i] < 0 || !gather(all, pid[i], fd[i]))
			all->failed += pid[i] < 0;
}

/* ---- what is said ---- */

/* Of this process and those that have ended. */
static int64_t cpu_ms(void)
{
	static const int who[] = { RUSAGE_SELF, RUSAGE_CHILDREN };
	int64_t us = 0;

	for (int i = 0; i < 2; i++) {
		struct rusage r;

		getrusage(who[i], &r);
		us += 1000000 * (int64_t)(r.ru_utime.tv_sec +
					  r.ru_stime.tv_sec) +
		      r.ru_utime.tv_usec + r.ru_stime.tv_usec;
	}
	return us / 1000;
}

static void tell(const struct ask *ask, const struct played *p,
		 int64_t ms)
{
	const struct sim_counts *c = &p->count;

	printf("#! seeds %" PRIu64 "..%" PRIu64 ", %d days each, %d process%s: "
	       "%" PRId64 " simulated days, %" PRId64 " polls, %" PRId64
	       " evaluations, in %" PRId64 ".%" PRId64 " s (%" PRId64
	       " s of processor time)\n", ask->seed,
	       ask->seed + (uint64_t)p->seeds - 1, ask->days, ask->jobs,
	       ask->jobs == 1 ? "" : "es", p->days, c->polls, c->evaluations,
	       ms / 1000, ms % 1000 / 100, cpu_ms() / 1000);
	printf("#! %" PRId64 " decisions, %" PRId64 " closes, %" PRId64
	       " hand-offs (sent %" PRId64 " times), breaker %" PRId64
	       ", %" PRId64 " settlements, blindness told %" PRId64 ", alerts "
	       "sent %" PRId64 " and delivered %" PRId64 "\n", c->decisions,
	       c->closes, c->handoffs, c->sent, c->breakers, c->settlements,
	       c->blind, c->told, c->delivered);
	printf("#! %" PRId64 " restarts (%" PRId64 " by crash), %" PRId64
	       " polls not recorded, clock stepped %" PRId64 ", suspended %"
	       PRId64 ", reloaded %" PRId64 ", %" PRId64 " acts of people, %"
	       PRId64 " evaluations replayed\n", c->restarts, c->crashes,
	       c->unrecorded, c->steps, c->suspends, c->reloads, c->acts,
	       c->replayed);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int simulate(const struct ask *ask)
{
	struct played all = { .seeds = 0 };
	int64_t start = now_ms();

	printf("1..1\n");
	if (ask->jobs == 1)
		for (int64_t i = 0; i < ask->seeds && !all.failed; i++)
			play(&all, ask->seed + (uint64_t)i, ask);
	else
		play_all(&all, ask);
	tell(ask, &all, now_ms() - start);
	printf("%sok 1 - every seed keeps every promise\n",
	       all.failed ? "not " : "");
	return all.failed > 0;
}

/* ---- memory over ten thousand polls ---- */

#ifdef __SANITIZE_ADDRESS__
size_t __sanitizer_get_current_allocated_bytes(void);
#endif

static int64_t in_use(void)
{
#ifdef __SANITIZE_ADDRESS__
	return (int64_t)__sanitizer_get_current_allocated_bytes();
#elif defined(__GLIBC__)
	struct mallinfo2 m = mallinfo2();

	return (int64_t)(m.uordblks + m.hblkhd);
#else
	return 0;
#endif
}

static struct { int64_t first, last, from, to; } heap;

/* As the daemon leaves it between two polls: no pages of the database. */
static void watch(struct sim *s)
{
	store_rest(s->store);
	if (s->count.polls == WARM_POLLS) {
		heap.first = in_use();
		heap.from = s->seq;
	}
	if (s->count.polls == WARM_POLLS + COUNTED_POLLS) {
		heap.last = in_use();
		heap.to = s->seq;
		s->end = s->truth;
	}
}

static int memory(const struct ask *ask)
{
	static struct sim s;
	bool ok;

	printf("1..1\n");
	s = (struct sim){ .interval = MINUTE_MS, .quiet = true,
			  .watch = watch };
	sim_open(&s, ask->seed, 30, ask->verbose);
	if (!s.failed)
		sim_run(&s);
	ok = !s.failed && heap.to - heap.from == COUNTED_POLLS &&
	     heap.last - heap.first <= GROWTH_MAX;
	printf("#! seed %" PRIu64 ": heap %" PRId64 " bytes at poll %" PRId64
	       ", %" PRId64 " at poll %" PRId64 ", %" PRId64 " evaluations\n",
	       ask->seed, heap.first, heap.from, heap.last, heap.to,
	       s.count.evaluations);
	sim_close(&s);
	printf("%sok 1 - ten thousand polls leave the heap as it was\n",
	       ok ? "" : "not ");
	return !ok;
}

/* ---- the heap ---- */

#ifdef __GLIBC__
/*
 * In the place of the library's: the monitor gives pages back before its
 * minute of sleep, and here there is no sleep. What is in use stays the same.
 */
int malloc_trim(size_t pad)
{
	(void)pad;
	return 0;
}

static void keep_pages(void)
{
	mallopt(M_MMAP_THRESHOLD, 64 << 20);
	mallopt(M_TRIM_THRESHOLD, 512 << 20);
	mallopt(M_TOP_PAD, 16 << 20);
}
#else
static void keep_pages(void)
{
}
#endif

/* ---- the command line ---- */

static bool read_number(int64_t *out, const char *text, int64_t least,
			int64_t most)
{
	char *end;

	*out = strtoll(text, &end, 10);
	return *text && !*end && *out >= least && *out <= most;
}

static bool read_ask(struct ask *a, int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "seeds", required_argument, NULL, 'n' },
		{ "days", required_argument, NULL, 'd' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "memory", no_argument, NULL, 'm' },
		{ NULL, 0, NULL, 0 }
	};
	int64_t n = 0;
	int c;

	while ((c = getopt_long(argc, argv, "v", options, NULL)) != -1) {
		if (c == 'v')
			a->verbose = true;
		else if (c == 'm')
			a->memory = true;
		else if (c == '?' || !read_number(&n, optarg, 1,
						  c == 'j' ? JOBS_MAX :
						  c == 'd' ? 400 : INT32_MAX))
			return false;
		else if (c == 's')
			a->seed = (uint64_t)n;
		else if (c == 'n')
			a->seeds = n;
		else if (c == 'd')
			a->days = (int)n;
		else
			a->jobs = (int)n;
	}
	return optind == argc;
}

static void give_secrets(void)
{
	setenv("SIM_TOPIC", "nobody-listens", 1);
	setenv("SIM_KEY", "no-key", 1);
	setenv("SIM_HOOK", "whsec_c2ltdWxhdGVkIGtleSBvZiBub2JvZHkuLi4u", 1);
}

int main(int argc, char **argv)
{
	struct ask ask = { .seed = 1, .seeds = 1, .days = 30, .jobs = 1 };

	if (!read_ask(&ask, argc, argv)) {
		fprintf(stderr, "usage: simulate [--seed N] [--seeds N] "
			"[--days 1..400] [--jobs N] [-v] | --memory\n");
		return 2;
	}
	give_secrets();
	keep_pages();
	/* One thread, and nobody asks what SQLite holds: a tenth of the time. */
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (!disk_register())
		return 1;
	return ask.memory ? memory(&ask) : simulate(&ask);
}
