/* SPDX-License-Identifier: MIT */
/* Wrong configurations and the first complaint about each, with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_case.h"

struct wrong {
	const char *text, *message;
};

static const struct wrong wrongs[] = {
	{ "",
	  "1:1: error: is empty: start with \"version: 1\"" },
	{ "- a",
	  "1:1: error: expected keys: start with \"version: 1\"" },
	{ "version: 2",
	  "1:10: error: version: \"2\" is not known: write 1" },
	{ "service: {url: http://127.0.0.1:1}",
	  "1:1: error: no version: add \"version: 1\"" },
	{ "version: 1\nservce: {}",
	  "2:1: error: unknown key \"servce\", did you mean \"service\"?" },
	{ "version: 1\nservice:\n  timeot: 10s",
	  "3:3: error: unknown key \"timeot\" in service, did you mean "
	  "\"timeout\"?" },
	{ "version: 1\nservice:\n  timeout: 10",
	  "3:12: error: service.timeout: \"10\" has no unit: write 10s, "
	  "not 10" },
	{ "version: 1\nservice:\n  timeout: 2m",
	  "3:12: error: service.timeout: \"2m\" is too large: at most 60s" },
	{ "version: 1\nservice:\n  timeout: 10 s",
	  "3:12: error: service.timeout: \"10 s\" is not a time: write "
	  "90s, 15m, 4h or 7d" },
	{ "version: 1\nservice:\n  timeout: [10s]",
	  "3:12: error: service.timeout: expected a value, not a list" },
	{ "version: 1\nservice:\n  timeout:",
	  "3:11: error: service.timeout: is empty, expected a value" },
	{ "version: 1\nservice:\n  timeout: 5s\n  timeout: 6s",
	  "4:3: error: duplicate key \"timeout\", first given in line 3" },
	{ "version: 1\nservice: &x\n  timeout: 5s",
	  "2:10: error: anchors (&name) are not supported: write the value "
	  "out" },
	{ "version: 1\nservice: *x",
	  "2:10: error: aliases (*name) are not supported: write the value "
	  "out" },
	{ "version: 1\nservice:\n  timeout: !!str 5s",
	  "3:12: error: tags (!name) are not supported: write the plain "
	  "value" },
	{ "version: 1\n---\nversion: 1",
	  "2:1: error: a second document: keep one per file" },
	{ "version: 1\nservice: {url: ftp://host/api}",
	  "2:16: error: service.url: \"ftp://host/api\" must begin with "
	  "http:// or https://" },
	{ "version: 1\nservice: {url: \"http:///api\"}",
	  "2:16: error: service.url: \"http:///api\" names no host: write "
	  "http://HOST:PORT/api/v1" },
	{ "version: 1\nservice: {url: \"http://me:secret@host/api\"}",
	  "2:16: error: service.url: must not carry a user or a password" },
	{ "version: 1\nservice: {url: \"https://host/api?x=1\"}",
	  "2:16: error: service.url: must not carry a query or a fragment" },
	{ "version: 1\nservice: {url: \"http://host:99999/\"}",
	  "2:16: error: service.url: \"http://host:99999/\" has a bad "
	  "port: write http://HOST:8000/api/v1" },
	{ "version: 1\nservice: {url: \"http://rates.example/api/v1\"}",
	  "2:16: error: service.url: plain http to another host: use "
	  "https, or set service.allow_insecure_http: true" },
	{ "version: 1\n"
	  "service: {url: \"http://127.evil.example/api/v1\"}",
	  "2:16: error: service.url: plain http to another host: use "
	  "https, or set service.allow_insecure_http: true" },
	{ "version: 1\naccounts:\n  a:\n    close: {url: "
	  "\"http://hooks.example/close\"}",
	  "4:18: error: accounts.a.close.url: plain http to another host: use "
	  "https, or set service.allow_insecure_http: true" },
	{ "version: 1\naccounts:\n  a:\n    close: {url: "
	  "\"https://169.254.169.254/\"}",
	  "4:18: error: close.url: refused: 169.254.169.254 is a cloud's "
	  "metadata address; see network.allow_private" },
	{ "version: 1\naccounts:\n  a:\n    close: {url: "
	  "\"https://2852039166/\"}",
	  "4:18: error: close.url: refused: 169.254.169.254 is a cloud's "
	  "metadata address; see network.allow_private" },
	{ "version: 1\naccounts:\n  a:\n    close: {url: "
	  "\"https://[fe80::1]/\"}",
	  "4:18: error: close.url: refused: fe80::1 is a link-local "
	  "address; see network.allow_private" },
	{ "version: 1\nsinks:\n  a: {type: ntfy, topic: {env: A}, server: "
	  "\"https://0xa9fea9fe\"}\naccounts: {a: {alerts: {sinks: [a]}}}",
	  "3:44: error: a: refused: 169.254.169.254 is a cloud's metadata "
	  "address; see network.allow_private" },
	{ "version: 1\naccounts:\n  a:\n    close: {url: "
	  "\"https://[fd00:ec2::254]/\"}",
	  "4:18: error: close.url: refused: fd00:ec2::254 is a cloud's "
	  "metadata address; see network.allow_private" },
	{ "version: 1\naccounts:\n  a:\n    positions: {control_api: "
	  "{url: \"https://169.254.0.9\", account: m, key: {env: K}}}",
	  "4:30: error: positions.control_api.url: refused: 169.254.0.9 is "
	  "a link-local address; see network.allow_private" },
	{ "version: 1\nvenues:\n  lighter: {pays_every: 1h}\n"
	  "  LIGHTER: {pays_every: 8h}",
	  "4:3: error: venues.LIGHTER: the same venue as lighter in line 3" },
	{ "version: 1\nnetwork: {allow_private: [10.0.0.1/8]}",
	  "2:27: error: network.allow_private: \"10.0.0.1/8\" is not a "
	  "network: write 10.0.0.5, 10.0.0.0/8 or fd12::/16" },
	{ "version: 1\nnetwork: {allow_private: [rates.example]}",
	  "2:27: error: network.allow_private: \"rates.example\" is not a "
	  "network: write 10.0.0.5, 10.0.0.0/8 or fd12::/16" },
	{ "version: 1\nnetwork: {allow_private: 10.0.0.5}",
	  "2:26: error: network.allow_private: expected a list, not a value: "
	  "write [a, b] or one \"- ...\" a line" },
	{ "version: 1\nnetwork: {ca_file: /nowhere/ca.pem}",
	  "2:20: error: network.ca_file: /nowhere/ca.pem: No such file or "
	  "directory" },
	{ "version: 1\nnetwork: {ca_file: /dev}",
	  "2:20: error: network.ca_file: /dev: is not a file" },
	{ "version: 1\nservice: {gzip: yes}",
	  "2:17: error: service.gzip: \"yes\" is neither true nor false" },
	{ "version: 1\nservice: {max_abs_rate: 5 percent}",
	  "2:25: error: service.max_abs_rate: \"5 percent\" is not a "
	  "share: write 8bps, 0.2% or 0.002" },
	{ "version: 1\nservice: {max_abs_rate: 200%}",
	  "2:25: error: service.max_abs_rate: \"200%\" is too large: at "
	  "most 100%" },
	{ "version: 1\nstorage: {evidence_cap: 512}",
	  "2:25: error: storage.evidence_cap: \"512\" has no unit: write "
	  "512MB, not 512" },
	{ "version: 1\nstorage: {directory: ~bob/x}",
	  "2:22: error: storage.directory: \"~bob/x\" names another user's "
	  "directory: write the whole path" },
	{ "version: 1\ncosts: {model: fee}",
	  "2:16: error: costs.model: \"fee\" is not known, did you mean "
	  "\"fees\"?" },
	{ "version: 1\ncosts: {model: both}",
	  "2:16: error: costs.model: \"both\" is not known: write "
	  "round_trip or fees" },
	{ "version: 1\ncosts: {round_trip: 0.000000000000000001%}",
	  "2:21: error: costs.round_trip: \"0.000000000000000001%\" is "
	  "not a share: write 8bps, 0.2% or 0.002" },
	{ "version: 1\nvenues: {lighter: {pays_every: 5h}}",
	  "2:32: error: venues.lighter.pays_every: \"5h\" does not divide "
	  "24h: write 1h, 2h, 4h, 8h or another that does" },
	{ "version: 1\nvenues: {lighter: {pays_every: 4}}",
	  "2:32: error: venues.lighter.pays_every: \"4\" has no unit: "
	  "write 4h, not 4" },
	{ "version: 1\nvenues: {lighter: {anchor: 4h}}",
	  "2:28: error: venues.lighter.anchor: \"4h\" is not a time of day "
	  "in UTC: write 04:00Z" },
	{ "version: 1\nvenues: {lighter: {rate_scale: 0}}",
	  "2:32: error: venues.lighter.rate_scale: \"0\" is too small: at "
	  "least 0.001" },
	{ "version: 1\nvenues: {\"li ghter\": {}}",
	  "2:10: error: venues: \"li ghter\" is not a venue's name" },
	{ "version: 1\nvenues: {lighter: {symbols: {A B: C}}}",
	  "2:30: error: venues.lighter.symbols: \"A B\" is not a symbol's "
	  "name" },
	{ "version: 1\nvenues: [lighter]",
	  "2:9: error: venues: expected keys, not a list" },
	{ "version: 1\nprofiles:\n  calm: {extends: conservativ}",
	  "3:19: error: extends: no profile \"conservativ\", did you mean "
	  "\"conservative\"?" },
	{ "version: 1\nprofiles:\n  a: {extends: b}\n  b: {extends: a}",
	  "4:16: error: profile \"b\" extends itself by way of \"a\"" },
	{ "version: 1\nprofiles:\n  calm: {poll_interval: 30s}",
	  "3:3: error: profiles.calm: has no \"close:\": give its lines, "
	  "or \"extends: conservative\"" },
	{ "version: 1\nprofiles:\n  calm:\n    close:\n"
	  "      - FLIP: fliip",
	  "5:15: error: FLIP: unknown rule \"fliip\", did you mean "
	  "\"flip\"?" },
	{ "version: 1\nprofiles:\n  calm:\n    close:\n"
	  "      - FLIP: \"flip and erosin(0.2)\"",
	  "5:25: error: FLIP: unknown rule \"erosin\", did you mean "
	  "\"erosion\"?" },
	{ "version: 1\nprofiles:\n  calm:\n    close:\n"
	  "      - FLIP: flip\n      - FLIP: age(3h)",
	  "6:9: error: profiles.calm.close: duplicate label \"FLIP\"" },
	{ "version: 1\nprofiles:\n  calm:\n    close:\n"
	  "      - flip: flip",
	  "5:9: error: profiles.calm.close: \"flip\" is not a label: write "
	  "capitals, digits and _, such as TIME_LIMIT" },
	{ "version: 1\nprofiles:\n  calm:\n    close:\n      - flip",
	  "5:9: error: profiles.calm.close: write one \"- LABEL: "
	  "expression\" a line" },
	{ "version: 1\nprofiles:\n  calm:\n    close: flip",
	  "4:12: error: profiles.calm.close: expected a list, not a value: "
	  "write [a, b] or one \"- ...\" a line" },
	{ "version: 1\nprofiles:\n"
	  "  p: {close: [PAYS: flip or funding_window(15m)]}\naccounts:\n"
	  "  a: {profile: p, venues: [odd, strange]}",
	  "5:16: error: accounts.a: PAYS needs pays_every, which no venue of "
	  "the account has: add it under venues:" },
	{ "version: 1\nprofiles:\n"
	  "  p: {close: [LATE: flip or break_even_beyond(7d)]}\naccounts:\n"
	  "  a: {profile: p, venues: [odd, strange]}",
	  "5:16: error: accounts.a: LATE needs pays_every, which no venue of "
	  "the account has: add it under venues:" },
	{ "version: 1\nprofiles:\n  p:\n    close:\n"
	  "      - SWAP: better_opportunity(0.002, model=schedule)\naccounts:\n"
	  "  a: {profile: p, venues: [odd, strange]}",
	  "7:16: error: accounts.a: SWAP needs pays_every, which no venue of "
	  "the account has: add it under venues:" },
	{ "version: 1\nprofiles:\n"
	  "  calm: {extends: steady, poll_interval: 500ms}",
	  "3:42: error: profiles.calm.poll_interval: \"500ms\" is too small: "
	  "at least 1s" },
	{ "version: 1\nprofiles:\n"
	  "  calm: {extends: steady, poll_interval: 30m}",
	  "3:42: error: profiles.calm: blind_after must be at least two "
	  "poll_intervals" },
	{ "version: 1\nprofiles:\n  calm: {extends: steady, clse: []}",
	  "3:27: error: unknown key \"clse\" in profiles.calm, did you "
	  "mean \"close\"?" },
	{ "version: 1\naccounts:\n  paper: {profile: stedy}",
	  "3:20: error: accounts.paper.profile: no profile \"stedy\", did "
	  "you mean \"steady\"?" },
	{ "version: 1\naccounts:\n  paper: {profile: nothing_like_it}",
	  "3:20: error: accounts.paper.profile: no profile "
	  "\"nothing_like_it\": give it under profiles:" },
	{ "version: 1\naccounts:\n  all: {}",
	  "3:3: error: accounts: \"all\" cannot be a name: up to 31 "
	  "letters, digits, - and _, and not \"all\"" },
	{ "version: 1\naccounts:\n  a/b: {}",
	  "3:3: error: accounts: \"a/b\" cannot be a name: up to 31 "
	  "letters, digits, - and _, and not \"all\"" },
	{ "version: 1\naccounts:\n  paper: {mode: dryrun}",
	  "3:17: error: accounts.paper.mode: \"dryrun\" is not known, did "
	  "you mean \"dry-run\"?" },
	{ "version: 1\naccounts:\n  paper: {on_close: shell}",
	  "3:21: error: accounts.paper.on_close: \"shell\" is not known: "
	  "write none or control_api or webhook or exec" },
	{ "version: 1\naccounts:\n  paper: {venues: lighter}",
	  "3:19: error: accounts.paper.venues: expected a list, not a "
	  "value: write [a, b] or one \"- ...\" a line" },
	{ "version: 1\naccounts:\n  paper: {venues: [lighter, Lighter]}",
	  "3:29: error: accounts.paper.venues: \"Lighter\" is given twice" },
	{ "version: 1\naccounts:\n  paper: {venues: [lighter]}",
	  "3:19: error: accounts.paper.venues: a pair needs two venues" },
	{ "version: 1\naccounts:\n  paper: {tick_offset: 60s}",
	  "3:24: error: accounts.paper.tick_offset: must be below the "
	  "profile's poll_interval" },
	{ "version: 1\naccounts:\n  paper: {entry: {}}",
	  "3:11: error: accounts.paper.entry: needs min_profit, such as "
	  "min_profit: 0.001" },
	{ "version: 1\naccounts:\n  paper: {entry: {min_profit: 0.001}}",
	  "3:11: error: accounts.paper.entry: needs size_usd, or size_pct "
	  "and capital_usd" },
	{ "version: 1\naccounts:\n"
	  "  paper: {entry: {min_profit: 0.001, size_usd: 10 USD, capital_usd: 100}}",
	  "3:11: error: accounts.paper.entry: has size_usd and size_pct or "
	  "capital_usd: keep one" },
	{ "version: 1\naccounts:\n"
	  "  paper: {entry: {min_profit: 0.001, size_usd: 10 EUR}}",
	  "3:48: error: accounts.paper.entry.size_usd: \"10 EUR\" is not "
	  "an amount: write 1000 USD or 1000" },
	{ "version: 1\naccounts:\n"
	  "  paper: {entry: {min_profit: 0.001, size_usd: 10, max_positions: 0}}",
	  "3:67: error: accounts.paper.entry.max_positions: \"0\" is too "
	  "small: at least 1" },
	{ "version: 1\naccounts:\n"
	  "  paper: {entry: {min_profit: 0.001, size_usd: 10, max_positions: 2.5}}",
	  "3:67: error: accounts.paper.entry.max_positions: \"2.5\" is not "
	  "a count: write a whole number such as 5" },
	{ "version: 1\naccounts:\n  paper: {entry.min_profit: 0.001}",
	  "3:11: error: unknown key \"entry.min_profit\" in "
	  "accounts.paper; known are profile, shadow, mode, on_close, venues, "
	  "min_volume, capital_share, tick_offset, alerts, close, "
	  "positions, entry" },
	{ "version: 1\nservice: {url: \"a",
	  "2:18: error: YAML: found unexpected end of stream while "
	  "scanning a quoted scalar" },
	{ "version: 1\nservice: {url: \"a\\x1bb\"}",
	  "2:16: error: a value is one line without control characters" },
	{ "{a: {b: {c: {d: {e: {f: {g: {h: {i: 1}}}}}}}}}",
	  "1:33: error: nested too deeply" },
	{ "version: 1\n? [a]\n: b",
	  "2:3: error: a key is a plain word" },
	{ "version: 1\nservice: 5",
	  "2:10: error: service: expected keys, not a value" },
	{ "version: 1\nservice: {url: [a]}",
	  "2:16: error: service.url: expected a value, not a list" },
	{ "version: 1\n&a service: {}",
	  "2:1: error: anchors (&name) are not supported: write the value "
	  "out" },
	{ "version: 1\nservice: {url: \"a\\x7f\"}",
	  "2:16: error: a value is one line without control characters" },
	{ "version: 1\naccounts: {\"\": {}}",
	  "2:12: error: accounts: \"\" cannot be a name: up to 31 letters, "
	  "digits, - and _, and not \"all\"" },
	{ "version: 1\naccounts: {-a: {}}",
	  "2:12: error: accounts: \"-a\" cannot be a name: up to 31 letters, "
	  "digits, - and _, and not \"all\"" },
	{ "version: 1\naccounts: {a2345678901234567890123456789012: {}}",
	  "2:12: error: accounts: \"a2345678901234567890123456789012\" cannot "
	  "be a name: up to 31 letters, digits, - and _, and not \"all\"" },
	{ "version: 1\naccounts: {a: {shadow: stedy}}",
	  "2:24: error: accounts.a.shadow: no profile \"stedy\", did you mean "
	  "\"steady\"?" },
	{ "version: 1\naccounts: {a: {venues: [[grvt], aster]}}",
	  "2:25: error: accounts.a.venues: expected a value, not a list" },
	{ "version: 1\naccounts: {a: {venues: [grvt, \"a b\"]}}",
	  "2:31: error: accounts.a.venues: \"a b\" is not a venue's name" },
	{ "version: 1\nvenues: {grvt: {symbols: [A]}}",
	  "2:26: error: venues.grvt.symbols: expected keys, not a list" },
	{ "version: 1\nvenues: {grvt: {symbols: {A: [B]}}}",
	  "2:30: error: venues.grvt.symbols: expected a value, not a list" },
	{ "version: 1\nvenues: {grvt: {symbols: {A: B C}}}",
	  "2:30: error: venues.grvt.symbols: \"B C\" is not a symbol's name" },
	{ "version: 1\nvenues: {grvt: {symbols: {A: B, a: C}}}",
	  "2:36: error: venues.grvt.symbols: \"C\" is a second meaning of one "
	  "symbol" },
	{ "version: 1\nnetwork: {allow_private: [[10.0.0.5]]}",
	  "2:27: error: network.allow_private: expected a value, not a list" },
	{ "version: 1\naccounts: {a: {positions: {control_api: {account: "
	  "\"\"}}}}",
	  "2:51: error: accounts.a.positions.control_api.account: \"\" is empty "
	  "or too long" },
	{ "version: 1\naccounts: [a]",
	  "2:11: error: accounts: expected keys, not a list" },
	{ "version: 1\nprofiles: 5",
	  "2:11: error: profiles: expected keys, not a value" },
	{ "version: 1\naccounts:\n  a:\n    close: {url: \"https://"
	  "a123456789.b123456789.c123456789.d123456789.e123456789/\"}",
	  "" },
	{ "version: 1\nprofiles: {a b: {close: []}}",
	  "2:12: error: profiles: \"a b\" cannot be a name: up to 23 letters, "
	  "digits, - and _" },
	{ "version: 1\nprofiles: {p: 5}",
	  "2:15: error: profiles.p: expected keys, not a value" },
	{ "version: 1\nprofiles: {p: {extends: [steady]}}",
	  "2:25: error: profiles.p.extends: expected a value, not a list" },
	{ "version: 1\nprofiles: {p: {extends: nothing_like_it}}",
	  "2:25: error: extends: no profile \"nothing_like_it\"" },
	{ "version: 1\nprofiles: {p: {close: [A: [flip]]}}",
	  "2:27: error: profiles.p.close: expected a value, not a list" },
	{ "version: 1\nprofiles: {p: {close: [{A: flip, B: flip}]}}",
	  "2:24: error: profiles.p.close: write one \"- LABEL: expression\" a "
	  "line" },
	/* a text over two lines has no column of its own */
	{ "version: 1\nprofiles:\n  p:\n    close:\n      - A: flip and\n"
	  "          fliip",
	  "5:12: error: A: unknown rule \"fliip\", did you mean \"flip\"?" },
	{ "version: 1\nprofiles: {p: {extends: steady, poll_interval: 30s,\n"
	  "  blind_after: 59s}}",
	  "3:16: error: profiles.p: blind_after must be at least two "
	  "poll_intervals" },
	/* inherited: at the name of the one that is looked at first */
	{ "version: 1\nprofiles:\n  a: {extends: b}\n"
	  "  b: {extends: steady, blind_after: 20s}",
	  "3:3: error: profiles.a: blind_after must be at least two "
	  "poll_intervals" },
	{ "version: 1\naccounts:\n"
	  "  a: {entry: {min_profit: 0.001, size_usd: 10, size_pct: 1%}}",
	  "3:7: error: accounts.a.entry: has size_usd and size_pct or "
	  "capital_usd: keep one" },
	{ "version: 1\naccounts:\n"
	  "  a: {entry: {min_profit: 0.001, size_pct: 1%}}",
	  "3:7: error: accounts.a.entry: needs size_usd, or size_pct and "
	  "capital_usd" },
	{ "version: 1\naccounts:\n"
	  "  a: {entry: {min_profit: 0.001, capital_usd: 100}}",
	  "3:7: error: accounts.a.entry: needs size_usd, or size_pct and "
	  "capital_usd" },
};

