/* SPDX-License-Identifier: MIT */
/*
 * Nearest word by edit distance: insertion, deletion, replacement and the
 * swap of two neighbours count one each. Used for every "did you mean".
 */
#include "suggest.h"

#include <string.h>

#define WORD_MAX 64
#define EDITS_MAX 2

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* One row of the table of distances from the two rows above it. */
static void next_row(int row[], const int above[], const int before[],
		     const char *a, size_t i, const char *b, size_t n)
{
	row[0] = (int)i;
	for (size_t j = 1; j <= n; j++) {
		int d = above[j - 1] + (a[i - 1] != b[j - 1]);

		d = least(d, least(above[j], row[j - 1]) + 1);
		if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
		    a[i - 2] == b[j - 1])
			d = least(d, before[j - 2] + 1);
		row[j] = d;
	}
}

static int distance(const char *a, const char *b)
{
	int row[3][WORD_MAX + 1];
	size_t m = strlen(a), n = strlen(b);

	if (m > WORD_MAX || n > WORD_MAX)
		return EDITS_MAX + 1;
	for (size_t j = 0; j <= n; j++)
		row[0][j] = (int)j;
	for (size_t i = 1; i <= m; i++)
		next_row(row[i % 3], row[(i + 2) % 3], row[(i + 1) % 3], a, i,
			 b, n);
	return row[m % 3][n];
}

const char *suggest(const char *word, const char *const *words, size_t n)
{
	const char *best = NULL;
	int least_edits = EDITS_MAX + 1;

	for (size_t i = 0; i < n; i++) {
		int d = distance(word, words[i]);

		/* A word replaced as a whole is no misspelling. */
		if (d < least_edits && d < (int)strlen(words[i])) {
			best = words[i];
			least_edits = d;
		}
	}
	return best;
}
