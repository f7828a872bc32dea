# baocao: one Makefile, not recursive. Everything generated goes to build/ (build/address, build/thread ... with SANITIZER=).
#
#   make demo    the main job on the real plan, from nothing      make test    everything that guards it
#   make run     the same stack, until Ctrl-C                     make help    all targets

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all

SANITIZER ?=
B := build$(if $(SANITIZER),/$(SANITIZER))
G := build/gen
STATE ?= var
PREFIX ?= /usr/local
MAKEFLAGS += $(if $(filter 0,$(MAKELEVEL)),--jobs=$(shell nproc))
VERSION := 0.1.0
VERSION_DATE := 2025-12-01
MAINTAINER := The baocao authors <baocao@example.org>

# --- Debian packages -------------------------------------------------------------------------------------------------------------

PACKAGES_BUILD := gcc libc6-dev pkg-config libczmq-dev libzmq3-dev libprotobuf-c-dev protobuf-c-compiler protobuf-compiler \
  libprotobuf-dev libpq-dev libsodium-dev libjansson-dev libcsv-dev libunistring-dev libmicrohttpd-dev libsmartcols-dev \
  libcurl4-openssl-dev libical-dev libqrencode-dev libhpdf-dev libxlsxwriter-dev libzip-dev libexpat1-dev zlib1g-dev gettext
PACKAGES_CLIENT := g++ libpgm-dev libnorm-dev uuid-dev libbsd-dev libmd-dev dpkg-dev
PACKAGES_RUN := postgresql-15 postgresql-client-15 sqitch libdbd-pg-perl jq curl procps util-linux fonts-liberation2 \
  libreoffice-writer
PACKAGES_TEST := check bats perl postgresql-15-pgtap libtap-parser-sourcehandler-pgtap-perl python3 python3-zmq \
  python3-protobuf python3-nacl python3-psycopg2 docker-compose prometheus strace valgrind opensmtpd \
  python3-aiosmtpd openssl poppler-utils zbar-tools libnotify4 \
  dbus-daemon python3-dbus python3-gi python3-openpyxl python3-docx gnumeric libreoffice-calc chromium \
  python3-feedparser python3-icalendar python3-jsonschema xlsx2csv python3-lxml python3-pexpect wrk nginx-light faketime man-db mandoc \
  bsdextrautils zsh fish lintian
# Debian's own, unless there are others.
PACKAGES_NODE := $$(command -v npm >/dev/null || echo nodejs npm)
PACKAGES_LINT := clang libclang-rt-dev clang-format clang-tidy cppcheck shellcheck
BUF_VERSION := 1.75.0

# $(call need,PACKAGES): installs what is missing of them. postgresql-common must not create or start a cluster, and opensmtpd must not
# begin to take mail: while a policy of ours is in place no package starts its service (a policy that is there already stays).
define need
@missing=$$({ dpkg-query -W -f='$${binary:Package} $${db:Status-Abbrev}\n' $(1) 2>/dev/null || :; } | awk '$$2=="ii"{sub(/:.*/,"",$$1);print $$1}' \
  | sort | comm -13 - <(printf '%s\n' $(1) | sort)); \
if [ -n "$$missing" ]; then \
  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
  echo "Installing: "$$missing >&2; \
  $$sudo mkdir -p /etc/postgresql-common/createcluster.d; \
  echo 'create_main_cluster = false' | $$sudo tee /etc/postgresql-common/createcluster.d/baocao.conf >/dev/null; \
  if [ ! -e /usr/sbin/policy-rc.d ]; then \
    printf '#!/bin/sh\nexit 101\n' | $$sudo install -m 755 /dev/stdin /usr/sbin/policy-rc.d; \
    trap "$$sudo rm -f /usr/sbin/policy-rc.d" EXIT; \
  fi; \
  export DEBIAN_FRONTEND=noninteractive; \
  $$sudo apt-get update -qq >&2; \
  $$sudo apt-get install -qqy --no-install-recommends $$missing >/dev/null; \
fi
endef

.PHONY: deps deps-test deps-lint
deps: ; $(call need,$(PACKAGES_BUILD) $(PACKAGES_RUN) $(PACKAGES_NODE))
deps-test: deps ; $(call need,$(PACKAGES_TEST))
deps-lint: deps-test
	$(call need,$(PACKAGES_LINT))

