/* SPDX-License-Identifier: MIT */
/*
 * What the trading client says: its positions, its balances and its answer
 * to a close. A pair has an id of its own, whole; half a leg is none; and
 * only a whole, plain answer says that a close was taken.
 */
#include "fuzz.h"

#include <string.h>

#include "control_api.h"
#include "handoff.h"
#include "json.h"

static void check_fact(struct fact f, bool positive)
{
	CHECK(f.known == (f.why == WHY_KNOWN));
	CHECK(!f.known || !positive || dec_sign(f.v) > 0);
}

static void check_leg(const struct held_leg *l)
{
	check_fact(l->quantity, true);
	check_fact(l->entry_price, true);
	check_fact(l->mark_price, true);
	check_fact(l->liquidation_price, true);
	check_fact(l->funding_usd, false);
	if (!l->listed)
		CHECK(!l->quantity.known && !l->mark_price.known &&
		      !l->entry_price.known && !l->liquidation_price.known);
}

static bool told_as_id(const char *id, const char *s, size_t n)
{
	size_t len = strlen(id);

	/* One that was written with an escape is not looked for. */
	if (n && memchr(s, '\\', n))
		return true;
	for (size_t i = 0; i + len + 2 <= n; i++)
		if (s[i] == '"' && s[i + len + 1] == '"' &&
		    memcmp(s + i + 1, id, len) == 0)
			return true;
	return false;
}

static void check_pair(const struct book_pair *p, const char *s, size_t n)
{
	CHECK(p->id[0] && memchr(p->id, '\0', sizeof(p->id)));
	CHECK(told_as_id(p->id, s, n));
	for (int side = LEG_LONG; side <= LEG_SHORT; side++) {
		check_leg(&p->leg[side]);
		CHECK(p->readable || !p->leg[side].listed);
	}
	if (!p->readable)
		return;
	CHECK(p->symbol.s[0] && p->venue[0].s[0] && p->venue[1].s[0]);
	CHECK(!venue_same(&p->venue[0], &p->venue[1]));
	check_fact(p->size_usd, true);
	check_fact(p->entry_divergence_8h, false);
	check_fact(p->age_hours, false);
}

static bool check_positions(const char *s, size_t n, struct arena *arena)
{
	struct err err = { ERR_NONE, "" };
	struct book_view view = { .asked = true };

	if (!control_positions_parse(&view, "main", s, n, arena, &err)) {
		fuzz_check_refusal(&err, ERR_DATA);
		return false;
	}
	for (size_t i = 0; i < view.n; i++) {
		check_pair(&view.pairs[i], s, n);
		for (size_t k = 0; k < i && view.n < 100; k++)
			CHECK(strcmp(view.pairs[i].id, view.pairs[k].id) != 0);
	}
	return true;
}

static bool check_balances(const char *s, size_t n, struct arena *arena)
{
	struct err err = { ERR_NONE, "" };
	struct book_view view = { .asked = true };

	if (!control_balances_parse(&view, "main", s, n, arena, &err)) {
		fuzz_check_refusal(&err, ERR_DATA);
		return false;
	}
	for (size_t i = 0; i < view.n_balances; i++)
		CHECK(view.balances[i].venue.s[0] &&
		      fuzz_clean(view.balances[i].venue.s));
	return true;
}

/* The value of a member of the top object, by a reader of our own here. */
static int member(const char *name, const char *s, size_t n)
{
	struct json_key key;
	int found = -1;
	struct json j;

	json_init(&j, s, n, NULL);
	if (!json_object(&j))
		return -1;
	while (json_member(&j, &key)) {
		bool ours = key.n == strlen(name) && !memcmp(key.s, name, key.n);
		enum json_type type;
		bool b;

		if (ours && json_peek(&j, &type) && type == JSON_BOOL) {
			if (found >= 0 || !json_bool(&j, &b))
				return -1;
			found = b;
		} else if (!json_skip(&j)) {
			return -1;
		}
	}
	return json_finish(&j) ? found : -1;
}

static bool check_close(const char *s, size_t n)
{
	static const int codes[] = { 200, 201, 204, 302, 400, 401, 403, 404,
				     429, 500, 503 };
	struct reply r = { .sent = true, .answered = true, .body = s,
			   .body_len = n };
	int success = member("success", s, n);
	bool taken = false;

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct handoff_answer a;

		r.status = codes[i];
		handoff_control_api.judge(&a, &r);
		CHECK(a.says != HANDOFF_SAYS_TAKEN ||
		      (r.status == 200 && success == 1));
		CHECK(a.says != HANDOFF_SAYS_WIDE ||
		      (r.status == 200 && success == 0 &&
		       member("wide_spread_warning", s, n) == 1));
		CHECK(a.says != HANDOFF_SAYS_LATER);	/* it was sent */
		CHECK((a.says == HANDOFF_SAYS_TAKEN) == (a.why[0] == '\0'));
		CHECK(fuzz_clean(a.why));
		taken |= a.says == HANDOFF_SAYS_TAKEN;
	}
	return taken;
}

FUZZ_TARGET(book)
{
	struct arena *arena = fuzz_arena();
	bool positions = check_positions(s, n, arena);
	bool balances = check_balances(s, n, arena);

	return check_close(s, n) || positions || balances;
}
