/* SPDX-License-Identifier: MIT */
/*
 * The table of all commands, sorted by name: words, arguments, options, one
 * line of help, handler. Parsing, help and completion read nothing else.
 */
#include "commands.h"

#include <string.h>

#include "cli.h"

#define ROWS (OPTS_LISTING & ~OPT(ACCOUNT))	/* rows of no account */
#define ONE_ITEM (OPT(OUTPUT) | OPT(JSON))
#define OF_EXPORT (OPT(ACCOUNT) | OPT(OUTPUT) | OPT(SINCE) | OPT(UNTIL))
#define OF_OPENING (OPT(SYMBOL) | OPT(LONG) | OPT(SHORT) | OPT(SIZE) | \
		    OPT(OPENED_AT) | OPT(LONG_RATE) | OPT(SHORT_RATE) | \
		    OPT(ENTRY_DIVERGENCE) | OPT(LONG_QTY) | OPT(SHORT_QTY) | \
		    OPT(LONG_PRICE) | OPT(SHORT_PRICE) | OPT(EXTERNAL_ID))

#define OF_BACKTEST (OPT(CSV) | OPT(PROFILE) | OPT(SET) | OPT(ENTRY) | \
		     OPT(PAIR) | OPT(COSTS) | OPT(EVERY) | OPT(CAPITAL) | \
		     OPT(FOLDS) | OPT(JOBS) | OPT(SKIP_BAD))

