# A real mail server for the tests: OpenSMTPD, alone in a mount namespace of its own, where its fixed paths (/var/spool/smtpd,
# /run/smtpd.sock) are empty memory, so that it never meets the machine's own mail. It takes mail for every address of every domain
# into Maildirs. (OpenSMTPD as Debian 12 has it cannot offer TLS at all: its private keys do not work with OpenSSL 3. So the tests
# of TLS and authentication have another real server, tests/support/receiver.py.)

mail_as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

mail_up() {  # PORT
  local owner
  owner=$(id -un)
  [ "$owner" != root ] || owner=nobody  # OpenSMTPD delivers to nobody's but a user's files
  MAIL_DIR=$(mktemp -d /tmp/baocao-mail.XXXXXX)
  export MAIL_DIR
  chmod 755 "$MAIL_DIR"
  mail_as_root install -d -o "$owner" "$MAIL_DIR/boxes"
  cat >"$MAIL_DIR/smtpd.conf" <<CONF
table owner { "@" = "$owner" }
listen on 127.0.0.1 port $1
action "box" maildir "$MAIL_DIR/boxes/%{rcpt.domain}/%{rcpt.user}" virtual <owner>
match from any for any action "box"
CONF
  # In a chroot there is no mount at / to be made private.
  mail_as_root unshare --mount --propagation unchanged sh -c "{ mount --make-rprivate / 2>/dev/null || :; } && mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /var/spool \
    && mkdir -m 711 /var/spool/smtpd && echo \$\$ >'$MAIL_DIR/pid' && exec smtpd -d -f '$MAIL_DIR/smtpd.conf'" \
    >"$MAIL_DIR/log" 2>&1 </dev/null 3>&- &
  disown
  until (exec 9<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
    kill -0 $! 2>/dev/null || { cat "$MAIL_DIR/log" >&2; return 1; }
    sleep 0.05
  done
}

mail_down() {
  [ -n "${MAIL_DIR:-}" ] || return 0
  mail_as_root kill "$(cat "$MAIL_DIR/pid")" || :
  mail_as_root rm -rf "$MAIL_DIR"
}

# All mails in the boxes, or in the given directory of boxes, one JSON object a line, by receiver and Message-ID.
mails() { /usr/bin/python3 "$(dirname "${BASH_SOURCE[0]}")/mailboxes.py" "${1:-$MAIL_DIR/boxes}"; }
