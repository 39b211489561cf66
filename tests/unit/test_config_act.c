/* SPDX-License-Identifier: MIT */
/* Sinks, alerts, closes, the trading client; secrets by reference only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cmd_run_confine.h"
#include "config_case.h"
#include "sinks.h"

#define HEAD "version: 1\n"
#define PHONE "  phone: {type: telegram, token: {env: CW_TOKEN}, " \
	      "chat_id: -100123}\n"
#define LIVE "accounts:\n  main:\n    mode: live\n    venues: [grvt, aster]\n"

static void everything_loads_and_prints_to_the_same(void **state)
{
	static const char text[] = HEAD
		"sinks:\n" PHONE
		"  hook: {type: webhook, url: 'https://x.example/h?a=1', "
		"secret: {credential: hook}, old_secret: {file: /etc/old}}\n"
		LIVE
		"    on_close: control_api\n"
		"    alerts: {sinks: [hook, phone], repeat: 30m, "
		"quiet: '22:00Z-06:30Z', near: 10%, summary: '07:00Z'}\n"
		"    close: {limit: [DIVERGENCE_FLIPPED], escalate_after: 7, "
		"settle: 20m, max_at_once: 2, max_share: 40%}\n"
		"    positions: {control_api: {url: 'http://127.0.0.1:8766/', "
		"account: one, key: {file: /etc/key}}}\n";
	struct loaded l = load(text), again;
	const struct account *a = &l.c.accounts[0];
	char *printed = config_print(&l.c, NULL, l.arena), *twice;

	(void)state;
	assert_int_equal(l.c.n_sinks, 2);
	assert_string_equal(l.c.sinks[0].kind->name, "telegram");
	assert_int_equal(a->alerts.n_sinks, 2);
	assert_string_equal(a->alerts.sinks[0]->name, "hook");
	assert_int_equal(a->alerts.repeat.ms, 30 * 60 * 1000);
	assert_true(a->alerts.quiet.set);
	assert_int_equal(a->alerts.quiet.from_s, 22 * 3600);
	assert_int_equal(a->alerts.quiet.until_s, 6 * 3600 + 1800);
	assert_int_equal(a->alerts.summary.at_s, 7 * 3600);
	assert_int_equal(a->close.target, ON_CLOSE_CONTROL_API);
	assert_int_equal(a->close.n_limit, 1);
	assert_int_equal(a->close.escalate_after, 7);
	assert_string_equal(a->control_api.url, "http://127.0.0.1:8766");
	assert_int_equal(a->control_api.key.from, SECRET_FILE);
	assert_non_null(printed);
	again = load(printed);
	twice = config_print(&again.c, NULL, again.arena);
	assert_string_equal(printed, twice);
	/* What is kept with the polls says nothing of all this. */
	assert_null(strstr(config_print(&l.c, a, l.arena), "phone"));
	arena_free(l.arena);
	arena_free(again.arena);
}

static void defaults_tell_nobody_and_do_nothing(void **state)
{
	struct loaded l = load(HEAD LIVE);
	const struct account *a = &l.c.accounts[0];

	(void)state;
	assert_int_equal(a->alerts.n_sinks, 0);
	assert_int_equal(a->alerts.repeat.ms, 3600 * 1000);
	assert_false(a->alerts.quiet.set);
	assert_false(a->alerts.summary.set);
	assert_int_equal(a->close.target, ON_CLOSE_NONE);
	assert_int_equal(a->close.max_at_once, 3);
	assert_int_equal(a->close.settle.ms, 600 * 1000);
	arena_free(l.arena);
}

