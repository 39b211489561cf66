/* SPDX-License-Identifier: MIT */
/* Names and reasons come from outside; nothing of theirs is markup. */
#include "html.h"

#include "text_safe.h"

static const char *entity(uint32_t code)
{
	switch (code) {
	case '&':	return "&amp;";
	case '<':	return "&lt;";
	case '>':	return "&gt;";
	case '"':	return "&quot;";
	case '\'':	return "&#39;";
	}
	return NULL;
}

void html_text(FILE *f, const char *s)
{
	while (*s) {
		uint32_t code;
		size_t n = text_decode(&code, s);

		if (n == 0 || text_is_control(code))
			fputs("\xef\xbf\xbd", f);
		else if (entity(code))
			fputs(entity(code), f);
		else
			fwrite(s, 1, n, f);
		s += n == 0 ? 1 : n;
	}
}
