/* SPDX-License-Identifier: MIT */
/* What each sink writes of an alert, and what an answer is worth to it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "given.h"
#include "letter.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct arena *arena;
static struct outgoing out;
static struct alert alert;
static struct err err;

static int begin(void **state)
{
	(void)state;
	arena = arena_new();
	err = (struct err){ ERR_NONE, "" };
	alert = (struct alert){
		.id = "main-7", .account = "main", .position = 11,
		.symbol = "FET", .kind = "close", .label = "FLIPPED",
		.fingerprint = "main/11/close",
		.severity = SEVERITY_CRITICAL, .title = "CLOSE main/11 FET",
		.text = "now -1.80 USD/8h",
		.at = given_time("2026-11-25T20:01:00Z"),
		.since = given_time("2026-11-25T20:00:00Z"),
		.sent_at = given_time("2026-11-25T20:01:01Z"),
	};
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* With these values, the rest as by default. */
static bool build(const char *kind, const char *const v[SINK_PARAMS_MAX])
{
	const struct sink_kind *k = sink_find(kind);
	struct sink_values values;

	assert_non_null(k);
	for (size_t i = 0; i < SINK_PARAMS_MAX; i++)
		values.v[i] = v[i] ? v[i] : k->params[i].def ?
			      k->params[i].def : "";
	return k->build(&out, &alert, &values, arena, &err);
}

#define BUILD(kind, ...) \
	build(kind, (const char *const[SINK_PARAMS_MAX]){ __VA_ARGS__ })

static void wants(const char *part)
{
	if (!strstr(out.body, part))
		fail_msg("%s\nis not in\n%s", part, out.body);
}

static void lacks(const char *part)
{
	if (strstr(out.body, part))
		fail_msg("%s\nis in\n%s", part, out.body);
}

static bool has(const char *const *list, size_t n, const char *line)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], line) == 0)
			return true;
	return false;
}

/* ---- what is written ---- */

