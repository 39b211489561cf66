/* SPDX-License-Identifier: MIT */
/*
 * Values with an order (times, shares, amounts, counts, sizes) and words:
 * text to field and back. Every number passes through one exact decimal,
 * so bounds are checked in one place.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "config_load.h"

static void *field(void *base, const struct config_option *o)
{
	return (char *)base + o->at;
}

/* A decimal before `suffix` (blanks between), times num/10^places. */
static bool with_suffix(struct dec *out, const char *text, const char *suffix,
			const char *factor)
{
	size_t n = strlen(text), k = strlen(suffix);
	struct dec v;

	if (n <= k || strcmp(text + n - k, suffix))
		return false;
	for (n -= k; n > 0 && text[n - 1] == ' ' && k; n--)
		;
	/* A product that rounds is not what was written. */
	return dec_parse(&v, text, n) && dec_mul(out, v, dec_lit(factor)) &&
	       dec_cmp_mul(v, dec_lit(factor), *out, dec_int(1)) == 0;
}

static const char *share_parse(struct dec *out, const char *text)
{
	if (with_suffix(out, text, "bps", "0.0001") ||
	    with_suffix(out, text, "%", "0.01") ||
	    with_suffix(out, text, "", "1"))
		return NULL;
	return "is not a share: write 8bps, 0.2% or 0.002";
}

static const char *usd_parse(struct dec *out, const char *text)
{
	if (with_suffix(out, text, "USD", "1") ||
	    with_suffix(out, text, "", "1"))
		return NULL;
	return "is not an amount: write 1000 USD or 1000";
}

static const char *bytes_parse(struct dec *out, const char *text)
{
	int64_t n;

	if ((with_suffix(out, text, "kB", "1000") ||
	     with_suffix(out, text, "MB", "1000000") ||
	     with_suffix(out, text, "GB", "1000000000")) &&
	    dec_to_int(&n, *out) && dec_cmp(*out, dec_int(n)) == 0)
		return NULL;
	return "is not a size: write 512MB or 2GB";
}

static const char *span_text(struct dec *out, const char *text)
{
	struct span d;

	if (!span_parse(&d, text, strlen(text)))
		return "is not a time: write 90s, 15m, 4h or 7d";
	*out = dec_int(d.ms);
	return NULL;
}

static const char *pays_text(struct dec *out, const char *text)
{
	struct span d;

	if (!span_parse(&d, text, strlen(text)))
		return "is not a time: write 1h, 4h or 8h";
	if (d.ms <= 0 || d.ms % 1000 || DAY_S % (d.ms / 1000))
		return "does not divide 24h: write 1h, 2h, 4h, 8h or another "
		       "that does";
	*out = dec_int(d.ms / 1000);
	return NULL;
}

/* "04:00Z" as seconds of the day. */
static const char *clock_text(struct dec *out, const char *text)
{
	int32_t at_s;

	if (strlen(text) == 6 && config_time_parse(&at_s, text)) {
		*out = dec_int(at_s);
		return NULL;
	}
	return "is not a time of day in UTC: write 04:00Z";
}

static const char *count_text(struct dec *out, const char *text)
{
	size_t n = strlen(text);

	if (n > 0 && n < 10 && strspn(text, "0123456789") == n &&
	    dec_parse(out, text, n))
		return NULL;
	return "is not a count: write a whole number such as 5";
}

static const char *plain_text(struct dec *out, const char *text)
{
	if (with_suffix(out, text, "", "1"))
		return NULL;
	return "is not a number: write 0.5 or 2";
}

typedef const char *parse_fn(struct dec *out, const char *text);

/* NULL: no number. */
static parse_fn *const parsers[KIND_END] = {
	[KIND_SPAN] = span_text,	[KIND_PAYS_EVERY] = pays_text,
	[KIND_CLOCK_TIME] = clock_text,	[KIND_SHARE] = share_parse,
	[KIND_SHARE_FACT] = share_parse, [KIND_USD] = usd_parse,
	[KIND_NUMBER] = plain_text,	[KIND_COUNT] = count_text,
	[KIND_BYTES] = bytes_parse,
};

static int64_t whole(struct dec v)
{
	int64_t n = 0;
	bool fits = dec_to_int(&n, v);

	assert(fits);
	(void)fits;
	return n;
}

static void store(void *at, enum config_kind kind, struct dec v)
{
	if (kind == KIND_SPAN)
		*(struct span *)at = (struct span){ whole(v) };
	else if (kind == KIND_PAYS_EVERY || kind == KIND_CLOCK_TIME ||
		 kind == KIND_COUNT)
		*(int32_t *)at = (int32_t)whole(v);
	else if (kind == KIND_BYTES)
		*(int64_t *)at = whole(v);
	else if (kind == KIND_SHARE_FACT || kind == KIND_USD)
		*(struct fact *)at = fact_known(v);
	else
		*(struct dec *)at = v;
}

/* False when the field is unset. */
static bool fetch(struct dec *out, const void *at, enum config_kind kind)
{
	const struct fact *f = at;

	*out = DEC_ZERO;
	if (kind == KIND_SHARE_FACT || kind == KIND_USD) {
		*out = f->v;
		return f->known;
	}
	if (kind == KIND_SPAN)
		*out = dec_int(((const struct span *)at)->ms);
	else if (kind == KIND_PAYS_EVERY || kind == KIND_CLOCK_TIME ||
		 kind == KIND_COUNT)
		*out = dec_int(*(const int32_t *)at);
	else if (kind == KIND_BYTES)
		*out = dec_int(*(const int64_t *)at);
	else
		*out = *(const struct dec *)at;
	return kind != KIND_PAYS_EVERY || dec_sign(*out) > 0;
}