static void test_wrong(void **state)
{
	char got[600], want[600];

	(void)state;
	for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		first_complaint(got, wrongs[i].text);
		snprintf(want, sizeof(want), "%s%s",
			 *wrongs[i].message ? "f:" : "", wrongs[i].message);
		assert_string_equal(got, want);
	}
}

/* A secret in an address must not come back in a message or a log. */
static void test_secret_not_repeated(void **state)
{
	char got[600];

	(void)state;
	first_complaint(got, "version: 1\nservice: {url: \"http://a:hunter2@h/\"}\n");
	assert_null(strstr(got, "hunter2"));
	first_complaint(got, "version: 1\nservice: {url: \"http://h/?k=hunter2\"}\n");
	assert_null(strstr(got, "hunter2"));
}

/* The result is left alone and every complaint is counted. */
static void test_many(void **state)
{
	struct arena *arena = arena_new();
	struct config c, before;
	struct complaints list;
	char text[4096] = "version: 1\nservice:\n";
	struct err err = { 0 };

	(void)state;
	for (int i = 0; i < 50; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "  wrong%d: 1\n", i);
	memset(&c, 0x5a, sizeof(c));
	memcpy(&before, &c, sizeof(c));
	assert_false(config_load_text(&c, "f", text, strlen(text), arena,
				      &list, &err));
	assert_int_equal(list.n_errors, 50);
	assert_memory_equal(&c, &before, sizeof(c));
	assert_non_null(strstr(err.text, "f:3:3: error: unknown key"));
	arena_free(arena);
}

