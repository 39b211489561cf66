/* SPDX-License-Identifier: MIT */
/* What polls make of the alerts of a position, with the store between them. */
#include "change.h"
#include "cycle_desk.h"
#include "store_alerts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define GOOD	"0.0008"		/* of the short leg; the long: 0.0001 */
#define THIN	"0.0004"
#define FLIPPED	"-0.0001"

static void open_rates(struct desk *d, const char *profile, const char *rate)
{
	char account[200];

	snprintf(account, sizeof(account), "profile: %s, on_close: none",
		 profile);
	desk_open(d, "lighter", account);
	d->rate[LEG_LONG] = "0.0001";
	d->rate[LEG_SHORT] = rate;
}

/* "main/1/close 2, main/1/near over": those stored, and how often told. */
static const char *stored(struct desk *d)
{
	static char out[400];
	struct alert_row *rows;
	size_t n, used = 0;

	out[0] = '\0';
	desk_check(d, store_alerts(d->store, &rows, &n, d->arena, &d->err));
	for (size_t i = 0; i < n; i++) {
		char told[16];

		snprintf(told, sizeof(told), "%d", rows[i].tellings);
		used += (size_t)snprintf(out + used, sizeof(out) - used,
					 "%s%s %s", i ? ", " : "",
					 rows[i].fingerprint,
					 instant_known(rows[i].over_at) ?
					 "over" : told);
	}
	return out;
}

/* positions confirm 1, while the poll waits for answers */
static void confirm(struct desk *d)
{
	struct change_ask ask = { .kind = CHANGE_CONFIRM, .now = d->now,
				  .note = "",
				  .fees_usd = fact_unknown(WHY_NOT_SET) };
	struct position p;
	struct change c;

	desk_check(d, store_begin(d->store, &d->err) &&
		   store_position(d->store, &p, 1, &d->err) &&
		   change_make(&c, &p, &ask, &d->err) &&
		   store_change_position(d->store, &c.position, &c.event,
					 &d->err) &&
		   store_commit(d->store, 1000, &d->err));
}

static void a_command_meanwhile_ends_no_close(void **state)
{
	struct desk d;

	(void)state;
	open_rates(&d, "hasty", FLIPPED);
	desk_poll(&d, "2026-11-20T21:00:00Z");
	desk_poll(&d, "2026-11-20T21:01:00Z");
	assert_string_equal(stored(&d), "main/1/close 1");
	d.meanwhile = confirm;
	desk_poll(&d, "2026-11-20T21:02:00Z");
	assert_string_equal(stored(&d), "main/1/close 1");
	d.meanwhile = NULL;
	desk_poll(&d, "2026-11-20T22:02:00Z");
	assert_string_equal(stored(&d), "main/1/close 2");
	desk_close(&d);
}

/* A poll of a clock that is behind finds nothing true and nothing false; then
 * what stands is told once more, for its last telling lies ahead. */
static void a_clock_set_back_ends_no_alert(void **state)
{
	struct desk d;

	(void)state;
	open_rates(&d, "wary", THIN);
	desk_poll(&d, "2026-11-20T21:00:00Z");
	assert_string_equal(stored(&d), "main/1/alert 1");
	desk_poll(&d, "2026-11-20T20:30:00Z");
	assert_string_equal(stored(&d), "main/1/alert 1, main/clock 1");
	desk_poll(&d, "2026-11-20T20:31:00Z");
	assert_string_equal(stored(&d), "main/1/alert 2, main/clock over");
	d.rate[LEG_SHORT] = GOOD;
	desk_poll(&d, "2026-11-20T20:32:00Z");
	assert_string_equal(stored(&d), "main/1/alert over, main/clock over");
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_meanwhile_ends_no_close),
		cmocka_unit_test(a_clock_set_back_ends_no_alert),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