/* text, the complaint it must give */
static const char *const bad[][2] = {
	{ "sinks:\n  p: {type: telegram, token: 12:x, chat_id: 1}\n",
	  "f:3:30: error: sinks.p.token: a secret does not stand in this file"
	  ": write {env: NAME}, {file: PATH} or {credential: NAME}" },
	{ "sinks:\n  p: {type: telegram, token: {env: A, file: /b}, "
	  "chat_id: 1}\n", "write one of {env: NAME}" },
	{ "sinks:\n  p: {type: telegram, token: {file: b}, chat_id: 1}\n",
	  "named by its whole path" },
	{ "sinks:\n  p: {type: telegram, token: {credential: a/b}, "
	  "chat_id: 1}\n", "without its directory" },
	{ "sinks:\n  p: {type: telegram, token: {env: A}}\n",
	  "f:3:3: error: sinks.p: a telegram needs chat_id" },
	{ "sinks:\n  p: {type: telegram, token: {env: A}, "
	  "chat_id: 1, thraed: 7}\n",
	  "unknown key \"thraed\" in sinks.p, did you mean \"thread\"?" },
	{ "sinks:\n  p: {type: pigeon}\n", "no such type: write type: and one "
	  "of alertmanager, discord, email, exec" },
	{ "sinks:\n  p: {url: 'https://x'}\n", "sinks.p: has no type" },
	{ "sinks:\n  p: {type: exec, program: rel}\n", "is not a whole path" },
	{ "sinks:\n  p: {type: alertmanager, url: 'http://10.0.0.1'}\n",
	  "plain http to another host" },
	{ "sinks:\n  p: {type: alertmanager, url: 'ftp://x'}\n",
	  "is not an address" },
	{ "sinks:\n  p: {type: alertmanager, url: 'smtp://x'}\n",
	  "is not an address: write https://HOST/..." },
	{ "sinks:\n  p: {type: webhook, url: 'https://', secret: {env: S}}\n",
	  "sinks.p.url: names no host" },
	{ "sinks:\n  p: {type: ntfy, topic: {env: T}, server: "
	  "'https://:80/'}\n", "sinks.p.server: names no host" },
	{ "sinks:\n  p: {type: email, server: 'https://mail.example', "
	  "from: a@b.c, to: d@e.f}\n",
	  "is not a mail server: write smtps://HOST:465" },
	{ "sinks:\n  p: {type: email, server: 'smtps://', from: a@b.c, "
	  "to: d@e.f}\n", "sinks.p.server: names no host" },
	{ LIVE "    alerts: {sinks: [phone]}\n",
	  "accounts.main.alerts.sinks: no sink \"phone\"" },
	{ "sinks:\n" PHONE LIVE "    alerts: {sinks: [phome]}\n",
	  "did you mean \"phone\"?" },
	{ "sinks:\n" PHONE LIVE "    alerts: {sinks: [phone, phone]}\n",
	  "given twice" },
	{ LIVE "    alerts: {quiet: '22:00-06:00'}\n",
	  "is not a span of the day in UTC" },
	{ LIVE "    alerts: {quiet: '06:00Z-06:00Z'}\n", "at the same time" },
	{ LIVE "    alerts: {summary: '7'}\n", "is not a time of day" },
	{ LIVE "    on_close: control_api\n", "needs the trading client" },
	{ LIVE "    on_close: webhook\n", "needs close.url and close.secret" },
	{ LIVE "    on_close: exec\n", "needs close.program" },
	{ LIVE "    close: {limit: [NOT_A_LINE]}\n",
	  "has no close line NOT_A_LINE" },
	{ LIVE "    close: {secret: whsec_abc}\n", "does not stand in" },
	{ LIVE "    positions: {control_api: {url: 'http://127.0.0.1:1'}}\n",
	  "needs url, account and key" },
	{ LIVE "    positions: {control_api: {url: 'http://10.1.1.1:1', "
	  "account: a, key: {env: K}}}\n", "plain http to another host" },
	{ "sinks: {a b: {type: exec, program: /x}}\n",
	  "f:2:9: error: sinks: \"a b\" cannot be a name: up to 31 letters, "
	  "digits, - and _" },
	{ "sinks: [a]\n", "f:2:8: error: sinks: expected keys, not a list" },
	{ "sinks: {p: exec}\n", "sinks.p: expected keys, not a value" },
	{ "sinks: {p: {type: [exec]}}\n", "f:2:19: error: sinks.p: no such type" },
	{ "sinks:\n  p: {type: exec, program: /x, colour: red}\n",
	  "f:3:32: error: unknown key \"colour\" in sinks.p; known are type, "
	  "program" },
	{ "sinks:\n  p: {type: exec, program: ''}\n", "is not a whole path" },
	{ "sinks:\n  p: {type: exec, program: [/x]}\n",
	  "sinks.p.program: expected a value, not a list" },
	{ "sinks:\n  p: {type: telegram, token: {vault: A}, chat_id: 1}\n",
	  "sinks.p.token: write one of {env: NAME}, {file: PATH} and "
	  "{credential: NAME}" },
	{ "sinks:\n  p: {type: telegram, token: {}, chat_id: 1}\n",
	  "write one of {env: NAME}" },
	{ "sinks:\n  p: {type: telegram, token: {env: [A]}, chat_id: 1}\n",
	  "write one of {env: NAME}" },
	{ "sinks:\n  p: {type: telegram, token: {env: ''}, chat_id: 1}\n",
	  "f:3:36: error: sinks.p.token: the reference is empty or too long" },
	{ "sinks:\n  p: {type: telegram, token: {env: A}, chat_id: ''}\n",
	  "sinks.p.chat_id: is empty" },
	{ "sinks:\n  p: {type: telegram, token: {env: A}, chat_id: 1, "
	  "thread: 7x}\n", "sinks.p.thread: is not a whole number" },
	{ "sinks:\n  p: {type: telegram, token: {env: A}, chat_id: 1, "
	  "thread: '-'}\n", "sinks.p.thread: is not a whole number" },
	{ "sinks:\n  p: {type: telegram, token: {env: A}, chat_id: 1, "
	  "thread: 1234567890123456789}\n", "is not a whole number" },
	{ "sinks:\n  p: {type: email, server: 'smtps://h', from: a@b, "
	  "to: c@d, insecure: yes}\n",
	  "sinks.p.insecure: is neither true nor false" },
	{ LIVE "    alerts: {sinks: phone}\n",
	  "accounts.main.alerts.sinks: expected a list, not a value" },
	{ "sinks:\n" PHONE LIVE "    alerts: {sinks: [[phone]]}\n",
	  "accounts.main.alerts.sinks: expected a value, not a list" },
	{ LIVE "    close: {limit: FLIPPED}\n",
	  "accounts.main.close.limit: expected a list, not a value" },
	{ LIVE "    close: {limit: [[FLIPPED]]}\n",
	  "accounts.main.close.limit: expected a value, not a list" },
	{ LIVE "    close: {limit: [flipped]}\n",
	  "accounts.main.close.limit: not a label: capitals, digits and _" },
	{ LIVE "    close: {secret: {env: [A]}}\n", "write one of" },
	{ LIVE "    on_close: webhook\n    close: {url: 'https://h'}\n",
	  "f:6:15: error: accounts.main.on_close: needs close.url and "
	  "close.secret" },
	{ LIVE "    positions: {control_api: {account: a, key: {env: K}}}\n",
	  "needs url, account and key" },
	{ LIVE "    positions: {control_api: {url: 'http://127.0.0.1:1', "
	  "key: {env: K}}}\n", "needs url, account and key" },
	{ LIVE "    positions: {control_api: {url: 'http://127.0.0.1:1', "
	  "account: a}}\n", "needs url, account and key" },
	{ "accounts:\n  p: {mode: dry-run, on_close: exec, "
	  "close: {program: /bin/true}}\n", "hands nothing over" },
};