# --- Compiling -------------------------------------------------------------------------------------------------------------------

LIBRARIES := libczmq libzmq libprotobuf-c libpq libsodium jansson libmicrohttpd smartcols libcurl libical libqrencode libzip expat xlsxwriter zlib
# Asked for once, and only when something is compiled: pkg-config may have to be installed first.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(LIBRARIES)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell pkg-config --libs $(LIBRARIES)) -lcsv -lunistring -lhpdf -lm -lpthread)$(PKG_LIBS)

WARNINGS := -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Wshadow -Wvla -Wformat=2 -Wundef -Wpointer-arith $(if $(CI),-Werror)
ifeq ($(SANITIZER),)
  OPTIMISE := -O2 -g -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fPIE
  LDFLAGS := -pie -Wl,-z,relro,-z,now
else
  OPTIMISE := -O1 -g -fno-omit-frame-pointer -fsanitize=$(SANITIZER) $(if $(findstring undefined,$(SANITIZER)),\
    -fno-sanitize-recover=all)
  LDFLAGS := -fsanitize=$(SANITIZER)
endif
DEFINES = -DBAOCAO_VERSION='"$(VERSION)"' -DBAOCAO_DATE='"$(VERSION_DATE)"' -D_GNU_SOURCE
CFLAGS = -std=gnu17 $(WARNINGS) $(OPTIMISE) -MMD -MP -Iservices -isystem $(G) $(PKG_CFLAGS) $(DEFINES)

