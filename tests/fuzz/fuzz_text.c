/* SPDX-License-Identifier: MIT */
/*
 * Texts from outside on their way out: nothing of them steers a terminal,
 * ends a tag or breaks a row, and what is meant for programs reads back.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export_out.h"
#include "html.h"
#include "json.h"
#include "json_scan.h"
#include "text_safe.h"

static char *begin(FILE **f, char **text, size_t *n)
{
	*text = NULL;
	*f = open_memstream(text, n);
	CHECK(*f != NULL);
	return NULL;
}

static void check_screen(const char *s, struct arena *arena)
{
	char *shown = text_safe(s, arena), *printed;
	size_t n;
	FILE *f;

	CHECK(shown && fuzz_clean(shown));
	CHECK(text_columns(shown) >= 0 && text_columns(s) >= 0);
	begin(&f, &printed, &n);
	text_print_safe(f, s);
	fclose(f);
	CHECK(strcmp(printed, shown) == 0);
	if (fuzz_clean(s))
		CHECK(strcmp(shown, s) == 0);
	free(printed);
}

static void check_html(const char *s)
{
	char *out;
	size_t n;
	FILE *f;

	begin(&f, &out, &n);
	html_text(f, s);
	fclose(f);
	CHECK(fuzz_clean(out) && !strpbrk(out, "<>\"'"));
	for (const char *p = out; (p = strchr(p, '&')); p++)
		CHECK(strspn(p + 1, "abcdefghijklmnopqrstuvwxyz#0123456789") ==
		      strcspn(p + 1, ";"));
	free(out);
}

static bool is_utf8(const char *s)
{
	while (*s) {
		uint32_t code;
		size_t n = text_decode(&code, s);

		if (n == 0)
			return false;
		s += n;
	}
	return true;
}

/* A JSON string with no raw control, which decodes to the text. */
static void check_json(const char *s)
{
	struct json_out o;
	struct json j;
	char *out, *back;
	size_t n, len;
	FILE *f;

	begin(&f, &out, &n);
	o = json_out_to(f, true);
	json_out_open(&o, '[');
	json_out_text(&o, s);
	json_out_close(&o, ']');
	fclose(f);
	CHECK(n > 4 && out[n - 1] == '\n');
	out[n - 1] = '\0';
	CHECK(fuzz_clean(out));
	json_init(&j, out, n - 1, NULL);
	CHECK(json_skip(&j) && json_finish(&j));
	back = malloc(n);
	CHECK(back != NULL);
	len = scan_decode(back, n, out + 2, n - 5);
	CHECK(len < n);
	back[len] = '\0';
	CHECK(is_utf8(back) && (!is_utf8(s) || strcmp(back, s) == 0));
	free(back);
	free(out);
}

/* One cell between two others, however many lines it has. */
static void check_csv(const char *s)
{
	static const char *const columns[] = { "a", "b", "c", NULL };
	static const char head[] = "a,b,c\r\nx,", tail[] = ",z\r\n";
	const char *body;
	struct export_out o;
	char *out;
	size_t n, i = 0, len;
	FILE *f;

	begin(&f, &out, &n);
	o = export_to(f, true, columns);
	export_row(&o);
	export_text(&o, "x");
	export_text(&o, s);
	export_text(&o, "z");
	export_end(&o);
	fclose(f);
	CHECK(n >= strlen(head) + strlen(tail));
	body = out + strlen(head);
	len = n - strlen(head) - strlen(tail);
	CHECK(memcmp(out, head, strlen(head)) == 0);
	CHECK(memcmp(body + len, tail, strlen(tail)) == 0);
	if (len == 0 || body[0] != '"') {
		CHECK(len == strlen(s) && memcmp(body, s, len) == 0);
		CHECK(!strpbrk(s, ",\"\r\n"));
		CHECK(!len || !strchr(" \t", s[0]));
		CHECK(!len || !strchr(" \t", s[len - 1]));
	} else {
		for (const char *p = s; *p; p++) {
			CHECK(body[++i] == *p);
			CHECK(*p != '"' || body[++i] == '"');
		}
		CHECK(i + 2 == len && body[len - 1] == '"');
	}
	free(out);
}

FUZZ_TARGET(text)
{
	struct arena *arena = fuzz_arena();
	const char *text = fuzz_string(s, n, arena);

	if (!text)
		return false;
	check_screen(text, arena);
	check_html(text);
	check_json(text);
	check_csv(text);
	return fuzz_clean(text);
}