static void each_mistake_is_named_at_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct arena *arena = arena_new();
		struct complaints list;
		struct config c;
		struct err err = { ERR_NONE, "" };
		char text[1000];

		snprintf(text, sizeof(text), HEAD "%s", bad[i][0]);
		assert_false(config_load_text(&c, "f", text, strlen(text),
					      arena, &list, &err));
		if (!strstr(err.text, bad[i][1]))
			fail_msg("%s\nsaid: %s", text, err.text);
		assert_null(strstr(err.text, "12:x"));
		assert_null(strstr(err.text, "whsec_"));
		arena_free(arena);
	}
}

/* What is allowed: each loads, and loads again from what is printed of it. */
static const char *const good[] = {
	"sinks:\n  p: {type: telegram, token: {env: A}, chat_id: '-abc', "
	"thread: -5}\n",
	"sinks:\n  p: {type: telegram, token: {env: A}, chat_id: '%x', "
	"thread: 123456789012345678}\n",
	"sinks:\n  p: {type: telegram, token: {env: A}, chat_id: '-', "
	"api: 'http://[::1]:8081'}\n",
	"sinks:\n  p: {type: email, server: 'smtp://h:25', from: '-.b@c', "
	"to: '%d', insecure: true}\n",
	"sinks:\n  p: {type: email, server: 'smtps://h', from: a@b, to: c@d, "
	"insecure: false}\n",
	"service: {allow_insecure_http: true}\n"
	"sinks:\n  p: {type: alertmanager, url: 'http://10.0.0.1'}\n",
	LIVE "    close: {limit: [DIVERGENCE_FLIPPED, SEVERE_FLIP]}\n",
	LIVE "    close: {url: 'https://h/x'}\n",
	LIVE "    on_close: webhook\n    close: {url: 'http://localhost:1', "
	"secret: {env: S}}\n",
	"service: {allow_insecure_http: true}\n" LIVE "    positions: "
	"{control_api: {url: 'http://10.1.1.1:1', account: a, key: {env: "
	"K}}}\n",
	"network: {allow_private: [10.0.0.0/8, 'fd12::/16', 169.254.0.9]}\n",
	"network: {ca_file: /etc/passwd}\n",
	"process: {confine: false}\n",
};