const struct command command_table[] = {
	{ "alerts ack", "WHAT", 1, 1, OPT(ACCOUNT),
	  "silent until over: fingerprint, position or all",
	  cmd_alerts_ack },
	{ "alerts list", "", 0, 0, OPTS_LISTING | OPT(ALL),
	  "what lasts, since when, and who was told", cmd_alerts_list },
	{ "alerts snooze", "WHAT", 1, 1, OPT(FOR) | OPT(ACCOUNT),
	  "the same for a while", cmd_alerts_snooze },
	{ "alerts test", "[SINK]", 0, 1, OPT(ACCOUNT),
	  "one message to each sink, and what became of it",
	  cmd_alerts_test },
	{ "backtest", "[FILE]...", 0, CLI_ARGS_MAX,
	  OF_BACKTEST | OPT(OUTPUT) | OPT(JSON) | OPT(COLUMNS) | OPT(SORT) |
	  OPT(LIMIT) | OPT(SINCE) | OPT(UNTIL) | OPT(HTML) |
	  OPT(EXPLAIN_METRICS),
	  "what profiles would have earned on settlements",
	  cmd_backtest },
	{ "check", "", 0, 0, OPT(ACCOUNT),
	  "one line for Nagios, with its exit codes", cmd_check },
	{ "check-config", "", 0, 0, OPT(PRINT) | OPT(ACCOUNT),
	  "all that is wrong with the configuration",
	  cmd_check_config },
	{ "completion bash", "", 0, 0, 0,
	  "print the completion script for bash", cmd_completion_bash },
	{ "completion fish", "", 0, 0, 0,
	  "print the completion script for fish", cmd_completion_fish },
	{ "completion zsh", "", 0, 0, 0,
	  "print the completion script for zsh", cmd_completion_zsh },
	{ "db backup", "[FILE]", 0, 1, OPT(ACCOUNT) | OPT(YES),
	  "a whole, checked copy, beside a running monitor",
	  cmd_db_backup },
	{ "db check", "", 0, 0, OPT(ACCOUNT),
	  "integrity, references, and what must always hold",
	  cmd_db_check },
	{ "db info", "", 0, 0, OPT(ACCOUNT) | ONE_ITEM,
	  "size, schema, rows, polls and the last backup", cmd_db_info },
	{ "db migrate", "", 0, 0, OPT(ACCOUNT) | OPT(DRY_RUN),
	  "bring it to this program's schema, as run does",
	  cmd_db_migrate },
	{ "decisions list", "[ID]", 0, 1,
	  OPTS_LISTING | OPT(SINCE) | OPT(UNTIL),
	  "decisions, newest first; all or of one position",
	  cmd_decisions_list },
	{ "doctor", "", 0, 0, OPT(ACCOUNT),
	  "what is wrong around a monitor, and the remedy", cmd_doctor },
	{ "explain", "ID", 1, 1,
	  OPT(AT) | ONE_ITEM | OPT(ACCOUNT) | OPT(UNIT),
	  "why it is held or closed, with every input", cmd_explain },
	{ "export decisions", "", 0, 0, OF_EXPORT,
	  "decisions by id, exact, as CSV or JSON lines",
	  cmd_export_decisions },
	{ "export ledger", "", 0, 0, OF_EXPORT,
	  "settlements: expected, reported, what counts",
	  cmd_export_ledger },
	{ "export polls", "", 0, 0, OF_EXPORT,
	  "polls: when, how they ended, by which rules",
	  cmd_export_polls },
	{ "export positions", "", 0, 0, OF_EXPORT,
	  "positions by id, with all that is recorded",
	  cmd_export_positions },
	{ "exposure", "", 0, 0, OPTS_LISTING,
	  "notional by venue and by symbol", cmd_exposure },
	{ "handoffs confirm", "ID|all", 1, 1, OPT(ACCOUNT) | OPT(YES),
	  "let go what the breaker or a spread holds back",
	  cmd_handoffs_confirm },
	{ "handoffs list", "", 0, 0, OPTS_LISTING | OPT(ALL),
	  "closes handed over, and what became of them", cmd_handoffs_list },
	{ "handoffs retry", "ID", 1, 1, OPT(ACCOUNT) | OPT(YES),
	  "send one again, under the same id", cmd_handoffs_retry },
	{ "help", "[COMMAND]", 0, 3, 0,
	  "this list, or the help of one command", cmd_help },
	{ "manual", "", 0, 0, 0,
	  "print the manual page carrywatch(1)", cmd_manual },
	{ "opportunities list", "", 0, 0, OPTS_LISTING | OPT(UNIT),
	  "ask now; each with the entry policy's verdict",
	  cmd_opportunities_list },
	{ "pause", "", 0, 0, OPT(ACCOUNT) | OPT(NOTE),
	  "hand no close over until resume; decisions go on", cmd_pause },
	{ "positions close", "ID", 1, 1,
	  OPT(REASON) | OPT(NOTE) | OPT(FEES) | OPT(LONG_PRICE) |
	  OPT(SHORT_PRICE) | OPT(YES) | OPT(DRY_RUN) | OPT(ACCOUNT),
	  "record that a position was closed", cmd_positions_close },
	{ "positions confirm", "ID", 1, 1, OPT(NOTE) | OPT(ACCOUNT),
	  "say that it still exists at the venues", cmd_positions_confirm },
	{ "positions funding import", "FILE", 1, 1,
	  OPT(DRY_RUN) | OPT(REPLACE) | OPT(ACCOUNT),
	  "what venues really paid, from CSV or JSON lines",
	  cmd_positions_funding_import },
	{ "positions history", "[ID]", 0, 1,
	  OPTS_LISTING | OPT(SINCE) | OPT(UNTIL) | OPT(UNIT),
	  "closed positions and what they earned", cmd_positions_history },
	{ "positions import", "FILE", 1, 1, OPT(DRY_RUN) | OPT(ACCOUNT),
	  "positions from CSV or JSON lines, all or none",
	  cmd_positions_import },
	{ "positions keep", "ID", 1, 1,
	  OPT(FOR) | OPT(REASON) | OPT(NOTE) | OPT(ACCOUNT),
	  "hold on for a while in spite of the reason",
	  cmd_positions_keep },
	{ "positions list", "", 0, 0,
	  OPTS_LISTING | OPT(ALL) | OPT(UNIT) | OPT(WATCH) | OPT(EXIT_CODE) |
	  OPT(AT),
	  "open positions with divergence, age and verdict",
	  cmd_positions_list },
	{ "positions note", "ID TEXT", 2, 2, OPT(ACCOUNT),
	  "keep a remark with a position", cmd_positions_note },
	{ "positions open", "", 0, 0,
	  OF_OPENING | OPT(FEES) | OPT(NOTE) | OPT(DRY_RUN) | OPT(YES) |
	  OPT(ACCOUNT),
	  "record a new position", cmd_positions_open },
	{ "positions reopen", "ID", 1, 1, OPT(NOTE) | OPT(ACCOUNT),
	  "undo a close within the hour", cmd_positions_reopen },
	{ "positions show", "ID", 1, 1,
	  ONE_ITEM | OPT(ACCOUNT) | OPT(UNIT) | OPT(AT),
	  "everything known about one position", cmd_positions_show },
	{ "positions verify", "ID", 1, 1, ONE_ITEM | OPT(ACCOUNT) | OPT(UNIT),
	  "raw answers and arithmetic behind the numbers",
	  cmd_positions_verify },
	{ "profiles diff", "A B", 2, 2, ROWS,
	  "lines of two profiles side by side", cmd_profiles_diff },
	{ "profiles list", "", 0, 0, ROWS,
	  "profiles, shipped and own", cmd_profiles_list },
	{ "profiles show", "NAME", 1, 1, ROWS,
	  "lines of one profile, defaults written out", cmd_profiles_show },
	{ "reference", "", 0, 0, 0,
	  "all keys and rules as a Markdown page",
	  cmd_reference },
	{ "replay", "", 0, 0,
	  OPTS_LISTING | OPT(SINCE) | OPT(UNTIL) | OPT(VERIFY) |
	  OPT(PROFILE) | OPT(HTML) | OPT(EXPLAIN_METRICS),
	  "recorded polls again, by these or other rules",
	  cmd_replay },
	{ "report", "", 0, 0,
	  OPTS_LISTING | OPT(SINCE) | OPT(UNTIL) | OPT(HTML) |
	  OPT(EXPLAIN_METRICS),
	  "what was earned, beside holding through",
	  cmd_report },
	{ "resume", "", 0, 0, OPT(ACCOUNT) | OPT(NOTE),
	  "hand closes over again", cmd_resume },
	{ "rules list", "", 0, 0, ROWS,
	  "rules that profile lines are made of", cmd_rules_list },
	{ "rules show", "NAME", 1, 1, ONE_ITEM,
	  "parameters, bounds and inputs of one rule", cmd_rules_show },
	{ "run", "", 0, 0,
	  OPT(ACCOUNT) | OPT(ONCE) | OPT(CLOCK) | OPT(EVERY) | OPT(POLLS) |
	  OPT(RESTORED),
	  "monitor one account in the foreground", cmd_run },
	{ "status", "", 0, 0, ONE_ITEM | OPT(ACCOUNT),
	  "is the monitor running, how was its last poll",
	  cmd_status },
	{ "version", "", 0, 0, 0, "version of this program", cmd_version },
};
const size_t command_count = sizeof(command_table) / sizeof(command_table[0]);

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < command_count; i++) {
		if (strcmp(command_table[i].name, name) == 0)
			return &command_table[i];
	}
	return NULL;
}

bool command_in_group(const struct command *cmd, const char *word)
{
	size_t n = strlen(word);

	return strncmp(cmd->name, word, n) == 0 && cmd->name[n] == ' ';
}
