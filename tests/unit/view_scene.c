/* SPDX-License-Identifier: MIT */
/* The scene the tests of views start from. */
#include "view_scene.h"

#include "view_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const close_lines[] = {
	"DIVERGENCE_FLIPPED: flip", "SEVERE_EROSION: erosion(0.2)",
	"PROFIT_EROSION: erosion(0.5) for 3 polls", "REBALANCE: age(168h)",
	NULL
};
const char *const view_alert_lines[] = { "STALE: stale_data(3m)", NULL };

const struct given_quote view_fresh[3] = {
	{ "BTC", "lighter", "0.000035", WHY_KNOWN, "5000000", "1", NULL },
	{ "BTC", "grvt", "0.000255", WHY_KNOWN, "2000000", "1", NULL },
	{ NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL },
};
const struct given_quote view_one_stale[3] = {
	{ "BTC", "lighter", "0.000035", WHY_STALE, "5000000", "1", NULL },
	{ "BTC", "grvt", "0.000255", WHY_KNOWN, "2000000", "1", NULL },
	{ NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL },
};

const struct watch view_no_memory = {
	.counted = { INSTANT_UNKNOWN, INSTANT_UNKNOWN },
	.divergence_at = INSTANT_UNKNOWN,
};

struct view_scene *view_scene_at(const char *poll,
				 const struct given_quote *rows)
{
	struct arena *a = arena_new();
	struct view_scene *s = arena_alloc(a, sizeof(*s));

	s->arena = a;
	snprintf(s->account.name, sizeof(s->account.name), "main");
	s->account.capital_share = dec_int(2);
	s->v.account = &s->account;
	s->v.profile = given_profile(a, close_lines, view_alert_lines);
	given_terms(&s->v.terms);
	s->v.polled = true;
	s->v.poll = (struct poll){ .seq = 12, .at = given_time(poll) };
	s->v.market = given_market(a, poll, rows);
	s->verdicts = (struct evidence_row){ .position = 7, .line = -1 };
	s->v.evidence.rows = &s->verdicts;
	s->v.evidence.n_rows = 1;
	s->row.pos = given_position("BTC", "lighter", "grvt", "20000",
				    "0.000285");
	view_date(&s->v, given_time(poll), INSTANT_UNKNOWN);
	return s;
}

void view_scene_end(struct view_scene *s)
{
	arena_free(s->arena);
}

static void assert_dec(struct dec got, const char *want)
{
	char text[DEC_TEXT_MAX];

	dec_format(text, got);
	assert_string_equal(text, want);
}

void view_assert_fact(struct fact got, const char *want)
{
	if (got.known)
		assert_dec(got.v, want);
	else
		assert_string_equal(why_word(got.why), want);
}

char *view_scene_json(const struct view_scene *s)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);
	struct json_out o = json_out_to(f, true);

	view_json_row(&o, &s->v, &s->row);
	fclose(f);
	return text;
}