/* "4" for a time: the remedy is to say of what. */
static bool unit_missing(struct load *l, const struct config_option *o,
			 const struct yaml *y, const char *key)
{
	const char *unit = "h";
	size_t n = strlen(y->text);

	if (o->kind == KIND_BYTES)
		unit = "MB";
	else if (o->kind != KIND_SPAN && o->kind != KIND_PAYS_EVERY)
		return false;
	if (n == 0 || strspn(y->text, "0123456789.") != n)
		return false;
	if (o->kind == KIND_SPAN && o->def)
		unit = o->def + strspn(o->def, "0123456789");
	complain(l->list, false, y->row, y->column,
		 "%s: \"%s\" has no unit: write %s%s, not %s", key, y->text,
		 y->text, unit, y->text);
	return true;
}

static bool read_number(struct load *l, void *base,
			const struct config_option *o, const struct yaml *y,
			const char *key)
{
	struct dec v, bound;
	char why[96];
	const char *bad;

	if (unit_missing(l, o, y, key))
		return false;
	bad = parsers[o->kind](&v, y->text);
	if (bad)
		return config_refuse(l, y, key, bad);
	if (o->min && !parsers[o->kind](&bound, o->min) &&
	    dec_cmp(v, bound) < 0) {
		snprintf(why, sizeof(why), "is too small: at least %s",
			 o->min);
		return config_refuse(l, y, key, why);
	}
	if (o->max && !parsers[o->kind](&bound, o->max) &&
	    dec_cmp(v, bound) > 0) {
		snprintf(why, sizeof(why), "is too large: at most %s", o->max);
		return config_refuse(l, y, key, why);
	}
	store(field(base, o), o->kind, v);
	return true;
}

bool config_value_read(struct load *l, void *base,
		       const struct config_option *o, const struct yaml *y,
		       const char *key)
{
	if (!parsers[o->kind])
		return config_text_read(l, base, o, y, key);
	return config_shape(l, y, YAML_TEXT, key) &&
	       read_number(l, base, o, y, key);
}

void config_value_default(struct load *l, void *base,
			  const struct config_option *o)
{
	struct yaml y = { .shape = YAML_TEXT, .text = o->def };

	if (o->def)
		config_value_read(l, base, o, &y, o->pattern);
	else if (o->kind == KIND_SHARE_FACT || o->kind == KIND_USD)
		*(struct fact *)field(base, o) = fact_unknown(WHY_NOT_SET);
}

/* Any whole number of bytes is exact in MB. */
static size_t format_bytes(char *buf, size_t n, struct dec v)
{
	int64_t bytes = whole(v);
	char text[48];
	int len = snprintf(text, sizeof(text), "%lld.%06lld",
			   (long long)(bytes / 1000000),
			   (long long)(bytes % 1000000));

	while (text[len - 1] == '0')
		len--;
	if (text[len - 1] == '.')
		len--;
	return (size_t)snprintf(buf, n, "%.*sMB", len, text);
}

size_t config_number_format(char *buf, size_t n, enum config_kind kind,
			    struct dec v)
{
	char text[DEC_TEXT_MAX], span[SPAN_TEXT_MAX];
	int64_t s;

	if (kind == KIND_SPAN || kind == KIND_PAYS_EVERY) {
		s = whole(v);
		span_format(span, kind == KIND_SPAN ? (struct span){ s }
						    : span_s(s));
		return (size_t)snprintf(buf, n, "%s", span);
	}
	if (kind == KIND_CLOCK_TIME)
		return (size_t)snprintf(buf, n, "%02d:%02dZ",
					(int)(whole(v) / 3600),
					(int)(whole(v) / 60 % 60));
	if (kind == KIND_BYTES)
		return format_bytes(buf, n, v);
	dec_format(text, v);
	return (size_t)snprintf(buf, n, "%s%s", text,
				kind == KIND_USD ? " USD" : "");
}

size_t config_value_format(char *buf, size_t n, const void *base,
			   const struct config_option *o)
{
	const void *at = (const char *)base + o->at;
	const struct profile *const *profile = at;
	const char *text = o->def;
	struct dec v;

	buf[0] = '\0';
	if (parsers[o->kind])
		return fetch(&v, at, o->kind)
			       ? config_number_format(buf, n, o->kind, v)
			       : 0;
	if (o->at == CONFIG_AT_NONE)
		text = o->def;
	else if (o->kind == KIND_BOOL)
		text = *(const bool *)at ? "true" : "false";
	else if (o->kind == KIND_CHOICE)
		text = o->choices[*(const unsigned int *)at];
	else if (o->kind == KIND_PROFILE)
		text = (*profile)->name;
	else if (o->kind == KIND_HOURS)
		return config_hours_format(buf, n, at);
	else if (o->kind == KIND_DAILY)
		return config_daily_format(buf, n, at);
	else
		text = at;
	return (size_t)snprintf(buf, n, "%s", text);
}