PROTOS := $(wildcard proto/baocao/v1/*.proto)
GEN_C := $(PROTOS:proto/%.proto=$(G)/%.pb-c.c) $(G)/google/protobuf/timestamp.pb-c.c

$(G)/baocao/v1/%.pb-c.c $(G)/baocao/v1/%.pb-c.h: proto/baocao/v1/%.proto | deps
	@mkdir -p $(G); protoc-c -Iproto --c_out=$(G) $<
$(G)/google/protobuf/timestamp.pb-c.c $(G)/google/protobuf/timestamp.pb-c.h: | deps
	@mkdir -p $(G); protoc-c -I/usr/include --c_out=$(G) /usr/include/google/protobuf/timestamp.proto

SERVICES := enrolment intake validation aggregation notification portal
ROOMS := common report plan $(SERVICES) client admin products
OBJECT = $(patsubst %.c,$(B)/obj/%.o,$(1))
ROOM_C = $(filter-out %/main.c,$(wildcard services/$(1)/*.c))

$(B)/obj/%.o: %.c | $(GEN_C)
	@mkdir -p $(@D); echo "  CC    $<"
	@$(CC) $(CFLAGS) -c -o $@ $<
# Generated code is not ours to warn about.
$(B)/obj/$(G)/%.o: $(G)/%.c | deps
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -w -c -o $@ $<

# Messages: the source is English, each po file is Vietnamese; the programs carry them as constants.
MESSAGES_C = $(patsubst services/$(1)/vi.po,$(G)/messages/$(1).c,$(wildcard services/$(1)/vi.po))
$(G)/messages/%.c: services/%/vi.po | deps
	@mkdir -p $(@D); msgfmt --check --endianness=little -o $(@:.c=.mo) $<
	@{ echo 'const unsigned char $*_messages[] = {'; od -An -v -tx1 $(@:.c=.mo) | sed 's/ \(..\)/0x\1,/g'; echo '};'; } >$@

# The documents' template is in the program, too.
$(G)/documents/%.c: services/products/%.fodt
	@mkdir -p $(@D)
	@{ echo 'const unsigned char products_$*[] = {'; od -An -v -tx1 $< | sed 's/ \(..\)/0x\1,/g'; echo '0};'; } >$@
TEMPLATES_C = $(patsubst services/$(1)/%.fodt,$(G)/documents/%.c,$(wildcard services/$(1)/*.fodt))

# One archive a room, without its main.c, so that tests link what the programs link.
define archive
$(B)/lib$(1).a: $$(call OBJECT,$$(call ROOM_C,$(1)) $$(call MESSAGES_C,$(1)) $$(call TEMPLATES_C,$(1)))
	@rm -f $$@; ar rcs $$@ $$^
endef
$(foreach room,$(ROOMS),$(eval $(call archive,$(room))))
$(B)/libproto.a: $(call OBJECT,$(GEN_C))
	@rm -f $@; ar rcs $@ $^

FOUNDATION := $(B)/libplan.a $(B)/libreport.a $(B)/libcommon.a $(B)/libproto.a

define program
$(B)/bin/$(1): $$(call OBJECT,services/$(2)/main.c) $(B)/lib$(2).a $(3) $(FOUNDATION)
	@mkdir -p $$(@D); echo "  LINK  $$@"
	@$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(PKG_LIBS)
endef
$(foreach service,$(filter-out portal,$(SERVICES)),$(eval $(call program,baocao-$(service),$(service),)))
$(eval $(call program,baocao-portal,portal,$(B)/libclient.a $(B)/libproducts.a))
$(eval $(call program,baocao,client,$(B)/libvalidation.a))
$(eval $(call program,baocao-admin,admin,$(B)/libaggregation.a $(B)/libnotification.a))
$(eval $(call program,baocao-produce,products,))
PROGRAMS := $(SERVICES:%=$(B)/bin/baocao-%) $(B)/bin/baocao $(B)/bin/baocao-admin $(B)/bin/baocao-produce

.PHONY: all
all: deps $(PROGRAMS) build/portal/licences.txt

# What the portal's pages load. npm brings what the lockfile says, into build/web.
WEB := services/portal/web
WEB_FILES := $(wildcard $(addprefix $(WEB)/,package.json package-lock.json .npmrc build.mjs src/*))
build/web/node_modules: $(addprefix $(WEB)/,package.json package-lock.json .npmrc) | deps
	@mkdir -p $(@D); cp $^ $(@D); cd $(@D) && npm ci --silent && touch node_modules
build/portal/licences.txt: $(WEB_FILES) build/web/node_modules
	@rm -rf build/web/src; cp -R $(WEB)/build.mjs $(WEB)/src build/web/
	@node build/web/build.mjs build/portal

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

# --- Running ---------------------------------------------------------------------------------------------------------------------

.PHONY: demo run
demo: all
	@BIN=$(B)/bin services/local/demo
run: all
	@BIN=$(B)/bin STATE=$(STATE) DEMO=$(DEMO) $(if $(DEMO),REHEARSAL=2025-12-08T09:00:00+07:00) services/local/stack run

# --- Tests -----------------------------------------------------------------------------------------------------------------------

TEST_LIBS = $(shell pkg-config --libs check) $(PKG_LIBS)
TESTS := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c tests/flow/test_*.c))
ROOM_LIBS := $(foreach room,client admin products $(SERVICES),$(B)/lib$(room).a)
$(B)/tests/%: $(B)/obj/tests/%.o $(ROOM_LIBS) $(FOUNDATION)
	@mkdir -p $(@D); echo "  LINK  $@"
	@$(CC) $(LDFLAGS) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(TEST_LIBS)
$(patsubst tests/%.c,$(B)/obj/tests/%.o,$(wildcard tests/unit/test_*.c tests/flow/test_*.c)): | deps-test
.PRECIOUS: $(B)/obj/%.o $(G)/messages/%.c $(G)/documents/%.c

# The tests in a browser: what npm brings for them.
build/browser/node_modules: $(addprefix tests/browser/,package.json package-lock.json .npmrc) | deps-test
	@mkdir -p $(@D); cp $^ $(@D); cd $(@D) && npm ci --silent && touch node_modules

PYTHON_PROTOS := $(PROTOS:proto/%.proto=build/python/%_pb2.py)
build/python/%_pb2.py: proto/%.proto | deps
	@mkdir -p build/python; protoc -Iproto --python_out=build/python $<

# The time limits end what hangs; they measure nothing.
TEST_ENV = B=$(B) BIN=$(CURDIR)/$(B)/bin CK_DEFAULT_TIMEOUT=60 CK_TIMEOUT_MULTIPLIER=$(if $(SANITIZER),10,1) \
  TSAN_OPTIONS=suppressions=$(CURDIR)/tests/support/tsan.supp

.PHONY: test test-build unit valgrind fault
test-build: all deps-test $(TESTS) $(PYTHON_PROTOS) build/browser/node_modules
test: test-build
	@$(TEST_ENV) tests/run
unit: test-build  # the fast suites; with SANITIZER=... under a sanitizer
	@$(TEST_ENV) tests/run unit
MEMCHECK := valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect \
  --show-leak-kinds=definite,indirect --suppressions=tests/support/memcheck.supp
valgrind: test-build  # check forks for each test, and each child is checked for leaks of its own
	@$(TEST_ENV) CK_TIMEOUT_MULTIPLIER=20 UNDER='$(MEMCHECK)' tests/run unit
.PHONY: bench
bench: all deps-test $(B)/bench/load $(B)/bench/yardstick $(B)/bench/workbook $(PYTHON_PROTOS)
	@B=$(B) BIN=$(B)/bin tests/bench/run
$(B)/bench/%: $(B)/obj/tests/bench/%.o $(B)/libclient.a $(B)/libvalidation.a $(FOUNDATION)
	@mkdir -p $(@D); $(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)
# By clang, with its own build of everything: libFuzzer wants to see every branch.
SECONDS ?= 10
FUZZ := $(patsubst tests/fuzz/%.c,build/fuzz/bin/%,$(wildcard tests/fuzz/*.c))
.PHONY: fuzz
fuzz: deps-lint
	@$(MAKE) -s --no-print-directory CC=clang SANITIZER=fuzzer-no-link,address,undefined B=build/fuzz WARNINGS= $(FUZZ)
	@tests/fuzz/run $(SECONDS)
build/fuzz/bin/%: $(B)/obj/tests/fuzz/%.o $(ROOM_LIBS) $(FOUNDATION)
	@mkdir -p $(@D); echo "  LINK  $@"
	@$(CC) $(LDFLAGS) $(if $(filter seed,$*),,-fsanitize=fuzzer) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(PKG_LIBS)
ROUNDS ?= 20
fault: test-build
	@$(TEST_ENV) tests/fault/run $(ROUNDS)

# --- Looking ---------------------------------------------------------------------------------------------------------------------

C_FILES = $(wildcard services/*/*.[ch] tests/*/*.[ch])
SHELL_FILES = services/local/stack services/local/demo services/local/setup tests/run tests/bench/run tests/fuzz/run \
  tests/support/database .ci/run

.PHONY: lint analyze fmt
lint: deps-lint $(GEN_C) build/npm/node_modules/.bin/buf
	clang-format --dry-run --Werror $(C_FILES)
	printf '%s\n' $(filter services/%.c,$(C_FILES)) | xargs -P$$(nproc) -n8 sh -c \
	  'clang-tidy --quiet "$$@" -- -std=gnu17 -Iservices -isystem $(G) $(PKG_CFLAGS) -DBAOCAO_VERSION=\"$(VERSION)\" -DBAOCAO_DATE=\"\" -D_GNU_SOURCE 2>/dev/null' tidy
	cppcheck --quiet --std=c11 --inline-suppr --error-exitcode=1 --enable=warning,portability --suppress=preprocessorErrorDirective \
	  '-Djson_array_foreach(array,index,value)=for(;;)' '-Djson_object_foreach(object,key,value)=for(;;)' -Iservices $(C_FILES)
	shellcheck -e SC2119,SC2120,SC1091 $(SHELL_FILES)
	cd proto && ../build/npm/node_modules/.bin/buf lint
	$(call portable)
	$(call translated,admin,services/admin/*.c)
	$(call translated,client,services/client/*.c services/report/json.c)
	$(call translated,products,services/products/*.c)
	$(call translated,portal,services/portal/*.c)
# $(call translated,ROOM,SOURCES): every message of the sources is in the room's vi.po, and no other.
define translated
@mkdir -p $(G)/messages; xgettext --from-code=UTF-8 -k -k_ -kN_ -kngettext:1,2 -o $(G)/messages/$(1).pot $(2)
@said=$$(msgcmp services/$(1)/vi.po $(G)/messages/$(1).pot 2>&1) && [ -z "$$said" ] || { echo "$$said" >&2; exit 1; }
endef
# The client runs on what POSIX has, with the exceptions of common/system.c; vasprintf is wherever a client could be ported to.
PORTABLE_C = $(filter-out %_db.c,$(foreach room,client report plan,$(call ROOM_C,$(room))) $(wildcard services/validation/rule*.c)) \
  $(patsubst %,services/common/%.c,clock keys language log metrics nearest wire xmem)
define portable
@said=$$(for file in $(PORTABLE_C); do \
  grep -HnE '^#include <(linux/|sys/(epoll|eventfd|inotify|prctl|random|sendfile|signalfd|statfs|syscall|timerfd|vfs))|/proc/' $$file || :; \
  $(CC) -std=c17 -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -fsyntax-only -Wall -Iservices -isystem $(G) $(PKG_CFLAGS) \
    -DBAOCAO_VERSION='"$(VERSION)"' -DBAOCAO_DATE='""' $$file 2>&1 | grep -E '(warning|error):' | grep -v vasprintf || :; done); \
[ -z "$$said" ] || { echo "only common/system.c may ask this of Linux:"; echo "$$said"; exit 1; } >&2
endef
build/npm/node_modules/.bin/buf: | deps-lint
	npm install --silent --no-package-lock --prefix build/npm @bufbuild/buf@$(BUF_VERSION)
# gcc's analyzer cannot follow lists and arenas, so it warns of more than there is: to be read, not to be obeyed.
analyze: $(GEN_C) | deps
	printf '%s\n' $(filter services/%.c,$(C_FILES)) | xargs -P$$(nproc) -n1 sh -c \
	  'gcc $(filter-out -MMD -MP,$(subst ','"'"',$(CFLAGS))) -fanalyzer -c -o /dev/null "$$@"' analyze
fmt: deps-lint
	clang-format -i $(C_FILES)

# --- The client alone: one file, and a package -----------------------------------------------------------------------------------

# Static wherever Debian has the library so. Dynamic stay the C library with libm (the names of servers are looked up as the computer's
# own nsswitch.conf says, and what is opened at run time must share it), and those without a static form; these are carried along.
# Kerberos and systemd, which nobody calls, are in services/portable/absent.c.
CLIENT_LIBS = $(filter-out -lm -lpthread,$(filter -l%,$(PKG_LIBS))) -lpgm -lnorm -lprotokit -luuid -lbsd -lmd -lstdc++
STATIC_LIBS = $(foreach lib,$(CLIENT_LIBS:-l%=%),$(if $(filter /%,$(shell $(CC) -print-file-name=lib$(lib).a)),-l:lib$(lib).a))
SHARED_LIBS = $(filter-out $(STATIC_LIBS:-l:lib%.a=-l%),$(CLIENT_LIBS))
PORTABLE := $(B)/portable
.PHONY: portable deb
portable: deps deps-client $(PORTABLE)/baocao
deps-client: ; $(call need,$(PACKAGES_CLIENT))
$(PORTABLE)/client: $(call OBJECT,services/client/main.c services/portable/absent.c) $(B)/libclient.a $(B)/libvalidation.a $(FOUNDATION) | deps-client
	@mkdir -p $(@D); echo "  LINK  $@"
	@$(CC) $(LDFLAGS) -s -static-libgcc -Wl,--as-needed,--gc-sections -o $@ $^ -Wl,--start-group $(STATIC_LIBS) -Wl,--end-group \
	  $(SHARED_LIBS) -lm
# Of what the program wants: everything but the C library, and the kernel's.
$(PORTABLE)/carried.s: $(PORTABLE)/client
	@ldd $< | awk '/=> \// && $$1 !~ /^(libc|libm|libdl|libpthread|librt|libresolv|ld-linux.*)\.so/ { print $$3 }' | { \
	  table=; n=0; echo '.section .rodata'; \
	  for file in $(CURDIR)/$< $$(cat); do \
	    printf 'n%d: .string "%s"\n.balign 16\ns%d: .incbin "%s"\ne%d:\n' $$n "$${file##*/}" $$n "$$file" $$n; \
	    table+="n$$n, s$$n, e$$n, "; n=$$((n + 1)); \
	  done; \
	  printf '.section .data.rel.ro, "aw"\n.balign 8\n.global carried\ncarried: .quad %s0, 0, 0\n.section .note.GNU-stack\n' "$$table"; } >$@
