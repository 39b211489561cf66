/* SPDX-License-Identifier: MIT */
/* Reads with jansson, strictly, and tells what it saw (jansson_side.h). */
#include "jansson_side.h"

#if __has_include(<jansson.h>)

#include <jansson.h>
#include <stdio.h>
#include <string.h>

bool side_is_here(void)
{
	return true;
}

static void tell_text(struct fuzz_out *out, const char *kind, const char *s,
		      size_t n)
{
	fuzz_puts(out, kind);
	fuzz_put(out, s, n);
	fuzz_put(out, "", 1);
}

static void tell(struct fuzz_out *out, json_t *v)
{
	char text[64];
	const char *key;
	json_t *child;
	size_t i;

	switch (json_typeof(v)) {
	case JSON_OBJECT:
		fuzz_puts(out, "{");
		json_object_foreach(v, key, child) {
			tell_text(out, "k", key, strlen(key));
			tell(out, child);
		}
		fuzz_puts(out, "}");
		break;
	case JSON_ARRAY:
		fuzz_puts(out, "[");
		json_array_foreach(v, i, child)
			tell(out, child);
		fuzz_puts(out, "]");
		break;
	case JSON_STRING:
		tell_text(out, "s", json_string_value(v),
			  json_string_length(v));
		break;
	case JSON_INTEGER:
		snprintf(text, sizeof(text), "%lld",
			 (long long)json_integer_value(v));
		tell_text(out, "#", text, strlen(text));
		break;
	case JSON_REAL:
		snprintf(text, sizeof(text), "%.17e", json_real_value(v));
		tell_text(out, "#", text, strlen(text));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		fuzz_puts(out, json_is_true(v) ? "t" : "f");
		break;
	case JSON_NULL:
		fuzz_puts(out, "n");
		break;
	}
}

static enum side_verdict refused(const json_error_t *e)
{
	enum json_error_code code = json_error_code(e);

	return code == json_error_numeric_overflow ? SIDE_RANGE :
	       code == json_error_null_byte_in_key ? SIDE_NUL_KEY :
	       code == json_error_duplicate_key ? SIDE_TWICE : SIDE_REFUSED;
}

enum side_verdict side_read(struct fuzz_out *out, const char *s, size_t n)
{
	/* Without JSON_DISABLE_EOF_CHECK: nothing may follow. */
	const size_t how = JSON_DECODE_ANY | JSON_ALLOW_NUL;
	enum side_verdict verdict = SIDE_TAKEN;
	json_error_t e;
	json_t *v = json_loadb(s, n, how, &e);

	if (!v)
		return refused(&e);
	tell(out, v);
	json_decref(v);
	v = json_loadb(s, n, how | JSON_REJECT_DUPLICATES, &e);
	if (!v)
		verdict = refused(&e);
	json_decref(v);
	return verdict;
}

#else

bool side_is_here(void)
{
	return false;
}

enum side_verdict side_read(struct fuzz_out *out, const char *s, size_t n)
{
	(void)out;
	(void)s;
	(void)n;
	return SIDE_REFUSED;
}

#endif