/* As many as there may be, and one more. */
struct many {
	const char *before, *each, *last, *after, *message;
	int n;
};

static const struct many manies[] = {
	{ "accounts: {a: {venues: [", "v#, ", "v#", "]}}", NULL, 256 },
	{ "accounts: {a: {venues: [", "v#, ", "w#", "]}}",
	  "accounts.a.venues: \"w256\" is one too many", 257 },
	{ "accounts: {a: {venues: [", "v#, ", "[w#]", "]}}",
	  "accounts.a.venues: \"\" is one too many", 257 },
	{ "venues: {grvt: {symbols: {", "s#: T, ", "u#: T", "}}}", NULL,
	  256 },
	{ "venues: {grvt: {symbols: {", "s#: T, ", "u#: T", "}}}",
	  "venues.grvt.symbols: \"T\" is one too many", 257 },
	{ "network: {allow_private: [", "10.0.0.#, ", "10.0.0.#", "]}", NULL,
	  32 },
	{ "network: {allow_private: [", "10.0.0.#, ", "10.0.0.#", "]}",
	  "network.allow_private: \"10.0.0.32\" is one too many", 33 },
	{ "accounts: {a: {close: {limit: [", "A, ", "B", "]}}}",
	  "accounts.a.close.limit: one too many", 65 },
};

