/* SPDX-License-Identifier: MIT */
/* Words of a position, as they stand in the database and in JSON. */
#include "position.h"

#include <string.h>

static const char *const words[] = {
	[STATUS_OPEN] = "open",
	[STATUS_PENDING_CLOSE] = "pending_close",
	[STATUS_CLOSED] = "closed"
};

const char *status_word(enum status s)
{
	return words[s];
}

bool status_parse(enum status *out, const char *word)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i], word) == 0) {
			*out = (enum status)i;
			return true;
		}
	}
	return false;
}

const char *side_word(enum side s)
{
	return s == LEG_LONG ? "long" : "short";
}

static bool label_char(char c, bool first)
{
	return (c >= 'A' && c <= 'Z') ||
	       (!first && ((c >= '0' && c <= '9') || c == '_'));
}

bool label_parse(struct label *out, const char *s, size_t n)
{
	if (n == 0 || n >= sizeof(out->s))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!label_char(s[i], i == 0))
			return false;
	*out = (struct label){ "" };
	memcpy(out->s, s, n);
	return true;
}
