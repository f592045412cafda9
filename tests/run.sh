#!/bin/sh
# npm test: everything that this machine can run. It sets itself up like ./astra and ends with one line of counts.
set -u
cd "$(dirname "$0")/.." || exit 1

# Installs packages; without them nothing can run.
./astra help </dev/null >/dev/null || exit 1
# As root on Debian or Ubuntu it installs and starts Docker. What it cannot put right, the tests that need it name.
./astra doctor --fix --environment e2e --config portOffset=15760 </dev/null

PATH=$PWD/node_modules/.bin:$PATH
export PATH
exec node tests/run.ts </dev/null
