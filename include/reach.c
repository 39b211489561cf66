/* SPDX-License-Identifier: MIT */
/* The table of reach.h as code. */
#include "reach.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/*
 * RFC 6762 (appendix G), 6761, 8375, and ICANN's .internal (2024): ends that
 * no registry sells.
 */
static const char *const local_ends[] = {
	"local", "localdomain", "lan", "internal", "intranet", "private",
	"corp", "home", "home.arpa", "test",
};

static bool ends_with(const char *name, size_t n, const char *end)
{
	size_t k = strlen(end);

	return n >= k && strncasecmp(name + n - k, end, k) == 0 &&
	       (n == k || name[n - k - 1] == '.');
}

enum reach_host reach_host_of(const char *host)
{
	size_t n = strlen(host);
	struct address a;

	if (address_parse(&a, host))
		return REACH_LITERAL;
	n -= n > 0 && host[n - 1] == '.';
	if (ends_with(host, n, "localhost"))
		return REACH_LOCALHOST;
	for (size_t i = 0; i < sizeof(local_ends) / sizeof(*local_ends); i++)
		if (ends_with(host, n, local_ends[i]))
			return REACH_LOCAL_NAME;
	return memchr(host, '.', n) ? REACH_PUBLIC_NAME : REACH_LOCAL_NAME;
}

static bool listed(const struct reach *r, struct address a)
{
	for (size_t i = 0; i < r->n_allow; i++)
		if (network_has(r->allow[i], a))
			return true;
	return false;
}

static bool kind_allowed(enum reach_host host, enum address_kind kind)
{
	switch (host) {
	case REACH_LITERAL:
		if (kind == ADDRESS_RESERVED)
			return true;
		/* fall through */
	case REACH_LOCAL_NAME:
		return kind == ADDRESS_PUBLIC || kind == ADDRESS_PRIVATE ||
		       kind == ADDRESS_LOOPBACK;
	case REACH_LOCALHOST:
		return kind == ADDRESS_LOOPBACK;
	case REACH_PUBLIC_NAME:
		break;
	}
	return kind == ADDRESS_PUBLIC;
}

static bool judge(char why[static REACH_WHY_MAX], const struct reach *r,
		  enum reach_host host, struct address a)
{
	enum address_kind kind = address_judge(a);
	char text[ADDRESS_TEXT_MAX];

	why[0] = '\0';
	if (r->any || kind_allowed(host, kind) || listed(r, a))
		return true;
	address_format(text, a);
	snprintf(why, REACH_WHY_MAX, "refused: %.40s is %s; see "
		 "network.allow_private", text, address_kind_text(kind));
	return false;
}

bool reach_allows(char why[static REACH_WHY_MAX], const struct reach *r,
		  enum reach_host host, const struct sockaddr *to)
{
	struct address a;

	if (address_of(&a, to))
		return judge(why, r, host, a);
	snprintf(why, REACH_WHY_MAX, "refused: an address of an unknown kind");
	return false;
}

bool reach_allows_literal(char why[static REACH_WHY_MAX],
			  const struct reach *r, const char *host)
{
	struct address a;

	why[0] = '\0';
	return !address_parse(&a, host) || judge(why, r, REACH_LITERAL, a);
}
