/* SPDX-License-Identifier: MIT */
/*
 * The table of all keys. A section's options share one struct: service,
 * storage and costs struct config; venues.* struct venue_terms; profiles.*
 * struct profile; accounts.* struct account.
 */
#include "config_option.h"

#include <stddef.h>
#include <string.h>

#include "config.h"

/* In the order of the enums they are stored as. */
static const char *const cost_words[] = { "round_trip", "fees", NULL };
static const char *const mode_words[] = { "live", "dry-run", NULL };
static const char *const on_close_words[] = {
	"none", "control_api", "webhook", "exec", NULL
};

_Static_assert(COSTS_ROUND_TRIP == 0 && COSTS_FEES == 1, "cost_words");
_Static_assert(ON_CLOSE_NONE == 0 && ON_CLOSE_EXEC == 3, "on_close_words");

const char *on_close_word(enum on_close target)
{
	return on_close_words[target];
}
_Static_assert(MODE_LIVE == 0 && MODE_DRY_RUN == 1, "mode_words");

#define AT(type, field) .at = offsetof(struct type, field)
#define LIST(type, field, n) AT(type, field), .count_at = offsetof(struct type, n)
#define NOWHERE .at = CONFIG_AT_NONE
#define ENTRY(field) AT(account, entry.field)

