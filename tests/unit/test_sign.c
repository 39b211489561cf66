/* SPDX-License-Identifier: MIT */
/* Signatures of webhooks: the published example, keys and times refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "sign.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* The example of the Standard Webhooks specification and its libraries. */
#define KEY "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
#define AT 1614265330
static const struct sign_message message = {
	"msg_p5jXN8AQM9LWM0D4loKWxJek", AT, "{\"test\": 2432232314}", 20
};
#define OTHER_KEY "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx"

static void the_published_example(void **state)
{
	char signature[SIGNATURE_MAX];

	(void)state;
	assert_true(sign_message(signature, &message, KEY, NULL, NULL));
	assert_string_equal(signature, SIGNATURE);
	assert_true(sign_message(signature, &message, KEY, "", NULL));
	assert_string_equal(signature, SIGNATURE);
	assert_true(sign_message(signature, &message, OTHER_KEY, KEY, NULL));
	assert_string_equal(strchr(signature, ' '), " " SIGNATURE);
	assert_false(sign_message(signature, &message, KEY, "whsec_", NULL));
}

#define B16 "QUFBQUFBQUFBQUFB"		/* twelve bytes */

static void a_key_is_of_24_to_64_bytes(void **state)
{
	static const struct { const char *key, *says; } cases[] = {
		{ "whsec_" B16 B16, NULL },
		{ "whsec_" B16 B16 "QQ==", NULL },
		{ "whsec_" B16 B16 "QUE=", NULL },
		{ "whsec_" B16 B16 B16 B16 B16 "QUFBQQ==", NULL },
		{ "whsec_" B16 B16 B16 B16 B16 "QUFBQUE=", "wrong length" },
		{ "whsec_" B16 B16 B16 B16 B16 B16, "too long" },
		{ "whsec_" B16 "QUFBQUFBQUFBQUE=", "wrong length" },
		{ "whsec_", "wrong length" },
		{ "whsec_" B16 B16 "Q", "not base64" },
		{ "whsec_" B16 B16 "Q===", "not base64" },
		{ "whsec_" B16 B16 "====", "not base64" },
		{ "whsec_" B16 B16 "QQ==Q", "not base64" },
		{ "whsec_" B16 B16 "QU E", "not base64" },
		{ B16 B16, "does not begin with whsec_" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		char signature[SIGNATURE_MAX];
		struct err err = { ERR_NONE, "" };
		bool ok = sign_message(signature, &message, cases[i].key, NULL,
				       &err);

		if (ok != !cases[i].says ||
		    (!ok && !strstr(err.text, cases[i].says)))
			fail_msg("%s: %d \"%s\"", cases[i].key, ok, err.text);
		assert_int_equal(err.kind, ok ? ERR_NONE : ERR_CONFIG);
		assert_null(strstr(err.text, B16));	/* never shown */
	}
}

static void only_this_key_and_this_time_verify(void **state)
{
	static const struct {
		const char *header, *key;
		int64_t now_s;
		const char *says;
	} cases[] = {
		{ SIGNATURE, KEY, AT, NULL },
		{ SIGNATURE, KEY, AT + SIGN_TOLERANCE_S, NULL },
		{ SIGNATURE, KEY, AT - SIGN_TOLERANCE_S, NULL },
		{ "v1,x  v1a,y " SIGNATURE, KEY, AT, NULL },
		{ SIGNATURE, KEY, AT + SIGN_TOLERANCE_S + 1, "300 s away" },
		{ SIGNATURE, KEY, AT - SIGN_TOLERANCE_S - 1, "300 s away" },
		{ SIGNATURE, OTHER_KEY, AT, "no signature by this key" },
		{ "", KEY, AT, "no signature by this key" },
		{ "v1,", KEY, AT, "no signature by this key" },
		{ SIGNATURE "x", KEY, AT, "no signature by this key" },
		{ "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1Oe=", KEY, AT,
		  "no signature by this key" },
		{ SIGNATURE, "secret", AT, "does not begin with whsec_" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct err err = { ERR_NONE, "" };
		bool ok = sign_verify(&message, cases[i].header, cases[i].key,
				      cases[i].now_s, &err);

		if (ok != !cases[i].says ||
		    (!ok && !strstr(err.text, cases[i].says)))
			fail_msg("%zu: %d \"%s\"", i, ok, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_example),
		cmocka_unit_test(a_key_is_of_24_to_64_bytes),
		cmocka_unit_test(only_this_key_and_this_time_verify),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
