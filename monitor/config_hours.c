/* SPDX-License-Identifier: MIT */
/* Times of the UTC day, or "off". */
#include <stdio.h>
#include <string.h>

#include "config_load.h"

bool config_time_parse(int32_t *out, const char *s)
{
	int h, m;

	if (strspn(s, "0123456789") != 2 || s[2] != ':' ||
	    strspn(s + 3, "0123456789") != 2 || s[5] != 'Z')
		return false;
	h = (s[0] - '0') * 10 + s[1] - '0';
	m = (s[3] - '0') * 10 + s[4] - '0';
	*out = h * 3600 + m * 60;
	return h < 24 && m < 60;
}

const char *config_hours_parse(struct quiet_hours *out, const char *text)
{
	*out = (struct quiet_hours){ false, 0, 0 };
	if (!strcmp(text, "off"))
		return NULL;
	if (strlen(text) != 13 || text[6] != '-' ||
	    !config_time_parse(&out->from_s, text) ||
	    !config_time_parse(&out->until_s, text + 7))
		return "is not a span of the day in UTC: write 22:00Z-06:30Z, "
		       "or off";
	if (out->from_s == out->until_s)
		return "begins and ends at the same time: write off for none";
	out->set = true;
	return NULL;
}

const char *config_daily_parse(struct daily *out, const char *text)
{
	*out = (struct daily){ false, 0 };
	if (!strcmp(text, "off"))
		return NULL;
	if (strlen(text) != 6 || !config_time_parse(&out->at_s, text))
		return "is not a time of day in UTC: write 07:00Z, or off";
	out->set = true;
	return NULL;
}

static int put_time(char *buf, size_t n, int32_t s)
{
	return snprintf(buf, n, "%02d:%02dZ", s / 3600, s / 60 % 60);
}

size_t config_hours_format(char *buf, size_t n, const struct quiet_hours *h)
{
	char a[32], b[32];

	if (!h->set)
		return (size_t)snprintf(buf, n, "off");
	put_time(a, sizeof(a), h->from_s);
	put_time(b, sizeof(b), h->until_s);
	return (size_t)snprintf(buf, n, "%s-%s", a, b);
}

size_t config_daily_format(char *buf, size_t n, const struct daily *d)
{
	if (!d->set)
		return (size_t)snprintf(buf, n, "off");
	return (size_t)put_time(buf, n, d->at_s);
}
