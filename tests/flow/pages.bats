# The portal's pages in a real browser, after reports of most units. What they look like is kept in build/tests/screens.
load ../support/flow
load ../support/portal

setup_file () {
    stack_up 2025-12-08T09:00:00+07:00
    export PORTAL_URL=http://127.0.0.1:$((PORT_BASE - 8)) PORTAL_PAGE=208-KH-UBND/2025
    export PORTAL_UNIT=so-nnptnt PORTAL_PUSH="BAOCAO_HOME=$STATE/clients/so-nnptnt baocao push --yes $reports/so-nnptnt.json"
    for unit in so-yte so-tttt so-ldtbxh so-gddt ban-dantoc so-taichinh so-khdt so-noivu; do
        client "$unit" push "$reports/$unit.json"
    done
    eventually drained
    export PORTAL_READER=chairman PORTAL_PASSWORD=thanh-hoa-2025-ubnd
    baocao-admin reader add chairman --password-file <(echo "$PORTAL_PASSWORD") --as test
    read_again 12
    export PORTAL_SCREENS=$top/build/tests/screens
    rm -rf "$PORTAL_SCREENS"; mkdir -p "$PORTAL_SCREENS"
    cp "$top"/tests/browser/*.mjs "$top/build/browser/"
}
teardown_file () { stack_down; }

# in_browser FILE: the tests of that file; their words are told when one fails.
in_browser () { cd "$top/build/browser" && node --test "$1"; }

@test "the overview: complete without script, sorted, filtered, charted, accessible, on paper, on a phone" { in_browser overview.test.mjs; }

@test "every page behind it: accessible, on a phone" { in_browser drill.test.mjs; }

@test "an open page shows a report that arrives" { in_browser live.test.mjs; }
