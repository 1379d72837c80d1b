#!/bin/bash
# Installs the registry on a new Debian 12 server: chapters 1 to 6 of docs/deploy.md, in the same order and with the
# same commands. It can be run again, also after an upgrade: keys, registry.env and the nginx file are not changed.
set -euo pipefail

usage() {
    cat <<'WORDS'
Usage: /opt/registry/deploy/install.sh --host NAME CERTIFICATE [OPTION]…
  --host NAME                     host name of the registry; need not be given again
CERTIFICATE is one of
  --letsencrypt E-MAIL            a certificate of Let's Encrypt; port 80 of NAME must lead here
  --certificate FILE --key FILE   your own, with its chain, and its key
  --without-nginx --bind ADDRESS:PORT   a balancer with TLS stands before this server and asks gunicorn there (chapter 12)
Options
  --backup-recipient age1…        public key of the backups (chapter 8); starts the nightly backup
  --database-url URL              a PostgreSQL of its own, made as in chapter 2; none is installed here
  --workers N                     workers to start; one less than there are cores, and one at least
WORDS
}

refuse() {
    echo "install.sh: $1" >&2
    exit 1
}

say() {
    printf '\n== %s\n' "$1"
}

host='' email='' certificate='' certificate_key='' nginx=yes bind='' recipient='' database_url=''
cores=$(nproc)
workers=$((cores > 2 ? cores - 1 : 1))
while [ $# -gt 0 ]; do
    case $1 in
        --help) usage; exit ;;
        --without-nginx) nginx=no; shift; continue ;;
        --host | --letsencrypt | --certificate | --key | --bind | --backup-recipient | --database-url | --workers)
            [ -n "${2:-}" ] || refuse "$1 needs a value." ;;
        *) usage >&2; exit 2 ;;
    esac
    case $1 in
        --host) host=$2 ;;
        --letsencrypt) email=$2 ;;
        --certificate) certificate=$2 ;;
        --key) certificate_key=$2 ;;
        --bind) bind=$2 ;;
        --backup-recipient) recipient=$2 ;;
        --database-url) database_url=$2 ;;
        --workers) workers=$2 ;;
    esac
    shift 2
done

env_file=/etc/registry/registry.env
site=/etc/nginx/sites-available/registry

# Prints the current value in the file, or nothing.
value_of() {
    [ ! -f "$env_file" ] || sed -n "s/^$1=//p" "$env_file"
}

# All checks come before the first change.
[ "$(id -u)" = 0 ] || refuse "run it as root."
# shellcheck source=/dev/null
. /etc/os-release
[ "$ID" = debian ] && [ "$VERSION_ID" = 12 ] ||
    refuse "this is $PRETTY_NAME, not Debian 12. Follow docs/deploy.md by hand; its last chapter names other systems."
code=$(cd "$(dirname "$0")/.." && pwd -P)
[ "$code" = /opt/registry ] || refuse "the code must lie in /opt/registry, for the units name it; here it lies in $code."
[ "$(stat -c %U /opt/registry)" = root ] || refuse "/opt/registry must belong to root, so that the services cannot change it."
[ -d /run/systemd/system ] || refuse "systemd does not run here; for containers there is the Containerfile."
host=${host:-$(value_of ALLOWED_HOSTS)}
host=${host%%,*}
bind=${bind:-$(value_of BIND)}
[[ $host =~ ^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$ ]] ||
    refuse "--host must name the registry as people type it, such as registry.example.org."
[[ $workers =~ ^[1-9][0-9]?$ ]] || refuse "--workers must be a number from 1 to 99."
[ -z "$recipient" ] || [[ $recipient =~ ^age1[a-z0-9]{58}$ ]] ||
    refuse "--backup-recipient must be the public key that age-keygen printed, age1…"
