#!/bin/sh
# First process of the engines' namespaces: hides what the machine has, starts the servers, waits.
# Arguments: folder, host name, cgroup.
set -eu
folder=$1
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /dev/shm
mount --bind "$folder/docker" /var/lib/docker
mount --bind "$folder/podman" /var/lib/containers
mount --bind "$folder/srv" /srv
mount --bind "$folder/hosts" /etc/hosts
hostname "$2"
ip link set lo up
dockerd --host "unix://$folder/docker.sock" --storage-driver overlay2 --iptables=false \
  --cgroup-parent "/$3" --label zone=room-1 --label environment=production \
  --insecure-registry registry.shop.example >"$folder/docker.log" 2>&1 &
docker=$!
podman=
registry=
if command -v podman >/dev/null; then
  podman --storage-driver overlay --cgroup-manager cgroupfs --events-backend file \
    system service --time=0 "unix://$folder/podman.sock" >"$folder/podman.log" 2>&1 &
  podman=$!
fi
if command -v docker-registry >/dev/null; then
  cat >/run/registry.yml <<'END'
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: /run/registry}}
http: {addr: "127.0.0.1:80"}
END
  docker-registry serve /run/registry.yml >"$folder/registry.log" 2>&1 &
  registry=$!
fi
trap 'kill -TERM $docker $podman $registry' TERM
wait || true
wait
