/* SPDX-License-Identifier: MIT */
/*
 * Addresses of services: what a URL of the configuration may look like, whom
 * it may name (include/reach.h). Called through config_value_read and by what
 * checks several keys.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "config_load.h"

#define DIGITS "0123456789"
#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS

/* The host of an address with its scheme, with the brackets of an IPv6
 * address, and what follows it. */
static const char *url_host(const char *url, size_t *n, const char **rest)
{
	const char *host = strstr(url, "://") + 3;

	*n = *host == '[' ? strcspn(host, "]") : strcspn(host, ":/");
	if (host[*n] == ']')
		++*n;
	*rest = host + *n;
	return host;
}

static bool port_ok(const char *rest, const char **path)
{
	size_t n;

	*path = rest;
	if (*rest != ':')
		return *rest == '\0' || *rest == '/';
	n = strspn(rest + 1, DIGITS);
	*path = rest + 1 + n;
	return n >= 1 && n <= 5 && atoi(rest + 1) >= 1 &&
	       atoi(rest + 1) <= 65535 && (**path == '\0' || **path == '/');
}

static bool host_ok(const char *host, size_t n)
{
	char text[64];
	struct in6_addr in6;

	if (*host != '[')
		return n > 0 && n < 254 && strspn(host, ALNUM ".-") == n;
	if (n < 4 || n - 2 >= sizeof(text) || host[n - 1] != ']')
		return false;
	memcpy(text, host + 1, n - 2);
	text[n - 2] = '\0';
	return inet_pton(AF_INET6, text, &in6) == 1;
}

/* NULL when the address can be used; else why not. */
static const char *url_problem(const char *url)
{
	const char *host, *rest, *path;
	size_t n;

	if (strncmp(url, "http://", 7) && strncmp(url, "https://", 8))
		return "must begin with http:// or https://";
	host = url_host(url, &n, &rest);
	if (!host_ok(host, n))
		return "names no host: write http://HOST:PORT/api/v1";
	if (!port_ok(rest, &path))
		return "has a bad port: write http://HOST:8000/api/v1";
	if (strspn(path, ALNUM "/._~%-") != strlen(path))
		return "has characters that do not belong in a path";
	if (strlen(url) >= CONFIG_TEXT_MAX)
		return "is too long";
	return NULL;
}

/* What may be a secret is not repeated in the complaint. */
static const char *url_secret(const char *url)
{
	if (strchr(url, '@'))
		return "must not carry a user or a password";
	if (strpbrk(url, "?#"))
		return "must not carry a query or a fragment";
	return NULL;
}

bool config_url_read(struct load *l, char *out, const struct yaml *y,
		     const char *key)
{
	const char *secret = url_secret(y->text);
	const char *why = secret ? NULL : url_problem(y->text);
	size_t n = strlen(y->text);

	if (secret) {
		complain(l->list, false, y->row, y->column, "%s: %s", key,
			 secret);
		return false;
	}
	if (why)
		return config_refuse(l, y, key, why);
	while (y->text[n - 1] == '/')
		n--;
	memcpy(out, y->text, n);
	out[n] = '\0';
	return true;
}

bool config_url_loopback(const char *url)
{
	const char *rest;
	size_t n;
	const char *host = url_host(url, &n, &rest);
	char text[64];
	struct in_addr in;

	if (n >= sizeof(text))
		return false;
	memcpy(text, host, n);
	text[n] = '\0';
	if (inet_pton(AF_INET, text, &in) == 1)
		return ntohl(in.s_addr) >> 24 == 127;
	return !strcmp(text, "localhost") || !strcmp(text, "[::1]");
}

void config_url_reach(struct load *l, const char *url, const struct yaml *y,
		      const char *key)
{
	const char *rest;
	size_t n;
	const char *host = url_host(url, &n, &rest);
	char text[ADDRESS_TEXT_MAX], why[REACH_WHY_MAX];

	if (n >= sizeof(text))
		return;
	memcpy(text, host, n);
	text[n] = '\0';
	if (!reach_allows_literal(why, &l->c->reach, text))
		complain(l->list, false, y->row, y->column, "%s: %s", key, why);
}