static void what_is_printed_loads_to_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct loaded l, again;
		char text[1000], *printed;

		snprintf(text, sizeof(text), HEAD "%s", good[i]);
		l = load(text);
		printed = config_print(&l.c, NULL, l.arena);
		again = load(printed);
		assert_string_equal(config_print(&again.c, NULL, again.arena),
				    printed);
		assert_int_equal(again.c.reach.n_allow, l.c.reach.n_allow);
		assert_memory_equal(again.c.reach.allow, l.c.reach.allow,
				    sizeof(l.c.reach.allow));
		assert_string_equal(again.c.reach.ca_file, l.c.reach.ca_file);
		assert_int_equal(again.c.confine, l.c.confine);
		for (int k = 0; l.c.n_sinks && k < SINK_PARAMS_MAX; k++)
			assert_string_equal(again.c.sinks->text[k],
					    l.c.sinks->text[k]);
		arena_free(again.arena);
		arena_free(l.arena);
	}
}

/* A name of a secret or an account that is too long is refused, not cut. */
static void long_names_are_refused(void **state)
{
	static const struct {
		const char *before, *after, *said;
		int n;
	} rows[] = {
		{ "sinks: {p: {type: telegram, chat_id: 1, token: {env: ", "}}}",
		  "", 511 },
		{ "sinks: {p: {type: telegram, chat_id: 1, token: {env: ", "}}}",
		  "sinks.p.token: the reference is empty or too long", 512 },
		{ "accounts: {a: {positions: {control_api: {account: ", "}}}}",
		  "nnn\" is empty or too long", 64 },
		{ "accounts: {a: {positions: {control_api: {account: ",
		  ", url: 'http://[::1]:1', key: {env: K}}}}}", "", 63 },
	};
	char text[900], said[600];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int n = snprintf(text, sizeof(text), HEAD "%s", rows[i].before);

		memset(text + n, 'n', (size_t)rows[i].n);
		snprintf(text + n + rows[i].n, sizeof(text) - 700, "%s",
			 rows[i].after);
		first_complaint(said, text);
		if (*rows[i].said ? !strstr(said, rows[i].said) :
				    strstr(said, "error") != NULL)
			fail_msg("row %zu: %s", i, said);
	}
}

/* A replay reads what is kept with the polls: it must load by itself. */
static void a_client_behind_an_allowed_address_is_kept(void **state)
{
	struct loaded l = load(HEAD "network: {allow_private: [169.254.0.9]}\n"
			       LIVE "    positions: {control_api: {url: "
			       "'https://169.254.0.9', account: a, key: {env: "
			       "K}}}\n");
	struct loaded again = load(config_print(&l.c, &l.c.accounts[0],
						l.arena));

	(void)state;
	assert_string_equal(again.c.accounts[0].control_api.url,
			    "https://169.254.0.9");
	arena_free(again.arena);
	arena_free(l.arena);
}

