/* SPDX-License-Identifier: MIT */
/*
 * From a venue's own contract name to the base asset, by cutting what every
 * venue hangs behind it. Called for each new name of a file of settlements.
 */
#include "contract_name.h"

#include <string.h>

struct tail {
	const char *text;
	bool preferred;		/* the usual linear contract */
};

/* Longer ones first where one ends with another. */
static const struct tail tails[] = {
	{ "USDTM", true }, { "USDT", true }, { "USDC", false },
	{ "SWAP", true }, { "PERP", false }, { "USD", false },
};

static bool cut_tail(const char *name, size_t *n, bool *preferred)
{
	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
		size_t len = strlen(tails[i].text);

		if (*n <= len || memcmp(name + *n - len, tails[i].text, len))
			continue;
		*n -= len;
		*preferred = *preferred && tails[i].preferred;
		while (*n > 1 && strchr("-_/", name[*n - 1]))
			--*n;
		return true;
	}
	return false;
}

bool contract_base(struct symbol *out, bool *preferred, const char *name,
		   size_t n)
{
	const char *colon = memchr(name, ':', n);
	struct symbol upper;
	size_t len;

	if (colon) {
		n -= (size_t)(colon + 1 - name);
		name = colon + 1;
	}
	if (!symbol_parse(&upper, name, n))
		return false;
	len = strlen(upper.s);
	*preferred = true;
	while (cut_tail(upper.s, &len, preferred))
		;
	if (len == 3 && !memcmp(upper.s, "XBT", 3))
		return symbol_parse(out, "BTC", 3);
	return symbol_parse(out, upper.s, len);
}
