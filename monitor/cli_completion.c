/* SPDX-License-Identifier: MIT */
/* "completion": scripts for shells made from the tables of commands and options. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "commands.h"

static void print_first_words(void)
{
	const char *last = "";
	size_t len = 0;

	for (size_t i = 0; i < command_count; i++) {
		const char *name = command_table[i].name;
		size_t n = strcspn(name, " ");

		if (n == len && strncmp(name, last, n) == 0)
			continue;
		printf("%s%.*s", *last ? " " : "", (int)n, name);
		last = name;
		len = n;
	}
}

/* One case for each group: "positions) words='close ...' ;;". */
static void print_groups(void)
{
	const char *group = "";
	size_t len = 0;

	for (size_t i = 0; i < command_count; i++) {
		const char *name = command_table[i].name;
		size_t n = strcspn(name, " ");

		if (!name[n])
			continue;
		if (n != len || strncmp(name, group, n) != 0) {
			printf("%s\t%.*s) words='", *group ? "' ;;\n" : "",
			       (int)n, name);
			group = name;
			len = n;
		} else {
			putchar(' ');
		}
		fputs(name + n + 1, stdout);
	}
	puts("' ;;");
}

static void print_options(uint64_t mask)
{
	const char *blank = "";

	for (int i = 0; i < OPT_COUNT; i++) {
		if (!(mask >> i & 1U))
			continue;
		printf("%s--%s", blank, option_specs[i].name);
		blank = " ";
	}
}

/* One case for each command: "'positions list '*) options='--json ...' ;;". */
static void print_option_cases(void)
{
	for (size_t i = 0; i < command_count; i++) {
		const struct command *cmd = &command_table[i];

		/* Behind its words stand its arguments. */
		printf("\t'%s '*) options='", cmd->name);
		print_options(cmd->options | OPTS_ALWAYS);
		puts("' ;;");
	}
}

static void print_function(void)
{
	fputs("_carrywatch() {\n"
	      "\tlocal words='' options='' first='' second='' third='' w\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
	      "\tif [[ ${COMP_WORDS[0]##*/} == positions ]]; then\n"
	      "\t\tfirst=positions\n"
	      "\tfi\n"
	      "\tfor w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
	      "\t\t[[ $w == -* ]] && continue\n"
	      "\t\tif [[ -z $first ]]; then first=$w\n"
	      "\t\telif [[ -z $second ]]; then second=$w\n"
	      "\t\telif [[ -z $third ]]; then third=$w; fi\n"
	      "\tdone\n"
	      "\tcase $first in\n"
	      "\t'') words='", stdout);
	print_first_words();
	puts("' ;;");
	print_groups();
	fputs("\tesac\n"
	      "\tcase \"$first $second $third \" in\n", stdout);
	print_option_cases();
	fputs("\tesac\n"
	      "\t[[ -n $second ]] && words=''\n"
	      "\t[[ $cur == -* ]] && words=$options\n"
	      "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	      "}\n"
	      "complete -o default -F _carrywatch carrywatch positions\n",
	      stdout);
}

int cmd_completion_bash(struct cli *c)
{
	(void)c;
	puts("# carrywatch: completion for bash");
	print_function();
	return 0;
}

/* zsh reads what is written for bash, with its own help. */
int cmd_completion_zsh(struct cli *c)
{
	(void)c;
	puts("#compdef carrywatch positions\n"
	     "# carrywatch: completion for zsh\n"
	     "autoload -U +X bashcompinit && bashcompinit");
	print_function();
	return 0;
}

/* ---- fish: one line for each word and option ---- */

static void fish_quoted(const char *s)
{
	putchar('\'');
	for (; *s; s++) {
		if (*s == '\'' || *s == '\\')
			putchar('\\');
		putchar(*s);
	}
	putchar('\'');
}

static void fish_line(const char *condition, const char *kind,
		      const char *word, size_t n, const char *help)
{
	printf("complete -c carrywatch -n '%s' %s %.*s -d ", condition, kind,
	       (int)n, word);
	fish_quoted(help);
	putchar('\n');
}

/* "seen the group and the word", or "nothing seen yet". */
static void fish_condition(char *buf, size_t room, const char *name,
			   bool whole)
{
	size_t n = strcspn(name, " ");

	if (!name[n] && !whole)
		snprintf(buf, room, "__fish_use_subcommand");
	else if (name[n] && whole)
		snprintf(buf, room, "__fish_seen_subcommand_from %.*s; and "
			 "__fish_seen_subcommand_from %s", (int)n, name,
			 strrchr(name, ' ') + 1);
	else
		snprintf(buf, room, "__fish_seen_subcommand_from %.*s",
			 (int)n, name);
}

static void fish_command(const struct command *cmd)
{
	size_t n = strcspn(cmd->name, " ");
	char condition[160];

	if (cmd->name[n])
		fish_line("__fish_use_subcommand", "-f -a", cmd->name, n, "");
	fish_condition(condition, sizeof(condition), cmd->name, false);
	fish_line(condition, "-f -a", cmd->name[n] ? strrchr(cmd->name, ' ') +
		  1 : cmd->name, 80, cmd->help);
	fish_condition(condition, sizeof(condition), cmd->name, true);
	for (int i = 0; i < OPT_COUNT; i++)
		if ((cmd->options | OPTS_ALWAYS) >> i & 1U)
			fish_line(condition, option_specs[i].arg ? "-r -l" :
				  "-l", option_specs[i].name, 80,
				  option_specs[i].help);
}

int cmd_completion_fish(struct cli *c)
{
	(void)c;
	puts("# carrywatch: completion for fish");
	for (size_t i = 0; i < command_count; i++)
		fish_command(&command_table[i]);
	return 0;
}
