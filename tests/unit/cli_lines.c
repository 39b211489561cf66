/* SPDX-License-Identifier: MIT */
/* Commands that are tried while something fails (cli_desk.h). */
#include "cli_desk.h"

#define PAIR	"--symbol ETH --long lighter --short grvt --size 100 "

const struct cli_line cli_lines[] = {
	{ "paper", "positions list", CLI_READS, 0 },
	{ "paper", "positions list --all -o wide --unit apr", CLI_READS, 0 },
	{ "paper", "positions list --json", CLI_READS, 0 },
	{ "paper", "positions list --at 1h --sort -age_hours --limit 3", CLI_READS, 0 },
	{ "live", "positions list --exit-code", CLI_READS, 11 },
	{ "paper", "positions show 1", CLI_READS, 0 },
	{ "paper", "positions show 6 --json", CLI_READS, 0 },
	{ "paper", "positions show 7", CLI_READS, 0 },
	{ "paper", "positions show 8 --json", CLI_READS, 0 },
	{ "live", "positions show 1", CLI_READS, 0 },
	{ "paper", "positions verify 2", CLI_READS, 0 },
	{ "paper", "positions verify 3 --json", CLI_READS, 0 },
	{ "paper", "positions history", CLI_READS, 0 },
	{ "paper", "positions history 3 --json", CLI_READS, 0 },
	{ "paper", "explain 1", CLI_READS, 0 },
	{ "paper", "explain 6 --json", CLI_READS, 0 },
	{ "paper", "explain 6", CLI_READS, 0 },
	{ "live", "explain 1", CLI_READS, 0 },
	{ "paper", "decisions list", CLI_READS, 0 },
	{ "paper", "exposure", CLI_READS, 0 },
	{ "live", "handoffs list --all", CLI_READS, 0 },
	{ "live", "alerts list --all", CLI_READS, 0 },
	{ "live", "alerts list --json", CLI_READS, 0 },
	{ "paper", "report", CLI_READS, 0 },
	{ "paper", "report --json", CLI_READS, 0 },
	{ "paper", "report --html $D/report.html", CLI_READS, 0 },
	{ "paper", "replay --verify", CLI_DECIDES, 0 },
	{ "paper", "replay --profile conservative", CLI_DECIDES, 0 },
	{ "paper", "replay --profile aggressive --json", CLI_DECIDES, 0 },
	{ "paper", "backtest --csv $D/settled.csv --profile conservative,hold "
	  "--jobs 1", CLI_DECIDES, 0 },
	{ "paper", "backtest --csv $D/settled.csv --profile own --pair "
	  "BTC:lighter:grvt:1000 --json --jobs 1", CLI_DECIDES, 0 },
	{ "paper", "backtest --csv $D/settled.csv --profile conservative "
	  "--folds 2 --jobs 1 --html $D/backtest.html", CLI_DECIDES, 0 },
	{ "paper", "export decisions", CLI_READS, 0 },
	{ "paper", "export ledger -o jsonl", CLI_READS, 0 },
	{ "paper", "export polls", CLI_READS, 0 },
	{ "paper", "export positions", CLI_READS, 0 },
	{ "paper", "profiles show own", CLI_READS, 0 },
	{ "paper", "profiles diff conservative aggressive", CLI_READS, 0 },
	{ "paper", "check-config --print", CLI_READS, 0 },
	{ "paper", "status", CLI_READS, 3 },
	{ "live", "status --json", CLI_READS, 3 },
	{ "live", "check", CLI_READS, 1 },
	{ "paper", "db info", CLI_READS, 0 },
	{ "paper", "db check", CLI_READS, 0 },
	{ "paper", "positions open " PAIR "--entry-divergence 0.0002", CLI_WRITES,
	  0 },
	{ "paper", "positions open " PAIR "--long-qty 1 --short-qty 1 "
	  "--long-price 100 --short-price 101 --entry-long-rate 0.0001 "
	  "--entry-short-rate 0.0003 --fees 0.2 --yes", CLI_WRITES, 0 },
	{ "paper", "positions import $D/pairs.csv", CLI_WRITES, 0 },
	{ "paper", "positions funding import $D/paid.jsonl", CLI_WRITES, 0 },
	{ "paper", "positions confirm 1 --note seen", CLI_WRITES, 0 },
	{ "paper", "positions note 1 remark", CLI_WRITES, 0 },
	{ "live", "positions close 1 --fees 1.5 --yes", CLI_WRITES, 0 },
	{ "live", "alerts ack all", CLI_WRITES, 0 },
	{ "live", "alerts snooze all --for 2h", CLI_WRITES, 0 },
	{ "live", "pause", CLI_WRITES, 0 },
	{ "live", "resume", CLI_READS, 0 },
};

const size_t n_cli_lines = sizeof(cli_lines) / sizeof(*cli_lines);
