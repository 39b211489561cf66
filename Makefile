# SPDX-License-Identifier: MIT
# carrywatch. `make help` lists the targets; `make` only builds.
#
#   B=DIR       build there (default build); also CC=clang, V=1, WERROR=1
#   SAN=1       with the address and undefined-behaviour sanitizers
#   FUZZ=1      the same for libFuzzer, clang only
#   COVER=1     with branch counters, asserts left out
#   DIRS=...    build only these folders (default include rules clients monitor)

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

B    ?= build
DIRS ?= include rules clients monitor
ifeq ($(origin CC),default)
CC = gcc
endif
AR = ar

# Asked once, and only when something is compiled: on a fresh machine
# pkg-config comes with tools/install-deps.
once = $(eval $(1) := $$(shell $(2)))$($(1))
WATCH_PKGS  = libcurl sqlite3 libcrypto yaml-0.1
PKG_CFLAGS  = $(call once,PKG_CFLAGS,pkg-config --cflags $(WATCH_PKGS) libwebsockets cmocka)
WATCH_LIBS  = $(call once,WATCH_LIBS,pkg-config --libs $(WATCH_PKGS))
RATE_LIBS   = $(call once,RATE_LIBS,pkg-config --libs libwebsockets)
CMOCKA_LIBS = $(call once,CMOCKA_LIBS,pkg-config --libs cmocka)
JANSSON_LIBS = $(call once,JANSSON_LIBS,pkg-config --libs jansson 2>/dev/null)
CF_PROTECT  = $(call once,CF_PROTECT,echo | $(CC) -fcf-protection -E - >/dev/null 2>&1 && echo -fcf-protection)

WARN = -Wall -Wextra -Wshadow -Wconversion -Wswitch-enum -Wformat=2 -Wvla \
       -Wmissing-prototypes -Wstrict-prototypes -Wundef -Wpointer-arith \
       -Wwrite-strings -Wdate-time -Wno-pedantic $(if $(WERROR),-Werror)
FORTIFY = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong $(CF_PROTECT)
ifeq ($(shell uname -s),Linux)
HARDLINK = -pie -Wl,-z,relro,-z,now
endif
ifdef SAN
OPT = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
      -fno-omit-frame-pointer -DDEC_CALLED
else ifdef FUZZ
OPT = -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
      -fno-sanitize-recover=all -fno-omit-frame-pointer -DCW_FUZZ
else ifdef COVER
OPT = -O0 -g --coverage -DNDEBUG -DDEC_CALLED
else
OPT = -O2 -g $(FORTIFY)
endif
# No path of this checkout gets into a binary: two builds are the same bytes.
BUILD_CFLAGS  = -std=gnu17 $(OPT) $(WARN) -fPIE -ffile-prefix-map=$(CURDIR)=. \
                $(PKG_CFLAGS) $(CFLAGS)
BUILD_LDFLAGS = -pthread $(filter -fsanitize% --coverage,$(OPT)) $(HARDLINK) $(LDFLAGS)

# Design 4.1 by search path: who may include whom. Clients are wired in the
# commands alone.
INC_include = -Iinclude
INC_rules   = -Iinclude
INC_clients = -Iinclude -Iclients
INC_monitor = -Iinclude -Imonitor $(if $(filter monitor/cmd_%,$<),-Iclients)
INC_tools   = -Iinclude -Imonitor -Iclients
INC_tests   = -Iinclude -Imonitor -Iclients -Itests/unit
INC_build   = -Iinclude
INCS = $(INC_$(firstword $(subst /, ,$(<:$(B)/gen/%=build/%))))

