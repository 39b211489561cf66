/* SPDX-License-Identifier: MIT */
/* What each receiver of a close is sent, and what its answer is taken for. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "given.h"
#include "handoff.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const struct handoff_target target = {
	"http://client:1", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "",
	"/bin/closer"
};

static struct handoff_order order_of(const char *external_id)
{
	struct handoff_order o = {
		.id = "main-7-42", .account = "main",
		.position = given_position("BTC", "hyper", "grvt", "20000",
					   "0.0009"),
		.reason = { "FLIPPED" }, .order = ORDER_LIMIT,
		.decided_at = given_time(GIVEN_NOW),
		.sent_at = given_time(GIVEN_NOW), .attempt = 2
	};

	o.position.id = 7;
	o.position.leg[LEG_LONG].quantity = fact_known(dec_lit("0.25"));
	o.position.leg[LEG_SHORT].quantity = fact_known(dec_lit("0.25"));
	snprintf(o.position.external_id, sizeof(o.position.external_id), "%s",
		 external_id);
	return o;
}

/* An id stands in an address: what could lead elsewhere is never sent. */
static void only_a_plain_id_is_put_into_an_address(void **state)
{
	static const char *const bad[] = {
		"", "a/b", "..", "a?x=1", "a#b", "a%2f", "a b", "a.b"
	};
	struct arena *arena = arena_new();
	struct handoff_order o = order_of("3f-2B_x");
	struct outgoing out;
	struct err err;

	(void)state;
	o.confirm_wide_spread = true;
	assert_true(handoff_control_api.build(&out, &o, &target, arena, &err));
	assert_string_equal(out.url, "http://client:1/api/v1/positions/3f-2B_x"
				     "/close");
	assert_string_equal(out.body, "{\"order_type\":\"limit\",\"reason\":"
			    "\"FLIPPED\",\"confirm_wide_spread\":true}");
	for (size_t i = 0; i < N(bad); i++) {
		o = order_of(bad[i]);
		assert_false(handoff_control_api.build(&out, &o, &target,
						       arena, &err));
		assert_int_equal(err.kind, ERR_DATA);
		assert_string_equal(err.text, "position 7 is not known to the "
					      "trading client");
	}
	arena_free(arena);
}

/* Whoever closes the recorded quantity of a gone leg opens it reversed. */
static void a_leg_that_is_gone_has_no_quantity(void **state)
{
	struct arena *arena = arena_new();
	struct handoff_order o = order_of("");
	struct outgoing out;

	(void)state;
	assert_true(handoff_exec.build(&out, &o, &target, arena, NULL));
	assert_string_equal(out.path, "/bin/closer");
	assert_string_equal(out.env[1], "CARRYWATCH_ID=main-7-42");
	assert_null(strstr(out.body, "gone"));
	assert_non_null(strstr(out.body, "\"external_id\":null"));
	o.gone[LEG_SHORT] = true;
	assert_true(handoff_webhook.build(&out, &o, &target, arena, NULL));
	assert_non_null(strstr(out.body, "\"long\":{\"venue\":\"hyper\","
					 "\"quantity\":\"0.25\",\"entry"));
	assert_non_null(strstr(out.body, "\"short\":{\"venue\":\"grvt\","
					 "\"quantity\":\"0\",\"gone\":true"));
	arena_free(arena);
}

struct judged {
	const struct handoff_kind *kind;
	int status;			/* -1: no answer came */
	bool sent;
	enum handoff_says says;
	const char *why;
};

#define API &handoff_control_api
#define HOOK &handoff_webhook
#define EXEC &handoff_exec

/* What may have been taken is never called refused, or sent again. */
static void an_answer_is_never_taken_for_less_than_it_may_be(void **state)
{
	static const struct judged cases[] = {
		{ API, -1, false, HANDOFF_SAYS_LATER, "timed out" },
		{ API, -1, true, HANDOFF_SAYS_NOTHING, "timed out" },
		{ API, 400, true, HANDOFF_SAYS_NO, "HTTP 400" },
		{ API, 401, true, HANDOFF_SAYS_NO, "HTTP 401" },
		{ API, 403, true, HANDOFF_SAYS_NO, "HTTP 403" },
		{ API, 404, true, HANDOFF_SAYS_NOTHING, "HTTP 404" },
		{ API, 409, true, HANDOFF_SAYS_NOTHING, "HTTP 409" },
		{ API, 500, true, HANDOFF_SAYS_NOTHING, "HTTP 500" },
		{ API, 201, true, HANDOFF_SAYS_NOTHING, "HTTP 201" },
		{ HOOK, -1, false, HANDOFF_SAYS_LATER, "timed out" },
		{ HOOK, -1, true, HANDOFF_SAYS_NOTHING, "timed out" },
		{ HOOK, 199, true, HANDOFF_SAYS_NO, "HTTP 199" },
		{ HOOK, 200, true, HANDOFF_SAYS_TAKEN, "HTTP 200" },
		{ HOOK, 299, true, HANDOFF_SAYS_TAKEN, "HTTP 299" },
		{ HOOK, 300, true, HANDOFF_SAYS_NO, "HTTP 300" },
		{ HOOK, 404, true, HANDOFF_SAYS_NO, "HTTP 404" },
		{ HOOK, 408, true, HANDOFF_SAYS_LATER, "HTTP 408" },
		{ HOOK, 425, true, HANDOFF_SAYS_LATER, "HTTP 425" },
		{ HOOK, 429, true, HANDOFF_SAYS_LATER, "HTTP 429" },
		{ HOOK, 499, true, HANDOFF_SAYS_NO, "HTTP 499" },
		{ HOOK, 500, true, HANDOFF_SAYS_LATER, "HTTP 500" },
		{ EXEC, 0, true, HANDOFF_SAYS_TAKEN, "" },
		{ EXEC, 1, true, HANDOFF_SAYS_LATER, "exit status 1" },
		{ EXEC, 127, false, HANDOFF_SAYS_LATER, "exit status 127" },
		{ EXEC, 137, true, HANDOFF_SAYS_LATER, "exit status 137" },
		{ EXEC, -1, true, HANDOFF_SAYS_NOTHING, "timed out" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct judged *c = &cases[i];
		struct reply r = { .sent = c->sent, .answered = c->status >= 0,
				   .status = c->status, .body = "",
				   .error = "timed out" };
		struct handoff_answer a;

		c->kind->judge(&a, &r);
		if (a.says != c->says || strcmp(a.why, c->why) != 0)
			fail_msg("%s %d: %d \"%s\"", c->kind->name, c->status,
				 (int)a.says, a.why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_plain_id_is_put_into_an_address),
		cmocka_unit_test(a_leg_that_is_gone_has_no_quantity),
		cmocka_unit_test(
			an_answer_is_never_taken_for_less_than_it_may_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