$(PORTABLE)/baocao: $(call OBJECT,services/portable/launch.c) $(PORTABLE)/carried.s
	@echo "  LINK  $@"; $(CC) $(LDFLAGS) -s -o $@ $^

# $(call client_files,DIRECTORY,ZSH): the manual page in both languages and the completions, as the program itself writes them.
define client_files
install -d $(1)/share/man/man1 $(1)/share/man/vi/man1 $(1)/share/bash-completion/completions $(1)/share/zsh/$(2) \
  $(1)/share/fish/vendor_completions.d
$(B)/bin/baocao --lang en print man | gzip -9n >$(1)/share/man/man1/baocao.1.gz
$(B)/bin/baocao --lang vi print man | gzip -9n >$(1)/share/man/vi/man1/baocao.1.gz
$(B)/bin/baocao print bash >$(1)/share/bash-completion/completions/baocao
$(B)/bin/baocao print zsh >$(1)/share/zsh/$(2)/_baocao
$(B)/bin/baocao print fish >$(1)/share/fish/vendor_completions.d/baocao.fish
endef

# The Vietnamese messages are in the program.
DEB = $(B)/deb/baocao_$(VERSION)_$(shell dpkg --print-architecture).deb
deb: deps deps-client $(B)/bin/baocao
	@rm -rf $(B)/deb; install -d $(B)/deb/root/usr/bin $(B)/deb/root/usr/share/doc/baocao $(B)/deb/root/DEBIAN $(B)/deb/debian
	@install -s -m 755 $(B)/bin/baocao $(B)/deb/root/usr/bin
	@$(call client_files,$(B)/deb/root/usr,vendor-completions)
	@{ printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: baocao\n\nFiles: *\n'; \
	  sed -n 's/^Copyright (c) /Copyright: /p' LICENSE; echo 'License: Expat'; sed '1,/^Copyright/d; /./!d; s/^/ /' LICENSE; } \
	  >$(B)/deb/root/usr/share/doc/baocao/copyright
	@printf 'baocao (%s) stable; urgency=medium\n\n  * The department officer'"'"'s command.\n\n -- %s  %s\n' '$(VERSION)' '$(MAINTAINER)' \
	  "$$(date -Rud $(VERSION_DATE))" | gzip -9n >$(B)/deb/root/usr/share/doc/baocao/changelog.gz
	@printf 'Source: baocao\n\nPackage: baocao\nArchitecture: any\n' >$(B)/deb/debian/control
	@{ printf 'Package: baocao\nVersion: %s\nArchitecture: %s\nMaintainer: %s\nSection: misc\nPriority: optional\n' '$(VERSION)' \
	  "$$(dpkg --print-architecture)" '$(MAINTAINER)'; \
	  (cd $(B)/deb && dpkg-shlibdeps -O root/usr/bin/baocao) | sed 's/^shlibs:Depends=/Depends: /'; \
	  echo "Installed-Size: $$(du -sk $(B)/deb/root/usr | cut -f1)"; \
	  printf 'Description: %s\n %s\n %s\n' 'departments'"'"' periodic reports, from the invite to the receipt' \
	    'The command of a department officer: joins with an invite, writes the report' \
	    'to be filled in, checks it offline, sends it, and keeps the signed receipts.'; } >$(B)/deb/root/DEBIAN/control
	@(cd $(B)/deb/root && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
	@chmod -R u=rwX,go=rX $(B)/deb/root; dpkg-deb --root-owner-group --build $(B)/deb/root $(DEB) >/dev/null; echo $(DEB)

# --- Housekeeping ----------------------------------------------------------------------------------------------------------------

.PHONY: install clean help
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/baocao
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -m 755 services/local/setup $(DESTDIR)$(PREFIX)/bin/baocao-setup
	$(call client_files,$(DESTDIR)$(PREFIX),site-functions)
	cp -R sql proto build/portal $(DESTDIR)$(PREFIX)/share/baocao/
clean:
	rm -rf build
help:
	@echo 'all portable deb demo run test unit valgrind fuzz bench fault lint analyze fmt install clean deps'
	@echo 'SANITIZER=address,undefined|thread  STATE=dir  PORT_BASE=n  DEMO=1  ROUNDS=n  SECONDS=n  FILTER=word'
