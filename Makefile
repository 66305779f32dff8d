# Short names for what the scripts in tools/ do. BUILD=folder builds somewhere else than in build/.
export BUILD ?= build

help:            ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /  make \1\t/p' Makefile | expand -t 18

deps:            ## install the Debian packages that are missing
	@tools/install-deps

build:           ## compile build/plat, optimised
	@tools/build release

run: deps build  ## start plat with its own PostgreSQL and demo data on http://localhost:8080
	@PLAT_DATA=$${PLAT_DATA:-$(CURDIR)/.plat} $(BUILD)/plat up --demo

test: deps build ## every test; some only: tools/run-tests -h
	@tools/run-tests

soak: deps build ## 200 times kill -9 at random moments of one initial load, then row by row
	@PLAT_BIN=$(BUILD)/plat tools/with-postgres /usr/bin/python3 test/soak/sync_kills.py $(or $(N),200)

bench: deps build ## the measurements, beside other services and pgbench (docs/bench.md)
	@tools/install-deps bench
	@tools/bench

fmt:             ## format the C files
	@tools/check-format --fix

models: build    ## generate src/model from the migrated catalogue
	@tools/make-models

schema: build    ## generate sql/schema.sql
	@tools/check-schema --fix

clean:           ## remove what was built
	@rm -rf $(BUILD)

.NOTPARALLEL:
.PHONY: help deps build run test soak bench fmt models schema clean
