/* SPDX-License-Identifier: MIT */
/*
 * What each metric of a report means: the one table that names them for
 * people and programs and says how they are computed. "Hold-through" is the
 * same entries at the same costs, never closed.
 */
#include "report_metric.h"

const struct report_metric_text report_metric_texts[METRIC_COUNT] = {
	[METRIC_NET] = { "net_usd", "net", UNIT_USD,
		"funding + price - fees - slippage - expected exit of open "
		"positions; without price where the report says so",
		NULL },
	[METRIC_PRICE] = { "price_usd", "price", UNIT_USD,
		"q_L (P_L - E_L) + q_S (E_S - P_S) over all positions, signed; "
		"n/a unless every one's prices are known",
		NULL },
	[METRIC_FUNDING] = { "funding_usd", "funding", UNIT_USD,
		"sum of settlements booked while held, gross of all costs; "
		"settlements of unknown amount are counted, not guessed",
		NULL },
	[METRIC_FEES] = { "fees_usd", "fees paid", UNIT_USD,
		"fees of all fills so far, positive = paid; hold-through: see "
		"costs", NULL },
	[METRIC_SLIPPAGE] = { "slippage_usd", "slippage", UNIT_USD,
		"slippage of all fills so far where told apart from fees; "
		"hold-through: see costs", NULL },
	[METRIC_EXIT] = { "exit_usd", "expected exit", UNIT_USD,
		"expected cost of leaving what is open at the end; "
		"hold-through: see costs", NULL },
	[METRIC_COSTS] = { "costs_usd", "all costs", UNIT_USD,
		"fees + slippage + expected exit; hold-through: entries paid + "
		"exits expected", NULL },
	[METRIC_RETURN_NOTIONAL] = { "return_on_notional",
		"return on notional", UNIT_SHARE,
		"net / sum over positions of the notional of one leg",
		NULL },
	[METRIC_RETURN_CAPITAL] = { "return_on_capital",
		"return on capital", UNIT_SHARE,
		"net / capital, the capital being fixed", NULL },
	[METRIC_APR] = { "apr", "APR on capital", UNIT_SHARE,
		"return on capital * 365 d / (end - start of the data): "
		"simple, nothing reinvested, never an APY; n/a under one day",
		NULL },
	[METRIC_SHARPE] = { "sharpe", "Sharpe", UNIT_RATIO,
		"mean(r) / stdev_{n-1}(r) * sqrt(365) with daily returns r_d = "
		"V_d / V_{d-1} - 1, V_d = exit value at 00:00 UTC, riskless "
		"rate 0; n/a under 30 days", NULL },
	[METRIC_AUTOCORRELATION] = { "autocorrelation",
		"lag-1 autocorrelation", UNIT_RATIO,
		"rho_1 = sum (r_d - m)(r_{d+1} - m) / sum (r_d - m)^2; "
		"n/a under 30 days", NULL },
	[METRIC_SHARPE_LO] = { "sharpe_lo", "Lo-corrected Sharpe",
		UNIT_RATIO,
		"SR q / sqrt(q + 2 sum_{k<q} (q - k) rho_k), q = 365, SR of "
		"one day, rho_k = rho_1^k (returns taken as AR(1)); "
		"n/a under 30 days", "Lo (2002), Financial Analysts Journal 58:4" },
	[METRIC_DAYS] = { "days", "daily returns", UNIT_COUNT,
		"number n of daily returns", NULL },
	[METRIC_DAYS_EFFECTIVE] = { "days_effective", "effective days",
		UNIT_RATIO,
		"n (1 - rho_1) / (1 + rho_1): how many independent days they "
		"are worth; n/a under 30 days", NULL },
	[METRIC_DRAWDOWN] = { "max_drawdown", "max drawdown", UNIT_SHARE,
		"max over days of (peak - V_d) / peak, starting capital and "
		"open positions included", NULL },
	[METRIC_OPENED] = { "opened", "positions opened", UNIT_COUNT,
		"number of entries", NULL },
	[METRIC_CLOSED] = { "closed", "positions closed", UNIT_COUNT,
		"number of exits; hold-through has none", NULL },
	[METRIC_WINS] = { "wins", "wins", UNIT_COUNT,
		"closed positions with net > 0, net of everything; "
		"hold-through: entries whose net had they been held is > 0",
		NULL },
	[METRIC_LOSSES] = { "losses", "losses", UNIT_COUNT,
		"the same with net < 0", NULL },
	[METRIC_TIES] = { "ties", "ties", UNIT_COUNT,
		"the same with net = 0", NULL },
	[METRIC_WIN_RATE] = { "win_rate", "win rate", UNIT_SHARE,
		"wins / closed, ties counting in closed only; hold-through: "
		"wins / opened", NULL },
	[METRIC_HOLD_HOURS] = { "average_hold_hours", "average hold",
		UNIT_HOURS,
		"mean of closed_at - opened_at of closed positions; "
		"hold-through: from each entry to the end of the data (of an "
		"account: at most 7 days after its close)", NULL },
	[METRIC_TURNOVER] = { "turnover", "turnover", UNIT_RATIO,
		"notional traded / capital; traded: both legs of each entry "
		"and both legs of each exit, 2 size each; hold-through: "
		"entries only", NULL },
	[METRIC_FEES_OF_FUNDING] = { "fees_of_gross_funding",
		"costs / gross funding", UNIT_SHARE,
		"(fees + slippage + expected exit) / funding before any cost; "
		"n/a where no funding was received on balance",
		NULL },
	[METRIC_UNKNOWN] = { "settlements_unknown", "unknown settlements",
		UNIT_COUNT,
		"settlements of unknown amount: in no sum of this report",
		NULL },
};

static const char *const unit_words[] = {
	[UNIT_USD] = "USD", [UNIT_SHARE] = "share, shown as %",
	[UNIT_RATIO] = "ratio", [UNIT_HOURS] = "hours",
	[UNIT_COUNT] = "count",
};

const char *report_unit_word(enum report_unit u)
{
	return unit_words[u];
}

void report_explain_metrics(FILE *f)
{
	for (size_t i = 0; i < METRIC_COUNT; i++) {
		const struct report_metric_text *t = &report_metric_texts[i];

		fprintf(f, "%s (%s; %s)\n    %s\n", t->title, t->key,
			unit_words[t->unit], t->formula);
		if (t->source)
			fprintf(f, "    source: %s\n", t->source);
	}
	fputs("Every metric stands beside its hold-through twin: the same "
	      "entries at the same costs,\nnever closed.\n", f);
}