static void an_alert_of_the_account_names_no_pair(void **state)
{
	(void)state;
	alert.position = 0;
	alert.symbol = alert.label = "";
	assert_true(BUILD("alertmanager", "http://a/"));
	assert_string_equal(out.url, "http://a/api/v2/alerts");
	lacks("\"position\"");
	lacks("\"rule\"");
	assert_true(BUILD("webhook", "http://a", "whsec_"
			  "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
	lacks("\"position\"");
	alert.position = 11;
	alert.label = "FLIPPED";
	assert_true(BUILD("alertmanager", "http://a"));
	assert_string_equal(out.url, "http://a/api/v2/alerts");
	wants("\"position\":\"11\"");
	wants("\"rule\":\"FLIPPED\"");
}

/* Only what will be told again may say that it ends by itself. */
static void alertmanager_is_told_an_end(void **state)
{
	static const struct {
		int64_t again_ms;
		enum severity severity;
		bool resolved;
		const char *end;
	} cases[] = {
		{ 600000, SEVERITY_ERROR, false, "2026-11-25T20:31:01" },
		{ 600000, SEVERITY_INFO, false, NULL },
		{ 0, SEVERITY_ERROR, false, NULL },
		{ 0, SEVERITY_ERROR, true, "2026-11-25T20:01:00" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		char part[64];

		alert.again.ms = cases[i].again_ms;
		alert.severity = cases[i].severity;
		alert.resolved = cases[i].resolved;
		assert_true(BUILD("alertmanager", "http://a"));
		snprintf(part, sizeof(part), "\"endsAt\":\"%s",
			 cases[i].end ? cases[i].end : "");
		if (cases[i].end)
			wants(part);
		else
			lacks("endsAt");
	}
}

static void without_a_text_the_title_is_all(void **state)
{
	(void)state;
	alert.text = "";
	assert_true(BUILD("telegram", "1:a", "5"));
	wants("\"text\":\"<b>CLOSE main/11 FET</b>\"");
	assert_true(BUILD("slack", "http://a"));
	wants("\"text\":\"*CLOSE main/11 FET*\"");
	assert_true(BUILD("discord", "http://a"));
	wants("\"content\":\"CLOSE main/11 FET\"");
	assert_true(BUILD("ntfy", "topic"));
	assert_string_equal(out.body, "CLOSE main/11 FET");
}

/* A number is written as one; what no int64 holds stays a text. */
static void telegram_chats_are_numbers_or_names(void **state)
{
	static const struct { const char *chat, *json; } cases[] = {
		{ "42", "\"chat_id\":42," },
		{ "-1001234567890", "\"chat_id\":-1001234567890," },
		{ "@mine", "\"chat_id\":\"@mine\"" },
		{ "42x", "\"chat_id\":\"42x\"" },
		{ "-", "\"chat_id\":\"-\"" },
		{ "999999999999999999", "\"chat_id\":999999999999999999," },
		{ "9999999999999999999",
		  "\"chat_id\":\"9999999999999999999\"" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		assert_true(BUILD("telegram", "1:a", cases[i].chat));
		wants(cases[i].json);
	}
	assert_false(BUILD("telegram", "", "5"));
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_non_null(strstr(err.text, "the token is no bot token"));
}

static void ntfy_is_quiet_in_quiet_hours_and_short_in_bytes(void **state)
{
	char text[1500 * 4 + 1];

	(void)state;
	assert_true(BUILD("ntfy", "topic", NULL, "http://n/"));
	assert_string_equal(out.url, "http://n/topic");
	assert_true(has(out.header, out.n_headers, "Priority: 5"));
	assert_int_equal(out.n_headers, 4);		/* no Authorization */
	alert.silent = true;
	assert_true(BUILD("ntfy", "topic", "tk_1"));
	assert_true(has(out.header, out.n_headers, "Priority: 2"));
	assert_true(has(out.header, out.n_headers,
			"Authorization: Bearer tk_1"));
	for (size_t i = 0; i + 4 < sizeof(text); i += 4)
		memcpy(text + i, "\xf0\x9f\x98\x80", 5);
	alert.text = text;
	assert_true(BUILD("ntfy", "topic"));
	assert_in_range(out.body_len, 3000, 4096);
	assert_string_equal(out.body + out.body_len - 7,
			    "\xf0\x9f\x98\x80\xe2\x80\xa6");
}

static void exec_is_told_in_its_environment(void **state)
{
	(void)state;
	assert_true(BUILD("exec", "/bin/x"));
	assert_string_equal(out.path, "/bin/x");
	assert_true(has(out.env, out.n_env, "CARRYWATCH_STATE=firing"));
	assert_true(has(out.env, out.n_env, "CARRYWATCH_POSITION=11"));
	alert.resolved = true;
	assert_true(BUILD("exec", "/bin/x"));
	assert_true(has(out.env, out.n_env, "CARRYWATCH_STATE=resolved"));
	wants("\"resolved\":true");
}

static void healthchecks_fails_only_for_what_is_grave(void **state)
{
	(void)state;
	assert_true(BUILD("healthchecks", "http://h/u"));
	assert_string_equal(out.url, "http://h/u/fail");
	alert.severity = SEVERITY_WARNING;
	assert_true(BUILD("healthchecks", "http://h/u"));
	assert_string_equal(out.url, "http://h/u");
	alert.severity = SEVERITY_ERROR;
	alert.resolved = true;
	assert_true(BUILD("healthchecks", "http://h/u"));
	assert_string_equal(out.url, "http://h/u");
}

static void mail_goes_to_each_address(void **state)
{
	static const struct {
		const char *to;
		size_t n;
		const char *last;
	} cases[] = {
		{ "a@x", 1, "<a@x>" }, { "a@x, b@y", 2, "<b@y>" },
		{ ",a@x,", 1, "<a@x>" }, { "a@x, ,b@y", 2, "<b@y>" },
		{ "1@x,2@x,3@x,4@x,5@x,6@x,7@x,8@x", 8, "<8@x>" },
	};
	static const struct { const char *to, *says; } bad[] = {
		{ "", "no address" }, { " , ,", "no address" },
		{ "1@x,2@x,3@x,4@x,5@x,6@x,7@x,8@x,9@x",
		  "more than 8 addresses" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		assert_true(BUILD("email", "smtp://m", "c@z", cases[i].to));
		assert_int_equal(out.n_rcpt, cases[i].n);
		assert_string_equal(out.rcpt[out.n_rcpt - 1], cases[i].last);
		assert_null(out.user);
	}
	wants("Date: Wed, 25 Nov 2026 20:01:01 +0000\r\n");
	for (size_t i = 0; i < N(bad); i++) {
		assert_false(BUILD("email", "smtp://m", "c@z", bad[i].to));
		assert_int_equal(err.kind, ERR_CONFIG);
		assert_string_equal(err.text, bad[i].says);
	}
	assert_true(BUILD("email", "smtp://m", "c@z", "a@x", "u", "p",
			  "true"));
	assert_string_equal(out.user, "u");
	assert_true(out.allow_insecure);
}

/* ---- what an answer is worth ---- */

struct judged {
	const char *kind;
	int status;			/* -1: no answer came */
	const char *body;
	enum outcome outcome;
	int64_t wait_s;
	const char *why;
};

static struct outcome_of judge(const char *kind, const struct reply *r)
{
	const struct sink_kind *k = sink_find(kind);
	struct outcome_of o;

	(k->judge ? k->judge : sink_judge)(&o, r);
	return o;
}

static void answers_are_judged(void **state)
{
	static const struct judged cases[] = {
		{ "slack", 200, "ok", OUTCOME_DELIVERED, 0, "" },
		{ "slack", 404, "no_service", OUTCOME_DEAD, 0,
		  "HTTP 404: no_service" },
		{ "slack", 404, "<html>", OUTCOME_DEAD, 0, "HTTP 404" },
		{ "slack", 404, "no such thing", OUTCOME_DEAD, 0, "HTTP 404" },
		{ "slack", 404, "a_word_that_is_much_longer_than_any_of_slack",
		  OUTCOME_DEAD, 0, "HTTP 404" },
		{ "slack", -1, "no_service", OUTCOME_RETRY, 0, "timed out" },
		{ "discord", 429, "{\"retry_after\":2}", OUTCOME_RETRY, 2,
		  "HTTP 429" },
		{ "discord", 429, "{\"retry_after\":2.01}", OUTCOME_RETRY, 3,
		  "HTTP 429" },
		{ "discord", 429, "{\"retry_after\":-5}", OUTCOME_RETRY, 0,
		  "HTTP 429" },
		{ "discord", 429, "{\"retry_after\":99999999999999999999}",
		  OUTCOME_RETRY, INT64_MAX, "HTTP 429" },
		{ "discord", 429, "{\"retry_after\":\"2\"}", OUTCOME_RETRY, 0,
		  "HTTP 429" },
		{ "discord", 429, "{\"message\":\"x\"}", OUTCOME_RETRY, 0,
		  "HTTP 429" },
		{ "discord", 429, "busy", OUTCOME_RETRY, 0, "HTTP 429" },
		{ "discord", 503, "{\"retry_after\":2}", OUTCOME_RETRY, 0,
		  "HTTP 503" },
		{ "discord", -1, "{\"retry_after\":2}", OUTCOME_RETRY, 0,
		  "timed out" },
		{ "telegram", 200, "{\"parameters\":{\"retry_after\":9}}",
		  OUTCOME_DELIVERED, 0, "" },
		{ "telegram", 404, "", OUTCOME_DEAD, 0,
		  "HTTP 404: the token is not a bot's" },
		{ "telegram", 401, "{}", OUTCOME_DEAD, 0,
		  "HTTP 401: the token is not a bot's" },
		{ "telegram", 400, "{\"parameters\":[]}", OUTCOME_DEAD, 0,
		  "HTTP 400" },
		{ "telegram", 429, "{\"parameters\":{\"retry_after\":\"9\"}}",
		  OUTCOME_RETRY, 0, "HTTP 429" },
		{ "telegram", 429, "{\"parameters\":{\"retry_after\":9,"
		  "\"migrate_to_chat_id\":1.5}}", OUTCOME_RETRY, 9,
		  "the group is a supergroup now: set chat_id: 1" },
		{ "telegram", 429, "{\"parameters\":{\"x\":1}}", OUTCOME_RETRY,
		  0, "HTTP 429" },
		{ "webhook", 410, "", OUTCOME_GONE, 0, "HTTP 410" },
		{ "email", -1, "", OUTCOME_RETRY, 0, "timed out" },
		{ "exec", 0, "", OUTCOME_DELIVERED, 0, "" },
		{ "exec", 3, "", OUTCOME_RETRY, 0, "exit status 3" },
		{ "exec", -1, "", OUTCOME_RETRY, 0, "timed out" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct judged *c = &cases[i];
		struct reply r = { .sent = true, .answered = c->status >= 0,
				   .status = c->status >= 0 ? c->status : 0,
				   .body = c->body,
				   .body_len = strlen(c->body),
				   .error = "timed out" };
		struct outcome_of o = judge(c->kind, &r);

		if (o.outcome != c->outcome || o.wait_s != c->wait_s ||
		    strcmp(o.why, c->why) != 0)
			fail_msg("%s %d %s: %d, %lld s, \"%s\"", c->kind,
				 c->status, c->body, (int)o.outcome,
				 (long long)o.wait_s, o.why);
	}
}

/* SMTP has said no, and why the transfer then ended is no matter. */
static void a_code_of_mail_is_for_now_or_for_ever(void **state)
{
	struct reply r = { .sent = true, .status = 451, .body = "",
			   .error = "x" };
	struct outcome_of o = judge("email", &r);

	(void)state;
	assert_int_equal(o.outcome, OUTCOME_RETRY);
	assert_string_equal(o.why, "SMTP 451");
	r.status = 550;
	o = judge("email", &r);
	assert_int_equal(o.outcome, OUTCOME_DEAD);
	assert_string_equal(o.why, "SMTP 550");
	/* The last it said was yes; then it was the transfer that ended. */
	r.status = 250;
	o = judge("email", &r);
	assert_int_equal(o.outcome, OUTCOME_RETRY);
	assert_string_equal(o.why, "x");
	r.answered = true;
	o = judge("email", &r);
	assert_int_equal(o.outcome, OUTCOME_DELIVERED);
	assert_string_equal(o.why, "");
}

/* ---- texts ---- */

static void texts_are_cut_between_characters(void **state)
{
	static const struct {
		const char *text;
		size_t max;
		bool escape;
		const char *want;
	} cases[] = {
		{ "abc", 3, false, "abc" }, { "abcd", 3, false, "ab\u2026" },
		{ "abcd", 1, false, "\u2026" }, { "abcd", 0, false, "" },
		{ "", 0, false, "" }, { "a<b&c>d", 7, true,
		  "a&lt;b&amp;c&gt;d" }, { "a<b", 3, false, "a<b" },
		{ "<<<", 2, true, "&lt;\u2026" },
		{ "a\nb\tc", 9, false, "a\nb?c" },
		{ "a\xff" "b", 9, false, "a?b" },
		{ "a\u202e" "b", 9, false, "a?b" },
		{ "\u00e9\u00e9", 2, true, "\u00e9\u00e9" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		char *s = letter_cut(cases[i].text, cases[i].max,
				     cases[i].escape, arena);

		assert_string_equal(s, cases[i].want);
	}
	assert_string_equal(letter_line("a\nb\u00e9~\x7f", 99, arena),
			    "a?b??~?");
	assert_string_equal(letter_line("abcd", 2, arena), "ab");
	assert_int_equal(letter_base(""), 0);
	assert_int_equal(letter_base("http://a/"), 8);
	assert_int_equal(letter_base("http://a"), 8);
}

static void a_request_holds_so_many_headers(void **state)
{
	(void)state;
	letter_post(&out, "http://a");
	while (out.n_headers < OUTGOING_HEADERS_MAX)
		assert_true(letter_header(&out, arena, &err, "X: %zu",
					  out.n_headers));
	assert_string_equal(out.header[OUTGOING_HEADERS_MAX - 1], "X: 11");
	assert_false(letter_header(&out, arena, &err, "X: 12"));
	assert_int_equal(out.n_headers, OUTGOING_HEADERS_MAX);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_alert_of_the_account_names_no_pair),
		TEST(alertmanager_is_told_an_end),
		TEST(without_a_text_the_title_is_all),
		TEST(telegram_chats_are_numbers_or_names),
		TEST(ntfy_is_quiet_in_quiet_hours_and_short_in_bytes),
		TEST(exec_is_told_in_its_environment),
		TEST(healthchecks_fails_only_for_what_is_grave),
		TEST(mail_goes_to_each_address),
		TEST(answers_are_judged),
		TEST(a_code_of_mail_is_for_now_or_for_ever),
		TEST(texts_are_cut_between_characters),
		TEST(a_request_holds_so_many_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
