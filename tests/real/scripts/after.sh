#!/bin/sh
# Run by mmdebstrap once the suite is installed: fetches packages to install later, slims down, and
# where there is a twin, writes the first tar and goes on to upgrade openssl alone.
# shellcheck disable=SC2046,SC2086 # lists of words are meant to split
set -eu
root=$1
for group in $GROUPS_OF_DEBS; do
  to=$FOLDER/debs/${group%%=*}
  mkdir -p "$to/partial"
  APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get --quiet --yes --no-install-recommends \
    --download-only -o "Dir::Cache::archives=$to" -o APT::Sandbox::User=root \
    install $(echo "${group#*=}" | tr , ' ') >&2
  rm -rf "$to/partial" "$to/lock"
done
slim() {
  find "$root/usr/share/doc" -type f ! -name 'changelog.Debian*.gz' -delete
  find "$root/usr/share/doc" -type l -delete
  find "$root/usr/share/locale" -mindepth 1 -delete
  rm -rf "$root"/usr/share/man/* "$root"/usr/share/info/* "$root"/var/cache/debconf/*-old \
    "$root"/var/lib/dpkg/*-old "$root"/var/log/apt "$root"/var/log/*.log "$root"/var/cache/apt/*.bin
}
slim
cat >"$root/etc/dpkg/dpkg.cfg.d/slim" <<'END'
force-unsafe-io
path-exclude=/usr/share/man/*
path-exclude=/usr/share/locale/*
path-exclude=/usr/share/doc/*
path-include=/usr/share/doc/*/changelog.Debian*.gz
END
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
ours='etc/apt/sources.list etc/apt/preferences.d/twin etc/dpkg/dpkg.cfg.d/99mmdebstrap
  etc/apt/apt.conf.d/99mmdebstrap etc/resolv.conf etc/hostname'
if [ -n "$TWIN" ]; then
  tar --create --file "$FOLDER/$NAME.part" --directory "$root" --one-file-system --sort=name \
    --numeric-owner --mtime "@$SOURCE_DATE_EPOCH" --clamp-mtime $(printf ' --exclude=./%s' $ours) \
    --exclude='./var/lib/apt/lists/*' --exclude='./var/cache/apt/archives/*' .
  printf '\nPackage: src:openssl\nPin: release n=%s-security\nPin-Priority: 990\n' \
    "$CODENAME" >>"$root/etc/apt/preferences.d/twin"
  chroot "$root" apt-get --quiet --yes upgrade >&2
  slim
fi
for file in $ours; do
  case $file in etc/resolv.conf | etc/hostname) ;; *) rm -f "$root/$file" ;; esac
done
