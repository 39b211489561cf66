/* SPDX-License-Identifier: MIT */
/*
 * The nth calculation does not fit, once, or with all that follow, for every n
 * until a command is over before it: what is shown is right, or is not shown;
 * what cannot be said is no success where there was none; nothing is half
 * recorded. CW_ALL_FAULTS=1: every n instead of some. Only where the linker
 * leads calculations here: built with DEC_CALLED.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli_desk.h"
#include "dec.h"
#include "fail_books.h"
#include "fail_nth.h"
#include "fail_scenes.h"
#include "fault_vfs.h"

#if defined(__linux__) && defined(DEC_CALLED)

#ifdef __SANITIZE_ADDRESS__
#define RUNS	2			/* each takes five times as long */
#else
#define RUNS	8			/* not inlined: one place serves many */
#endif

static struct nth sums;

#define WRAP(name, args, call) \
	bool __real_##name args; \
	bool __wrap_##name args; \
	bool __wrap_##name args \
	{ \
		return !nth_fails(&sums, __builtin_return_address(0)) && \
		       __real_##name call; \
	}

WRAP(dec_add, (struct dec *o, struct dec a, struct dec b), (o, a, b))
WRAP(dec_sub, (struct dec *o, struct dec a, struct dec b), (o, a, b))
WRAP(dec_mul, (struct dec *o, struct dec a, struct dec b), (o, a, b))
WRAP(dec_div, (struct dec *o, struct dec a, struct dec b), (o, a, b))
WRAP(dec_mul_int, (struct dec *o, struct dec a, int64_t n), (o, a, n))
WRAP(dec_mul_ratio, (struct dec *o, struct dec a, struct dec b, int32_t n,
		     int32_t d), (o, a, b, n, d))
WRAP(dec_mul3_ratio, (struct dec *o, struct dec a, struct dec b,
		      struct dec c, int32_t n, int32_t d), (o, a, b, c, n, d))
WRAP(dec_join, (struct dec *o, int64_t m, int scale), (o, m, scale))

/* ---- what is shown ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The next number with a point; NULL: no more. Counts may change. */
static const char *next_number(const char *s, size_t *n)
{
	for (; *s; s += *n) {
		size_t whole = strspn(s, "0123456789");

		*n = whole + (whole == 0);
		if (!whole || s[whole] != '.' || !is_digit(s[whole + 1]))
			continue;
		*n = whole + 1 + strspn(s + whole + 1, "0123456789");
		return s;
	}
	return NULL;
}

/* Every number that the commands show when all fits, in order. */
struct number {
	const char *s;
	size_t n;
};

static struct {
	struct number *v;
	size_t n, cap;
	char *text[400];		/* what they stand in */
	size_t n_texts;
} right;

static int by_text(const void *a, const void *b)
{
	const struct number *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return memcmp(x->s, y->s, x->n);
}

static void add_right(const char *shown_text)
{
	const char *s = right.text[right.n_texts++] = strdup(shown_text);
	size_t n;

	assert_non_null(s);
	assert_true(right.n_texts < sizeof(right.text) / sizeof(char *));
	for (; (s = next_number(s, &n)); s += n) {
		if (right.n == right.cap) {
			right.cap = 2 * right.cap + 1000;
			right.v = realloc(right.v, right.cap *
					  sizeof(*right.v));
			assert_non_null(right.v);
		}
		right.v[right.n++] = (struct number){ s, n };
	}
}

static int wrong;			/* numbers seen that are not among them */

static bool is_right(const char *s, size_t n)
{
	const struct number x = { s, n };

	return bsearch(&x, right.v, right.n, sizeof(x), by_text);
}

/* "~+3.88": something is not in it, and it says so. */
static bool is_partial(const char *text, const char *s)
{
	if (s > text && (s[-1] == '+' || s[-1] == '-'))
		s--;
	return s > text && s[-1] == '~';
}

/* No number that is shown nowhere when everything fits. */
static void check_numbers(const char *text, const char *where)
{
	const char *s = text;
	size_t n;

	for (; (s = next_number(s, &n)); s += n)
		if (!is_partial(text, s) && !is_right(s, n) && wrong++ < 20)
			print_message("# %s: shows %.*s:\n%.160s\n", where,
				      (int)n, s,
				      s - text < 60 ? text : s - 60);
}

/* ---- the sweep ---- */

static struct shown shown;
static uint64_t before;

