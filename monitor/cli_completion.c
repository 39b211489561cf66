/* SPDX-License-Identifier: MIT */
/* "completion bash": a script made from the tables of commands and options. */
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

int cmd_completion_bash(struct cli *c)
{
	(void)c;
	fputs("# carrywatch: completion for bash\n"
	      "_carrywatch() {\n"
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
	      "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	      "}\n"
	      "complete -o default -F _carrywatch carrywatch positions\n",
	      stdout);
	return 0;
}
