/* SPDX-License-Identifier: MIT */
/* Names from outside become names of ours here, or are refused. */
#include "name.h"

#include <string.h>

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

/* Fold to the case that starts at `to` ('a' or 'A'). */
static bool name_parse(char out[static NAME_TEXT_MAX], const char *s, size_t n,
		       char to)
{
	char from = to == 'a' ? 'A' : 'a';

	if (n == 0 || n >= NAME_TEXT_MAX || !name_char(s[0]))
		return false;
	for (size_t i = 0; i < n; i++)
		if (s[i] == '\0' ||
		    (!name_char(s[i]) && !strchr("._-:/$", s[i])))
			return false;
	memset(out, 0, NAME_TEXT_MAX);
	for (size_t i = 0; i < n; i++)
		out[i] = s[i] >= from && s[i] <= from + 25 ?
			 (char)(s[i] - from + to) : s[i];
	return true;
}

bool venue_parse(struct venue *out, const char *s, size_t n)
{
	return name_parse(out->s, s, n, 'a');
}

bool symbol_parse(struct symbol *out, const char *s, size_t n)
{
	return name_parse(out->s, s, n, 'A');
}
