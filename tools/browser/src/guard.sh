# Starts a driver and sees to it that nothing of it outlives whoever started this script.
#
# Standard input is a pipe that the starter holds open and never writes to. When it ends, because
# the starter let go or was killed, all that was started here is killed and its folder removed.
#
# Arguments: "chromium" or "firefox", the driver's path or "", the browser's path or "".
# Standard output: lines that begin with "guard: " are ours, the others are the driver's.
set -u
engine=$1 driver=$2 browser=$3
case $engine in
firefox) drivers=geckodriver ;;
*) drivers="chromedriver /usr/lib/chromium/chromedriver /usr/lib/chromium-browser/chromedriver
    /snap/bin/chromium.chromedriver /usr/local/bin/chromedriver /opt/homebrew/bin/chromedriver" ;;
esac

# Prints the first of the arguments that can be run.
first() {
  for name; do
    if path=$(command -v "$name") && [ -f "$path" ] && [ -x "$path" ]; then
      printf '%s\n' "$path"
      return 0
    fi
  done
  return 1
}

fail() {
  printf 'guard: fail %s\n' "$1"
  exit 1
}

if [ -n "$driver" ]; then
  driver=$(first "$driver") || fail driver-path
else
  # shellcheck disable=SC2086 # words, none with spaces
  driver=$(first $drivers) || fail driver
fi
if [ -n "$browser" ]; then
  browser=$(first "$browser") || fail browser-path
elif [ "$engine" = firefox ]; then
  browser=$(first firefox firefox-esr /Applications/Firefox.app/Contents/MacOS/firefox) || fail browser
else
  browser=$(first chromium chromium-browser google-chrome google-chrome-stable chrome \
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome' \
    '/Applications/Chromium.app/Contents/MacOS/Chromium') || fail browser
fi

# Chromium's sandbox refuses to work for root, so root hands over to an account without rights.
as=
folder=${TMPDIR:-/tmp}
if [ "$(id -u)" = 0 ]; then
  command -v setpriv >/dev/null || fail setpriv
  user=$(id -u nobody) && group=$(id -g nobody) || fail nobody
  as="setpriv --reuid $user --regid $group --clear-groups"
  folder=/tmp
fi
home=$(mktemp -d "$folder/lamassu-browser-XXXXXXXX") || fail folder
if [ -n "$as" ]; then
  chown "$user:$group" "$home" || { rmdir "$home"; fail folder; }
fi

# Everything that has our folder in its command line or its environment.
ours() {
  printf '%s\n' "$home" | grep -lF -f - /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null |
    sed 's,^/proc/\([0-9]*\)/.*,\1,' | sort -u
}

clean() {
  # The driver leads a process group of its own where there is `setsid`.
  kill -9 -- "-$leader" 2>/dev/null
  kill -9 "$leader" 2>/dev/null
  rounds=0
  while pids=$(ours) && [ -n "$pids" ] && [ $rounds -lt 100 ]; do
    # shellcheck disable=SC2086 # a list of numbers
    kill -9 $pids 2>/dev/null
    rounds=$((rounds + 1))
  done
  rounds=0
  until rm -rf -- "$home" 2>/dev/null || [ $rounds -ge 20 ]; do
    rounds=$((rounds + 1))
  done
}

case $engine in
firefox) set -- --websocket-port=0 --profile-root="$home" ;;
*) set -- --enable-chrome-logs ;;
esac
# The environment is not inherited: proxies and keys in it are none of the browser's business.
set -- env -i HOME="$home" TMPDIR="$home" PATH="$PATH" LANG=C.UTF-8 \
  DISPLAY="${DISPLAY-}" WAYLAND_DISPLAY="${WAYLAND_DISPLAY-}" XAUTHORITY="${XAUTHORITY-}" \
  XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR-}" "$driver" --port=0 "$@"
# shellcheck disable=SC2086 # words, none with spaces
set -- $as "$@"
if command -v setsid >/dev/null; then set -- setsid "$@"; fi

printf 'guard: home %s\nguard: browser %s\n' "$home" "$browser"
# A signal ends the wait below; a handler, unlike an ignored signal, is not inherited.
trap : HUP INT TERM
"$@" </dev/null 2>&1 &
leader=$!
# Only the driver and what it starts hold the output now, so that its end is seen at once.
exec >/dev/null
while read -r _; do :; done
clean
