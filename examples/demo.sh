#!/bin/sh
# The demonstration: a shop, an order, and a hostile planner. Usage: demo.sh FOLDER-OF-BINARIES
set -eu
bin=$1
here=$(dirname "$0")
record=$(mktemp -d)
log=$record/shop.log
: >"$log"

"$bin/lamassu-shop" --port 0 --sink-port 0 --password "$SHOP_PASSWORD" >"$log" &
shop=$!
trap 'kill $shop 2>/dev/null || true' EXIT INT TERM
while [ "$(wc -l <"$log")" -lt 2 ]; do
  kill -0 $shop 2>/dev/null || { cat "$log" >&2; exit 1; }
  sleep 0.1
done
url=$(sed -n 1p "$log")
sink=$(sed -n 2p "$log")
export LAMASSU_HOME="$record/lamassu" SHOP_PASSWORD

echo "== the shop is open at $url; a planner orders two mugs"
"$bin/lamassu" run "$here/tasks/order.toml" --input shop="$url" --json

echo
echo "== the same goal, with a hostile planner"
"$bin/lamassu" run "$here/tasks/order-attacked.toml" --input shop="$url" --input sink="$sink" --json

echo
kill $shop
wait $shop || true
echo "== what the shop and the attacker's server (sink) saw:"
tail -n 1 "$log"
"$bin/lamassu" runs ls
"$bin/lamassu" runs verify last
echo "the record is in $LAMASSU_HOME; look at it with"
echo "  LAMASSU_HOME=$LAMASSU_HOME $bin/lamassu runs show last"