static bool try_point(const struct cli_line *l, bool at_terminal, int64_t n,
		      bool always)
{
	char where[200];

	snprintf(where, sizeof(where), "%s %.100s, sum %lld%s", l->account,
		 l->words, (long long)n, always ? "..." : "");
	if (l->does == CLI_WRITES)
		cli_desk_again();
	nth_arm(&sums, n, always);
	cli_desk_run(l, at_terminal, &shown);
	sums.armed = false;
	if (!sums.hit)
		return false;
	if (shown.code == 0 && l->code != 0)
		fail_msg("%s: a success: %s", where, shown.out);
	if (shown.code != 0 && !shown.out[0] && !shown.err[0])
		fail_msg("%s: code %d and no word", where, shown.code);
	if (l->does != CLI_DECIDES)
		check_numbers(shown.out, where);
	/* The note of an event may say "-" for a sum. */
	if ((cli_desk_books(l) != before) != (l->does == CLI_WRITES && !shown.code))
		fail_msg("%s: code %d, and the books say else: %s%s", where,
			 shown.code, shown.out, shown.err);
	return true;
}

static int64_t sweep(const struct cli_line *l, bool at_terminal)
{
	int64_t points = 0;

	cli_desk_again();
	before = cli_desk_books(l);
	nth_look(&sums);
	cli_desk_run(l, at_terminal, &shown);
	sums.armed = false;
	for (int64_t n = 0; nth_next(&sums, &n, RUNS);)
		points += try_point(l, at_terminal, n, false) +
			  try_point(l, at_terminal, n, true);
	return points;
}

/*
 * Right too: the limit of a line that is never the nearest when all is known;
 * returns of a net without its price, as is said where the price is "-"; the
 * next best pair, by the day and by 8 h, where the best one's gross is left out.
 */
static const char also[] = "0.0000003 0.130 0.065 0.0013 0.00065 "
			   "0.000582372 0.000194124 0.00098472 0.00032824 ";

static void show_all(void)
{
	add_right(also);
	for (size_t i = 0; i < n_cli_lines; i++)
		for (int tty = 0; tty < 2; tty++) {
			const struct cli_line *l = &cli_lines[i];

			cli_desk_again();
			cli_desk_run(l, tty, &shown);
			if (shown.code != l->code)
				fail_msg("%s: code %d: %s", l->words,
					 shown.code, shown.err);
			add_right(shown.out);
		}
	qsort(right.v, right.n, sizeof(*right.v), by_text);
}

static void no_number_is_wrong_when_one_does_not_fit(void **state)
{
	int64_t points = 0;

	(void)state;
	show_all();
	for (size_t i = 0; i < n_cli_lines; i++)
		for (int tty = 0; tty < 2; tty++)
			points += sweep(&cli_lines[i], tty);
	print_message("# %zu commands, %lld sums that did not fit\n",
		      n_cli_lines, (long long)points);
	assert_true(points > 500);
	assert_int_equal(wrong, 0);
}

/* ---- a poll ---- */

static struct fail_desk desk;

/* One life on a new desk, with the pair good as it was, or flipped. */
static bool live(bool flipped)
{
	unsigned char *base = desk.base;
	bool ok;

	fail_desk_again(&desk);
	if (!flipped)
		desk.base = NULL;
	ok = fail_life(&desk);
	desk.base = base;
	return ok;
}

static void try_poll(int64_t n, bool always, bool flipped)
{
	char where[80];

	snprintf(where, sizeof(where), "%s, sum %lld%s", flipped ? "flipped" :
		 "good", (long long)n, always ? "..." : "");
	nth_arm(&sums, n, always);
	live(flipped);
	sums.armed = false;
	assert_true(sums.hit);
	desk.marks &= ~(1u << FAIL_POLLED);	/* it decided what it could */
	fail_check(&desk, where);
	if (flipped)
		fail_finish(&desk, where);
	else if (fail_books_decided(desk.path) || desk.worked)
		fail_msg("%s: closed", where);
}

static void a_poll_closes_what_flipped_and_nothing_else(void **state)
{
	int64_t points = 0;

	(void)state;
	fail_desk_open(&desk, 0);
	for (int flipped = 0; flipped < 2; flipped++) {
		nth_look(&sums);
		assert_true(live(flipped));
		sums.armed = false;
		for (int64_t n = 0; nth_next(&sums, &n, 3 * RUNS); points++) {
			try_poll(n, false, flipped);
			try_poll(n, true, flipped);
		}
	}
	fail_desk_close(&desk);
	print_message("# %lld sums of a poll did not fit\n",
		      (long long)points);
	assert_true(points > 10);
}

static int begin(void **state)
{
	(void)state;
	fault_vfs_install();		/* no time for real syncs */
	cli_desk_open();
	return 0;
}

static int end(void **state)
{
	(void)state;
	cli_desk_close();
	for (size_t i = 0; i < right.n_texts; i++)
		free(right.text[i]);
	free(right.v);
	return 0;
}

#else

static void no_number_is_wrong_when_one_does_not_fit(void **state)
{
	(void)state;
	print_message("# SKIP calculations are no calls in this build\n");
	skip();
}

static int begin(void **state)
{
	(void)state;
	return 0;
}

#define end begin
#define a_poll_closes_what_flipped_and_nothing_else \
	no_number_is_wrong_when_one_does_not_fit

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_number_is_wrong_when_one_does_not_fit),
		cmocka_unit_test(a_poll_closes_what_flipped_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