SRC   := $(sort $(wildcard $(DIRS:%=%/*.c)))
RULES := $(if $(filter rules,$(DIRS)),$(sort $(notdir $(basename $(wildcard rules/*.c)))))
SINKS := $(if $(filter clients,$(DIRS)),$(patsubst clients/sink_%.c,%,$(sort $(wildcard clients/sink_*.c))))
GEN   := $(B)/gen/rule_table.c $(B)/gen/sink_table.c $(B)/gen/shipped_profiles.c
GENOBJ := $(GEN:$(B)/gen/%.c=$(B)/obj/gen/%.o)
LIBOBJ := $(patsubst %.c,$(B)/obj/%.o,$(filter-out monitor/main.c,$(SRC))) $(GENOBJ)
SIM   := $(sort $(wildcard tools/ratesim/*.c))
BENCH := $(sort $(wildcard tools/bench/*.c))
PLAYED := $(sort $(wildcard tests/simulate/*.c))
TESTS := $(sort $(wildcard tests/unit/test_*.c tests/rules/test_*.c))
HELP  := $(filter-out $(TESTS),$(sort $(wildcard tests/unit/*.c tests/rules/*.c)))
PROGRAMS := $(if $(wildcard monitor/main.c),$(B)/carrywatch $(B)/positions) \
            $(if $(SIM),$(B)/ratesim)
FUZZ_C := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZERS := $(FUZZ_C:tests/fuzz/%.c=$(B)/%)
TESTPROGS := $(TESTS:%.c=$(B)/%) $(if $(FUZZ_C),$(B)/tests/fuzz/replay $(B)/tests/fuzz/replay_jansson)
objects = $(patsubst %.c,$(B)/obj/%.o,$(1))

LIB     = $(B)/libcarrywatch.a
TESTLIB = $(B)/libtests.a

ifdef V
say = @:
else
say = @echo "$(1)	$(2)"
Q = @
endif

.PHONY: all tests objects check lint run demo-history cover oracle mutate valgrind bench simulate torture faults install uninstall clean help reference san fuzz fuzzers FORCE
.SECONDARY:

all: $(PROGRAMS)		## build carrywatch, positions and ratesim (nothing else)
tests: $(TESTPROGS) $(B)/simulate	## build the unit and rule tests
objects: $(call objects,$(TESTS) $(HELP) $(PLAYED) $(wildcard tests/fuzz/*.c))

check:				## install what is missing, build, run every test
	tools/install-deps
	tools/run-tests

lint: all			## house rules: layers, sizes, names, banned words
	tools/lint

run:				## install what is missing, build, play the demo (POLLS=N)
	tools/install-deps
	$(MAKE) all
	CW_BUILD=$(B) tools/demo $(POLLS)

demo-history:			## monitor over recorded history: CSV=FILE
	@test -n "$(CSV)" || { echo "make demo-history CSV=FILE: name a file of settlements" >&2; exit 2; }
	$(MAKE) all
	CW_BUILD=$(B) tools/demo-history "$(CSV)"

cover:				## coverage: 100 % of the deciding code (E2E=1: 90 % of all)
	$(MAKE) B=$(B)/cover COVER=1 WERROR= $(if $(E2E),all) tests
	tools/cover $(B)/cover $(if $(E2E),e2e)

oracle: all			## 10 million rule evaluations against Python's decimal (N=)
	$(call seconds,CW_BUILD=$(B) tools/oracle $(N))

mutate: tests			## break the deciding code, see a test fail (F=FILE.c)
	$(call seconds,tools/mutate $(B) $(F))

valgrind: tests			## unit and rule tests under valgrind (W=WORD: some)
	$(call seconds,tools/valgrind $(B) $(W))

bench: all $(if $(BENCH),$(B)/bench)	## medians of the numbers in the README (CURVES=1: growth)
	CW_BUILD=$(B) CURVES=$(CURVES) $(if $(wildcard tools/bench/run),tools/bench/run,$(B)/bench)

PREFIX ?= /usr/local
ROOT = $(DESTDIR)$(PREFIX)
UNITS = $(ROOT)/lib/systemd/system
DOC = $(ROOT)/share/doc/carrywatch
SHELLS = $(ROOT)/share/bash-completion/completions/carrywatch \
         $(ROOT)/share/zsh/site-functions/_carrywatch \
         $(ROOT)/share/fish/vendor_completions.d/carrywatch.fish
put = install -D -m 0644 $(1) $(2)
say_to = install -d -m 0755 $(dir $(2)) && $(B)/carrywatch $(1) > $(2) && chmod 0644 $(2)

install: all			## into PREFIX (/usr/local), below DESTDIR
	install -D -m 0755 $(B)/carrywatch $(ROOT)/bin/carrywatch
	ln -sfn carrywatch $(ROOT)/bin/positions
	sed 's|/usr/local/bin|$(PREFIX)/bin|' 'config/carrywatch@.service' > $(B)/unit
	$(call put,$(B)/unit,'$(UNITS)/carrywatch@.service')
	$(call put,config/carrywatch.target,$(UNITS)/carrywatch.target)
	$(call put,config/credentials.conf,$(DOC)/credentials.conf)
	$(call put,config/carrywatch.yaml,$(DOC)/carrywatch.yaml)
	$(call put,config/REFERENCE.md,$(DOC)/REFERENCE.md)
	$(call say_to,manual,$(ROOT)/share/man/man1/carrywatch.1)
	$(call say_to,completion bash,$(word 1,$(SHELLS)))
	$(call say_to,completion zsh,$(word 2,$(SHELLS)))
	$(call say_to,completion fish,$(word 3,$(SHELLS)))

uninstall:			## what install has put there; no configuration, no data
	rm -f $(ROOT)/bin/carrywatch $(ROOT)/bin/positions \
	  '$(UNITS)/carrywatch@.service' $(UNITS)/carrywatch.target \
	  $(ROOT)/share/man/man1/carrywatch.1 $(SHELLS)
	rm -rf $(DOC)

simulate: $(B)/simulate		## 10,000 days in simulated time (SEED=N DAYS=D)
	$(B)/simulate --days $(or $(DAYS),15) \
	  $(if $(SEED),--seed $(SEED) --seeds 1,--seed 1 --seeds $(or $(SEEDS),700) --jobs 2)

# The long tests, each with its seconds; three beside each other, as those that
# kill mostly wait; the longest first, so that none is left alone at the end.
FAILS = $(patsubst $(B)/tests/unit/test_%,torture-%,$(filter $(B)/tests/unit/test_fail_%,$(TESTPROGS)))
KILLED := $(shell sed -n 's/^def test_\(.*\)(t):/torture-killed-\1/p' tests/e2e/test_kill_points.py)
.PHONY: $(FAILS) $(KILLED) torture-san torture-kills torture-build
TORTURE = valgrind torture-san torture-fail_memory $(KILLED) mutate oracle \
          $(filter-out torture-fail_memory,$(FAILS)) torture-kills torture-build
torture: all tests san		## every fault point and kill, 10,000,000 rules, mutants, valgrind (KILLS=1000)
	$(MAKE) --no-print-directory -k -j3 -Otarget $(TORTURE)
seconds = @s=$$(date +%s); $(1); r=$$?; echo "== $@: $$(($$(date +%s) - s)) s, exit $$r"; exit $$r
torture-san:
	$(call seconds,tools/run-tests san-all)
$(filter-out torture-fail_dec,$(FAILS)): torture-%: $(B)/tests/unit/test_%
	$(call seconds,CW_ALL_FAULTS=1 $<)
torture-fail_dec:	# only with sanitizers is a sum a call that can fail
	$(call seconds,CW_ALL_FAULTS=1 $(B)/san/tests/unit/test_fail_dec)
$(KILLED): torture-killed-%: all
	$(call seconds,CW_BUILD=$(B) CW_ALL_KILLS=1 python3 tests/e2e/test_kill_points.py test_$*)
torture-kills: all
	$(call seconds,CW_BUILD=$(B) CW_KILLS=$(or $(KILLS),1000) python3 tests/e2e/test_torture.py)
torture-build: all
	$(call seconds,CW_BUILD=$(B) CW_BUILD_TWICE=1 python3 tests/e2e/test_build.py)

faults: all tests		## the fault matrix: each class and whether its tests hold (as root)
	CW_BUILD=$(B) tools/faults

fuzz:				## libFuzzer over every target (T=60 seconds each, TARGET=json)
	tools/install-deps
	$(MAKE) B=$(B)/fuzz CC=clang FUZZ=1 fuzzers
	CW_BUILD=$(B)/fuzz tools/fuzz $(or $(T),60) $(TARGET)
fuzzers: $(FUZZERS)

san:				## everything with sanitizers, in build/san
	$(MAKE) B=$(B)/san SAN=1 all tests

reference: all			## write config/REFERENCE.md from the option tables
	$(B)/carrywatch reference > $(B)/REFERENCE.md
	mv $(B)/REFERENCE.md config/REFERENCE.md

clean:				## remove what was built
	rm -rf $(B)

help:				## this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1	/p' Makefile | expand -t 20

# A changed compiler, flag or list of files rebuilds what depends on it; that B
# is written in another way does not.
stamp = mkdir -p $(@D); printf '%s\n' '$(1)' | cmp -s - $@ || printf '%s\n' '$(1)' > $@
# What was built with -Werror serves a build without it, not the reverse.
$(B)/.flags: FORCE
	@$(if $(WERROR),,if grep -qs ' -Werror ' $@; then \
	  sed 's/ -Werror /  /' $@ > $@.new && touch -r $@ $@.new && mv $@.new $@; fi)
	@$(call stamp,$(CC) $(BUILD_CFLAGS) $(BUILD_LDFLAGS))
$(B)/.objects: FORCE
	@$(call stamp,$(LIBOBJ:$(B)/%=%))
$(B)/.helpers: FORCE
	@$(call stamp,$(HELP))
$(B)/.rules: FORCE
	@$(call stamp,$(RULES))
$(B)/.sinks: FORCE
	@$(call stamp,$(SINKS))

# The table of everything of one kind: header, type, names.
define write_table
	@mkdir -p $(@D)
	@{ echo '/* Written by make from file names. */'; \
	   echo '#include "$(1).h"'; echo; \
	   for r in $(3); do echo "extern const struct $(2) $(1)_$$r;"; done; \
	   echo; echo 'const struct $(2) *const $(1)_table[] = {'; \
	   for r in $(3); do echo "	&$(1)_$$r,"; done; \
	   echo '	NULL'; echo '};'; \
	   echo 'const size_t $(1)_count = $(words $(3));'; } > $@
endef

$(B)/gen/rule_table.c: $(B)/.rules Makefile
	$(call say,GEN,$@)
	$(call write_table,rule,rule,$(RULES))
$(B)/gen/sink_table.c: $(B)/.sinks Makefile
	$(call say,GEN,$@)
	$(call write_table,sink,sink_kind,$(SINKS))

SHIPPED := $(wildcard config/profiles.yaml config/venues.yaml)
$(B)/gen/shipped_profiles.c: $(SHIPPED) tools/embed Makefile
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	@tools/embed config/profiles.yaml config/venues.yaml > $@

COMPILE = $(CC) $(BUILD_CFLAGS) $(INCS) -MMD -MP -c -o $@ $<
$(B)/obj/gen/%.o: $(B)/gen/%.c $(B)/.flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(COMPILE)
$(B)/obj/%.o: %.c $(B)/.flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(COMPILE)

ARCHIVE = rm -f $@ && $(AR) rcD $@ $(filter %.o,$^)
$(LIB): $(LIBOBJ) $(B)/.objects
	$(call say,AR,$@)
	$(Q)$(ARCHIVE)
$(TESTLIB): $(call objects,$(HELP)) $(B)/.helpers
	$(call say,AR,$@)
	$(Q)$(ARCHIVE)

# Tests in which calls fail: the linker leads these to the test.
ifeq ($(shell uname -s),Linux)
WRAPPED_memory = malloc calloc realloc strdup arena_alloc arena_array arena_text \
                 arena_grow
WRAPPED_net = $(addprefix curl_,easy_init easy_cleanup easy_setopt easy_getinfo \
                multi_init multi_cleanup multi_add_handle multi_remove_handle \
                multi_perform multi_poll multi_info_read slist_append url \
                url_cleanup url_set url_get global_init)
WRAPPED_dec = $(addprefix dec_,add sub mul div mul_int mul_ratio mul3_ratio join)
endif
WRAP = $(patsubst %,-Wl$(comma)--wrap=%,$(WRAPPED_$(@F:test_fail_%=%)))
comma := ,

LINK = $(CC) $(BUILD_LDFLAGS) $(WRAP) -o $@ $(filter %.o,$^) $(filter %.a,$^)
$(B)/carrywatch: $(B)/obj/monitor/main.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(LINK) $(WATCH_LIBS)
$(B)/positions: $(B)/carrywatch
	$(Q)ln -sf carrywatch $@
$(B)/ratesim: $(call objects,$(SIM)) $(LIB)
	$(call say,LD,$@)
	$(Q)$(LINK) $(RATE_LIBS)
$(B)/bench: $(call objects,$(BENCH)) $(LIB)
	$(call say,LD,$@)
	$(Q)$(LINK) $(WATCH_LIBS)
$(B)/simulate: $(call objects,$(PLAYED)) $(TESTLIB) $(LIB)
	$(call say,LD,$@)
	$(Q)$(LINK) $(WATCH_LIBS)
$(B)/tests/%: $(B)/obj/tests/%.o $(TESTLIB) $(LIB)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) $(CMOCKA_LIBS) $(WATCH_LIBS)

# Targets of tests/fuzz: one program of all, one of its own for jansson, whose
# names are those of clients/json.h; and a fuzzer of each.
FUZZ_ALONE = tests/fuzz/fuzz_jansson.c
$(B)/tests/fuzz/replay: $(call objects,tests/fuzz/replay.c tests/fuzz/fuzz.c \
    tests/fuzz/targets.c $(filter-out $(FUZZ_ALONE),$(FUZZ_C))) $(LIB)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) $(WATCH_LIBS)
JANSSON_C = $(FUZZ_ALONE) tests/fuzz/jansson_side.c
$(B)/tests/fuzz/replay_jansson: $(call objects,tests/fuzz/replay.c \
    tests/fuzz/fuzz.c tests/fuzz/replay_jansson.c $(JANSSON_C)) $(LIB)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) $(JANSSON_LIBS)
$(B)/fuzz_jansson: $(call objects,$(JANSSON_C))
$(B)/fuzz_jansson: FUZZ_LIBS = $(JANSSON_LIBS)
$(B)/fuzz_%: $(B)/obj/tests/fuzz/fuzz_%.o $(B)/obj/tests/fuzz/fuzz.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(LINK) -fsanitize=fuzzer $(FUZZ_LIBS) $(WATCH_LIBS)

-include $(wildcard $(B)/obj/*/*.d $(B)/obj/*/*/*.d)