[ -z "$database_url" ] || [[ $database_url =~ ^postgres(ql)?://[^[:space:]\'\"]+$ ]] ||
    refuse "--database-url must be postgres://user:password@host:port/name, without spaces and quotes."
[ "$nginx" = yes ] || [[ $bind =~ ^[0-9.]+:[0-9]+$ ]] ||
    refuse "--without-nginx needs --bind, the address and port at which the balancer asks gunicorn."
if [ "$nginx" = yes ] && [ ! -f "$site" ]; then
    if [ -n "$certificate$certificate_key" ]; then
        [ -r "$certificate" ] && [ -r "$certificate_key" ] || refuse "--certificate and --key must both name a file."
        certificate=$(realpath "$certificate") certificate_key=$(realpath "$certificate_key")
    else
        [ -n "$email" ] || refuse "--letsencrypt, or --certificate with --key, or --without-nginx? There is no default."
    fi
fi
[ "$(df --output=avail -m /var | tail -n 1)" -ge 2000 ] || refuse "less than 2 GB are free under /var."
[ -f "$env_file" ] || [ ! -d /var/lib/registry/files ] ||
    refuse "/var/lib/registry has files and $env_file is missing: put it back, for new keys would open none of them."
is_local=yes
[ -z "$database_url" ] || is_local=no
case $(value_of DATABASE_URL) in '' | postgres:////var/run/postgresql/*) ;; *) is_local=no ;; esac

cd /opt/registry
export DEBIAN_FRONTEND=noninteractive

say "1. Packages, user, directories"
apt-get update
packages=(git make python3 python3-venv age)
[ "$nginx" = no ] || packages+=(nginx-light)
[ "$is_local" = no ] || packages+=(postgresql)
apt-get install -y "${packages[@]}"
adduser --system --group --home /var/lib/registry --shell /usr/sbin/nologin registry
install -d -o registry -g registry -m 0750 /var/lib/registry
install -d -o registry -g registry -m 0700 /var/backups/registry
install -d -g registry -m 0750 /etc/registry
make install

if [ "$is_local" = yes ]; then
    say "2. Database"
    systemctl start postgresql
    asked() {
        [ "$(runuser -u postgres -- psql -Atc "$1")" = 1 ]
    }
    asked "SELECT 1 FROM pg_roles WHERE rolname = 'registry'" ||
        runuser -u postgres -- createuser registry
    asked "SELECT 1 FROM pg_database WHERE datname = 'registry'" ||
        runuser -u postgres -- createdb --owner=registry --encoding=UTF8 --locale=C.UTF-8 --template=template0 registry
    runuser -u postgres -- psql -c "ALTER ROLE registry SET log_min_error_statement = 'panic'"
    runuser -u postgres -- psql -c "ALTER ROLE registry SET log_error_verbosity = 'terse'"
fi

say "3. Environment and keys"
# Sets a value in the file; the values are passed in the environment, so they do not appear in the list of processes.
set_value() {
    NAME=$1 VALUE=$2 awk '
        BEGIN { name = ENVIRON["NAME"] "=" }
        index($0, name) == 1 { $0 = name ENVIRON["VALUE"]; found = 1 }
        { print }
        END { if (!found) print name ENVIRON["VALUE"] }' "$env_file" >"$env_file.new"
    install -m 0640 -g registry "$env_file.new" "$env_file"
    rm "$env_file.new"
}
new_key() {
    REGISTRY_VAR=/tmp/unused .venv/bin/python manage.py make_key "$@"
}
umask 0077
if [ ! -f "$env_file" ]; then
    install -m 0640 -g registry deploy/registry.env /etc/registry/registry.env
    set_value ALLOWED_HOSTS "$host"
    set_value SITE_ADDRESS "https://$host"
    set_value WEB_WORKERS $((2 * cores + 1))
    [ -z "$bind" ] || set_value BIND "$bind"
    [ -z "$database_url" ] || set_value DATABASE_URL "$database_url"
fi
[ -n "$(value_of SECRET_KEY)" ] || set_value SECRET_KEY "$(new_key --secret)"
[ -n "$(value_of FIELD_KEYS)" ] || set_value FIELD_KEYS "$(new_key)"
[ -n "$(value_of EVIDENCE_KEYS)" ] || set_value EVIDENCE_KEYS "$(new_key)"
[ -z "$recipient" ] || set_value BACKUP_RECIPIENT "$recipient"
umask 0022
install -m 0755 deploy/registry-manage /usr/local/sbin/registry-manage

say "4. Tables and static files"
registry-manage migrate
registry-manage collectstatic --noinput
registry-manage doctor

say "5. Services"
cp deploy/registry-{web,worker@,backup,check}.service deploy/registry-{backup,check}.timer /etc/systemd/system/
systemctl daemon-reload
services=(registry-web)
for ((number = 1; number <= workers; number++)); do
    services+=("registry-worker@$number")
done
systemctl enable "${services[@]}"
# Services that are already running have to load the current code and units.
systemctl restart "${services[@]}"
systemctl enable --now registry-check.timer
[ -z "$(value_of BACKUP_RECIPIENT)" ] || systemctl enable --now registry-backup.timer

if [ "$nginx" = yes ]; then
    say "6. nginx and TLS"
    if [ ! -f "$site" ]; then
        if [ -n "$email" ]; then
            apt-get install -y certbot
            certbot certonly --webroot -w /var/www/html -d "$host" --deploy-hook "systemctl reload nginx" \
                --non-interactive --agree-tos --email "$email"
        fi
        cp deploy/nginx.conf "$site.new"
        sed -i "s/registry\.example\.org/$host/g" "$site.new"
        if [ -n "$certificate" ]; then
            sed -i -e "s|^\( *ssl_certificate  *\).*|\1$certificate;|" \
                -e "s|^\( *ssl_certificate_key  *\).*|\1$certificate_key;|" "$site.new"
        fi
        mv "$site.new" "$site"
    fi
    ln -sf ../sites-available/registry /etc/nginx/sites-enabled/registry
    rm -f /etc/nginx/sites-enabled/default
    nginx -t && systemctl reload-or-restart nginx
fi

say "Does it serve?"
for ((second = 0; second < 60; second++)); do
    if answer=$(REGISTRY_ENV=$env_file .venv/bin/python -m registry.ready 2>&1); then break; fi
    sleep 1
done
[ "$second" -lt 60 ] || refuse "it does not: $answer. Look at journalctl -u registry-web"
echo "$answer"
cat <<WORDS

The registry runs at $(value_of SITE_ADDRESS). What is left for a person:
- Copy SECRET_KEY, FIELD_KEYS and EVIDENCE_KEYS from $env_file into a safe, before the first person is registered.
- registry-manage create_federation …, registry-manage create_administrator … (chapter 4).
- Allow ports 22, 80 and 443 only.
WORDS
[ -n "$(value_of BACKUP_RECIPIENT)" ] ||
    echo "- There is NO BACKUP yet: age-keygen on another computer, then this script with --backup-recipient (chapter 8)."