/* The form with the number where its # is. */
static size_t put(char *out, size_t room, const char *form, int k)
{
	int n = (int)strcspn(form, "#");

	if (!form[n])
		return (size_t)snprintf(out, room, "%s", form);
	return (size_t)snprintf(out, room, "%.*s%d%s", n, form, k,
				form + n + 1);
}

static void test_too_many(void **state)
{
	char text[8000], got[600];

	(void)state;
	for (size_t i = 0; i < sizeof(manies) / sizeof(manies[0]); i++) {
		const struct many *m = &manies[i];
		size_t at = (size_t)snprintf(text, sizeof(text), "version: 1\n"
					     "%s", m->before);

		for (int k = 0; k < m->n; k++)
			at += put(text + at, sizeof(text) - at,
				  k + 1 < m->n ? m->each : m->last, k);
		snprintf(text + at, sizeof(text) - at, "%s", m->after);
		first_complaint(got, text);
		if (m->message ? !strstr(got, m->message) :
				 strstr(got, "many") != NULL)
			fail_msg("row %zu: %s", i, got);
	}
}

/* The first error is kept however many warnings came before it. */
static void test_error_after_warnings(void **state)
{
	char text[4096] = "version: 1\naccounts:\n", got[600];

	(void)state;
	for (int i = 0; i < 40; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "  a%d: {mode: live}\n", i);
	first_complaint(got, text);
	assert_non_null(strstr(got, "f:3:3: warning: accounts.a0: no venues"));
	strcat(text, "  last: {tick_offset: 60s}\n");
	first_complaint(got, text);
	assert_string_equal(got, "f:43:23: error: accounts.last.tick_offset: "
			    "must be below the profile's poll_interval");
}

