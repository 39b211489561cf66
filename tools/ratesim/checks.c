/* SPDX-License-Identifier: MIT */
/*
 * Query parameters as FastAPI checks them, with its refusals word for word.
 * Used by the routes that take parameters.
 */
#include "routes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Ends open, so that a `ctx` may follow. */
static void error_begin(struct body *errors, const char *type,
			const char *name, const char *text)
{
	if (errors->n)
		body_add(errors, ",");
	body_add(errors, "{");
	body_key_string(errors, "type", type);
	body_format(errors, ",\"loc\":[\"query\",\"%s\"]", name);
	body_key_string(errors, "msg", text);
}

static void error_add(struct body *errors, const char *type,
		      const char *name, const char *text, const char *input)
{
	error_begin(errors, type, name, text);
	body_key_string(errors, "input", input);
	body_add(errors, "}");
}

void check_required(struct body *errors, const struct request *r,
		    const char *name)
{
	if (request_param(r, name))
		return;
	error_begin(errors, "missing", name, "Field required");
	body_key_word(errors, "input", "null");
	body_add(errors, "}");
}

static bool is_special(const char *s)
{
	static const char *const words[] = { "nan", "inf", "infinity" };

	s += *s == '-' || *s == '+';
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcasecmp(s, words[i]))
			return true;
	return false;
}

void check_decimal(struct body *errors, struct dec *out,
		   const struct request *r, const char *name)
{
	const char *s = request_param(r, name);
	bool rounded;

	if (!s || dec_parse_rounded(out, &rounded, s, strlen(s)))
		return;
	if (is_special(s))
		error_add(errors, "finite_number", name,
			  "Input should be a finite number", s);
	else
		error_add(errors, "decimal_parsing", name,
			  "Input should be a valid decimal", s);
}

void check_int(struct body *errors, int64_t *out, const struct request *r,
	       const char *name, int64_t min, int64_t max)
{
	const char *s = request_param(r, name);
	bool low;
	char *end;
	long long v;

	if (!s)
		return;
	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno || end == s || *end) {
		error_add(errors, "int_parsing", name, "Input should be a "
			  "valid integer, unable to parse string as an integer",
			  s);
		return;
	}
	*out = v;
	low = v < min;
	if (!low && v <= max)
		return;
	error_begin(errors, low ? "greater_than_equal" : "less_than_equal",
		    name, "");
	errors->n -= 1;		/* the message carries a number */
	body_format(errors, "Input should be %s than or equal to %lld\"",
		    low ? "greater" : "less", (long long)(low ? min : max));
	body_key_string(errors, "input", s);
	body_format(errors, ",\"ctx\":{\"%s\":%lld}}", low ? "ge" : "le",
		    (long long)(low ? min : max));
}

void check_bool(struct body *errors, bool *out, const struct request *r,
		const char *name)
{
	static const char *const words[] = {
		"0", "1", "false", "true", "no", "yes", "off", "on", "f", "t",
		"n", "y"
	};
	const char *s = request_param(r, name);

	if (!s)
		return;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcasecmp(s, words[i])) {
			*out = i % 2;
			return;
		}
	error_add(errors, "bool_parsing", name, "Input should be a valid "
		  "boolean, unable to interpret input", s);
}

bool check_passed(struct reply *out, struct body *errors)
{
	bool passed = errors->n == 0;

	if (!passed) {
		reply_status(out, 422);
		body_add(&out->body, "{\"detail\":[");
		body_bytes(&out->body, errors->s, errors->n);
		body_add(&out->body, "]}");
	}
	body_free(errors);
	return passed;
}
