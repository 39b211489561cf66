/* SPDX-License-Identifier: MIT */
/*
 * The program behind test_statistics.py: a line "sqrt A" or "series X..." on
 * stdin, the results on one line of stdout, "-" for what is not known.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stat.h"

#define VALUES_MAX 2000

static void put(struct stat_value v)
{
	char text[DEC_TEXT_MAX];

	dec_format(text, v.v);
	printf("%s ", v.known ? text : "-");
}

static void do_series(char *words)
{
	static struct dec x[VALUES_MAX];
	struct stat_moments m;
	struct stat_value rho;
	size_t n = 0;

	for (char *w = strtok(words, " \n"); w && n < VALUES_MAX;
	     w = strtok(NULL, " \n"))
		x[n++] = dec_lit(w);
	if (!stat_moments_of(&m, x, n)) {
		puts("range");
		return;
	}
	rho = stat_autocorrelation(&m);
	put(stat_deviation(&m));
	put(rho);
	put(stat_sharpe(&m, 365));
	put(stat_sharpe_lo(&m, 365));
	put(rho.known ? stat_effective(n, rho.v) : rho);
	put(stat_drawdown(dec_int(1), x, n));
	putchar('\n');
}

int main(void)
{
	static char line[VALUES_MAX * DEC_TEXT_MAX];

	while (fgets(line, sizeof(line), stdin)) {
		struct dec root = DEC_ZERO;

		if (strncmp(line, "series ", 7) == 0) {
			do_series(line + 7);
			continue;
		}
		line[strcspn(line, "\n")] = '\0';
		put(dec_sqrt(&root, dec_lit(line + 5)) ? stat_known(root)
						      : stat_unknown("-"));
		putchar('\n');
	}
	return 0;
}
