#!/bin/sh
# Installs Chromium, ChromeDriver and the solver cvc5 from the distribution if they are missing.
set -eu

have() { command -v "$1" >/dev/null 2>&1; }

if (have chromium || have chromium-browser || have google-chrome) && have chromedriver &&
  (have cvc5 || [ -n "${CVC5:-}" ]); then
  exit 0
fi
if ! have apt-get; then
  echo "chromium, chromedriver and cvc5 are needed and this system has no apt-get;" >&2
  echo "install them with its own package manager and see that all are on PATH" >&2
  exit 1
fi
sudo=
if [ "$(id -u)" != 0 ]; then
  have sudo || { echo "run as root, or install sudo: chromium, chromium-driver or cvc5 is missing" >&2; exit 1; }
  sudo=sudo
fi
echo "installing chromium, chromium-driver and cvc5"
$sudo apt-get update -q
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -q -y --no-install-recommends chromium chromium-driver chromium-sandbox cvc5
