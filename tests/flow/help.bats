# What the client says of itself (help, manual page, completion), and what it finds wrong (doctor). Without a rehearsal clock.
load ../support/flow

setup_file () {
    stack_up ""
    export HOME_OK=$STATE/clients/so-yte LANGUAGE=en LANG=C.UTF-8
}
teardown_file () { stack_down; }

# A copy of a joined home, to be spoilt; prints its path.
copied () {
    local home=$BATS_TEST_TMPDIR/home
    cp -a "$HOME_OK" "$home"
    echo "$home"
}

# In a file system of its own: root may mount there, and so may another user who is root there alone.
alone () { if [ "$(id -u)" = 0 ]; then unshare -m "$@"; else unshare -rm "$@"; fi; }
wants_mounts () { alone mount -t tmpfs none /mnt || skip "nothing can be mounted here"; }

doctor () { baocao doctor --json --home "$1" "${@:2}"; }
found () { jq -r --arg check "$1" '.checks[] | select (.check == $check) | .state' <<<"$output"; }  # CHECK: what doctor said of it

# --- Help ------------------------------------------------------------------------------------------------------------------------

@test "every command line in the help exists, with its options, in both languages" {
    for language in en vi; do
        lines=$(LANGUAGE=$language baocao help --json | jq -r '.commands[].examples, .topics[].text' | sed -nE 's/^ *(baocao .*)/\1/p')
        [ "$(wc -l <<<"$lines")" -gt 30 ]
        while IFS= read -r line; do
            line=${line%% #*} line=${line%%|*}
            bash -c "$line --help" >/dev/null </dev/null || { echo "$line" >&2; return 1; }
        done <<<"$lines"
    done
}

@test "help: a topic, a command, a group, what is both; 64 and a guess for anything else" {
    LANGUAGE=vi run -0 baocao help deadline
    [[ $output == *"giờ Việt Nam"* ]]
    run -0 baocao help receipt verify
    [[ $output == *"--report"* ]]
    run -0 baocao help receipt
    [[ $output == *"receipt show"* && $output == *"receipt verify"* ]]
    run -0 baocao help join
    [[ $output == *"Usage: baocao join"* && $output == *"revokes the key"* ]]
    run -64 baocao help deadlin
    [[ $output == *"did you mean 'deadline'"* ]]
    run -0 baocao help
    for topic in join excel deadline offline receipts exit-codes files; do [[ $output == *"  $topic "* ]]; done
    [[ $output != *$'\n  print '* ]]
}

@test "the manual page: no warning of man's or mandoc's, every command and option, both languages" {
    for language in en vi; do
        LANGUAGE=$language baocao print man >"$BATS_TEST_TMPDIR/baocao.1"
        run -0 mandoc -Tlint -W warning "$BATS_TEST_TMPDIR/baocao.1"
        [ -z "$output" ]
        run -0 man --warnings -E UTF-8 -l -Tutf8 "$BATS_TEST_TMPDIR/baocao.1"
        [[ $output != *warning:* ]]
        text=$(man --nh --nj -l -Tutf8 "$BATS_TEST_TMPDIR/baocao.1" | col -bx | tr -s " \n" " ")
        while IFS= read -r word; do
            grep -qF -- "$word" <<<"$text" || { echo "$word" >&2; return 1; }
        done < <(LANGUAGE=$language baocao help --json | jq -r '.commands[] | "baocao \(.command)", .summary, (.options[] | "--\(.name)", .summary)')
    done
}

# --- Completion ------------------------------------------------------------------------------------------------------------------

completed () { "$python" "$top/tests/support/completion.py" "$1" "$BATS_TEST_TMPDIR" "$2"; }  # SHELL KEYS: the line that TAB makes of it

@test "completion in bash, zsh and fish: commands, options, their values, files" {
    : >"$BATS_TEST_TMPDIR/Báo cáo 45.csv"
    for shell in bash zsh fish; do
        baocao print $shell >"$BATS_TEST_TMPDIR/completion.$shell"
        [ "$(completed $shell 'baocao temp')" = "baocao template" ]
        [ "$(completed $shell 'baocao receipt ver')" = "baocao receipt verify" ]
        [ "$(completed $shell 'baocao template --form')" = "baocao template --format" ]
        [ "$(completed $shell 'baocao template --format c')" = "baocao template --format csv" ]
        [ "$(completed $shell 'baocao --lang=v')" = "baocao --lang=vi" ]
        [ "$(completed $shell 'baocao check Báo')" = 'baocao check Báo\ cáo\ 45.csv' ]
        [ "$(completed $shell 'baocao help exi')" = "baocao help exit-codes" ]
    done
}

# --- Doctor ----------------------------------------------------------------------------------------------------------------------

@test "doctor: nothing is wrong, also for a reader of the feed, in both languages" {
    run -0 --separate-stderr doctor "$HOME_OK"
    [ "$(jq -r '[.checks[] | .state] | unique | join (" ")' <<<"$output")" = ok ]
    [ "$(jq -r '[.checks[].check] | join (" ")' <<<"$output")" = "home invite key name port server protocol clock spool disk terminal" ]
    run -0 --separate-stderr doctor "$STATE/clients/committee"
    [ "$(found server)" = ok ]
    LANGUAGE=vi run -0 baocao doctor --home "$HOME_OK"
    [[ $output == *"mọi thứ đều tốt"* && $output != *WRONG* ]]
}

@test "doctor: the home is missing, open to others, cannot be written" {
    wants_mounts
    run -78 --separate-stderr doctor "$BATS_TEST_TMPDIR/none"
    [ "$(found home)" = error ]
    home=$(copied)
    chmod 755 "$home"
    run -0 --separate-stderr doctor "$home"
    [ "$(found home)" = warning ]
    chmod 700 "$home"
    run -78 --separate-stderr alone bash -c 'mount --bind -o ro "$1" "$1" && baocao doctor --json --home "$1"' - "$home"
    [ "$(found home)" = error ]
}

@test "doctor: the invite or the key is missing, damaged, open to others" {
    home=$(copied)
    : >"$home/invite"
    run -78 --separate-stderr doctor "$home"
    [ "$(found invite)" = error ]
    cp "$HOME_OK/invite" "$home/invite"
    chmod 640 "$home/client.cert"
    run -78 --separate-stderr doctor "$home"
    [ "$(found key)" = error ]
    [[ $output == *"chmod 600"* ]]
    chmod 600 "$home/client.cert"
    sed -i '/secret-key/d' "$home/client.cert"
    run -78 --separate-stderr doctor "$home"
    [ "$(found key)" = error ]
    rm "$home/client.cert"
    run -78 --separate-stderr doctor "$home"
    [ "$(found key)" = error ]
}

@test "doctor: the server's name is not known, its port is closed or goes nowhere, another server answers" {
    home=$(copied)
    address=$(sed -nE 's/.*"tcp:\/\/(.*)"/\1/p' "$home/invite" | head -1)
    sed -i "s/127\.0\.0\.1/no-such-host.invalid/" "$home/invite"
    run -69 --separate-stderr doctor "$home"
    [ "$(found name)" = error ]
    [ -z "$(found port)" ]
    sed -i "s/no-such-host.invalid:${address#*:}/127.0.0.1:1/" "$home/invite"
    run -69 --separate-stderr doctor "$home"
    [ "$(found name)" = ok ]
    [ "$(found port)" = error ]
    [[ $output == *"nothing answers on port 1"* ]]
    sed -i "s/127.0.0.1:1\"/127.0.0.1:$((PORT_BASE - 10))\"/" "$home/invite"  # the feed's door, which has another key
    run -69 --separate-stderr doctor "$home" --timeout 2
    [ "$(found port)" = ok ]
    [ "$(found server)" = error ]
    # Whose queue of connections is full drops what comes, as a firewall does.
    coproc "$python" -c "import socket, time
server = socket.socket(); server.bind (('127.0.0.1', 0)); server.listen (0)
others = [socket.socket () for _ in range (3)]
for other in others: other.setblocking (False); other.connect_ex (server.getsockname ())
print (server.getsockname ()[1], flush=True); time.sleep (60)"
    read -r port <&"${COPROC[0]}"
    sed -i "s/127.0.0.1:$((PORT_BASE - 10))/127.0.0.1:$port/" "$home/invite"
    run -69 --separate-stderr doctor "$home" --timeout 1
    kill "$COPROC_PID"
    [ "$(found port)" = error ]
    [[ $output == *"on port $port: Connection timed out"* ]]
}

@test "doctor: the key was never registered" {
    home=$(copied)
    rm "$home/client.cert"
    cp "$STATE/clients/so-khdt/client.cert" "$home/"
    run -77 --separate-stderr doctor "$home"
    [ "$(found server)" = error ]
}

@test "doctor: the server speaks another version of the protocol" {
    home=$(copied)
    coproc "$python" "$top/tests/support/other_server.py" 2
    read -r address key <&"${COPROC[0]}"
    sed -i -E "/^endpoint/,/^[a-z]/ { s|(address = ).*|\1\"$address\"|; s|(public_key = ).*|\1\"${key//&/\\&}\"| }" "$home/invite"
    run -69 --separate-stderr doctor "$home"
    kill "$COPROC_PID"
    [ "$(found server)" = ok ]
    [ "$(found protocol)" = error ]
}

@test "doctor: a clock that is more than a minute wrong is a warning" {
    for skew in +5m -5m; do
        run -0 --separate-stderr env FAKETIME_DONT_FAKE_MONOTONIC=1 faketime -f $skew baocao doctor --json --home "$HOME_OK"
        [ "$(found clock)" = warning ]
        [[ $output == *" 5 minutes "* ]]
    done
    run -0 --separate-stderr env FAKETIME_DONT_FAKE_MONOTONIC=1 faketime -f +30s baocao doctor --json --home "$HOME_OK"
    [ "$(found clock)" = ok ]
}

@test "doctor: reports wait in the spool, one of them damaged" {
    home=$(copied)
    sed -i "s/127\.0\.0\.1/no-such-host.invalid/" "$home/invite"
    baocao duties --home "$HOME_OK" >/dev/null
    cp "$HOME_OK/duties.pb" "$home/"
    run -75 baocao push --yes --home "$home" "$reports/so-yte.json"
    cp "$HOME_OK/invite" "$home/invite"
    run -75 --separate-stderr doctor "$home"
    [ "$(found spool)" = warning ]
    [[ $output == *"received yet: 1, the first since $(date +%Y-)"* ]]
    truncate -s 7 "$home"/spool/*.request
    run -65 --separate-stderr doctor "$home"
    [ "$(found spool)" = error ]
}

@test "doctor: the disk is nearly full, and full" {
    wants_mounts
    for case in "64m 0 warning" "4m 78 error"; do
        read -r size status state <<<"$case"
        run -"$status" --separate-stderr alone bash -c 'mount -t tmpfs -o "size=$1,mode=700" none /mnt && cp -a "$2/." /mnt &&
            baocao doctor --json --home /mnt' - "$size" "$HOME_OK"
        [ "$(found disk)" = "$state" ]
    done
}

@test "doctor: a terminal that is not said to show UTF-8, or cannot show all letters" {
    for setting in LANG=vi_VN.TCVN LANG= TERM=linux; do
        run -0 --separate-stderr env "$setting" baocao doctor --json --home "$HOME_OK"
        [ "$(found terminal)" = warning ]
    done
}
