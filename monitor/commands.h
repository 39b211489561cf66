/* SPDX-License-Identifier: MIT */
/*
 * Every command's handler, one for each row of commands.c: "positions list"
 * is cmd_positions_list. Each returns the exit code.
 */
#ifndef CARRYWATCH_COMMANDS_H
#define CARRYWATCH_COMMANDS_H

struct cli;

int cmd_alerts_ack(struct cli *c);
int cmd_alerts_list(struct cli *c);
int cmd_alerts_snooze(struct cli *c);
int cmd_alerts_test(struct cli *c);
int cmd_backtest(struct cli *c);
int cmd_check(struct cli *c);
int cmd_check_config(struct cli *c);
int cmd_completion_bash(struct cli *c);
int cmd_completion_fish(struct cli *c);
int cmd_completion_zsh(struct cli *c);
int cmd_db_backup(struct cli *c);
int cmd_db_check(struct cli *c);
int cmd_db_info(struct cli *c);
int cmd_db_migrate(struct cli *c);
int cmd_decisions_list(struct cli *c);
int cmd_doctor(struct cli *c);
int cmd_explain(struct cli *c);
int cmd_export_decisions(struct cli *c);
int cmd_export_ledger(struct cli *c);
int cmd_export_polls(struct cli *c);
int cmd_export_positions(struct cli *c);
int cmd_exposure(struct cli *c);
int cmd_handoffs_confirm(struct cli *c);
int cmd_handoffs_list(struct cli *c);
int cmd_handoffs_retry(struct cli *c);
int cmd_help(struct cli *c);
int cmd_manual(struct cli *c);
int cmd_opportunities_list(struct cli *c);
int cmd_pause(struct cli *c);
int cmd_positions_close(struct cli *c);
int cmd_positions_confirm(struct cli *c);
int cmd_positions_funding_import(struct cli *c);
int cmd_positions_history(struct cli *c);
int cmd_positions_import(struct cli *c);
int cmd_positions_keep(struct cli *c);
int cmd_positions_list(struct cli *c);
int cmd_positions_note(struct cli *c);
int cmd_positions_open(struct cli *c);
int cmd_positions_reopen(struct cli *c);
int cmd_positions_show(struct cli *c);
int cmd_positions_verify(struct cli *c);
int cmd_profiles_diff(struct cli *c);
int cmd_profiles_list(struct cli *c);
int cmd_profiles_show(struct cli *c);
int cmd_reference(struct cli *c);
int cmd_replay(struct cli *c);
int cmd_report(struct cli *c);
int cmd_resume(struct cli *c);
int cmd_rules_list(struct cli *c);
int cmd_rules_show(struct cli *c);
int cmd_run(struct cli *c);
int cmd_status(struct cli *c);
int cmd_version(struct cli *c);

#endif