/* A name among very many is looked for, and what is far off is not named. */
static void test_many_names(void **state)
{
	static const struct {
		const char *section, *body, *use, *said;
	} rows[] = {
		{ "profiles", "{close: []}", "accounts: {a: {profile: zzzz}}",
		  "no profile \"zzzz\": give it under profiles:" },
		{ "profiles", "{close: []}", "",
		  "profiles.n0: never closes anything" },
		{ "profiles", "{extends: zzzz}", "",
		  "extends: no profile \"zzzz\"" },
		{ "sinks", "{type: exec, program: /x}",
		  "accounts: {a: {alerts: {sinks: [zzzz]}}}",
		  "no sink \"zzzz\": give it under sinks:" },
		{ "venues", "{}", "accounts: {a: {venues: [zzzz, grvt]}}",
		  "nothing is known of venue \"zzzz\": add it under venues:" },
	};
	char text[9000], got[600];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t at = (size_t)snprintf(text, sizeof(text), "version: 1\n"
					     "%s:\n", rows[i].section);

		for (int k = 0; k < 150; k++)
			at += (size_t)snprintf(text + at, sizeof(text) - at,
					       "  n%d: %s\n", k, rows[i].body);
		snprintf(text + at, sizeof(text) - at, "%s\n", rows[i].use);
		first_complaint(got, text);
		if (!strstr(got, rows[i].said))
			fail_msg("row %zu: %s", i, got);
	}
}

/* As many sinks as an account may name, and one more. */
static void test_many_sinks(void **state)
{
	char text[9000] = "version: 1\naccounts: {a: {alerts: {sinks: [", got[600];

	(void)state;
	for (int i = 0; i < 65; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "n%d, ", i);
	strcat(text, "]}}}\nsinks:\n");
	for (int i = 0; i < 65; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "  n%d: {type: exec, program: /x}\n", i);
	first_complaint(got, text);
	assert_non_null(strstr(got, "accounts.a.alerts.sinks: one too many"));
	memcpy(strstr(text, "n64, "), "     ", 5);
	first_complaint(got, text);
	assert_string_equal(got, "f:68:3: warning: sinks.n64: no account names "
			    "it under alerts.sinks");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_secret_not_repeated),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_error_after_warnings),
		cmocka_unit_test(test_many_names),
		cmocka_unit_test(test_many_sinks),
	};

	setenv("HOME", "/home/x", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
