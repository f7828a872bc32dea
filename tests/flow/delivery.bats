# What leaves the house: contacts, mail and webhooks. The mails go through a real OpenSMTPD into real mailboxes, which are read back.
load ../support/flow

setup_file () {
    stack_up 2025-12-01T09:00:00+07:00
}
teardown_file () {
    stack_down
}

@test "contacts: added once, listed, removed; who and when are kept" {
    run -0 baocao-admin contact add so-yte van-thu@soyte.example.vn --name "Văn thư Sở Y tế" --as test --json
    [ "$(jq -r '.unit, .role, .channel, .language, .added' <<<"$output" | xargs)" = "so-yte officer mail vi true" ]
    id=$(jq .contact <<<"$output")
    [ "$(baocao-admin contact add so-yte van-thu@soyte.example.vn --json | jq -c '[.contact, .added]')" = "[$id,false]" ]
    baocao-admin contact list so-yte --json | jq -e --argjson id "$id" '. == [.[] | select(.contact == $id and .name == "Văn thư Sở Y tế")] and length == 1'
    baocao-admin contact remove "$id" --as test
    run -65 baocao-admin contact remove "$id"
    [ "$(baocao-admin contact list --json)" = "[]" ]
    [ "$(sql "SELECT added_by, removed_by, consent_at = added_at, removed_at >= added_at, added_at::date FROM contact WHERE contact_id = $id")" = "test|test|t|t|2025-12-01" ]
    LANGUAGE=vi run -0 baocao-admin contact list
}

@test "contacts: what is no address is refused, and so is a name of two lines" {
    for address in "a@b" "a@b.vn,c@d.vn" $'a@b.vn\nBcc: c@d.vn' "Bộ@b.vn" http://gw.example.vn/ "https://u:p@gw.example.vn/" nonsense; do
        run -65 baocao-admin contact add so-yte "$address"
    done
    run -65 baocao-admin contact add so-yte a@b.vn --name $'A\r\nBcc: c@d.vn'
    run -65 baocao-admin contact add so-khong-co a@b.vn
    run -64 baocao-admin contact add so-yte a@b.vn --role chief
    run -64 baocao-admin contact add so-yte a@b.vn --language fr
    run -65 baocao-admin contact remove "1 OR true"
    [ "$(sql "SELECT count(*) FROM contact WHERE removed_at IS NULL")" = 0 ]
}

@test "contacts: a web address gets a secret, shown once, in a file of 0600" {
    run -0 baocao-admin contact add so-yte https://gateway.example.vn/hook --json
    id=$(jq .contact <<<"$output")
    [ "$(stat -c %a "$STATE/keys/webhook/$id.key")" = 600 ]
    [ "$(cat "$STATE/keys/webhook/$id.key")" = "$(jq -r .secret <<<"$output")" ]
    [ "$(jq -r .secret <<<"$output" | tr -d '\n' | wc -c)" = 64 ]
    baocao-admin contact add so-yte https://gateway.example.vn/hook --json | jq -e 'has("secret") | not'
    baocao-admin contact remove "$id"
}
