/* SPDX-License-Identifier: MIT */
/*
 * ratesim: a funding-rate service on loopback that answers like the real
 * one, for demonstrations and tests. This file is its command line.
 */
#include "captures.h"
#include "markets.h"
#include "server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_USAGE 2

struct options {
	int port;
	uint64_t seed;
	const char *csv, *captures, *script, *fault_file;
	bool seeded, clocked;
	struct clock_state clock;
	struct fault_list faults;
	bool verbose, help;
};

static const char usage[] =
"usage: ratesim [--port N] [--seed N | --csv FILE | --captures DIR]\n"
"               [--clock ORIGIN,START,SPEED] [--script FILE]\n"
"               [--fault NAME[@PATH][=ARG]]... [--fault-file FILE] [-v]\n"
"\n"
"  --port N        listen on 127.0.0.1:N; 0, the default, takes a free port\n"
"  --seed N        invent a market from this number (the default, with 1)\n"
"  --csv FILE      play recorded settlements\n"
"  --captures DIR  play recorded answers\n"
"  --clock O,S,X   market time = O + (wall - S) * X\n"
"  --script FILE   scenes: OFFSET rate|ramp|fault ...\n"
"  --fault NAME    misbehave; NAME@/PATH only below that path\n"
"  --fault-file F  more faults, one a line, read again on HUP\n"
"  -v              log each request on stderr\n"
"faults: "
#define X(id, name, arg, def) name " "
FAULT_TABLE(X)
#undef X
"\n";

static bool number_parse(uint64_t *out, const char *s, uint64_t max)
{
	unsigned long long v;
	char *end;

	errno = 0;
	v = strtoull(s, &end, 10);
	if (errno || end == s || *end || strchr(s, '-') || v > max)
		return false;
	*out = v;
	return true;
}

static bool take_port(struct options *o, const char *arg, struct err *err)
{
	uint64_t v;

	if (!number_parse(&v, arg, 65535))
		return err_set(err, ERR_USAGE, "--port %s: write 0..65535",
			       arg);
	o->port = (int)v;
	return true;
}

static bool take_seed(struct options *o, const char *arg, struct err *err)
{
	o->seeded = true;
	return number_parse(&o->seed, arg, UINT64_MAX) ||
	       err_set(err, ERR_USAGE, "--seed %s: write a whole number", arg);
}

static bool take_csv(struct options *o, const char *arg, struct err *err)
{
	(void)err;
	o->csv = arg;
	return true;
}

static bool take_captures(struct options *o, const char *arg,
			  struct err *err)
{
	(void)err;
	o->captures = arg;
	return true;
}

static bool take_clock(struct options *o, const char *arg, struct err *err)
{
	o->clocked = true;
	return clock_parse(&o->clock, arg, err);
}

static bool take_script(struct options *o, const char *arg, struct err *err)
{
	(void)err;
	o->script = arg;
	return true;
}

static bool take_fault(struct options *o, const char *arg, struct err *err)
{
	struct fault f;

	return fault_parse(&f, arg, err) && faults_push(&o->faults, f, err);
}

static bool take_fault_file(struct options *o, const char *arg,
			    struct err *err)
{
	(void)err;
	o->fault_file = arg;
	return true;
}

static const struct {
	const char *name;
	bool (*take)(struct options *o, const char *arg, struct err *err);
} flags[] = {
	{ "--port", take_port },	{ "--seed", take_seed },
	{ "--csv", take_csv },		{ "--captures", take_captures },
	{ "--clock", take_clock },	{ "--script", take_script },
	{ "--fault", take_fault },	{ "--fault-file", take_fault_file },
};

#define N_FLAGS (sizeof(flags) / sizeof(*flags))

/* --name value or --name=value. */
static bool flag_take(struct options *o, char **argv, int *i,
		      struct err *err)
{
	const char *word = argv[*i];
	size_t n = strcspn(word, "=");
	const char *arg = word[n] ? word + n + 1 : NULL;

	for (size_t k = 0; k < N_FLAGS; k++) {
		if (strlen(flags[k].name) != n ||
		    memcmp(flags[k].name, word, n))
			continue;
		if (!arg)
			arg = argv[++*i];
		if (!arg)
			return err_set(err, ERR_USAGE, "%s needs a value",
				       word);
		return flags[k].take(o, arg, err);
	}
	return err_set(err, ERR_USAGE, "there is no option \"%s\": see "
		       "ratesim --help", word);
}

static bool options_parse(struct options *o, char **argv, struct err *err)
{
	*o = (struct options){ .seed = 1 };
	for (int i = 1; argv[i]; i++) {
		if (!strcmp(argv[i], "-v"))
			o->verbose = true;
		else if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			o->help = true;
		else if (!flag_take(o, argv, &i, err))
			return false;
	}
	if (o->seeded + !!o->csv + !!o->captures > 1)
		return err_set(err, ERR_USAGE, "choose one of --seed, --csv "
			       "and --captures");
	if (o->captures && o->script)
		return err_set(err, ERR_USAGE, "--script needs a market, not "
			       "--captures");
	if (!o->clocked)
		clock_real(&o->clock);
	return true;
}

static bool script_open(struct sim *sim, const char *path, struct err *err)
{
	struct snapshot s = { .arena = sim->arena };

	/* At the end of time every recorded series has begun. */
	if (!script_read(&sim->script, path, err))
		return false;
	sim->script.origin = sim->clock.origin;
	if (!sim->market.fill(sim->market.ctx, &s,
			      (struct instant){ INT64_C(253402300000000) }))
		return err_set(err, ERR_MEMORY, "out of memory");
	return script_check(&sim->script, path, &s, err);
}

static bool sim_open(struct sim *sim, const struct options *o,
		     struct err *err)
{
	bool ok;

	sim->arena = arena_new();
	if (!sim->arena)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (o->captures)
		ok = captures_open(&sim->captures, o->captures, err);
	else if (o->csv)
		ok = market_csv_open(&sim->market, o->csv, err);
	else
		/* With --clock the story starts anew, whatever the day. */
		ok = market_seed_open(&sim->market, o->seed, o->clocked ?
				      o->clock.origin : (struct instant){ 0 },
				      err);
	if (ok && o->script)
		ok = script_open(sim, o->script, err);
	if (ok && o->fault_file)
		ok = faults_read(&sim->file_faults, o->fault_file, err);
	return ok;
}

static void sim_close(struct sim *sim)
{
	if (sim->market.free)
		sim->market.free(sim->market.ctx);
	captures_free(sim->captures);
	script_free(&sim->script);
	arena_free(sim->arena);
}

int main(int argc, char **argv)
{
	struct sim sim = { 0 };
	struct err err = { 0 };
	struct options o;
	bool ok;

	(void)argc;
	if (!options_parse(&o, argv, &err)) {
		fprintf(stderr, "ratesim: %s\n", err.text);
		return EXIT_USAGE;
	}
	if (o.help) {
		fputs(usage, stdout);
		return EXIT_SUCCESS;
	}
	sim.clock = o.clock;
	sim.faults = o.faults;
	sim.fault_file = o.fault_file;
	sim.verbose = o.verbose;
	ok = sim_open(&sim, &o, &err);
	if (!ok) {
		fprintf(stderr, "ratesim: %s\n", err.text);
		sim_close(&sim);
		return EXIT_USAGE;
	}
	ok = server_run(&sim, o.port, &err);
	if (!ok)
		fprintf(stderr, "ratesim: %s\n", err.text);
	sim_close(&sim);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