static void an_unused_sink_is_a_warning(void **state)
{
	struct loaded l = load(HEAD "sinks:\n" PHONE LIVE);

	(void)state;
	assert_int_equal(l.list.n_warnings, 1);
	assert_non_null(strstr(l.list.list[0].text, "no account names it"));
	arena_free(l.arena);
}

/* A monitor that gave up programs takes no rule that needs one. */
static void a_confined_monitor_runs_no_program(void **state)
{
	static const struct {
		const char *text;
		bool runs;
	} rows[] = {
		{ LIVE, false },
		{ "sinks:\n" PHONE LIVE "    alerts: {sinks: [phone]}\n", false },
		{ "sinks:\n" PHONE "  own: {type: exec, program: /bin/true}\n"
		  LIVE "    alerts: {sinks: [phone, own]}\n", true },
		{ LIVE "    on_close: exec\n    close: {program: /bin/true}\n",
		  true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[1000];
		struct err err = { ERR_NONE, "" };
		struct loaded l;

		snprintf(text, sizeof(text), HEAD "%s", rows[i].text);
		l = load(text);
		assert_true(run_confine_check(false, l.c.accounts, &err));
		assert_int_equal(run_confine_check(true, l.c.accounts, &err),
				 !rows[i].runs);
		assert_string_equal(err.text, rows[i].runs ? "accounts.main: a "
				    "program is to be run, and this monitor "
				    "has given that up: restart it" : "");
		arena_free(l.arena);
	}
}

/* ---- secrets ---- */

static char path[64];

static void put_file(const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

static const char *read_ref(enum secret_from from, const char *name)
{
	static char said[600];
	struct secret_ref ref = { from, "" };
	struct secret s;
	struct err err = { ERR_NONE, "" };

	snprintf(ref.name, sizeof(ref.name), "%s", name);
	if (secret_read(&s, &ref, &err))
		snprintf(said, sizeof(said), "=%s", s.text ? s.text : "none");
	else
		snprintf(said, sizeof(said), "%s", err.text);
	if (!*err.text)
		secret_free(&s);
	return said;
}

static void secrets_come_from_three_places(void **state)
{
	char dir[] = "/tmp/carrywatch-secret-XXXXXX", link[80];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/token", dir);
	put_file("planted\n", 0600);
	assert_string_equal(read_ref(SECRET_FILE, path), "=planted");
	setenv("CREDENTIALS_DIRECTORY", dir, 1);
	assert_string_equal(read_ref(SECRET_CREDENTIAL, "token"), "=planted");
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_non_null(strstr(read_ref(SECRET_CREDENTIAL, "token"),
			       "LoadCredential="));
	setenv("CW_TEST_SECRET", "from env", 1);
	assert_string_equal(read_ref(SECRET_ENV, "CW_TEST_SECRET"),
			    "=from env");
	unsetenv("CW_TEST_SECRET");
	assert_non_null(strstr(read_ref(SECRET_ENV, "CW_TEST_SECRET"),
			       "is not set"));
	assert_string_equal(read_ref(SECRET_NONE, ""), "=none");
	put_file("planted", 0640);
	assert_non_null(strstr(read_ref(SECRET_FILE, path), "chmod 600"));
	put_file("", 0600);
	assert_non_null(strstr(read_ref(SECRET_FILE, path), "is empty"));
	put_file("plan\nted", 0600);
	assert_non_null(strstr(read_ref(SECRET_FILE, path), "control"));
	assert_null(strstr(read_ref(SECRET_FILE, path), "nted"));
	snprintf(link, sizeof(link), "%s/link", dir);
	assert_int_equal(symlink(path, link), 0);
	assert_non_null(strstr(read_ref(SECRET_FILE, link), "symbolic"));
	assert_non_null(strstr(read_ref(SECRET_FILE, dir), "not a file"));
	unlink(link);
	unlink(path);
	rmdir(dir);
}

static void secrets_have_bounds(void **state)
{
	char dir[] = "/tmp/carrywatch-secret-XXXXXX", text[SECRET_MAX + 3];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/token", dir);
	memset(text, 's', sizeof(text));
	strcpy(text + SECRET_MAX, "\n");
	put_file(text, 0600);
	assert_int_equal(strlen(read_ref(SECRET_FILE, path)), 599);
	assert_int_equal(*read_ref(SECRET_FILE, path), '=');
	strcpy(text + SECRET_MAX, "s\n");
	put_file(text, 0600);
	assert_non_null(strstr(read_ref(SECRET_FILE, path),
			       "token: is longer than 4096 bytes"));
	put_file("del\x7f", 0600);
	assert_non_null(strstr(read_ref(SECRET_FILE, path), "control"));
	put_file("\n", 0600);
	assert_non_null(strstr(read_ref(SECRET_FILE, path), "is empty"));
	setenv("CREDENTIALS_DIRECTORY", "here", 1);
	assert_non_null(strstr(read_ref(SECRET_CREDENTIAL, "token"),
			       "there is no $CREDENTIALS_DIRECTORY"));
	memset(text, '/', sizeof(text));
	text[2 * ACT_TEXT_MAX] = '\0';
	setenv("CREDENTIALS_DIRECTORY", text, 1);
	assert_string_equal(read_ref(SECRET_CREDENTIAL, "token"),
			    "secret credential token: name too long");
	unsetenv("CREDENTIALS_DIRECTORY");
	unlink(path);
	rmdir(dir);
}

/* Needs root to set up: a file of another, read as another. */
static void secrets_belong_to_the_reader(void **state)
{
	char dir[] = "/tmp/carrywatch-secret-XXXXXX";

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chmod(dir, 0755), 0);
	snprintf(path, sizeof(path), "%s/token", dir);
	put_file("planted", 0600);
	assert_int_equal(chown(path, 12345, 0), 0);
	assert_non_null(strstr(read_ref(SECRET_FILE, path), "belongs to another "
			       "user: chown it to the user of the monitor"));
	assert_int_equal(seteuid(12345), 0);
	assert_string_equal(read_ref(SECRET_FILE, path), "=planted");
	assert_int_equal(seteuid(0), 0);
	unlink(path);
	rmdir(dir);
}

static void sinks_open_with_their_secrets_or_say_which(void **state)
{
	struct loaded l = load(HEAD "sinks:\n" PHONE LIVE
			       "    alerts: {sinks: [phone]}\n");
	const struct alert_policy *p = &l.c.accounts[0].alerts;
	struct err err = { ERR_NONE, "" };
	struct sinks s;

	(void)state;
	unsetenv("CW_TOKEN");
	assert_false(sinks_open(&s, p, &err));
	assert_string_equal(err.text, "sink phone: token: secret env CW_TOKEN:"
			    " is not set in the environment");
	setenv("CW_TOKEN", "12:planted", 1);
	assert_true(sinks_open(&s, p, &err));
	assert_int_equal(s.n, 1);
	assert_string_equal(s.list[0].values.v[0], "12:planted");
	assert_string_equal(s.list[0].values.v[1], "-100123");
	assert_string_equal(s.list[0].values.v[3], "https://api.telegram.org");
	sinks_free(&s);
	unsetenv("CW_TOKEN");
	arena_free(l.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_loads_and_prints_to_the_same),
		cmocka_unit_test(defaults_tell_nobody_and_do_nothing),
		cmocka_unit_test(each_mistake_is_named_at_its_place),
		cmocka_unit_test(what_is_printed_loads_to_the_same),
		cmocka_unit_test(long_names_are_refused),
		cmocka_unit_test(a_client_behind_an_allowed_address_is_kept),
		cmocka_unit_test(an_unused_sink_is_a_warning),
		cmocka_unit_test(a_confined_monitor_runs_no_program),
		cmocka_unit_test(secrets_come_from_three_places),
		cmocka_unit_test(secrets_have_bounds),
		cmocka_unit_test(secrets_belong_to_the_reader),
		cmocka_unit_test(sinks_open_with_their_secrets_or_say_which),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
