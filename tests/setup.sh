#!/bin/sh
# Installs Chromium and ChromeDriver from the distribution if they are missing.
set -eu

have() { command -v "$1" >/dev/null 2>&1; }

if (have chromium || have chromium-browser || have google-chrome) && have chromedriver; then
  exit 0
fi
if ! have apt-get; then
  echo "chromium and chromedriver are needed and this system has no apt-get;" >&2
  echo "install them with its own package manager and see that both are on PATH" >&2
  exit 1
fi
sudo=
if [ "$(id -u)" != 0 ]; then
  have sudo || { echo "run as root, or install sudo: chromium and chromium-driver are missing" >&2; exit 1; }
  sudo=sudo
fi
echo "installing chromium and chromium-driver"
$sudo apt-get update -q
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -q -y --no-install-recommends chromium chromium-driver chromium-sandbox
