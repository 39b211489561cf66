/* SPDX-License-Identifier: MIT */
/* Which desks a monitor has, and what a reload that is refused leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clock.h"
#include "cmd_run_post.h"
#include "config_case.h"

#define EXEC "on_close: exec, close: {program: /bin/true}"
#define HOOK "on_close: webhook, close: {url: 'http://127.0.0.1:1/', secret: " \
	     "{env: CW_UNIT_KEY}, old_secret: {env: CW_UNIT_OLD}}"
#define TOLD "alerts: {sinks: [log]}"
#define LIVE "profile: steady, mode: live, "

static const char text[] =
	"version: 1\n"
	"service: {url: 'http://127.0.0.1:9/'}\n"
	"storage: {directory: /nowhere}\n"
	"sinks:\n"
	"  log: {type: exec, program: /bin/true}\n"
	"accounts:\n"
	"  nothing: {" LIVE "on_close: none}\n"
	"  told: {" LIVE "on_close: none, " TOLD "}\n"
	"  closes: {" LIVE EXEC "}\n"
	"  both: {" LIVE EXEC ", " TOLD "}\n"
	"  hook: {" LIVE HOOK "}\n"
	"  paper: {profile: steady, mode: dry-run, " TOLD "}\n";

static struct loaded loaded;
static struct store *store;
static struct clock_state clock_state;
static struct run_post post;
static struct err err;

static int begin(void **state)
{
	(void)state;
	loaded = load(text);
	clock_real(&clock_state);
	post = (struct run_post){ .deliver = NULL };
	return !store_open(&store, ":memory:", "main", false, STORE_RUN, &err);
}

static int end(void **state)
{
	(void)state;
	run_post_close(&post);
	store_close(store);
	arena_free(loaded.arena);
	return 0;
}

static const struct account *account(const char *name)
{
	const struct account *a = config_account(&loaded.c, name);

	assert_non_null(a);
	return a;
}

static bool open_as(const char *name)
{
	const struct run_post_options o = {
		.account = account(name), .store = store,
		.clock = clock_port_of(&clock_state),
		.simulated = strcmp(name, "paper") == 0
	};

	return run_post_open(&post, &o, &err);
}

static void opened_as(const char *name, bool delivers, bool hands_over)
{
	if (!open_as(name))
		fail_msg("%s: %s", name, err.text);
	assert_int_equal(post.deliver != NULL, delivers);
	assert_int_equal(post.handoffs != NULL, hands_over);
	/* No request can leave: nothing is made to carry one. */
	assert_int_equal(post.outbound.courier.ctx != NULL,
			 delivers || hands_over);
}

static void only_what_is_needed_is_made(void **state)
{
	static const struct {
		const char *name;
		bool delivers, hands_over;
	} cases[] = {
		{ "nothing", false, false }, { "told", true, false },
		{ "closes", false, true }, { "both", true, true },
		{ "paper", true, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (i > 0)
			begin(state);
		opened_as(cases[i].name, cases[i].delivers,
			  cases[i].hands_over);
		if (i + 1 < sizeof(cases) / sizeof(*cases))
			end(state);
	}
}

/* What stood before stands; what was made for the reload is gone. */
static void refused(const char *before, const char *after)
{
	struct run_post was;

	if (!open_as(before))
		fail_msg("%s: %s", before, err.text);
	was = post;
	assert_true(run_post_ready(&post, account(after), &err));
	assert_non_null(post.deliver);
	assert_non_null(post.handoffs);
	run_post_back(&post, &was);
	assert_ptr_equal(post.deliver, was.deliver);
	assert_ptr_equal(post.handoffs, was.handoffs);
	assert_ptr_equal(post.outbound.desk[TICKET_ALERT].ctx, was.deliver);
	assert_ptr_equal(post.outbound.desk[TICKET_HANDOFF].ctx, was.handoffs);
}

static void a_refused_reload_takes_its_desks_with_it(void **state)
{
	static const char *const before[] = { "nothing", "told", "closes",
					      "both" };

	for (size_t i = 0; i < 4; i++) {
		if (i > 0)
			begin(state);
		refused(before[i], "both");
		if (i < 3)
			end(state);
	}
}

static void each_secret_of_a_receiver_is_needed(void **state)
{
	(void)state;
	unsetenv("CW_UNIT_KEY");
	unsetenv("CW_UNIT_OLD");
	assert_false(open_as("hook"));
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_string_equal(err.text, "accounts.hook.close: secret env "
				      "CW_UNIT_KEY: is not set in the environment");
	setenv("CW_UNIT_KEY", "whsec_x", 1);
	assert_false(open_as("hook"));
	assert_string_equal(err.text, "accounts.hook.close: secret env "
				      "CW_UNIT_OLD: is not set in the environment");
	assert_null(post.handoffs);
	setenv("CW_UNIT_OLD", "whsec_y", 1);
	opened_as("hook", false, true);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_what_is_needed_is_made),
		TEST(a_refused_reload_takes_its_desks_with_it),
		TEST(each_secret_of_a_receiver_is_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
