#!/bin/sh
# The demonstration: a shop, an order, a hostile planner, goals in plain language, and a skill. Usage: demo.sh FOLDER-OF-BINARIES
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
ordered=$("$bin/lamassu" runs ls | tail -n 1 | cut -d' ' -f1)

echo
echo "== the same goal, with a hostile planner"
"$bin/lamassu" run "$here/tasks/order-attacked.toml" --input shop="$url" --input sink="$sink" --json

echo
echo "== in plain language, with no script, no key and no network: the embedded action model"
"$bin/lamassu" do "How much is the Terracotta Amphora?" --at "$url/" --json </dev/null
"$bin/lamassu" do "Put two Lapis Blue Mugs in the cart" --at "$url/" --pack shop </dev/null

echo
echo "== a goal that it cannot reach alone, after it has seen the first run: an order of something else"
"$bin/lamassu" skills learn order "$ordered"
"$bin/lamassu" skills run order --pack shop --site "$url" --secret shop_password=SHOP_PASSWORD \
  --input product="Ivory Espresso Cup" --input quantity=3 --input email=customer@shop.test --input name="Ben Ray" \
  --input street="1 Merchant Quay" --input city=Cork --input postcode="T12 A1B2" --input country=Ireland </dev/null

echo
kill $shop
wait $shop || true
echo "== what the shop and the attacker's server (sink) saw:"
tail -n 1 "$log"
"$bin/lamassu" runs ls
"$bin/lamassu" runs verify last
"$bin/lamassu" report "$ordered" -o "$record/order.html" >/dev/null
echo "the first order as one page is in $record/order.html; the record is in $LAMASSU_HOME; look at it with"
echo "  LAMASSU_HOME=$LAMASSU_HOME $bin/lamassu runs show last"