const struct config_option config_option_table[] = {
	{ "version", KIND_VERSION, "1", NOWHERE,
	  .help = "format of this file" },

	{ "service.url", KIND_URL, "http://127.0.0.1:8000/api/v1",
	  AT(config, service_url),
	  .help = "base address of the funding-rate service" },
	{ "service.timeout", KIND_SPAN, "10s", "100ms", "60s",
	  AT(config, service_timeout), .help = "of one request" },
	{ "service.max_data_age", KIND_SPAN, "5m", "10s", "24h",
	  AT(config, limits.max_data_age),
	  .help = "an older rate is stale: unknown to every rule" },
	{ "service.max_abs_rate", KIND_SHARE, "5%", "0.01%", "100%",
	  AT(config, limits.max_abs_rate_8h),
	  .help = "per 8 h; a rate beyond it is absurd: unknown, and told" },
	{ "service.gzip", KIND_BOOL, "false", AT(config, gzip),
	  .help = "ask for compressed answers" },
	{ "service.allow_insecure_http", KIND_BOOL, "false",
	  AT(config, allow_insecure_http),
	  .help = "permit plain http to another host" },
	{ "service.proxy", KIND_BOOL, "false", AT(config, use_proxy),
	  .help = "honour http_proxy, https_proxy and no_proxy" },

	{ "network.allow_private", KIND_NETWORKS, NULL,
	  LIST(config, reach.allow, reach.n_allow),
	  .help = "addresses that are not public and may be reached all the "
		  "same: through a public host name, or link-local ones. "
		  "Needs no entry: this machine or a private address written "
		  "as such, names of this network (without a dot, .lan, "
		  ".local, .internal), the host in service.url" },
	{ "network.ca_file", KIND_PATH, NULL, AT(config, reach.ca_file),
	  .help = "certificate authorities (PEM) that are trusted instead of "
		  "the system's, by every client" },

	{ "storage.directory", KIND_PATH, "~/.local/share/carrywatch",
	  AT(config, directory), .help = "one database per account in it" },
	{ "storage.retention", KIND_SPAN, "30d", "1d", "3650d",
	  AT(config, retention), .help = "how long polls are kept" },
	{ "storage.evidence_cap", KIND_BYTES, "512MB", "1MB", "1000GB",
	  AT(config, evidence_cap_bytes),
	  .help = "recorded polls beyond it are dropped, oldest first" },
	{ "storage.backup_every", KIND_SPAN, "6h", "0s", "30d",
	  AT(config, backup_every),
	  .help = "a copy into DIRECTORY/backups; 0s: none" },

	{ "process.confine", KIND_BOOL, "true", AT(config, confine),
	  .help = "the monitor gives up what it never needs (Landlock, "
		  "seccomp); never where a program is run for a sink or a "
		  "close. A change needs a restart" },

	{ "costs.model", KIND_CHOICE, "round_trip", .choices = cost_words,
	  AT(config, costs),
	  .help = "one figure, or the fees and slippage of each venue" },
	{ "costs.round_trip", KIND_SHARE, "8bps", "0", "10%",
	  AT(config, round_trip),
	  .help = "four fills, of the notional of one leg" },

	{ "venues.*.pays_every", KIND_PAYS_EVERY, NULL, "1m", "24h",
	  AT(venue_terms, pays_every_s),
	  .help = "how often the venue settles funding" },
	{ "venues.*.anchor", KIND_CLOCK_TIME, "00:00Z",
	  AT(venue_terms, anchor_s), .help = "one settlement of the day" },
	{ "venues.*.maker_fee", KIND_SHARE_FACT, NULL, "-1%", "5%",
	  AT(venue_terms, maker_fee), .help = "of notional, one fill" },
	{ "venues.*.taker_fee", KIND_SHARE_FACT, NULL, "-1%", "5%",
	  AT(venue_terms, taker_fee), .help = "of notional, one fill" },
	{ "venues.*.slippage", KIND_SHARE_FACT, NULL, "0", "10%",
	  AT(venue_terms, slippage), .help = "of notional, one fill" },
	{ "venues.*.rate_scale", KIND_NUMBER, "1", "0.001", "1000",
	  AT(venue_terms, rate_scale),
	  .help = "factor that corrects a collector's known error" },
	{ "venues.*.symbols", KIND_ALIASES, NULL,
	  LIST(venue_terms, aliases, n_aliases),
	  .help = "names of this venue and what others call the same asset" },

	{ "profiles.*.extends", KIND_EXTENDS, NULL, AT(profile, extends),
	  .help = "take everything not given here from that profile" },
	{ "profiles.*.poll_interval", KIND_SPAN, "60s", "1s", "24h",
	  AT(profile, poll_interval),
	  .help = "one poll so often; the service collects once a minute" },
	{ "profiles.*.blind_after", KIND_SPAN, "10m", "20s", "7d",
	  AT(profile, blind_after),
	  .help = "a close line unknown for so long is told; also the gap "
		  "that starts `for TIME` anew" },
	{ "profiles.*.close", KIND_LINES, NULL, NOWHERE,
	  .help = "the first true line closes; replaces the inherited list" },
	{ "profiles.*.alert", KIND_LINES, NULL, NOWHERE,
	  .help = "the first true line alerts; replaces the inherited list" },

	{ "accounts.*.profile", KIND_PROFILE, "steady", AT(account, profile),
	  .help = "shipped: conservative, aggressive, steady, textbook" },
	{ "accounts.*.shadow", KIND_SHADOW, "auto", AT(account, shadow),
	  .help = "profile evaluated on every poll and only recorded; auto: "
		  "the next more cautious shipped one (steady, conservative, "
		  "aggressive)" },
	{ "accounts.*.mode", KIND_CHOICE, "dry-run", .choices = mode_words,
	  AT(account, mode),
	  .help = "dry-run: positions on paper, closed as decided" },
	{ "accounts.*.on_close", KIND_CHOICE, "none",
	  .choices = on_close_words, AT(account, close.target),
	  .help = "who is handed a decided close; none: it is only told" },
	{ "accounts.*.venues", KIND_VENUE_SET, NULL,
	  LIST(account, venues, n_venues),
	  .help = "venues the account uses; without it every active one" },
	{ "accounts.*.min_volume", KIND_USD, NULL, "0", NULL,
	  AT(account, min_volume_usd),
	  .help = "24 h volume an alternative must have on both legs" },
	{ "accounts.*.capital_share", KIND_SHARE, "200%", "1%", "10000%",
	  AT(account, capital_share),
	  .help = "margin of both legs and reserve, of the notional of one "
		  "leg; returns on capital are of it" },
	{ "accounts.*.tick_offset", KIND_SPAN, "0s", "0s", "1h",
	  AT(account, tick_offset),
	  .help = "polls come so long after the round time" },

	{ "accounts.*.alerts.sinks", KIND_SINKS, NULL,
	  LIST(account, alerts.sinks, alerts.n_sinks),
	  .help = "who is told, in this order; without it only the log" },
	{ "accounts.*.alerts.repeat", KIND_SPAN, "1h", "5m", "7d",
	  AT(account, alerts.repeat),
	  .help = "told again so often while it lasts" },
	{ "accounts.*.alerts.quiet", KIND_HOURS, "off",
	  AT(account, alerts.quiet),
	  .help = "hours without alerts, but for closes here or "
		  "elsewhere, blindness, liquidation, a missing leg and "
		  "failed hand-offs" },
	{ "accounts.*.alerts.near", KIND_SHARE, "0", "0", "100%",
	  AT(account, alerts.near),
	  .help = "told when a close line is so near to its limit, as a share "
		  "of the limit; 0: not" },
	{ "accounts.*.alerts.summary", KIND_DAILY, "off",
	  AT(account, alerts.summary), .help = "the daily summary" },

	{ "accounts.*.close.limit", KIND_LABELS, NULL,
	  LIST(account, close.limit, close.n_limit),
	  .help = "reasons worked with limit orders; all others at market" },
	{ "accounts.*.close.escalate_after", KIND_COUNT, "5", "0", "10000",
	  AT(account, close.escalate_after),
	  .help = "polls after which a limit order becomes one at market, or "
		  "a wide spread is accepted; 0: never" },
	{ "accounts.*.close.settle", KIND_SPAN, "10m", "1s", "24h",
	  AT(account, close.settle),
	  .help = "a close that was sent has ended by then, whatever became "
		  "of its answer" },
	{ "accounts.*.close.max_at_once", KIND_COUNT, "3", "1", "100000",
	  AT(account, close.max_at_once),
	  .help = "more closes in one poll wait for `handoffs confirm`" },
	{ "accounts.*.close.max_share", KIND_SHARE, "50%", "1%", "100%",
	  AT(account, close.max_share),
	  .help = "as does more than this share of a book of 4 or more" },
	{ "accounts.*.close.url", KIND_URL, NULL, AT(account, close.url),
	  .help = "on_close: webhook: where to" },
	{ "accounts.*.close.secret", KIND_SECRET, NULL,
	  AT(account, close.secret),
	  .help = "on_close: webhook: whsec_ and the key in base64" },
	{ "accounts.*.close.old_secret", KIND_SECRET, NULL,
	  AT(account, close.old_secret),
	  .help = "the key before, while the receiver changes over" },
	{ "accounts.*.close.program", KIND_PATH, NULL,
	  AT(account, close.program),
	  .help = "on_close: exec: run without a shell, JSON on its input" },

	{ "accounts.*.positions.control_api.url", KIND_URL, NULL,
	  AT(account, control_api.url),
	  .help = "the trading client: http://127.0.0.1:8766" },
	{ "accounts.*.positions.control_api.account", KIND_WORD, NULL,
	  AT(account, control_api.account),
	  .help = "the account's name there" },
	{ "accounts.*.positions.control_api.key", KIND_SECRET, NULL,
	  AT(account, control_api.key), .help = "its API key" },

	{ "accounts.*.entry.min_profit", KIND_SHARE, NULL, "0", "100%",
	  ENTRY(min_profit), .help = "least divergence per 8 h; required" },
	{ "accounts.*.entry.size_usd", KIND_USD, NULL, "1", "1000000000",
	  ENTRY(size_usd), .help = "notional of one leg" },
	{ "accounts.*.entry.size_pct", KIND_SHARE_FACT, NULL, "0.01%", "100%",
	  ENTRY(size_pct), .help = "or: notional as a share of capital_usd" },
	{ "accounts.*.entry.capital_usd", KIND_USD, NULL, "1", "1000000000000",
	  ENTRY(capital_usd), .help = "what size_pct is a share of" },
	{ "accounts.*.entry.max_positions", KIND_COUNT, "5", "1", "1000",
	  ENTRY(max_positions), .help = "open at the same time" },
	{ "accounts.*.entry.max_positions_per_venue", KIND_COUNT, "0", "0",
	  "1000", ENTRY(max_positions_per_venue),
	  .help = "of them with a leg on one venue; 0: no limit" },
	{ "accounts.*.entry.max_exposure_per_venue_usd", KIND_USD, NULL, "0",
	  NULL, ENTRY(max_exposure_per_venue_usd),
	  .help = "notional of all legs on one venue" },
	{ "accounts.*.entry.max_oi_usd", KIND_USD, NULL, "0", NULL,
	  ENTRY(max_oi_usd),
	  .help = "leave pairs with more open interest to others" },
	{ "accounts.*.entry.min_oi", KIND_USD, NULL, "0", NULL,
	  ENTRY(min_oi_usd), .help = "least open interest of both legs" },
	{ "accounts.*.entry.min_volume", KIND_USD, NULL, "0", NULL,
	  ENTRY(min_volume_usd), .help = "least 24 h volume of both legs" },
	{ "accounts.*.entry.prioritize_venues", KIND_VENUE_ORDER, NULL,
	  LIST(account, entry.prioritize, entry.n_prioritize),
	  .help = "preferred among equals, in this order" },
	{ "accounts.*.entry.cooldown", KIND_SPAN, "24h", "0s", "365d",
	  ENTRY(cooldown), .help = "no new entry so soon after a close" },
	{ "accounts.*.entry.max_break_even", KIND_SPAN, "3d", "1h", "365d",
	  ENTRY(max_break_even),
	  .help = "costs must be earned back within this time" },
};

const size_t config_option_count =
	sizeof(config_option_table) / sizeof(config_option_table[0]);

struct kind_text {
	const char *word, *example;
};

static const struct kind_text kind_texts[KIND_END] = {
#define X(id, word, example) [KIND_##id] = { word, example },
	CONFIG_KIND_TABLE(X)
#undef X
};

const char *config_kind_word(enum config_kind kind)
{
	return kind_texts[kind].word;
}

const char *config_kind_example(enum config_kind kind)
{
	return kind_texts[kind].example;
}

const struct config_option *config_option_find(const char *pattern)
{
	for (size_t i = 0; i < config_option_count; i++)
		if (!strcmp(config_option_table[i].pattern, pattern))
			return &config_option_table[i];
	return NULL;
}

bool config_option_section(const char *pattern)
{
	size_t n = strlen(pattern);

	for (size_t i = 0; i < config_option_count; i++) {
		const char *p = config_option_table[i].pattern;

		if (!strncmp(p, pattern, n) && p[n] == '.')
			return true;
	}
	return false;
}
