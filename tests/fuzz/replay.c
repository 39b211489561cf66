/* SPDX-License-Identifier: MIT */
/*
 * Every input of tests/fuzz/corpus through its target, one TAP line each
 * target, in a process of its own, so that the others go on after a crash.
 * A file y_* must be accepted, one n_* refused; a folder without files fails.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"

#define CORPUS "tests/fuzz/corpus"
#define FILES_MAX 1000

/* What the child tells even when it crashes. */
struct progress {
	int n, accepted, of_y, of_n, wrong;
	char file[256];			/* the one being read */
};

static int cmp_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_files(char **name, const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	int n = 0;

	while (d && (e = readdir(d)) && n < FILES_MAX)
		if (e->d_name[0] != '.')
			name[n++] = strdup(e->d_name);
	if (d)
		closedir(d);
	qsort(name, (size_t)n, sizeof(*name), cmp_names);
	return n;
}

/* An allocation of just its size, so that a read beyond its end is seen. */
static char *read_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *s = NULL;
	long len;

	CHECK(f && fseek(f, 0, SEEK_END) == 0 && (len = ftell(f)) >= 0);
	rewind(f);
	*n = (size_t)len;
	s = malloc(*n ? *n : 1);
	CHECK(s && fread(s, 1, *n, f) == *n);
	fclose(f);
	return s;
}

static void judge(struct progress *p, const char *name, bool accepted)
{
	bool y = strncmp(name, "y_", 2) == 0, no = strncmp(name, "n_", 2) == 0;

	p->n++;
	p->accepted += accepted;
	p->of_y += y;
	p->of_n += no;
	if ((y && !accepted) || (no && accepted)) {
		p->wrong++;
		printf("# %s was %s\n", p->file,
		       accepted ? "accepted" : "refused");
	}
}

static void replay(struct progress *p, const struct fuzz_target *t)
{
	static char *name[FILES_MAX];
	char folder[128];
	int n;

	snprintf(folder, sizeof(folder), "%s/%s", CORPUS, t->corpus);
	n = list_files(name, folder);
	for (int i = 0; i < n; i++) {
		size_t len;
		char *s;

		snprintf(p->file, sizeof(p->file), "%s/%s", folder, name[i]);
		s = read_file(p->file, &len);
		judge(p, name[i], t->one(s, len));
		free(s);
		free(name[i]);
	}
}

/* How the child ended: 0, an exit status or minus a signal. */
static int in_child(struct progress *p, const struct fuzz_target *t)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		replay(p, t);
		fflush(stdout);
		exit(0);		/* leaks are looked for here */
	}
	CHECK(waitpid(child, &status, 0) == child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* One TAP line and what was counted; how many inputs, -1: not ok. */
static int test(struct progress *p, const struct fuzz_target *t, int number)
{
	const char *missing = t->missing ? t->missing() : NULL;
	int end;
	bool ok;

	if (missing) {
		printf("ok %d - fuzz corpus through %s # SKIP %s\n", number,
		       t->name, missing);
		return 0;
	}
	memset(p, 0, sizeof(*p));
	end = in_child(p, t);
	ok = end == 0 && p->n > 0 && p->wrong == 0;
	printf("%sok %d - fuzz corpus through %s\n", ok ? "" : "not ", number,
	       t->name);
	printf("# %s: %d inputs, %d accepted, %d must be (y_), %d must not "
	       "(n_)\n", t->name, p->n, p->accepted, p->of_y, p->of_n);
	if (end != 0)
		printf("# ended with %d at %s\n", end, p->file);
	return ok ? p->n : -1;
}

int main(void)
{
	struct progress *p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int bad = 0, n = 0, inputs = 0;

	CHECK(p != MAP_FAILED);
	for (; fuzz_targets[n]; n++) {
		int done = test(p, fuzz_targets[n], n + 1);

		bad += done < 0;
		inputs += done > 0 ? done : 0;
	}
	printf("1..%d\n#! %d inputs of the corpus through %d fuzz target%s\n",
	       n, inputs, n, n > 1 ? "s" : "");
	return bad ? 1 : 0;
}
